//! Reports of sites that share their name, as they are told apart by line.

use memprof_report::{OperationReport, Report};

/// A report of sites of one name, by line and what they allocated.
pub(crate) fn sites(rows: &[(u32, u64)]) -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    for &(line, allocated_bytes) in rows {
        report.operations.push(OperationReport {
            name: "Load".into(),
            file: "src/load.rs".into(),
            line,
            calls: 1,
            allocated_bytes,
            ..Default::default()
        });
    }
    report
}
