//! Snapshots of threads that never rest hold together.
//!
//! What is promised: whatever moment a snapshot meets, it shows no peak and no smallest or largest call that no
//! call had, and no count that could only come from reading an event by half.

use memprof::Report;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const SNAPSHOTS: usize = 300;
const THREADS: u64 = 2;
/// Far above what events in flight make of these small blocks, far below a difference that wrapped.
const SANE_BYTES: u64 = 1 << 20;

/// Name, the peak of each call and the bytes that each allocates.
const OPERATIONS: [(&str, u64, u64); 4] = [
    ("outer", 10_010, 10_013),
    ("inner", 10, 13),
    ("innermost", 3, 3),
    ("beside", 7, 7),
];

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn work() {
    {
        let _outer = memprof::scope!("outer");
        let _held = buffer(10_000);
        let _inner = memprof::scope!("inner");
        drop(buffer(10));
        let _innermost = memprof::scope!("innermost");
        drop(buffer(3));
    }
    let _beside = memprof::scope!("beside");
    drop(buffer(7));
}

/// Ends the loops also when a check fails, for the threads are joined then.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn no_snapshot_shows_what_never_was() {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                // High above everything that follows: levels of the loop are not levels of the thread.
                drop(buffer(100 << 20));
                while !is_over.load(Ordering::Relaxed) {
                    work();
                }
            });
        }
        let _stop = Stop(&is_over);
        let has_begun = || memprof::snapshot().operation("beside").unwrap().calls > 100;
        while !has_begun() {
            std::thread::yield_now();
        }
        let mut calls = 0;
        for _ in 0..SNAPSHOTS {
            let report = memprof::snapshot();
            check(&report);
            let now = report.operation("outer").unwrap().calls;
            assert!(now >= calls, "{now} calls after {calls}");
            calls = now;
        }
    });

    // And at rest all is exact.
    let report = memprof::snapshot();
    let calls = report.operation("outer").unwrap().calls;
    for (name, peak, allocated) in OPERATIONS {
        let row = report.operation(name).unwrap();
        assert_eq!((row.calls, row.open_calls), (calls, 0), "{name}");
        assert_eq!(row.allocated_bytes, calls * allocated, "{name}");
        assert_eq!(row.deallocated_bytes, calls * allocated, "{name}");
        assert_eq!(
            (row.peak_bytes, row.retained_bytes),
            (peak, Some(0)),
            "{name}"
        );
    }
}

fn check(report: &Report) {
    for (name, peak, allocated) in OPERATIONS {
        let row = report.operation(name).unwrap();
        assert_eq!(row.peak_bytes, peak, "{row:?}");
        let per_call = row.per_call.as_ref().unwrap();
        let bytes = &per_call.allocated_bytes;
        assert_eq!((bytes.min, bytes.max), (allocated, allocated), "{row:?}");
        assert_eq!(bytes.mean, allocated as f64, "{row:?}");
        assert!(row.open_calls <= THREADS, "{row:?}");
        assert!(row.retained_bytes.unwrap() < SANE_BYTES, "{row:?}");
        assert!(row.net_bytes.unsigned_abs() < SANE_BYTES, "{row:?}");
    }
    // No event in flight is taken for a block of another allocator.
    assert_eq!(report.warnings, []);
    let process = &report.process;
    assert!(process.live_bytes < SANE_BYTES, "{process:?}");
    assert!(process.peak_live_bytes < 1 << 30, "{process:?}");
}
