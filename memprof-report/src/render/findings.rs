//! The findings under the table: limits that were passed, and warnings. Loud, since without them the
//! figures above can mislead.

use super::color::Paint;
use super::text::{escaped, wrapped};
use super::units::{count, number_of};
use crate::query::NOT_INSTALLED;
use crate::{Report, Selection, Violation};

const INDENT: usize = 2;

/// A line for every violation and warning, none where there is nothing to say.
pub(super) fn findings(
    report: &Report,
    selection: &Selection,
    limit: usize,
    paint: Paint,
) -> String {
    let mut out = String::new();
    let (violations, beyond, filtered) = selection.violations(report);
    for violation in violations {
        let red = |word: &str| paint.red(word);
        push(&mut out, "VIOLATION", &sentence(violation), limit, red);
    }
    for (number, why) in [(beyond, ""), (filtered, ", which the filter leaves out")] {
        if number > 0 {
            let violations = if number == 1 {
                "violation"
            } else {
                "violations"
            };
            let red = |word: &str| paint.red(word);
            let number = count(number as u64);
            push(
                &mut out,
                "and",
                &format!("{number} {violations} more{why}"),
                limit,
                red,
            );
        }
    }
    let yellow = |word: &str| paint.yellow(word);
    if report.lacks_allocator_warning() {
        let text = format!("{NOT_INSTALLED}: no byte was counted");
        push(&mut out, "WARNING", &text, limit, yellow);
    }
    for warning in &report.warnings {
        let text = format!("{}: {}", escaped(&warning.code), escaped(&warning.message));
        push(&mut out, "WARNING", &text, limit, yellow);
    }
    out
}

/// The word is what has to catch the eye, hence it alone is painted.
fn push(out: &mut String, word: &str, text: &str, limit: usize, paint: impl Fn(&str) -> String) {
    let lines = wrapped(&format!("{word} {text}"), limit, INDENT);
    let rest = lines.strip_prefix(word).unwrap_or(&lines);
    out.push_str(&format!("{}{rest}\n", paint(word)));
}

/// `max_peak_usage_mb in "Search" (src/search.rs:41): …`
fn sentence(violation: &Violation) -> String {
    let mut out = escaped(&violation.threshold);
    match (&violation.operation, &violation.path) {
        (Some(operation), _) => out.push_str(&format!(" in \"{}\"", escaped(operation))),
        (None, Some(path)) if !path.is_empty() => {
            out.push_str(&format!(" in \"{}\"", escaped(&path.join(" > "))));
        }
        _ => {}
    }
    match (&violation.file, violation.line) {
        (Some(file), Some(line)) => out.push_str(&format!(" ({}:{line})", escaped(file))),
        (Some(file), None) => out.push_str(&format!(" ({})", escaped(file))),
        _ => {}
    }
    let message = match escaped(&violation.message) {
        message if message.is_empty() => {
            let actual = number_of(violation.actual_bytes, "byte");
            let limit = count(violation.limit_bytes);
            format!("{actual} where the limit is {limit}")
        }
        message => message,
    };
    format!("{out}: {message}")
}
