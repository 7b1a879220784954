//! Promise: a filter and a number are kept by what operations hold and by the limits that they passed as well, and what is
//! left out is counted.

use memprof_report::{
    LeakClass, LeakReport, OperationReport, Report, Selection, Table, Violation, formats,
};

/// Three operations, each of which holds something and has passed a limit; the process has passed one too.
fn report() -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    for (index, name) in ["Index", "Search", "Merge"].into_iter().enumerate() {
        report.operations.push(OperationReport {
            name: name.into(),
            file: "src/lib.rs".into(),
            module: format!("demo::of_{}", name.to_lowercase()),
            line: index as u32 + 1,
            calls: 100,
            ..OperationReport::default()
        });
        report.leaks.push(LeakReport {
            operation: index,
            retained_bytes: 1000 * (index as u64 + 1),
            class: LeakClass::Growing,
            ..LeakReport::default()
        });
        report.violations.push(Violation {
            threshold: "leak_detection_threshold_bytes".into(),
            operation: Some(name.into()),
            file: Some("src/lib.rs".into()),
            line: Some(index as u32 + 1),
            message: format!("{name} leaks"),
            ..Violation::default()
        });
    }
    report.violations.push(Violation {
        threshold: "max_peak_usage_mb".into(),
        message: "the process is too large".into(),
        ..Violation::default()
    });
    report
}

/// The lines of the table that begin with one of these words.
fn lines(selection: &Selection) -> Vec<String> {
    let report = report();
    let text = Table::new(&report).selection(selection).to_string();
    let words = ["LEAK ", "VIOLATION ", "and ", "1 that", "2 that"];
    let lines = text
        .lines()
        .filter(|line| words.iter().any(|word| line.starts_with(word)));
    let short = |line: &str| line.split(": ").next().unwrap().to_owned();
    lines.map(short).collect()
}

#[test]
fn a_filter_leaves_out_leaks_and_violations_of_other_operations() {
    let mut selection = Selection::default();
    // By the module, which a violation does not name.
    selection.filter = Some("OF_SEARCH".into());
    let expected = [
        "LEAK \"Search\" (src/lib.rs:2)",
        "2 that hold something not shown",
        "VIOLATION leak_detection_threshold_bytes in \"Search\" (src/lib.rs:2)",
        "VIOLATION max_peak_usage_mb",
        "and 2 violations more, which the filter leaves out",
    ];
    assert_eq!(lines(&selection), expected);
    let markdown = formats::markdown(&report(), &selection);
    assert_eq!(markdown.matches("❌").count(), 2, "{markdown}");
    assert!(markdown.contains("… and 2 violations more."), "{markdown}");
}

#[test]
fn a_number_cuts_leaks_and_violations_too() {
    let mut selection = Selection::default();
    selection.top = Some(1);
    let expected = [
        // The most is first.
        "LEAK \"Merge\" (src/lib.rs:3)",
        "and 2 more that hold something",
        "VIOLATION leak_detection_threshold_bytes in \"Index\" (src/lib.rs:1)",
        "and 3 violations more",
    ];
    assert_eq!(lines(&selection), expected);
    let markdown = formats::markdown(&report(), &selection);
    assert_eq!(markdown.matches("❌").count(), 1, "{markdown}");
    assert!(markdown.contains("… and 3 violations more."), "{markdown}");
    // Without a number there are all.
    let all = lines(&Selection::default());
    assert_eq!(all.len(), 7, "{all:?}");
}
