//! Reports and baselines to look at, made by hand: what is in them is known.

use memprof_report::{OperationReport, PathReport, Report, SelfFigures, Violation};

/// A report of `demo` with three operations, one of them never called.
pub(crate) fn sample() -> Report {
    let mut report = Report::default();
    let run = &mut report.run;
    run.name = "demo".into();
    run.executable = "/target/debug/demo".into();
    run.pid = 7;
    run.started_unix_ns = 1_000_000_000_000;
    run.duration_ns = 1_000_000;
    run.target = "x86_64-unknown-linux-gnu".into();
    run.profile = "debug".into();
    run.memprof_version = "0.1.0".into();
    run.allocator.installed = true;
    run.allocator.ownership = true;
    run.threads = 1;
    let process = &mut report.process;
    process.allocations = 30;
    process.allocated_bytes = 3_000;
    process.deallocations = 20;
    process.deallocated_bytes = 2_000;
    process.live_blocks = 10;
    process.live_bytes = 1_000;
    process.peak_live_bytes = 2_500;
    report.operations = vec![
        operation("Index", 10, 2, 2_000),
        operation("Search", 20, 5, 1_000),
        operation("Idle", 30, 0, 0),
    ];
    report.paths = vec![
        path(&["Index"], &[0], 2, 1_500),
        path(&["Index", "Search"], &[0, 1], 5, 1_000),
    ];
    report
}

/// The same from another process.
pub(crate) fn of_another_process() -> Report {
    let mut report = sample();
    report.run.pid = 8;
    report
}

/// A report in which a threshold was exceeded.
pub(crate) fn violated() -> Report {
    let mut report = sample();
    report.violations.push(Violation {
        threshold: "max_peak_usage_mb".into(),
        operation: Some("Index".into()),
        file: Some("src/lib.rs".into()),
        line: Some(10),
        limit_bytes: 2_000,
        actual_bytes: 2_500,
        message: "peak 2,500 B > 2,000 B".into(),
        ..Violation::default()
    });
    report
}

pub(crate) fn json(report: &Report) -> String {
    report.to_json_pretty().unwrap()
}

fn operation(name: &str, line: u32, calls: u64, bytes: u64) -> OperationReport {
    OperationReport {
        name: name.into(),
        module: "demo".into(),
        function: name.to_lowercase(),
        file: "src/lib.rs".into(),
        line,
        column: 1,
        calls,
        allocations: calls,
        allocated_bytes: bytes,
        net_bytes: bytes as i64,
        peak_bytes: bytes,
        self_figures: SelfFigures {
            allocations: calls,
            allocated_bytes: bytes,
            net_bytes: bytes as i64,
            retained_blocks: Some(calls),
            retained_bytes: Some(bytes),
            ..SelfFigures::default()
        },
        retained_blocks: Some(calls),
        retained_bytes: Some(bytes),
        ..OperationReport::default()
    }
}

fn path(names: &[&str], operations: &[usize], calls: u64, bytes: u64) -> PathReport {
    PathReport {
        path: names.iter().map(|&name| name.into()).collect(),
        operations: operations.to_vec(),
        calls,
        allocations: calls,
        allocated_bytes: bytes,
        net_bytes: bytes as i64,
        retained_blocks: Some(calls),
        retained_bytes: Some(bytes),
        ..PathReport::default()
    }
}
