//! The head of the table: the run and the figures of the whole process, a line each.

use super::NOT_AVAILABLE;
use super::color::Paint;
use super::fragmentation::fragmentation;
use super::text::{escaped, left, wrapped};
use super::units::{bytes, bytes_and_exact, count, duration, number_of};
use crate::{Process, Report};

/// Before a label.
const INDENT: usize = 2;
/// A label and the gap behind it.
const LABEL: usize = 13;

/// The lines over the table.
pub(super) fn head(report: &Report, limit: usize, paint: Paint) -> String {
    let run = &report.run;
    let threads = number_of(run.threads, "thread");
    let time = format!("{}, {threads}", duration(run.duration_ns));
    let mut lines = vec![("duration", time)];
    for (label, text) in figures(report) {
        let counted = run.allocator.installed;
        lines.push((label, if counted { text } else { NOT_AVAILABLE.into() }));
    }
    lines.extend(of_the_system(&report.process));

    let mut out = title(report, limit, paint);
    for (label, text) in lines {
        out.push_str(&labelled(label, &text, limit));
    }
    out
}

fn title(report: &Report, limit: usize, paint: Paint) -> String {
    let run = &report.run;
    let name = match escaped(&run.name) {
        name if name.is_empty() => "unnamed run".to_owned(),
        name => name,
    };
    let build: Vec<String> = [&run.profile, &run.target]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| escaped(part))
        .collect();
    let title = match build.is_empty() {
        true => format!("memprof: {name}"),
        false => format!("memprof: {name} ({})", build.join(", ")),
    };
    let lines = wrapped(&title, limit, INDENT);
    lines.lines().map(|line| paint.bold(line) + "\n").collect()
}

/// What the allocator counted.
fn figures(report: &Report) -> Vec<(&'static str, String)> {
    let all = &report.process;
    let allocated = amount(all.allocated_bytes, all.allocations, "allocation");
    let deallocated = amount(all.deallocated_bytes, all.deallocations, "deallocation");
    let mut lines = vec![
        ("allocated", allocated),
        ("deallocated", deallocated),
        ("live", amount(all.live_bytes, all.live_blocks, "block")),
        ("peak", peak(report)),
        ("retained", retained(report)),
    ];
    // So that the table's rows and the process's total can be brought together.
    if let Some(root) = report.path(&[]).filter(|root| root.allocations > 0) {
        let amount = amount(root.allocated_bytes, root.allocations, "allocation");
        lines.push(("elsewhere", format!("{amount} outside any operation")));
    }
    lines
}

fn peak(report: &Report) -> String {
    let Process {
        peak_live_bytes: peak,
        peak_error_bytes: error,
        ..
    } = report.process;
    if error == 0 {
        format!("{}, exact", bytes_and_exact(peak))
    } else if report.run.before_ns > 0 {
        let most = bytes(peak.saturating_add(error));
        format!("at least {}, at most {most}", bytes_and_exact(peak))
    } else {
        format!("{} ± {} ({} bytes)", bytes(peak), bytes(error), count(peak))
    }
}

/// What the operations together still hold.
fn retained(report: &Report) -> String {
    let rows = || report.operations.iter().map(|row| &row.self_figures);
    let blocks = total(rows().map(|row| row.retained_blocks));
    let held = total(rows().map(|row| row.retained_bytes));
    match (held, blocks) {
        _ if !report.run.allocator.ownership => {
            format!("{NOT_AVAILABLE} (the allocator counts without ownership)")
        }
        (Some(held), Some(blocks)) => {
            format!("{} of the operations", amount(held, blocks, "block"))
        }
        _ => NOT_AVAILABLE.into(),
    }
}

/// What does not depend on the allocator.
fn of_the_system(process: &Process) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let highest = |peak| format!("at most {}", bytes(peak));
    if let Some(external) = process.external_bytes {
        let external = bytes_and_exact(external);
        let text = match process.peak_external_bytes {
            Some(peak) => format!("{external}, {}", highest(peak)),
            None => external,
        };
        lines.push(("external", text));
    }
    match (process.rss_bytes, process.peak_rss_bytes) {
        (Some(now), Some(peak)) => {
            lines.push(("resident", format!("{}, {}", bytes(now), highest(peak))));
        }
        (Some(now), None) => lines.push(("resident", bytes(now))),
        (None, Some(peak)) => lines.push(("resident", highest(peak))),
        (None, None) => {}
    }
    lines.extend(process.fragmentation.iter().flat_map(fragmentation));
    let overhead = bytes(process.overhead_bytes);
    lines.push(("overhead", format!("{overhead} for memprof itself")));
    lines
}

/// The sum; none as soon as one is not known.
fn total(mut figures: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    figures.try_fold(0u64, |sum, figure| Some(sum.saturating_add(figure?)))
}

/// `12.3 MiB (12,897,485 bytes) in 45 blocks`
fn amount(bytes: u64, number: u64, noun: &str) -> String {
    format!("{} in {}", bytes_and_exact(bytes), number_of(number, noun))
}

/// A line with its label; what does not fit goes on under the text.
fn labelled(label: &str, text: &str, limit: usize) -> String {
    let room = limit.saturating_sub(INDENT + LABEL);
    let text = wrapped(text, room, 0);
    let mut out = " ".repeat(INDENT) + &left(label, LABEL);
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push_str(&" ".repeat(INDENT + LABEL));
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
