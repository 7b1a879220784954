//! Promise: thousands of threads that live at a time are counted exactly, and none of them waits long for the others.
//!
//! Nothing here asserts a time: where what a thread costs grows with the number of threads, this test takes minutes
//! instead of a second. `benches/threads.rs` prints the ratios.
#![forbid(unsafe_code)]

use std::sync::Barrier;
use std::thread;

const THREADS: usize = 3_000;

#[memprof::track("Work")]
fn work(bytes: usize) -> Vec<u8> {
    std::hint::black_box(vec![1; bytes])
}

/// One test: live bytes are a fact of the process.
#[test]
fn three_thousand_at_a_time() {
    alone!();
    let barrier = &Barrier::new(THREADS + 1);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let run = move || {
                let held = work(number % 100 + 1);
                barrier.wait();
                // The main thread looks.
                barrier.wait();
                drop(held);
            };
            let begin = thread::Builder::new().stack_size(128 << 10);
            begin.spawn_scoped(scope, run).expect("a thread");
        }
        barrier.wait();
        // 30 times 1 + 2 + … + 100 bytes.
        assert_eq!(held(), (THREADS as u64, 151_500, 151_500));
        barrier.wait();
    });
    assert_eq!(held(), (THREADS as u64, 151_500, 0));
}

/// Calls, and bytes allocated and retained.
fn held() -> (u64, u64, u64) {
    let report = memprof::snapshot();
    assert_eq!(report.warnings, []);
    let row = report.operation("Work").expect("the operation");
    let retained = row.retained_bytes.expect("ownership");
    (row.calls, row.allocated_bytes, retained)
}
