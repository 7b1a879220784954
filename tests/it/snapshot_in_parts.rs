//! Promise: a snapshot of many paths lets threads start and end while it is taken, and what they did is in it once.
#![forbid(unsafe_code)]

#[path = "../every_path/mod.rs"]
mod every_path;

use every_path::{BYTES, PATHS, every_path};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Threads that have been on every path, and are alive throughout.
const STANDING: u64 = 4;
/// Threads that start and end meanwhile, one after the other.
const PASSING: u64 = 500;

#[memprof::track("Passing")]
fn passing() {
    drop(std::hint::black_box(vec![1_u8; BYTES]));
}

/// One test: its threads are those of the process.
#[test]
fn threads_come_and_go_while_it_is_taken() {
    alone!();
    let barrier = Barrier::new(STANDING as usize + 1);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..STANDING {
            scope.spawn(|| {
                every_path(0);
                barrier.wait();
                barrier.wait();
            });
        }
        barrier.wait();
        let coming = scope.spawn(|| {
            for _ in 0..PASSING {
                thread::spawn(passing).join().expect("no panic");
            }
            is_over.store(true, Ordering::Release);
        });
        let mut calls = 0;
        while !is_over.load(Ordering::Acquire) {
            let now = calls_of_passing();
            assert!((calls..=PASSING).contains(&now), "{calls}, then {now}");
            calls = now;
        }
        coming.join().expect("no panic");
        assert_eq!(calls_of_passing(), PASSING);
        barrier.wait();
    });
    assert_eq!(calls_of_passing(), PASSING);
}

/// How often `passing` was called; all else stands still.
fn calls_of_passing() -> u64 {
    let report = memprof::snapshot();
    assert_eq!(report.warnings, []);
    let standing = report.paths.iter().filter(|row| {
        let path = row.path.first().map(String::as_str);
        path.is_some_and(|name| name != "Passing")
    });
    let (mut paths, mut calls, mut bytes) = (0, 0, 0);
    for row in standing {
        paths += 1;
        calls += row.calls;
        bytes += row.allocated_bytes;
    }
    let all = PATHS * STANDING;
    assert_eq!((paths, calls, bytes), (PATHS, all, all * BYTES as u64));
    let row = report.operation("Passing").expect("the operation");
    row.calls
}
