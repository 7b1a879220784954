//! Markdown: a report or a comparison for the summary of a CI step or a comment on a pull request.
//!
//! Names and messages come out of the program and stay text whatever they hold: neither HTML, links nor
//! mentions. What GitHub takes is bounded (1 MiB a step), so the rows are too, and what is left out is
//! counted. Figures that were not counted are `n/a`.

use std::fmt::Write;

use crate::render::NOT_AVAILABLE;
use crate::render::signs::{difference, figure, share};
use crate::render::text::escaped;
use crate::render::units::{bytes, bytes_and_exact, count, number_of, signed_bytes};
use crate::{Change, Diff, DiffRow, OperationReport, Report, Selection, SubjectKind, Verdict};

/// So many rows, findings and notices are shown where the selection does not ask for fewer.
const MOST_ROWS: usize = 200;
/// A name or message is cut behind so many characters.
const MOST_CHARS: usize = 300;

/// The report in Markdown: totals, violations and warnings, and a table of the operations.
///
/// ```
/// use memprof_report::{OperationReport, Report, Selection, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.operations.push(OperationReport { name: "a|b <img>".into(), calls: 1, ..Default::default() });
/// let text = formats::markdown(&report, &Selection::default());
/// assert!(text.contains(r"| a\|b &lt;img&gt; | 1 |"), "{text}");
/// ```
pub fn markdown(report: &Report, selection: &Selection) -> String {
    let counted = report.run.allocator.installed;
    let run = &report.run;
    let mut out = format!("### memprof: {}\n\n", plain(&run.name));
    let build = [&run.profile, &run.target].map(|part| plain(part));
    let process = &report.process;
    if counted {
        let _ = writeln!(
            out,
            "{} in {}, peak {}{}, live {} ({}).\n",
            bytes_and_exact(process.allocated_bytes),
            number_of(process.allocations, "allocation"),
            bytes_and_exact(process.peak_live_bytes),
            match process.peak_error_bytes {
                0 => String::new(),
                error => format!(" ± {}", bytes(error)),
            },
            bytes_and_exact(process.live_bytes),
            build.join(", "),
        );
    }
    findings(&mut out, report, selection);
    let called = selection.called(report);
    if called.rows.is_empty() {
        // With `--top 0` there are more.
        match (called.beyond, called.filtered) {
            (0, 0) => out.push_str("No operation was called.\n"),
            (beyond, filtered) => left_out(&mut out, beyond, filtered),
        }
        return out;
    }
    out.push_str(
        "| operation | calls | self allocated | allocated | net | peak | retained | place |\n\
         |:--|--:|--:|--:|--:|--:|--:|:--|\n",
    );
    for row in called.rows.iter().take(MOST_ROWS) {
        operation(&mut out, row, counted);
    }
    let beyond = called.beyond + called.rows.len().saturating_sub(MOST_ROWS);
    left_out(&mut out, beyond, called.filtered);
    out
}

/// The comparison in Markdown: what it comes to, and a table of what is not as before.
///
/// ```
/// use memprof_report::{Diff, DiffOptions, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// let diff = Diff::between(&report, &report, &DiffOptions::default())?;
/// assert!(formats::markdown_diff(&diff).contains("**nothing to compare**"));
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
pub fn markdown_diff(diff: &Diff) -> String {
    let sign = if diff.is_regression() { "❌" } else { "✅" };
    let mut out = format!(
        "### memprof: comparison\n\n{sign} **{}**\n\n",
        plain(&diff.summary_line())
    );
    let mut rows: Vec<&DiffRow> = diff.rows.iter().collect();
    rows.retain(|row| row.verdict != Verdict::Unchanged);
    // Stable, and verdicts are in the order of their weight.
    rows.sort_by_key(|row| row.verdict);
    if !rows.is_empty() {
        out.push_str("| | operation | figure | old | new | change |\n|:--|:--|:--|--:|--:|--:|\n");
    }
    for row in rows.iter().take(MOST_ROWS) {
        changes(&mut out, row, diff.gates_process);
    }
    and_more(&mut out, rows.len().saturating_sub(MOST_ROWS), "operation");
    let notices = diff.notices.iter().take(MOST_ROWS);
    for (index, notice) in notices.enumerate() {
        let gap = if index == 0 && !rows.is_empty() {
            "\n"
        } else {
            ""
        };
        let _ = writeln!(out, "{gap}- {}", plain(notice));
    }
    let beyond = diff.notices.len().saturating_sub(MOST_ROWS);
    and_more(&mut out, beyond, "notice");
    out
}

fn findings(out: &mut String, report: &Report, selection: &Selection) {
    let before = out.len();
    if report.lacks_allocator_warning() {
        out.push_str("- ⚠️ memprof's allocator was not installed, so that no byte was counted\n");
    }
    let (violations, beyond, filtered) = selection.violations(report);
    for violation in violations.iter().take(MOST_ROWS) {
        let operation = match &violation.operation {
            Some(operation) => format!(" in {}", plain(operation)),
            None => String::new(),
        };
        let place = place(violation.file.as_deref(), violation.line);
        let _ = writeln!(
            out,
            "- ❌ **{}**{operation}{place}: {}",
            plain(&violation.threshold),
            plain(&super::github::message(violation)),
        );
    }
    let beyond = violations.len().saturating_sub(MOST_ROWS) + beyond + filtered;
    and_more(out, beyond, "violation");
    if beyond > 0 && !report.warnings.is_empty() {
        out.push('\n');
    }
    for warning in report.warnings.iter().take(MOST_ROWS) {
        let (code, message) = (plain(&warning.code), plain(&warning.message));
        let _ = writeln!(out, "- ⚠️ {code}: {message}");
    }
    let beyond = report.warnings.len().saturating_sub(MOST_ROWS);
    and_more(out, beyond, "warning");
    if out.len() > before {
        out.push('\n');
    }
}

fn operation(out: &mut String, row: &OperationReport, counted: bool) {
    let shown = |figure: Option<u64>| match figure.filter(|_| counted) {
        Some(figure) => bytes(figure),
        None => NOT_AVAILABLE.to_owned(),
    };
    let net = match counted {
        true => signed_bytes(row.net_bytes),
        false => NOT_AVAILABLE.to_owned(),
    };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {net} | {} | {} | {}:{} |",
        plain(&row.name),
        count(row.calls),
        shown(Some(row.self_figures.allocated_bytes)),
        shown(Some(row.allocated_bytes)),
        shown(Some(row.peak_bytes)),
        shown(row.retained_bytes),
        plain(&row.file),
        row.line,
    );
}

/// A line for each figure that is not let pass; of what has none, one line.
fn changes(out: &mut String, row: &DiffRow, gates_process: bool) {
    let subject = &row.subject;
    let gates = gates_process || subject.kind != SubjectKind::Process;
    let verdict = match gates {
        true => row.verdict.to_string(),
        false => format!("{} (not gated)", row.verdict),
    };
    let file = Some(subject.file.as_str()).filter(|file| !file.is_empty());
    let name = format!("{}{}", plain(&subject.name), place(file, subject.line));
    let telling = row
        .changes
        .iter()
        .filter(|change| matches!(change.verdict, Verdict::Regressed | Verdict::Improved));
    let mut number = 0;
    for change in telling {
        number += 1;
        let (label, cells) = (change.metric.label(), cells(change));
        let _ = writeln!(out, "| {verdict} | {name} | {label} | {cells} |");
    }
    if number == 0 {
        let reason = row.reason.as_deref().map(plain).unwrap_or_default();
        let _ = writeln!(out, "| {verdict} | {name} | {reason} | | | |");
    }
}

fn cells(change: &Change) -> String {
    let number =
        |number: Option<i128>| number.map_or_else(String::new, |n| figure(n, change.metric));
    let by = change.difference();
    let mut by = by.map_or_else(String::new, |by| difference(by, change.metric));
    if let Some(of_old) = change.share() {
        let _ = write!(by, " ({})", share(of_old));
    }
    format!("{} | {} | {by}", number(change.old), number(change.new))
}

fn place(file: Option<&str>, line: Option<u32>) -> String {
    match (file, line) {
        (Some(file), Some(line)) => format!(" ({}:{line})", plain(file)),
        (Some(file), None) => format!(" ({})", plain(file)),
        _ => String::new(),
    }
}

fn and_more(out: &mut String, number: usize, noun: &str) {
    match number {
        0 => {}
        1 => out.push_str(&format!("\n… and 1 {noun} more.\n")),
        _ => out.push_str(&format!("\n… and {number} {noun}s more.\n")),
    }
}

/// What the selection leaves out, and what is too much.
fn left_out(out: &mut String, beyond: usize, filtered: usize) {
    and_more(out, beyond, "operation");
    match filtered {
        0 => {}
        1 => out.push_str("\n1 operation does not fit the filter.\n"),
        _ => out.push_str(&format!("\n{filtered} operations do not fit the filter.\n")),
    }
}

/// Text that Markdown shows as it is, in one line.
fn plain(text: &str) -> String {
    let text = escaped(text);
    let mut out = String::with_capacity(text.len());
    for (index, (at, char)) in text.char_indices().enumerate() {
        if index == MOST_CHARS {
            out.push('…');
            break;
        }
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Mentions, addresses and links (`https://`, `www.`) are made of what is left after escapes, unless
            // something stands between.
            '@' => out.push_str("@<!-- -->"),
            ':' if text[at..].starts_with("://") => out.push_str(":<!-- -->"),
            '.' if is_web(&text.as_bytes()[..at]) => out.push_str("<!-- -->."),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|'
            | '~' | '$' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    if out.trim().is_empty() {
        return "\\[unnamed\\]".to_owned();
    }
    out
}

fn is_web(before: &[u8]) -> bool {
    let last = before.last_chunk::<3>();
    last.is_some_and(|last| last.eq_ignore_ascii_case(b"www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        assert_eq!(
            plain("</script><img onerror=x>"),
            "&lt;/script&gt;&lt;img onerror=x&gt;"
        );
        assert_eq!(
            plain("[a](b) *c* `d` | e\nf"),
            r"\[a\]\(b\) \*c\* \`d\` \| e\\nf"
        );
        assert_eq!(plain("@team"), "@<!-- -->team");
        assert_eq!(
            plain("see https://a.b, http://c and www.d.e, WWW.f"),
            "see https:<!-- -->//a.b, http:<!-- -->//c and www<!-- -->.d.e, WWW<!-- -->.f"
        );
        assert_eq!(plain("a::b w.w :/"), "a::b w.w :/");
        assert_eq!(plain(" "), "\\[unnamed\\]");
        assert_eq!(plain(&"é".repeat(1000)).chars().count(), MOST_CHARS + 1);
    }
}
