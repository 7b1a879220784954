//! The call stacks under a leak: where what an operation still holds was allocated, the most first.
//!
//! The line of the program that allocates stands first: frames of libraries are left out unless they are asked for.

use std::cmp::Reverse;

use super::color::Paint;
use super::text::{escaped, shortened, wrapped};
use super::units::{bytes_and_exact, count};
use crate::labels::{Label, Namesakes, OUTSIDE, TRUNCATED};
use crate::library::of_users;
use crate::{LeakReport, Report, StackReport};

/// Deeper than the further lines of the leak itself.
const INDENT: usize = 4;
const FRAME_INDENT: usize = 6;
/// How many stacks of a leak are shown, and how many frames of each: the allocating end tells most.
const MOST_STACKS: usize = 3;
const MOST_FRAMES: usize = 8;

/// How stacks are laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) limit: usize,
    pub(super) paint: Paint,
    /// Whether frames of libraries are shown.
    pub(super) has_library: bool,
}

/// The stacks that hold most of what the leak does; nothing where none was recorded for it.
pub(super) fn stacks(report: &Report, leak: &LeakReport, layout: Layout) -> String {
    let Layout { limit, paint, .. } = layout;
    let is_of_leak = |stack: &&StackReport| {
        stack.retained_bytes > Some(0) && leak.paths.iter().any(|path| path.path == stack.path)
    };
    let of_leak = report.stacks.iter().filter(is_of_leak);
    let mut stacks: Vec<StackReport> = match layout.has_library {
        true => of_leak.cloned().collect(),
        false => of_users(&report.frames, of_leak),
    };
    stacks.sort_by_key(|stack| Reverse(stack.retained_bytes));
    let mut out = String::new();
    for stack in stacks.iter().take(MOST_STACKS) {
        let by = (leak.paths.len() > 1).then(|| format!(" by {}", path(report, stack.path)));
        let line = format!("{}{}:", held(stack), by.unwrap_or_default());
        out.push_str(&" ".repeat(INDENT));
        out.push_str(&wrapped(&line, limit.saturating_sub(INDENT), FRAME_INDENT));
        out.push('\n');
        frames(report, stack, layout, &mut out);
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

/// The frames, a line each, the one that allocated first. The first of the program's own is always among them, though others,
/// of packages that it uses, may be before it.
fn frames(report: &Report, stack: &StackReport, layout: Layout, out: &mut String) {
    let is_own = |frame: &usize| {
        let frame = report.frames.get(*frame);
        frame.is_some_and(|frame| !frame.is_library() && !frame.is_downloaded())
    };
    let own = stack.frames.iter().position(is_own);
    let far = own.filter(|own| *own >= MOST_FRAMES);
    let first = if far.is_some() {
        MOST_FRAMES - 1
    } else {
        MOST_FRAMES
    };
    for frame in stack.frames.iter().take(first) {
        line(&name(report, *frame), layout, out);
    }
    let mut shown = first;
    if let Some(own) = far {
        out.push_str(&more(own - first, "frame", FRAME_INDENT, layout.paint));
        line(&name(report, stack.frames[own]), layout, out);
        shown = own + 1;
    }
    let others = stack.frames.len().saturating_sub(shown);
    out.push_str(&more(others, "frame", FRAME_INDENT, layout.paint));
    if stack.truncated {
        line(TRUNCATED, layout, out);
    }
}

fn line(text: &str, layout: Layout, out: &mut String) {
    out.push_str(&" ".repeat(FRAME_INDENT));
    let limit = layout.limit.saturating_sub(FRAME_INDENT);
    out.push_str(&shortened(&escaped(text), limit));
    out.push('\n');
}

fn name(report: &Report, frame: usize) -> String {
    let Some(frame) = report.frames.get(frame) else {
        return "[unknown]".to_owned();
    };
    let label = Label::frame(frame);
    match (label.file, label.line) {
        (Some(file), Some(line)) => format!("{} ({file}:{line})", label.name),
        _ => label.name,
    }
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
