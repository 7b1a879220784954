//! A measurement stands beside the operations and changes none of their figures.
//!
//! What is promised: a measurement has its own peak, nested or ended by a panic; the operation around it has the
//! peak that it would have had without, also in a snapshot that is taken inside.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn peak(name: &str) -> u64 {
    memprof::snapshot().operation(name).unwrap().peak_bytes
}

#[test]
fn a_snapshot_inside_is_no_peak_of_the_operation_around() {
    let before = buffer(5_000);
    {
        let _scope = memprof::scope!("sinks");
        drop(before);
        // From 5,000 below the entry it rises to 4,000 below.
        let measured = memprof::measure(|| {
            let held = buffer(1_000);
            assert_eq!(peak("sinks"), 0);
            drop(held);
            peak("sinks")
        });
        assert_eq!((measured.value, measured.stats.peak_bytes), (0, 1_000));
        assert_eq!(peak("sinks"), 0);
    }
    assert_eq!(peak("sinks"), 0);
}

#[test]
fn a_peak_inside_is_one_of_the_operation_around() {
    let _scope = memprof::scope!("rises");
    let held = buffer(100);
    let measured = memprof::measure(|| {
        let more = buffer(1_000);
        assert_eq!(peak("rises"), 1_100);
        drop(more);
    });
    assert_eq!(measured.stats.peak_bytes, 1_000);
    drop(held);
    assert_eq!(peak("rises"), 1_100);
}

#[test]
fn nested_measurements() {
    let outer = memprof::measure(|| {
        let held = buffer(500);
        let inner = memprof::measure(|| {
            drop(buffer(70));
            drop(buffer(30));
        });
        drop(held);
        drop(buffer(20));
        inner.stats
    });
    let (inner, outer) = (outer.value, outer.stats);
    assert_eq!((inner.allocations, inner.deallocations), (2, 2));
    assert_eq!((inner.allocated_bytes, inner.deallocated_bytes), (100, 100));
    assert_eq!((inner.peak_bytes, inner.net_bytes), (70, 0));
    assert_eq!((outer.allocations, outer.deallocations), (4, 4));
    assert_eq!((outer.allocated_bytes, outer.deallocated_bytes), (620, 620));
    assert_eq!((outer.peak_bytes, outer.net_bytes), (570, 0));
}

#[test]
fn a_panic_passes_through() {
    {
        let _scope = memprof::scope!("around a panic");
        let outer = memprof::measure(|| {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                memprof::measure(|| {
                    drop(buffer(300));
                    // No message, hook or backtrace: only the payload, which is of size zero.
                    std::panic::resume_unwind(Box::new(()));
                })
            }));
            assert!(caught.is_err());
            // The inner one is over: this is of the outer one alone.
            memprof::measure(|| drop(buffer(8))).stats
        });
        assert_eq!(
            (outer.value.allocated_bytes, outer.value.peak_bytes),
            (8, 8)
        );
        assert!(outer.stats.allocated_bytes >= 308);
        assert_eq!(outer.stats.net_bytes, 0);
    }
    let report = memprof::snapshot();
    let row = report.operation("around a panic").unwrap();
    assert_eq!((row.calls, row.open_calls, row.net_bytes), (1, 0, 0));
    assert!(
        report
            .warnings
            .iter()
            .all(|warning| warning.code != "guard-misused")
    );
}
