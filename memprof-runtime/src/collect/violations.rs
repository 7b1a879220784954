//! The violations of a report: thresholds of the configuration that the run passed.

use super::config::{Config, Thresholds};
use super::say::counted;
use super::tree::Tree;
use memprof_report::{LeakClass, LeakReport, Process, Report, Violation};

/// All thresholds that are passed. The report has leaks only when the profiler ends. `largest_before` is the largest block of
/// each path before the time that it is of.
pub(super) fn collect(
    tree: &Tree<'_>,
    report: &Report,
    config: &Config,
    largest_before: &[u64],
) -> Vec<Violation> {
    let thresholds = &config.thresholds;
    let mut violations = Vec::new();
    violations.extend(peak(&report.process, thresholds));
    violations.extend(largest_allocations(tree, thresholds, largest_before));
    violations.extend(leaked(tree, &report.leaks, thresholds));
    violations
}

fn peak(process: &Process, thresholds: &Thresholds) -> Option<Violation> {
    let limit = thresholds.max_peak_usage_bytes;
    let actual = process.peak_live_bytes;
    (actual > limit).then(|| Violation {
        threshold: "max_peak_usage_mb".to_owned(),
        limit_bytes: limit,
        actual_bytes: actual,
        message: format!(
            "peak live memory of {} exceeds max_peak_usage_mb ({})",
            counted(actual, "byte"),
            counted(limit, "byte"),
        ),
        ..Violation::default()
    })
}

/// One violation an operation, with the path of its largest block. One that is no larger than those before may not be of this
/// time.
fn largest_allocations(tree: &Tree<'_>, thresholds: &Thresholds, before: &[u64]) -> Vec<Violation> {
    let limit = thresholds.max_allocation_size_bytes;
    let mut worst: Vec<(Option<usize>, usize, u64)> = Vec::new();
    for (path, figures) in tree.figures.iter().enumerate() {
        let (row, largest) = (tree.row_of(path), figures.largest_block);
        if largest <= before.get(path).copied().unwrap_or(0) {
            continue;
        }
        match worst.iter_mut().find(|known| known.0 == row) {
            Some(known) if known.2 < largest => (known.1, known.2) = (path, largest),
            Some(_) => {}
            None if largest > limit => worst.push((row, path, largest)),
            None => {}
        }
    }
    let message = |name: &str, actual| {
        format!(
            "a single allocation of {} in {name} exceeds max_allocation_size_mb ({})",
            counted(actual, "byte"),
            counted(limit, "byte"),
        )
    };
    worst
        .into_iter()
        .map(|(row, path, actual)| {
            of_operation(
                tree,
                row,
                Some(path),
                "max_allocation_size_mb",
                limit,
                actual,
                message,
            )
        })
        .collect()
}

/// Operations of which more than the threshold is held on paths that are judged to be leaks. What the judgement leaves open,
/// or calls a cache, is none.
fn leaked(tree: &Tree<'_>, leaks: &[LeakReport], thresholds: &Thresholds) -> Vec<Violation> {
    let limit = thresholds.leak_detection_threshold_bytes;
    let message = |name: &str, actual| {
        format!(
            "{name} leaked {actual} bytes, more than leak_detection_threshold_bytes ({limit} bytes)"
        )
    };
    let mut leaked: Vec<(usize, u64)> = leaks
        .iter()
        .map(|leak| (leak.operation, growing_bytes(leak)))
        .filter(|(_, bytes)| *bytes > limit)
        .collect();
    leaked.sort_unstable();
    let threshold = "leak_detection_threshold_bytes";
    leaked
        .into_iter()
        .map(|(operation, bytes)| {
            of_operation(
                tree,
                Some(operation),
                None,
                threshold,
                limit,
                bytes,
                message,
            )
        })
        .collect()
}

fn growing_bytes(leak: &LeakReport) -> u64 {
    let growing = leak.paths.iter();
    let growing = growing.filter(|path| path.class == LeakClass::Growing);
    growing.map(|path| path.retained_bytes).sum()
}

fn of_operation(
    tree: &Tree<'_>,
    row: Option<usize>,
    path: Option<usize>,
    threshold: &str,
    limit: u64,
    actual: u64,
    message: impl Fn(&str, u64) -> String,
) -> Violation {
    let site = row.map(|row| tree.sites[row]);
    let name = site.map(|site| site.name());
    let quoted = name
        .as_ref()
        .map_or_else(|| "no operation".to_owned(), |name| format!("\"{name}\""));
    Violation {
        threshold: threshold.to_owned(),
        operation: name,
        path: path.map(|path| tree.names(path)),
        file: site.map(|site| site.file().to_owned()),
        line: site.map(|site| site.line()),
        limit_bytes: limit,
        actual_bytes: actual,
        message: message(&quoted, actual),
        ..Violation::default()
    }
}
