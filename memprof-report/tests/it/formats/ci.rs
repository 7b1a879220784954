//! The formats for continuous integration: well formed whatever operations are called, with the report's own
//! figures.

use memprof_report::formats::{
    bencher, benchmark, github, github_diff, junit, junit_diff, markdown, markdown_diff,
};
use memprof_report::{Diff, DiffOptions, Report, Selection, Violation, Warning};
use roxmltree::Document;
use serde_json::Value;

use super::hostile::NAMES;
use super::reports::{operation, tree};

/// An operation of each name that was called, and a violation in each.
fn named() -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.run.name = NAMES.concat();
    for (line, name) in (1..).zip(NAMES) {
        let mut row = operation(name, name, line);
        row.calls = 1;
        row.module = name.into();
        row.allocations = u64::from(line);
        row.allocated_bytes = 10 * u64::from(line);
        row.peak_bytes = 100 * u64::from(line);
        report.violations.push(Violation {
            threshold: name.into(),
            operation: Some(name.into()),
            file: Some(name.into()),
            line: Some(line),
            message: name.into(),
            limit_bytes: 1,
            actual_bytes: 2,
            ..Default::default()
        });
        report.operations.push(row);
    }
    report
}

fn regressed() -> Diff {
    let mut old = named();
    for row in &mut old.operations {
        // One without a file has no place, and a test of its own.
        row.file.push_str(".rs");
    }
    let mut new = old.clone();
    for row in &mut new.operations {
        row.allocated_bytes += 1;
    }
    Diff::between(&old, &new, &DiffOptions::default()).unwrap()
}

#[test]
fn junit_is_xml_with_a_case_an_operation() {
    let text = junit(&named());
    let document = Document::parse(&text).unwrap();
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    // And the process.
    assert_eq!(cases.count(), NAMES.len() + 1);
    let failures = document
        .descendants()
        .filter(|node| node.has_tag_name("failure"));
    assert_eq!(failures.count(), NAMES.len());
    let suite = document.root_element();
    assert_eq!(suite.attribute("failures"), Some(&*NAMES.len().to_string()));

    let text = junit_diff(&regressed());
    let document = Document::parse(&text).unwrap();
    let failures = document
        .descendants()
        .filter(|node| node.has_tag_name("failure"));
    assert_eq!(failures.count(), NAMES.len());
}

#[test]
fn an_annotation_is_one_command() {
    for text in [github(&named()), github_diff(&regressed())] {
        assert_eq!(text.lines().count(), NAMES.len());
        for line in text.split_terminator('\n') {
            let rest = line
                .strip_prefix("::error file=")
                .unwrap_or_else(|| panic!("{line}"));
            let (properties, _) = rest.split_once("::").unwrap();
            let names: Vec<&str> = properties
                .split(',')
                .skip(1)
                .map(|it| it.split('=').next().unwrap())
                .collect();
            assert_eq!(names, ["line", "title"], "{line}");
            assert!(!line.contains('\r'), "{line}");
        }
    }
}

#[test]
fn a_markdown_row_is_one_line_of_as_many_cells() {
    let text = markdown(&named(), &Selection::default());
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), NAMES.len() + 1);
    for row in rows {
        let cells = row
            .replace(r"\\", "")
            .replace(r"\|", "")
            .matches('|')
            .count();
        assert_eq!(cells, 9, "{row}");
        assert!(!row.contains('<') || row.contains("@<!-- -->"), "{row}");
    }
    let text = markdown_diff(&regressed());
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let cells = row
            .replace(r"\\", "")
            .replace(r"\|", "")
            .matches('|')
            .count();
        assert_eq!(cells, 7, "{row}");
    }
}

#[test]
fn bencher_and_benchmark_have_every_figure() {
    let report = named();
    let document: Value = serde_json::from_str(&bencher(&report).unwrap()).unwrap();
    let list: Value = serde_json::from_str(&benchmark(&report).unwrap()).unwrap();
    // Names that look alike once shown are told apart, so that none is lost.
    assert_eq!(document.as_object().unwrap().len(), NAMES.len());
    let names = list
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap());
    let mut names: Vec<&str> = names.collect();
    let number = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), number);
    for (index, row) in report.operations.iter().enumerate() {
        let own: Vec<&Value> = list.as_array().unwrap()[index * 3..][..3].iter().collect();
        let values: Vec<u64> = own.iter().map(|it| it["value"].as_u64().unwrap()).collect();
        assert_eq!(
            values,
            [row.allocations, row.allocated_bytes, row.peak_bytes]
        );
    }
}

#[test]
fn operations_of_one_name_are_told_apart() {
    let mut report = tree();
    for row in &mut report.operations {
        row.calls = 1;
    }
    let document: Value = serde_json::from_str(&bencher(&report).unwrap()).unwrap();
    let names: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "Index",
            "Search (src/local.rs:12)",
            "Search (src/remote.rs:90)",
            "Tokenize"
        ]
    );
}

#[test]
fn what_was_not_counted_has_no_figures() {
    let mut report = named();
    report.run.allocator.installed = false;
    report.violations.clear();
    assert!(bencher(&report).is_err());
    assert!(benchmark(&report).is_err());
    let warning = "::warning title=memprof%3A allocator::memprof's allocator was not installed, so that no byte \
                   was counted\n";
    assert_eq!(github(&report), warning);
    let text = markdown(&report, &Selection::default());
    assert!(
        text.contains("memprof's allocator was not installed") && text.contains("| n/a |"),
        "{text}"
    );
}

#[test]
fn that_nothing_was_counted_is_told_once() {
    let mut report = Report::default();
    let told = |text: &str| text.matches("no byte was counted").count();
    assert_eq!(told(&github(&report)), 1);
    assert_eq!(told(&markdown(&report, &Selection::default())), 1);
    report.warnings.push(Warning {
        code: "allocator-not-installed".into(),
        message: "no byte was counted; declare `memprof::Allocator` as the global allocator".into(),
    });
    assert_eq!(told(&github(&report)), 1, "{}", github(&report));
    let text = markdown(&report, &Selection::default());
    assert_eq!(told(&text), 1, "{text}");
}

/// What is counted, in the order in which it stands there.
fn counted(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains('…')).collect()
}

#[test]
fn markdown_counts_what_it_leaves_out() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    for number in 0..203_u32 {
        report.violations.push(Violation::default());
        report.warnings.push(Warning {
            code: format!("code {number}"),
            message: "message".into(),
        });
    }
    for number in 0..201_u32 {
        let mut row = operation(&format!("operation {number}"), "src/a.rs", number);
        row.calls = 1;
        report.operations.push(row);
    }
    report.violations.pop();
    let text = markdown(&report, &Selection::default());
    assert_eq!(
        counted(&text),
        [
            "… and 2 violations more.",
            "… and 3 warnings more.",
            "… and 1 operation more."
        ]
    );

    let mut diff = Diff::between(&report, &report, &DiffOptions::default()).unwrap();
    for number in 0..204_u32 {
        diff.notices.push(format!("notice {number}"));
    }
    assert_eq!(counted(&markdown_diff(&diff)), ["… and 4 notices more."]);
}

#[test]
fn markdown_tells_what_does_not_fit_the_filter() {
    let mut report = tree();
    for row in &mut report.operations {
        row.calls = 1;
    }
    let filtered = |filter: &str| {
        let mut selection = Selection::default();
        selection.filter = Some(filter.into());
        markdown(&report, &selection)
    };
    let text = filtered("index");
    assert!(text.contains("| Index |"), "{text}");
    assert!(
        text.ends_with("\n3 operations do not fit the filter.\n"),
        "{text}"
    );
    let text = filtered("nothing has this");
    assert!(
        text.ends_with("\n4 operations do not fit the filter.\n"),
        "{text}"
    );
    assert!(!text.contains("No operation was called."), "{text}");
    let text = markdown(&Report::default(), &Selection::default());
    assert!(text.ends_with("\nNo operation was called.\n"), "{text}");
}
