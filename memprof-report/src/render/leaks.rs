//! What operations still hold at the end, a line each: what grows first, what is in use or a cache last. Under all
//! but caches stand the call stacks that hold most of it.

use super::stacks::{Layout, stacks};
use super::text::{escaped, wrapped};
use super::units::{bytes_and_exact, count, number_of};
use crate::leak::bytes_per_call;
use crate::{LeakClass, LeakReport, Report, Selection};

const INDENT: usize = 2;
/// How many operations are named.
const MOST_LINES: usize = 20;

/// A line for every operation that holds something, none where there is nothing to say.
pub(super) fn leaks(report: &Report, selection: &Selection, layout: Layout) -> String {
    let Layout { limit, paint, .. } = layout;
    let (leaks, beyond, filtered) = selection.leaks(report);
    let mut out = String::new();
    for leak in leaks.iter().take(MOST_LINES) {
        let word = word(leak.class);
        let lines = wrapped(&format!("{word} {}", sentence(report, leak)), limit, INDENT);
        let rest = lines.strip_prefix(word).unwrap_or(&lines);
        let word = match leak.class {
            LeakClass::Growing => paint.red(word),
            LeakClass::Undetermined | LeakClass::Recent => paint.yellow(word),
            LeakClass::Saturating => paint.dim(word),
        };
        out.push_str(&format!("{word}{rest}\n"));
        if leak.class != LeakClass::Saturating {
            out.push_str(&stacks(report, leak, layout));
        }
    }
    let others = leaks.len().saturating_sub(MOST_LINES) + beyond;
    if others > 0 {
        out.push_str(&format!(
            "and {} more that hold something\n",
            count(others as u64)
        ));
    }
    if filtered > 0 {
        let verb = if filtered == 1 { "holds" } else { "hold" };
        out.push_str(&paint.dim(&format!(
            "{} that {verb} something not shown: the filter leaves it out",
            count(filtered as u64)
        )));
        out.push('\n');
    }
    out
}

fn word(class: LeakClass) -> &'static str {
    match class {
        LeakClass::Growing => "LEAK",
        LeakClass::Undetermined | LeakClass::Recent => "HELD",
        LeakClass::Saturating => "CACHE",
    }
}

/// `"Search" (src/search.rs:41): 24 KiB in 1,000 blocks after 1,000 calls, 24.0 bytes a call, growing`
fn sentence(report: &Report, leak: &LeakReport) -> String {
    let operation = report.operations.get(leak.operation);
    let name = operation.map_or_else(String::new, |operation| {
        let place = format!("{}:{}", operation.file, operation.line);
        format!("\"{}\" ({})", escaped(&operation.name), escaped(&place))
    });
    let held = bytes_and_exact(leak.retained_bytes);
    let blocks = number_of(leak.retained_blocks, "block");
    let calls = number_of(leak.calls, "call");
    let trend = match leak.class {
        LeakClass::Growing => growing(leak),
        LeakClass::Saturating => "not growing any more".to_owned(),
        LeakClass::Recent => "nearly all of it from the newest tenth of the calls".to_owned(),
        LeakClass::Undetermined => "its calls do not tell whether it grows".to_owned(),
    };
    format!("{name}: {held} in {blocks} after {calls}, {trend}")
}

/// How fast, where the trends are there; those of merged reports are not.
fn growing(leak: &LeakReport) -> String {
    let growing = leak.paths.iter();
    let growing = growing.filter(|path| path.class == LeakClass::Growing);
    let bytes: f64 = growing.map(|path| bytes_per_call(&path.trend)).sum();
    let (bytes, calls) = match bytes {
        0.1.. => (bytes, "a call"),
        0.0001.. => (bytes * 1e3, "every 1,000 calls"),
        _ if bytes > 0.0 => (bytes * 1e6, "every 1,000,000 calls"),
        _ => return "growing".to_owned(),
    };
    format!("growing by {bytes:.1} bytes {calls}")
}
