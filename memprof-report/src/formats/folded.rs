//! Folded stacks: a line a sample, `outermost;…;innermost figure`.
//!
//! The format has no escapes, so a `;` in a name becomes `:`, as the tools that make such lines have it. A
//! name that ends in a number gets a no-break space before it: viewers would take that number for a figure.

use std::collections::HashMap;

use super::samples::Samples;
use super::{FormatError, Weight};
use crate::Report;

/// Takes the place of a space that would be taken for something else.
const NO_BREAK_SPACE: char = '\u{a0}';

/// The report as folded stacks, for `flamegraph.pl`, inferno, speedscope and their like.
///
/// Lines are sorted and no two have the same stack. What has nothing of the weight has no line.
///
/// ```
/// use memprof_report::{Frame, PathReport, Report, StackReport, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.paths = vec![PathReport { path: vec!["Search".into()], allocations: 3, ..Default::default() }];
/// report.frames = ["Vec::push", "rank"].map(|name| Frame { function: Some(name.into()), ..Default::default() }).into();
/// report.stacks = vec![StackReport { path: 0, frames: vec![0, 1], allocations: 2, ..Default::default() }];
///
/// let folded = formats::folded(&report, formats::Weight::Allocations)?;
/// assert_eq!(folded, "Search 1\nSearch;rank;Vec::push 2\n");
/// # Ok::<(), formats::FormatError>(())
/// ```
///
/// # Errors
/// Where memprof's allocator was not installed, the report lacks the weight, or a stack refers to a path or a
/// frame that is not there.
pub fn folded(report: &Report, weight: Weight) -> Result<String, FormatError> {
    let samples = Samples::new(report, &[weight])?;
    let mut text = String::new();
    for line in lines(&samples) {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// The lines for the first weight of the samples, sorted frame by frame, so that what begins in the same way
/// stands together.
pub(super) fn lines(samples: &Samples<'_>) -> Vec<String> {
    let names: Vec<String> = samples
        .labels
        .iter()
        .map(|label| folded_name(&label.name))
        .collect();
    let mut figures: HashMap<Vec<&str>, u64> = HashMap::new();
    for sample in &samples.samples {
        let chain = sample.chain.iter().map(|place| names[*place].as_str());
        let figure = figures.entry(chain.collect()).or_default();
        *figure = figure.saturating_add(sample.figures[0]);
    }
    let mut rows: Vec<(Vec<&str>, u64)> = figures.into_iter().collect();
    rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    rows.iter()
        .map(|(chain, figure)| format!("{} {figure}", chain.join(";")))
        .collect()
}

/// The name without what a reader of folded stacks takes for something else.
fn folded_name(name: &str) -> String {
    let mut name = name.trim().replace(';', ":");
    let last_space = name.rfind(' ').filter(|at| is_number(&name[at + 1..]));
    // A line that begins so is a comment.
    let first_space = name.starts_with("# ").then_some(1);
    for at in last_space.into_iter().chain(first_space) {
        if name[at..].starts_with(' ') {
            name.replace_range(at..=at, NO_BREAK_SPACE.encode_utf8(&mut [0; 2]));
        }
    }
    name
}

fn is_number(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_clear_of_what_the_format_means() {
        for (name, folded) in [
            ("Hybrid Search", "Hybrid Search"),
            ("[u8; 8]::clone", "[u8: 8]::clone"),
            ("Phase 2", "Phase\u{a0}2"),
            ("Phase 2 1.5", "Phase 2\u{a0}1.5"),
            ("Phase2", "Phase2"),
            ("2", "2"),
            (" a ", "a"),
            ("# 1", "#\u{a0}1"),
            ("# one", "#\u{a0}one"),
        ] {
            assert_eq!(folded_name(name), folded);
        }
    }
}
