//! Promise: what is retained when the profiler ends is told by operation and path with its trend, and the trend
//! is judged right: ten planted leaks of different sizes, threads and operations, of which three are freed
//! late, two caches that fill up, and two that hold what is in use. In 20 runs of 20.
//!
//! Each run is a process of its own. It runs without the test harness, whose threads would be in the figures.

mod alone;
mod leaks {
    pub(crate) mod planted;
}

use leaks::planted::{self, EXPECTED};
use memprof_report::{LeakReport, Report};
use std::path::{Path, PathBuf};
use std::process::Command;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const RUNS: usize = 20;
/// Tells a process of this program that it is one of the runs.
const RUN_DIRECTORY: &str = "LEAKS_RUN_DIRECTORY";

fn main() {
    if let Some(directory) = std::env::var_os(RUN_DIRECTORY) {
        return run(Path::new(&directory));
    }
    alone::run(
        "planted_leaks_are_judged_right",
        planted_leaks_are_judged_right,
    );
}

fn run(directory: &Path) {
    let profiler = memprof::Profiler::builder()
        .output_directory(directory)
        .leak_detection_threshold_bytes(0)
        .build()
        .expect("the settings are right");
    let alive = planted::plant();
    let written = profiler.finish().expect("it is written");
    println!("{}", written.expect("memprof is on").display());
    drop(alive);
}

fn planted_leaks_are_judged_right() {
    let directory = std::env::temp_dir().join(format!("memprof-leaks-{}", std::process::id()));
    for number in 1..=RUNS {
        let report = report_of_a_run(&directory);
        let wrong = mistakes(&report);
        assert!(wrong.is_empty(), "run {number}: {wrong:#?}");
    }
    std::fs::remove_dir_all(directory).expect("it is ours");
}

fn report_of_a_run(directory: &Path) -> Report {
    let program = std::env::current_exe().expect("a program has a path");
    let output = Command::new(program)
        .env(RUN_DIRECTORY, directory)
        .env("MEMPROF_PRINT", "0")
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).expect("a path in UTF-8");
    let path = PathBuf::from(stdout.trim_end());
    let text = std::fs::read_to_string(&path).expect("the report is there");
    Report::from_json(&text).expect("it is one")
}

/// What is not as it was planted.
fn mistakes(report: &Report) -> Vec<String> {
    let mut mistakes = Vec::new();
    for planted in EXPECTED {
        let leak = leak_of(report, planted.operation);
        let told = leak.map(|leak| (leak.class, leak.calls, leak.retained_bytes));
        let expected = planted
            .class
            .map(|class| (class, planted.calls, planted.bytes));
        if told != expected {
            mistakes.push(format!(
                "{}: {leak:#?} where {expected:?} was planted",
                planted.operation
            ));
        }
        let violated = report
            .violations
            .iter()
            .any(|violation| violation.operation.as_deref() == Some(planted.operation));
        if violated != planted.is_violation() {
            mistakes.push(format!("{}: violation {violated}", planted.operation));
        }
        mistakes.extend(leak.and_then(|leak| inconsistency(report, leak)));
    }
    if report.leaks.len()
        != EXPECTED
            .iter()
            .filter(|planted| planted.class.is_some())
            .count()
    {
        mistakes.push(format!("{} operations hold something", report.leaks.len()));
    }
    mistakes
}

fn leak_of<'a>(report: &'a Report, operation: &str) -> Option<&'a LeakReport> {
    let is_of = |leak: &&LeakReport| report.operations[leak.operation].name == operation;
    report.leaks.iter().find(is_of)
}

/// Rows of paths add up to the operation's, and are those of the report's tables.
fn inconsistency(report: &Report, leak: &LeakReport) -> Option<String> {
    let operation = &report.operations[leak.operation];
    let own = &operation.self_figures;
    let sum =
        |figure: fn(&memprof_report::LeakPath) -> u64| leak.paths.iter().map(figure).sum::<u64>();
    let is_right = own.retained_bytes == Some(leak.retained_bytes)
        && own.retained_blocks == Some(leak.retained_blocks)
        && sum(|path| path.retained_bytes) == leak.retained_bytes
        && sum(|path| path.retained_blocks) == leak.retained_blocks
        && leak.bytes_per_call == leak.retained_bytes as f64 / leak.calls as f64
        && leak.paths.iter().all(|path| {
            let row = &report.paths[path.path];
            let end = path.trend.last().expect("the end is a point");
            row.path.last() == Some(&operation.name)
                && row.retained_bytes == Some(path.retained_bytes)
                && (end.calls, end.retained_bytes) == (path.calls, path.retained_bytes)
                && path
                    .trend
                    .windows(2)
                    .all(|pair| pair[0].calls < pair[1].calls)
                && path.trend.len() <= 33
        });
    (!is_right).then(|| format!("{leak:?} is not {operation:?}"))
}
