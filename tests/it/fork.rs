//! A fork in the midst of other threads' work leaves both processes whole.
//!
//! What is promised: the child, where only the forking thread goes on, allocates, enters scopes, starts threads
//! and takes reports with exact figures of its own and never waits for a lock that nobody holds; the parent's figures are as
//! if there had been no fork.
#![cfg(unix)]

use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const FORKS: u64 = 50;
const WORKERS: usize = 4;
/// Longer than any honest run; a deadlock ends by this.
const CHILD_SECONDS: u32 = 60;
const PARENT_SECONDS: u32 = 300;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("work")]
fn work() {
    memprof::size(1);
    let _held = buffer(100);
    more_work();
}

/// A checked call, which takes an operation for itself while it lasts.
fn checked() {
    let kept = memprof::assert_retained!(70, || buffer(70));
    assert_eq!(kept.capacity(), 70);
}

#[memprof::track("more work")]
fn more_work() {
    drop(buffer(100_000));
    drop(buffer(1));
}

/// One test, for a fork copies the whole process.
#[test]
fn fifty_forks_among_four_busy_threads() {
    alone!();
    // SAFETY: asks for a signal that ends the process.
    unsafe { libc::alarm(PARENT_SECONDS) };
    let (is_over, rounds) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|threads| {
        for _ in 0..WORKERS {
            threads.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    work();
                    checked();
                    // Threads also come and go.
                    std::thread::spawn(work).join().unwrap();
                    rounds.fetch_add(2, Ordering::Relaxed);
                }
            });
        }
        for round in 0..FORKS {
            let _scope = memprof::scope!("forks");
            let held = buffer(10);
            let status = fork_and_wait();
            assert_eq!(status, 0, "fork {round}");
            drop(held);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    // SAFETY: takes the request back.
    unsafe { libc::alarm(0) };

    let rounds = rounds.into_inner();
    let report = memprof::snapshot();
    let (work, more) = (
        report.operation("work").unwrap(),
        report.operation("more work").unwrap(),
    );
    assert_eq!((work.calls, more.calls), (rounds, rounds));
    assert_eq!(
        (work.allocations, work.deallocations),
        (3 * rounds, 3 * rounds)
    );
    assert_eq!(
        (work.allocated_bytes, work.net_bytes),
        (100_101 * rounds, 0)
    );
    assert_eq!((work.retained_bytes, work.peak_bytes), (Some(0), 100_100));
    assert_eq!(report.operation("forks").unwrap().calls, FORKS);
    assert_eq!(report.operation("forks").unwrap().retained_bytes, Some(0));
    // What the children did is theirs alone.
    assert_eq!(report.operation("child").unwrap().calls, 0);
}

#[memprof::track("handed on")]
fn handed_on() -> Vec<u8> {
    buffer(10)
}

/// Threads of the parent that had ended, and what is said of them, are none of the child's.
#[test]
fn what_is_said_of_the_parents_threads_is_not_said_of_the_child() {
    alone!();
    let job = handed_on();
    let worker = std::thread::spawn(move || {
        drop(job);
        drop(buffer(4 << 20));
    });
    worker.join().unwrap();
    let is_said = || {
        let warnings = memprof::snapshot().warnings;
        warnings.iter().any(|it| it.code == "work-outside")
    };
    assert!(is_said());
    let status = fork_to(|| {
        assert_eq!(memprof::snapshot().run.threads, 1);
        assert!(!is_said());
    });
    assert_eq!(status, 0);
}

/// The child's exit status as `waitpid` gives it: 0 when all its checks held.
fn fork_and_wait() -> i32 {
    fork_to(child)
}

fn fork_to(child: impl FnOnce() + std::panic::UnwindSafe) -> i32 {
    // SAFETY: the child uses the allocator, threads and memprof, which is what is tested, and ends by `_exit`.
    unsafe {
        match libc::fork() {
            -1 => panic!("no process left"),
            0 => {
                // Of its own, for alarms are not inherited.
                libc::alarm(CHILD_SECONDS);
                let is_well = catch_unwind(child).is_ok();
                libc::_exit(i32::from(!is_well));
            }
            child => {
                let mut status = -1;
                assert_eq!(libc::waitpid(child, &mut status, 0), child);
                status
            }
        }
    }
}

/// Nobody else runs in this process, so every figure is exact.
fn child() {
    let before = memprof::snapshot();
    // What its parent did is none of its own, whatever other threads were about.
    let process = &before.process;
    assert_eq!((process.allocations, process.allocated_bytes), (0, 0));
    assert_eq!((process.deallocations, process.live_bytes), (0, 0));
    assert!(before.run.before_ns > 0);
    assert_eq!(before.run.threads, 1);
    let forks = before.operation("forks").unwrap();
    assert_eq!((forks.calls, forks.open_calls), (1, 1));
    assert_eq!(forks.retained_bytes, Some(0));
    let work = before.operation("work").unwrap();
    assert_eq!((work.calls, work.allocations), (0, 0));
    assert_eq!((work.retained_bytes, work.peak_bytes), (Some(0), 0));
    assert!(work.per_call.is_none() && work.growth.is_none());

    let measured = memprof::measure(|| {
        let _scope = memprof::scope!("child");
        let held = buffer(1_000);
        nested();
        held
    });
    assert_eq!(
        (measured.stats.allocated_bytes, measured.stats.peak_bytes),
        (1_050, 1_050)
    );

    let after = memprof::snapshot();
    let row = after.operation("child").unwrap();
    assert_eq!(
        (row.calls, row.open_calls, row.allocated_bytes),
        (1, 0, 1_050)
    );
    assert_eq!((row.peak_bytes, row.retained_bytes), (1_050, Some(1_000)));
    let path = after.path(&["forks", "child", "child: nested"]).unwrap();
    assert_eq!((path.calls, path.allocated_bytes), (1, 50));
    let (before, now) = (&before.process, &after.process);
    assert_eq!(now.allocations - before.allocations, 2);
    assert_eq!(now.allocated_bytes - before.allocated_bytes, 1_050);
    assert_eq!(now.live_bytes - before.live_bytes, 1_000);

    checked();
    threads_of_the_child();
}

#[memprof::track("child: nested")]
fn nested() {
    drop(buffer(50));
}

/// Their words may lie where those of the parent's threads were.
fn threads_of_the_child() {
    for _ in 0..2 {
        let threads: Vec<_> = (0..WORKERS)
            .map(|_| {
                std::thread::spawn(|| {
                    let _scope = memprof::scope!("child: thread");
                    work();
                    buffer(7)
                })
            })
            .collect();
        for thread in threads {
            drop(thread.join().unwrap());
        }
    }
    let report = memprof::snapshot();
    let row = report.operation("child: thread").unwrap();
    let calls = 2 * WORKERS as u64;
    assert_eq!(report.run.threads, 1 + calls);
    assert_eq!((row.calls, row.allocated_bytes), (calls, 100_108 * calls));
    assert_eq!((row.peak_bytes, row.retained_bytes), (100_100, Some(0)));
    let path = report
        .path(&["child: thread", "work", "more work"])
        .unwrap();
    assert_eq!((path.calls, path.allocated_bytes), (calls, 100_001 * calls));
}
