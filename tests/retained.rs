//! Live bytes, retained bytes, and the totals they come from add up at every moment.
//!
//! What is promised: over all paths, the root included, retained bytes and blocks are the process's live ones,
//! and self figures are the process's totals, whoever allocates, resizes and frees; the peak of a process with one
//! thread is exact.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

use memprof::Report;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// A report whose sums have been checked.
fn balanced() -> Report {
    let report = memprof::snapshot();
    let process = &report.process;
    let (mut blocks, mut bytes) = (0, 0);
    let mut totals = [0; 5];
    for row in &report.paths {
        blocks += row.retained_blocks.unwrap();
        bytes += row.retained_bytes.unwrap();
        let own = [
            row.allocations,
            row.allocated_bytes,
            row.deallocations,
            row.deallocated_bytes,
            row.reallocations,
        ];
        for (total, own) in totals.iter_mut().zip(own) {
            *total += own;
        }
    }
    assert_eq!((blocks, bytes), (process.live_blocks, process.live_bytes));
    assert_eq!(
        totals,
        [
            process.allocations,
            process.allocated_bytes,
            process.deallocations,
            process.deallocated_bytes,
            process.reallocations,
        ]
    );
    assert_eq!(
        process.live_bytes,
        process.allocated_bytes - process.deallocated_bytes
    );
    assert_eq!(
        process.live_blocks,
        process.allocations - process.deallocations
    );
    report
}

fn retained(report: &Report, name: &str) -> (u64, u64) {
    let row = report.operation(name).unwrap();
    (row.retained_blocks.unwrap(), row.retained_bytes.unwrap())
}

fn main() {
    with_one_thread();
    nested();
    in_changing_hands();
    among_threads();
    println!("retained: 4 promises kept");
}

fn with_one_thread() {
    let start = balanced();
    assert_eq!((start.run.threads, start.process.peak_error_bytes), (1, 0));
    let live = start.process.live_bytes;
    drop(start);

    let great = buffer(10_000_000);
    drop(buffer(1_000));
    let report = balanced();
    assert_eq!(report.process.live_bytes, live + 10_000_000);
    assert_eq!(report.process.peak_live_bytes, live + 10_001_000);
    drop((great, report));
    // In a scope, whose peak is above its own entry, and after it.
    {
        let _scope = memprof::scope!("peak");
        drop(buffer(20_000_001));
        assert_eq!(balanced().process.peak_live_bytes, live + 20_000_001);
    }
    let report = balanced();
    assert_eq!(report.process.peak_live_bytes, live + 20_000_001);
    assert_eq!(
        (report.process.live_bytes, report.process.peak_error_bytes),
        (live, 0)
    );
    // A resized block is never twice in it.
    let mut grows = buffer(20_000_000);
    grows.reserve_exact(30_000_000);
    drop(grows);
    assert_eq!(balanced().process.peak_live_bytes, live + 30_000_000);
}

fn nested() {
    let (by_outer, by_inner) = {
        let _outer = memprof::scope!("outer");
        let by_outer = buffer(100);
        let _inner = memprof::scope!("inner");
        (by_outer, buffer(20))
    };
    let report = balanced();
    assert_eq!(retained(&report, "outer"), (2, 120));
    assert_eq!(retained(&report, "inner"), (1, 20));
    let own = &report.operation("outer").unwrap().self_figures;
    assert_eq!(
        (own.retained_blocks, own.retained_bytes),
        (Some(1), Some(100))
    );
    drop(report);
    drop(by_inner);
    assert_eq!(retained(&balanced(), "outer"), (1, 100));
    drop(by_outer);
    assert_eq!(retained(&balanced(), "outer"), (0, 0));
}

fn in_changing_hands() {
    let from_root = buffer(1_000);
    let root_before = balanced().path(&[]).unwrap().retained_bytes.unwrap();
    let mut from_one = {
        let _scope = memprof::scope!("one");
        drop(from_root);
        buffer(50)
    };
    let report = balanced();
    assert_eq!(
        report.path(&[]).unwrap().retained_bytes.unwrap(),
        root_before - 1_000
    );
    assert_eq!(retained(&report, "one"), (1, 50));
    drop(report);
    {
        let _scope = memprof::scope!("other");
        from_one.reserve_exact(70);
    }
    let report = balanced();
    assert_eq!(
        (retained(&report, "one"), retained(&report, "other")),
        ((0, 0), (1, 70))
    );
    drop(report);
    from_one.shrink_to(0);
    drop(from_one);
    assert_eq!(retained(&balanced(), "other"), (0, 0));
}

fn among_threads() {
    // Threads of the library keep something from their first use on.
    std::thread::spawn(|| ()).join().unwrap();
    let live = balanced().process.live_bytes;
    let made: Vec<Vec<u8>> = {
        let _scope = memprof::scope!("made here");
        (1..=1_000).map(buffer).collect()
    };
    let table = 1_000 * size_of::<Vec<u8>>() as u64;
    assert_eq!(retained(&balanced(), "made here"), (1_001, 500_500 + table));

    let back = std::thread::spawn(move || {
        drop(made);
        let _scope = memprof::scope!("made there");
        (1..=10).map(buffer).collect::<Vec<_>>()
    });
    let back = back.join().unwrap();
    let report = balanced();
    assert_eq!(retained(&report, "made here"), (0, 0));
    assert_eq!(
        retained(&report, "made there"),
        (11, 55 + 10 * size_of::<Vec<u8>>() as u64)
    );
    drop((report, back));
    let report = balanced();
    assert_eq!(retained(&report, "made there"), (0, 0));
    assert_eq!(report.process.live_bytes, live);
    // Several threads at a time: what they may be off is a small part of it.
    let process = &report.process;
    assert!(
        process.peak_error_bytes <= process.peak_live_bytes / 50,
        "{process:?}"
    );
}
