//! Scopes that are open count with what they have done so far, seen from any thread.
//!
//! What is promised: a report that is taken while another thread rests inside its scopes has their exact
//! figures, open calls and peaks included, and taking it leaves that thread undisturbed.

use memprof::Report;
use std::hint::black_box;
use std::sync::Barrier;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Calls, open calls, allocated and deallocated bytes, peak, retained bytes.
fn figures(report: &Report, name: &str) -> [u64; 6] {
    let row = report.operation(name).unwrap();
    [
        row.calls,
        row.open_calls,
        row.allocated_bytes,
        row.deallocated_bytes,
        row.peak_bytes,
        row.retained_bytes.unwrap(),
    ]
}

#[test]
fn two_open_scopes_of_another_thread() {
    // The worker does a step, then rests while the other side looks.
    let barrier = Barrier::new(2);
    let step = || {
        barrier.wait();
        barrier.wait();
    };
    let look = |check: &dyn Fn(&Report)| {
        barrier.wait();
        check(&memprof::snapshot());
        barrier.wait();
    };
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let outer = memprof::scope!("outer");
            step();
            let held = buffer(100);
            drop(buffer(40));
            step();
            let inner = memprof::scope!("inner");
            step();
            drop(buffer(1_000));
            let more = buffer(7);
            step();
            drop(inner);
            step();
            drop((held, more));
            drop(outer);
            step();
        });

        look(&|report| {
            assert_eq!(figures(report, "outer"), [1, 1, 0, 0, 0, 0]);
            assert_eq!(report.operation("outer").unwrap().per_call, None);
        });
        look(&|report| {
            assert_eq!(figures(report, "outer"), [1, 1, 140, 40, 140, 100]);
            assert_eq!(figures(report, "inner"), [0; 6]);
        });
        look(&|report| {
            assert_eq!(figures(report, "outer"), [1, 1, 140, 40, 140, 100]);
            assert_eq!(figures(report, "inner"), [1, 1, 0, 0, 0, 0]);
        });
        look(&|report| {
            assert_eq!(figures(report, "outer"), [1, 1, 1_147, 1_040, 1_100, 107]);
            assert_eq!(figures(report, "inner"), [1, 1, 1_007, 1_000, 1_000, 7]);
            let row = report.path(&["outer", "inner"]).unwrap();
            assert_eq!((row.calls, row.open_calls), (1, 1));
            assert_eq!(row.net_bytes, 7);
        });
        look(&|report| {
            assert_eq!(figures(report, "outer"), [1, 1, 1_147, 1_040, 1_100, 107]);
            assert_eq!(figures(report, "inner"), [1, 0, 1_007, 1_000, 1_000, 7]);
            assert!(report.operation("inner").unwrap().per_call.is_some());
        });
        look(&|report| {
            assert_eq!(figures(report, "outer"), [1, 0, 1_147, 1_147, 1_100, 0]);
            assert_eq!(figures(report, "inner"), [1, 0, 1_007, 1_000, 1_000, 0]);
        });
    });
}

#[test]
fn one_operation_open_on_many_threads() {
    const THREADS: usize = 8;
    let barrier = Barrier::new(THREADS + 1);
    std::thread::scope(|threads| {
        for number in 1..=THREADS {
            let barrier = &barrier;
            threads.spawn(move || {
                let _scope = memprof::scope!("shared");
                let _held = buffer(10 * number);
                barrier.wait();
                barrier.wait();
            });
        }
        barrier.wait();
        let report = memprof::snapshot();
        assert_eq!(figures(&report, "shared"), [8, 8, 360, 0, 80, 360]);
        barrier.wait();
    });
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "shared"), [8, 0, 360, 360, 80, 0]);
}

#[test]
fn an_open_call_that_told_its_size() {
    let sized = memprof::scope!("sized");
    drop(buffer(3_000));
    memprof::size(10);
    let held = buffer(200);
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "sized"), [1, 1, 3_200, 3_000, 3_000, 200]);
    drop((held, sized));
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "sized"), [1, 0, 3_200, 3_200, 3_000, 0]);
}

#[test]
fn an_open_recursion() {
    fn enter(depth: usize, end: &dyn Fn()) {
        let _scope = memprof::scope!("recursive");
        let _held = buffer(10);
        if depth > 1 {
            enter(depth - 1, end);
        } else {
            end();
        }
    }
    enter(100, &|| {
        let report = memprof::snapshot();
        assert_eq!(
            figures(&report, "recursive"),
            [100, 100, 1_000, 0, 1_000, 1_000]
        );
    });
    let report = memprof::snapshot();
    assert_eq!(
        figures(&report, "recursive"),
        [100, 0, 1_000, 1_000, 1_000, 0]
    );
}

#[test]
fn a_report_from_inside_counts_nothing() {
    let _scope = memprof::scope!("reporter");
    drop(buffer(5));
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "reporter"), [1, 1, 5, 5, 5, 0]);
    drop(report);
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "reporter"), [1, 1, 5, 5, 5, 0]);
}

#[test]
fn an_open_call_beside_finished_ones() {
    for bytes in [10, 500, 30] {
        let _scope = memprof::scope!("again");
        drop(buffer(bytes));
    }
    let _scope = memprof::scope!("around");
    let open = memprof::scope!("again");
    // The site is another one: two rows of one name.
    drop(buffer(600));
    let report = memprof::snapshot();
    let rows: Vec<_> = report
        .operations_named("again")
        .map(|row| (row.calls, row.open_calls, row.peak_bytes))
        .collect();
    assert_eq!(rows, [(3, 0, 500), (1, 1, 600)]);
    drop(open);
}
