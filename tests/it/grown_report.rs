//! A report may be changed by whoever holds it; dropping it still counts nothing.
//!
//! What is promised: parts of a report that the user makes grow and shrink, within no operation or within one,
//! leave live and retained bytes and memprof's own memory as they were once the report is gone.

use std::hint::black_box;

const REPORTS: usize = 100;

/// Live bytes and blocks of the process, retained bytes of all paths, memprof's own bytes.
fn standing() -> [u64; 4] {
    let report = memprof::snapshot();
    let retained = report.paths.iter().map(|row| row.retained_bytes.unwrap());
    [
        report.process.live_bytes,
        report.process.live_blocks,
        retained.sum(),
        report.process.overhead_bytes,
    ]
}

fn change_and_drop() {
    let mut report = memprof::snapshot();
    report.operations.shrink_to_fit();
    report.operations.reserve_exact(50);
    report.paths.reserve_exact(500);
    report.paths.truncate(1);
    report.paths.shrink_to_fit();
    report.operations[0].name.push_str(" and a longer name");
    report.operations[0].name.shrink_to_fit();
    drop(black_box(report));
}

/// One test, for the figures are the process's.
#[test]
fn a_hundred_changed_reports_leave_nothing() {
    alone!();
    within_an_operation();
    for number in 0..4 {
        let _scope = memprof::scope!("operation");
        drop(black_box(vec![number; 10]));
    }
    change_and_drop();
    // The harness's own thread may allocate beside the test as it starts; a loss would show in every round.
    let rounds = (0..5).map(|_| {
        let before = standing();
        for _ in 0..REPORTS {
            change_and_drop();
        }
        (before, standing())
    });
    let mut seen = Vec::new();
    for (before, after) in rounds {
        if before == after {
            return;
        }
        seen.push((before, after));
    }
    panic!("never the same before and after: {seen:?}");
}

fn within_an_operation() {
    {
        let _scope = memprof::scope!("changes reports");
        for _ in 0..REPORTS {
            change_and_drop();
        }
    }
    let report = memprof::snapshot();
    let row = report.operation("changes reports").unwrap();
    assert_eq!(row.retained_bytes, Some(0));
}
