//! Promise: the call tree shows each figure at the operation that it belongs to.

use memprof_report::{OperationReport, PathReport, Report, Tree};

/// A report with these operations and paths: indexes of the operations, which of them was entered once more,
/// calls, and bytes that are allocated and all retained.
fn report(operations: &[(&str, u32)], paths: &[(&[usize], Option<&str>, u64, u64)]) -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.operations = operations
        .iter()
        .map(|&(name, line)| OperationReport {
            name: name.into(),
            file: "src/lib.rs".into(),
            line,
            ..Default::default()
        })
        .collect();
    report.paths = paths
        .iter()
        .map(|&(path, reentered, calls, bytes)| PathReport {
            path: path.iter().map(|&at| operations[at].0.into()).collect(),
            operations: path.to_vec(),
            reentered: reentered.map(Into::into),
            calls,
            allocated_bytes: bytes,
            retained_bytes: Some(bytes),
            ..Default::default()
        })
        .collect();
    report
}

/// The lines under the head.
fn lines(report: &Report) -> String {
    let text = Tree::new(report).to_string();
    let lines: Vec<&str> = text.lines().skip(2).collect();
    lines.join("\n")
}

#[test]
fn an_operation_that_is_entered_once_more_has_a_line_of_its_own() {
    let paths: [(&[usize], _, _, _); 3] = [
        (&[0], None, 1, 1),
        (&[0, 1], None, 2, 20),
        (&[0, 1], Some("A"), 4, 300),
    ];
    let report = report(&[("A", 1), ("B", 2)], &paths);
    insta::assert_snapshot!(lines(&report), @r"
    A                       1             1 B      321 B     321 B
      B                     2            20 B      320 B     320 B
        A (re-entered)      4           300 B      300 B     300 B
    ");
}

#[test]
fn operations_of_one_name_are_two_lines_told_apart_by_their_place() {
    let paths: [(&[usize], _, _, _); 4] = [
        (&[0], None, 1, 1),
        (&[0, 1], None, 2, 20),
        (&[0, 2], None, 4, 300),
        (&[0, 2], Some("A"), 8, 4000),
    ];
    let report = report(&[("A", 1), ("B", 2), ("B", 3)], &paths);
    insta::assert_snapshot!(lines(&report), @r"
    A                       1             1 B    4,321 B   4,321 B
      B (src/lib.rs:3)      4           300 B    4,300 B   4,300 B
        A (re-entered)      8         4,000 B    4,000 B   4,000 B
      B (src/lib.rs:2)      2            20 B       20 B      20 B
    ");
}

#[test]
fn what_the_report_does_not_list_is_shown_by_name() {
    let paths: [(&[usize], _, _, _); 1] = [(&[0, 1], Some("C"), 1, 1)];
    let mut report = report(&[("A", 1), ("B", 2)], &paths);
    report.operations.pop();
    report.paths[0].operations[0] = usize::MAX;
    report.paths[0].path[0] = "a\x1b[31m".into();
    insta::assert_snapshot!(lines(&report), @r"
    a\u{1b}[31m      0             0 B        1 B       1 B
      B              0             0 B        1 B       1 B
        C            1             1 B        1 B       1 B
    ");
}
