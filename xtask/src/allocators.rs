//! `cargo xtask allocators`: the same run of the example over the system's allocator, jemalloc and mimalloc.
//!
//! A program's allocator is chosen when it is built, so this is three builds of `hybrid_search` and a table of their
//! reports. What memprof counts is what the program asks for, and has to be the same whoever serves it: that is
//! checked. What is resident, and what each allocator keeps beyond the program's bytes, is what the table is for.

use std::fs;
use std::path::Path;

use memprof_report::{MemoryParts, OperationReport, Report};

use crate::Result;
use crate::report;
use crate::repository::target_directory;
use crate::run::{cargo, output};

/// Which run to compare.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Documents to index at most
    #[arg(long, value_name = "N", default_value_t = 4000)]
    pub(crate) limit: usize,
}

/// An allocator: the feature that chooses it, and the name by which reports call its heap.
struct Allocator {
    feature: Option<&'static str>,
    heap: &'static str,
}

const ALLOCATORS: [Allocator; 3] = [
    Allocator {
        feature: None,
        heap: "glibc",
    },
    Allocator {
        feature: Some("jemalloc"),
        heap: "jemalloc",
    },
    Allocator {
        feature: Some("mimalloc"),
        heap: "mimalloc",
    },
];

/// Operations with work of their own that depends on which thread has to wait: then the channel between the two
/// allocates. Nothing else in a run does.
const WAITING: [&str; 2] = ["Indexing Operation", "Index Writer"];

pub(crate) fn run(options: &Options) -> Result {
    let folder = target_directory()?.join("xtask-allocators");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut reports = Vec::new();
    for allocator in &ALLOCATORS {
        reports.push(profile(allocator, options.limit, &folder)?);
    }
    print!("{}", table(&reports));
    let equal = compare(&reports)?;
    println!(
        "\n{equal} operations did the same over all three, to the byte: calls, allocations, bytes, peaks."
    );
    println!(
        "Of {} the channel's blocks differ, which are allocated by whichever thread has to wait.",
        WAITING.map(|name| format!("`{name}`")).join(" and ")
    );
    Ok(())
}

/// Builds the example over an allocator and runs it; its report, from the end of the run.
fn profile(allocator: &Allocator, limit: usize, folder: &Path) -> Result<Report> {
    let folder = folder.join(allocator.heap);
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--package", "hybrid_search"]);
    if let Some(feature) = allocator.feature {
        command.args(["--features", feature]);
    }
    command.args(["--", "--quiet", "--limit", &limit.to_string(), "--output"]);
    output(command.arg(&folder))?;
    let report = report::read(&folder)?;
    let told = report.process.fragmentation.as_ref();
    let told = told.map(|it| it.allocator.as_str());
    // Where the system's is not glibc it may not tell.
    let may_be_silent = allocator.feature.is_none() && !cfg!(target_env = "gnu");
    if told != Some(allocator.heap) && !(may_be_silent && told.is_none()) {
        return Err(format!(
            "the report over {} tells of the heap of {}",
            allocator.heap,
            told.unwrap_or("nobody")
        )
        .into());
    }
    Ok(report)
}

/// How many operations did the very same in all reports; an error that names one that did not.
fn compare(reports: &[Report]) -> Result<usize> {
    let Some((first, others)) = reports.split_first() else {
        return Ok(0);
    };
    let mut equal = 0;
    for row in &first.operations {
        if row.calls == 0 || WAITING.contains(&row.name.as_str()) {
            continue;
        }
        let same = |other: &Report| {
            let mut rows = other.operations.iter();
            rows.any(|it| (&it.file, it.line, figures(it)) == (&row.file, row.line, figures(row)))
        };
        if !others.iter().all(same) {
            return Err(format!(
                "\"{}\" did not do the same over each allocator: {:?}",
                row.name,
                reports
                    .iter()
                    .map(|it| it.operation(&row.name).map(figures))
                    .collect::<Vec<_>>()
            )
            .into());
        }
        equal += 1;
    }
    Ok(equal)
}

/// What an operation asked for, which is no affair of the allocator's.
fn figures(row: &OperationReport) -> [u64; 8] {
    [
        row.calls,
        row.allocations,
        row.allocated_bytes,
        row.deallocations,
        row.deallocated_bytes,
        row.self_figures.allocations,
        row.self_figures.allocated_bytes,
        row.peak_bytes,
    ]
}

/// A line's label, and its figure out of a report.
type Line = (&'static str, fn(&Report) -> Option<u64>);

const OF_THE_PROGRAM: [Line; 4] = [
    ("allocated", |it| Some(it.process.allocated_bytes)),
    ("allocations", |it| Some(it.process.allocations)),
    ("peak of live bytes", |it| Some(it.process.peak_live_bytes)),
    ("resident at most", |it| it.process.peak_rss_bytes),
];

const OF_THE_HEAP: [Line; 6] = [
    ("held", |it| Some(at_peak(it)?.held_bytes)),
    ("  live", |it| Some(at_peak(it)?.live_bytes)),
    ("  memprof's own", |it| Some(at_peak(it)?.overhead_bytes)),
    ("  rounding", |it| at_peak(it)?.rounding_bytes),
    ("  unused", |it| Some(at_peak(it)?.unused_bytes)),
    ("not resident", |it| at_peak(it)?.absent_bytes),
];

fn at_peak(report: &Report) -> Option<MemoryParts> {
    report.process.fragmentation.as_ref()?.at_peak
}

fn table(reports: &[Report]) -> String {
    let mut text = format!("{:<22}{:>14}", "bytes", "System");
    for allocator in ALLOCATORS.iter().filter_map(|it| it.feature) {
        text += &format!("{allocator:>14}");
    }
    let mut lines = |title: &str, list: &[Line]| {
        text += &format!("\n{title}\n");
        for (label, figure) in list {
            text += &format!("{label:<22}");
            for report in reports {
                let shown = figure(report).map_or("-".to_owned(), |it| it.to_string());
                text += &format!("{shown:>14}");
            }
            text += "\n";
        }
    };
    lines("", &OF_THE_PROGRAM);
    // The heap is asked each time that live bytes have risen by a part, so this may be a little below the peak.
    lines("the heap, at the last look before the peak", &OF_THE_HEAP);
    text += &format!("\n{:<22}", "time in ms");
    for report in reports {
        text += &format!("{:>14}", report.run.duration_ns / 1_000_000);
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(bytes: u64, waiting: u64) -> Report {
        let row = |name: &str, line, allocated_bytes| OperationReport {
            name: name.to_owned(),
            line,
            calls: 1,
            allocated_bytes,
            ..OperationReport::default()
        };
        let mut report = Report::default();
        report.operations = vec![
            row("Embed", 1, bytes),
            row("Index Writer", 2, waiting),
            OperationReport::default(),
        ];
        report
    }

    #[test]
    fn operations_have_to_agree_unless_they_wait() {
        let same = [report(10, 1), report(10, 2), report(10, 3)];
        assert_eq!(compare(&same).unwrap(), 1);
        let different = [report(10, 1), report(10, 1), report(11, 1)];
        let error = compare(&different).unwrap_err().to_string();
        assert!(
            error.starts_with("\"Embed\" did not do the same"),
            "{error}"
        );
    }

    #[test]
    fn every_figure_has_its_column() {
        let table = table(&[report(10, 1), report(10, 2), report(10, 3)]);
        let columns = |label: &str| {
            let line = table.lines().find_map(|line| line.strip_prefix(label));
            line.unwrap().split_whitespace().count()
        };
        assert_eq!(columns("bytes"), 3);
        for (label, _) in OF_THE_PROGRAM.iter().chain(&OF_THE_HEAP) {
            assert_eq!(columns(label), 3, "{label}");
        }
    }
}
