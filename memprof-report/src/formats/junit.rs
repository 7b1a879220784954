//! JUnit: violations and regressions as failed test cases, for whatever shows test results.
//!
//! Written by hand: five elements need no library. Operations are test cases, their module is the class.

use std::fmt::Write;

use super::github::{message, told};
use crate::labels::{Namesakes, shown};
use crate::{Diff, Report, SubjectKind, Verdict, Violation};

/// The report as JUnit XML: a case for each operation that was called, failed where it passed a limit.
///
/// Limits that were passed by no operation that is known fail the case `process`.
///
/// ```
/// use memprof_report::{OperationReport, Report, Violation, formats};
///
/// let mut report = Report::default();
/// report.operations.push(OperationReport { name: "Search".into(), calls: 1, ..Default::default() });
/// report.violations.push(Violation { operation: Some("Search".into()), ..Default::default() });
/// let xml = formats::junit(&report);
/// assert!(xml.contains(r#"tests="2" failures="1""#), "{xml}");
/// ```
pub fn junit(report: &Report) -> String {
    let namesakes = Namesakes::new(report);
    let mut cases = vec![Case::new("process", "memprof")];
    let mut places = vec![None];
    for (index, row) in report.operations.iter().enumerate() {
        if row.calls > 0 {
            cases.push(Case::new(namesakes.operation(index).name, &row.module));
            places.push(Some(row));
        }
    }
    for violation in &report.violations {
        let is_of = |place: &Option<&crate::OperationReport>| {
            place.is_some_and(|row| {
                violation.operation.as_deref() == Some(&*row.name)
                    && violation.file.as_ref().is_none_or(|file| *file == row.file)
                    && violation.line.is_none_or(|line| line == row.line)
            })
        };
        let place = places.iter().position(is_of).unwrap_or(0);
        cases[place].failures.push(failure(violation));
    }
    suite("memprof", "memory budget", &cases)
}

/// The comparison as JUnit XML: a case for each subject, failed where it regressed, skipped where it cannot
/// be compared.
///
/// ```
/// use memprof_report::{Diff, DiffOptions, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// let diff = Diff::between(&report, &report, &DiffOptions::default())?;
/// assert!(formats::junit_diff(&diff).contains(r#"tests="0" failures="0""#));
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
pub fn junit_diff(diff: &Diff) -> String {
    let mut cases = Vec::new();
    for row in &diff.rows {
        let subject = &row.subject;
        if subject.kind == SubjectKind::Process && !diff.gates_process {
            continue;
        }
        let class = subject.module.as_deref().unwrap_or(&subject.file);
        let mut case = Case::new(&subject.name, class);
        match row.verdict {
            Verdict::Regressed => case.failures.push(told(row)),
            Verdict::NotComparable => case.skipped = Some(told(row)),
            _ => {}
        }
        cases.push(case);
    }
    suite("memprof comparison", "memory regression", &cases)
}

struct Case {
    name: String,
    class: String,
    failures: Vec<String>,
    skipped: Option<String>,
}

impl Case {
    fn new(name: impl Into<String>, class: &str) -> Self {
        Self {
            name: name.into(),
            class: class.to_owned(),
            failures: Vec::new(),
            skipped: None,
        }
    }
}

fn failure(violation: &Violation) -> String {
    format!("{}: {}", violation.threshold, message(violation))
}

fn suite(name: &str, kind: &str, cases: &[Case]) -> String {
    let failed = cases.iter().filter(|case| !case.failures.is_empty());
    let skipped = cases.iter().filter(|case| case.skipped.is_some());
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
        cases.len(),
        failed.count(),
        skipped.count()
    );
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"{name}\" {counts}>\n  <testsuite name=\"{name}\" {counts}>\n"
    );
    for case in cases {
        let (name, class) = (xml(&case.name), xml(&case.class));
        let _ = write!(out, "    <testcase name=\"{name}\" classname=\"{class}\"");
        match (case.failures.is_empty(), &case.skipped) {
            (true, None) => out.push_str("/>\n"),
            (true, Some(reason)) => {
                let reason = xml(reason);
                let _ = writeln!(out, "><skipped message=\"{reason}\"/></testcase>");
            }
            // One at most: that is all that most readers take.
            (false, _) => {
                let text = xml(&case.failures.join("; "));
                let _ = writeln!(
                    out,
                    "><failure type=\"{kind}\" message=\"{text}\">{text}</failure></testcase>"
                );
            }
        }
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text for an attribute or between elements, without what no XML document may hold.
fn xml(text: &str) -> String {
    let text = shown(text).replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
