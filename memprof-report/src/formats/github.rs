//! GitHub: annotations as the lines that a workflow prints, one a finding, at the operation's source line.
//!
//! GitHub shows ten of each kind a step; what is worst stands first. A value cannot end its line or begin
//! another command.

use std::fmt::Write;

use crate::render::signs::{difference, figure, share};
use crate::render::units::{count, number_of};
use crate::{Change, Diff, DiffRow, Report, SubjectKind, Verdict, Violation};

/// The findings of a report: an error for each violation, a warning for each warning.
///
/// ```
/// use memprof_report::{Report, Violation, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.violations.push(Violation {
///     threshold: "max_peak_usage_mb".into(),
///     file: Some("src/a,b.rs".into()),
///     line: Some(7),
///     message: "peak 3 MiB > 2 MiB\nin all".into(),
///     ..Default::default()
/// });
/// assert_eq!(
///     formats::github(&report),
///     "::error file=src/a%2Cb.rs,line=7,title=memprof%3A max_peak_usage_mb::peak 3 MiB > 2 MiB%0Ain all\n",
/// );
/// ```
pub fn github(report: &Report) -> String {
    let mut out = String::new();
    for violation in &report.violations {
        let operation = violation.operation.as_deref();
        let text = match operation {
            Some(name) => format!("\"{name}\": {}", message(violation)),
            None => message(violation),
        };
        let place = (violation.file.as_deref(), violation.line);
        annotation(&mut out, "error", place, &violation.threshold, &text);
    }
    if report.lacks_allocator_warning() {
        let text = "memprof's allocator was not installed, so that no byte was counted";
        annotation(&mut out, "warning", (None, None), "allocator", text);
    }
    for warning in &report.warnings {
        let place = (None, None);
        annotation(&mut out, "warning", place, &warning.code, &warning.message);
    }
    out
}

/// The comparison: an error for what regressed, a warning for what cannot be compared, a notice for the rest
/// that is not as before.
///
/// ```
/// use memprof_report::{Diff, DiffOptions, OperationReport, Report, formats};
///
/// let mut old = Report::default();
/// old.run.allocator.installed = true;
/// old.operations.push(OperationReport {
///     name: "Search".into(),
///     file: "src/search.rs".into(),
///     line: 41,
///     calls: 1,
///     peak_bytes: 2000,
///     ..Default::default()
/// });
/// let mut new = old.clone();
/// new.operations[0].peak_bytes = 3000;
/// let diff = Diff::between(&old, &new, &DiffOptions::default())?;
/// assert_eq!(
///     formats::github_diff(&diff),
///     "::error file=src/search.rs,line=41,title=memprof%3A regressed::\
///      \"Search\": peak 2,000 B → 3,000 B (+1,000 B, +50.0 %25)\n",
/// );
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
pub fn github_diff(diff: &Diff) -> String {
    let mut out = String::new();
    let gating = |row: &&DiffRow| diff.gates_process || row.subject.kind != SubjectKind::Process;
    let mut rows: Vec<&DiffRow> = diff.rows.iter().filter(gating).collect();
    // Stable, and verdicts are in the order of their weight.
    rows.sort_by_key(|row| row.verdict);
    for row in rows {
        let level = match row.verdict {
            Verdict::Regressed => "error",
            Verdict::NotComparable => "warning",
            Verdict::Unchanged => continue,
            _ => "notice",
        };
        let subject = &row.subject;
        let text = format!("\"{}\": {}", subject.name, told(row));
        let file = Some(subject.file.as_str()).filter(|file| !file.is_empty());
        let place = (file, subject.line);
        annotation(&mut out, level, place, &row.verdict.to_string(), &text);
    }
    out
}

/// What a row comes to: its regressions, else its improvements, else its reason.
pub(super) fn told(row: &DiffRow) -> String {
    let of = |verdict| {
        let changes = row.changes.iter().filter(move |it| it.verdict == verdict);
        changes.map(in_words).collect::<Vec<_>>().join("; ")
    };
    match (row.verdict, &row.reason) {
        (verdict @ (Verdict::Regressed | Verdict::Improved), _) => of(verdict),
        (_, Some(reason)) => reason.clone(),
        (Verdict::New, None) => "it is not in what it is compared with".to_owned(),
        (Verdict::Gone, None) => "it is there no more".to_owned(),
        _ => row.verdict.to_string(),
    }
}

/// `peak 2,000 B → 3,000 B (+1,000 B, +50.0 %)`
fn in_words(change: &Change) -> String {
    let metric = change.metric;
    let number = |number: Option<i128>| number.map_or_else(String::new, |n| figure(n, metric));
    let (old, new) = (number(change.old), number(change.new));
    let mut out = format!("{} {old} → {new}", metric.label());
    if let Some(by) = change.difference() {
        let _ = write!(out, " ({}", difference(by, metric));
        if let Some(of_old) = change.share() {
            let _ = write!(out, ", {}", share(of_old));
        }
        out.push(')');
    }
    out
}

/// What a violation says, made of its numbers where it has no words.
pub(super) fn message(violation: &Violation) -> String {
    if !violation.message.trim().is_empty() {
        return violation.message.clone();
    }
    let actual = number_of(violation.actual_bytes, "byte");
    let limit = count(violation.limit_bytes);
    format!("{actual} where the limit is {limit}")
}

fn annotation(
    out: &mut String,
    level: &str,
    (file, line): (Option<&str>, Option<u32>),
    title: &str,
    text: &str,
) {
    let mut properties = Vec::new();
    if let Some(file) = file {
        properties.push(format!("file={}", property(file)));
        properties.extend(line.map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(&format!("memprof: {title}"))));
    let _ = writeln!(out, "::{level} {}::{}", properties.join(","), data(text));
}

/// What cannot stand in a command's text, as its toolkit has it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
