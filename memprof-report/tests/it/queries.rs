//! Promise: rows are found by name and by path, the first one where several fit.

use crate::common;
use memprof_report::Report;

#[test]
fn an_operation_is_found_by_its_name() {
    let report = common::full_report();
    assert_eq!(report.operation("Tokenize").map(|row| row.line), Some(7));
    assert_eq!(
        report.operation("Hybrid Search").map(|row| row.line),
        Some(12)
    );
    assert!(report.operation("tokenize").is_none());

    let lines: Vec<u32> = report
        .operations_named("Hybrid Search")
        .map(|row| row.line)
        .collect();
    assert_eq!(lines, [12, 90]);
}

#[test]
fn a_path_is_found_by_its_names_and_not_by_its_reentered_row() {
    let report = common::full_report();
    assert_eq!(report.path(&[]).map(|row| row.allocated_bytes), Some(6485));
    assert_eq!(
        report.path(&["Index", "Tokenize"]).map(|row| row.calls),
        Some(1_000_000)
    );
    assert!(report.path(&["Tokenize", "Index"]).is_none());
    assert!(Report::default().path(&[]).is_none());
}

#[test]
fn a_summary_line_has_raw_inclusive_figures() {
    let lines: Vec<String> = common::full_report()
        .operations
        .iter()
        .map(|row| row.summary_line())
        .collect();
    assert_eq!(
        lines[0],
        "Index: Allocated: 48390000 bytes, Deallocated: 46073000 bytes, Net: 2317000 bytes"
    );
    assert_eq!(
        lines[2],
        "Hybrid Search: Allocated: 700 bytes, Deallocated: 1212 bytes, Net: -512 bytes"
    );
}
