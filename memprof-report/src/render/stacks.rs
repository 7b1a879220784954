//! The call stacks under a leak: where what an operation still holds was allocated, the most first.

use std::cmp::Reverse;

use super::color::Paint;
use super::text::{escaped, shortened, wrapped};
use super::units::{bytes_and_exact, count};
use crate::labels::{Label, Namesakes, OUTSIDE};
use crate::{LeakReport, Report, StackReport};

/// Deeper than the further lines of the leak itself.
const INDENT: usize = 4;
const FRAME_INDENT: usize = 6;
/// How many stacks of a leak are shown, and how many frames of each: the allocating end tells most.
const MOST_STACKS: usize = 3;
const MOST_FRAMES: usize = 8;

/// The stacks that hold most of what the leak does; nothing where none was recorded for it.
pub(super) fn stacks(report: &Report, leak: &LeakReport, limit: usize, paint: Paint) -> String {
    let is_of_leak = |stack: &&StackReport| {
        stack.retained_bytes > Some(0) && leak.paths.iter().any(|path| path.path == stack.path)
    };
    let mut stacks: Vec<&StackReport> = report.stacks.iter().filter(is_of_leak).collect();
    stacks.sort_by_key(|stack| Reverse(stack.retained_bytes));
    let mut out = String::new();
    for stack in stacks.iter().take(MOST_STACKS) {
        let by = (leak.paths.len() > 1).then(|| format!(" by {}", path(report, stack.path)));
        let line = format!("{}{}:", held(stack), by.unwrap_or_default());
        out.push_str(&" ".repeat(INDENT));
        out.push_str(&wrapped(&line, limit.saturating_sub(INDENT), FRAME_INDENT));
        out.push('\n');
        frames(report, stack, limit, paint, &mut out);
    }
    let others = stacks.len().saturating_sub(MOST_STACKS);
    out + &more(others, "call stack", INDENT, paint)
}

/// `9.00 MiB (9,437,184 bytes) in 400 blocks ± 5.0 %, from 400 samples`
fn held(stack: &StackReport) -> String {
    let held = bytes_and_exact(stack.retained_bytes.unwrap_or(0));
    let blocks = plural(stack.retained_blocks.unwrap_or(0), "block");
    match stack.relative_standard_error {
        // Every allocation was recorded.
        0.0 => format!("{held} in {blocks}"),
        error => {
            let samples = plural(stack.samples, "sample");
            format!(
                "{held} in {blocks} ± {:.1} %, from {samples}",
                error * 100.0
            )
        }
    }
}

fn path(report: &Report, path: usize) -> String {
    let namesakes = Namesakes::new(report);
    let Some(row) = report.paths.get(path) else {
        return "[unknown]".to_owned();
    };
    let mut names: Vec<String> = row
        .operations
        .iter()
        .filter(|&&operation| operation < report.operations.len())
        .map(|&operation| namesakes.operation(operation).name)
        .collect();
    names.extend(row.reentered.iter().map(|name| format!("{name} again")));
    match names.is_empty() {
        true => OUTSIDE.to_owned(),
        false => escaped(&names.join(" > ")),
    }
}

/// The frames, a line each, the one that allocated first.
fn frames(report: &Report, stack: &StackReport, limit: usize, paint: Paint, out: &mut String) {
    for frame in stack.frames.iter().take(MOST_FRAMES) {
        let text = report.frames.get(*frame).map_or_else(
            || "[unknown]".to_owned(),
            |frame| {
                let label = Label::frame(frame);
                match (label.file, label.line) {
                    (Some(file), Some(line)) => format!("{} ({file}:{line})", label.name),
                    _ => label.name,
                }
            },
        );
        out.push_str(&" ".repeat(FRAME_INDENT));
        let limit = limit.saturating_sub(FRAME_INDENT);
        out.push_str(&shortened(&escaped(&text), limit));
        out.push('\n');
    }
    let others = stack.frames.len().saturating_sub(MOST_FRAMES);
    out.push_str(&more(others, "frame", FRAME_INDENT, paint));
}

/// `… and 2 more frames`
fn more(others: usize, noun: &str, indent: usize, paint: Paint) -> String {
    if others == 0 {
        return String::new();
    }
    let nouns = if others == 1 { "" } else { "s" };
    let words = format!("… and {} more {noun}{nouns}", count(others as u64));
    format!("{}{}\n", " ".repeat(indent), paint.dim(&words))
}

fn plural(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}
