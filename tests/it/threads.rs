//! Threads that do the same operations, and blocks that cross from one to another.
//!
//! What is promised: an operation's figures are the sum over threads, `retained` is exact whoever frees a
//! block, and a thread that only frees counts as any other.

use memprof::Report;
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::mpsc::channel;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Allocated, deallocated, retained bytes and blocks.
fn figures(report: &Report, name: &str) -> [u64; 4] {
    let row = report.operation(name).unwrap();
    [
        row.allocated_bytes,
        row.deallocated_bytes,
        row.retained_bytes.unwrap(),
        row.retained_blocks.unwrap(),
    ]
}

#[test]
fn two_threads_with_the_same_operations() {
    const ROUNDS: u64 = 10_000;
    let barrier = Barrier::new(2);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                barrier.wait();
                for _ in 0..ROUNDS {
                    let _outer = memprof::scope!("same: outer");
                    let held = buffer(10);
                    {
                        let _inner = memprof::scope!("same: inner");
                        drop(buffer(200));
                    }
                    drop(held);
                }
            });
        }
    });
    let report = memprof::snapshot();
    let (outer, inner) = (
        report.operation("same: outer").unwrap(),
        report.operation("same: inner").unwrap(),
    );
    assert_eq!((outer.calls, inner.calls), (2 * ROUNDS, 2 * ROUNDS));
    assert_eq!(
        figures(&report, "same: outer"),
        [420 * ROUNDS, 420 * ROUNDS, 0, 0]
    );
    assert_eq!(
        figures(&report, "same: inner"),
        [400 * ROUNDS, 400 * ROUNDS, 0, 0]
    );
    assert_eq!((outer.peak_bytes, inner.peak_bytes), (210, 200));
    let allocated = outer.per_call.as_ref().unwrap().allocated_bytes;
    assert_eq!((allocated.max, allocated.exact), (210, true));
}

#[test]
fn made_in_one_operation_and_freed_in_another() {
    let made = {
        let _scope = memprof::scope!("makes");
        (buffer(100), buffer(11))
    };
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "makes"), [111, 0, 111, 2]);
    drop(report);
    {
        let _scope = memprof::scope!("frees");
        drop(made.0);
    }
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "makes"), [111, 0, 11, 1]);
    assert_eq!(figures(&report, "frees"), [0, 100, 0, 0]);
    assert_eq!(report.operation("frees").unwrap().net_bytes, -100);
    drop(made.1);
    assert_eq!(figures(&memprof::snapshot(), "makes"), [111, 0, 0, 0]);
}

#[test]
fn a_reallocation_passes_the_block_on() {
    let mut made = {
        let _scope = memprof::scope!("makes small");
        buffer(100)
    };
    {
        let _scope = memprof::scope!("makes great");
        made.reserve_exact(1_000);
        black_box(&mut made);
    }
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "makes small"), [100, 0, 0, 0]);
    assert_eq!(figures(&report, "makes great"), [1_000, 100, 1_000, 1]);
    drop(made);
    assert_eq!(
        figures(&memprof::snapshot(), "makes great"),
        [1_000, 100, 0, 0]
    );
}

#[test]
fn freed_on_another_thread() {
    let made = {
        let _scope = memprof::scope!("made here");
        buffer(100)
    };
    std::thread::spawn(move || {
        let _scope = memprof::scope!("freed there");
        drop(made);
    })
    .join()
    .unwrap();
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "made here"), [100, 0, 0, 0]);
    assert_eq!(figures(&report, "freed there"), [0, 100, 0, 0]);
}

#[test]
fn freed_while_the_other_thread_lives_on() {
    let (give, take) = channel::<Vec<u8>>();
    let (say_done, done) = channel();
    let freeing = std::thread::spawn(move || {
        for made in take {
            drop(made);
            say_done.send(()).unwrap();
        }
    });
    for round in 1..=100 {
        let made = {
            let _scope = memprof::scope!("in flight");
            buffer(50)
        };
        assert_eq!(
            figures(&memprof::snapshot(), "in flight"),
            [50 * round, 0, 50, 1]
        );
        give.send(made).unwrap();
        done.recv().unwrap();
        assert_eq!(
            figures(&memprof::snapshot(), "in flight"),
            [50 * round, 0, 0, 0]
        );
    }
    drop(give);
    freeing.join().unwrap();
    assert_eq!(figures(&memprof::snapshot(), "in flight"), [5_000, 0, 0, 0]);
}

#[test]
fn a_thread_that_only_frees() {
    for _ in 0..100 {
        let made = {
            let _scope = memprof::scope!("only made");
            buffer(64)
        };
        std::thread::spawn(move || drop(made)).join().unwrap();
    }
    assert_eq!(figures(&memprof::snapshot(), "only made"), [6_400, 0, 0, 0]);
}

#[test]
fn made_by_a_thread_that_has_ended() {
    let made = std::thread::spawn(|| {
        let _scope = memprof::scope!("left behind");
        buffer(70)
    })
    .join()
    .unwrap();
    assert_eq!(figures(&memprof::snapshot(), "left behind"), [70, 0, 70, 1]);
    drop(made);
    assert_eq!(figures(&memprof::snapshot(), "left behind"), [70, 0, 0, 0]);
}

#[test]
fn a_new_thread_starts_outside_any_operation() {
    let _scope = memprof::scope!("spawner");
    std::thread::spawn(|| {
        let _scope = memprof::scope!("spawned");
        drop(buffer(1));
    })
    .join()
    .unwrap();
    let report = memprof::snapshot();
    assert_eq!(report.path(&["spawned"]).unwrap().allocated_bytes, 1);
    assert!(report.path(&["spawner", "spawned"]).is_none());
}

#[test]
fn a_block_that_is_made_before_its_freeing_thread_knows_the_path() {
    // The thread has its table of origins first; then paths are made that it has never met.
    let (give, take) = channel::<Vec<u8>>();
    let freeing = std::thread::spawn(move || {
        drop(buffer(1));
        take.into_iter().for_each(drop);
    });
    macro_rules! many {
        ($($name:literal)*) => {
            $({
                let _scope = memprof::scope!($name);
                for _ in 0..40 {
                    give.send(buffer(25)).unwrap();
                }
            })*
            drop(give);
            freeing.join().unwrap();
            let report = memprof::snapshot();
            $(
                // The blocks of the channel itself are among them; the receiver freed all.
                let row = report.path(&[$name]).unwrap();
                assert_eq!((row.retained_bytes, row.retained_blocks), (Some(0), Some(0)));
            )*
        };
    }
    many!("p0" "p1" "p2" "p3" "p4" "p5" "p6" "p7" "p8" "p9" "q0" "q1" "q2" "q3" "q4" "q5" "q6" "q7"
        "q8" "q9" "r0" "r1" "r2" "r3" "r4" "r5" "r6" "r7" "r8" "r9" "s0" "s1" "s2" "s3" "s4" "s5" "s6"
        "s7" "s8" "s9" "t0" "t1" "t2" "t3" "t4" "t5" "t6" "t7" "t8" "t9" "u0" "u1" "u2" "u3" "u4" "u5"
        "u6" "u7" "u8" "u9" "v0" "v1" "v2" "v3" "v4" "v5" "v6" "v7" "v8" "v9" "w0" "w1" "w2" "w3" "w4");
}
