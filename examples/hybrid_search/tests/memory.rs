//! The program with memory profiling: what it reports, of which configuration.
#![cfg(feature = "memory-profiling")]

mod program;

use std::fs;
use std::path::Path;
use std::process::Output;

use memprof::Report;
use program::{run, text, write_corpus};

const OPERATIONS: &[&str] = &[
    "Indexing Operation",
    "Embed",
    "Search Operation",
    "Vector Search",
    "Hybrid Search",
];

/// The lines `<operation>: Allocated: …`.
fn summaries(output: &Output) -> Vec<String> {
    let lines = text(&output.stdout).lines();
    lines
        .filter(|line| line.contains(": Allocated: "))
        .map(str::to_owned)
        .collect()
}

/// The report that the last line names.
fn report(directory: &Path, output: &Output) -> Report {
    let stdout = text(&output.stdout).trim_end();
    let (_, file) = stdout.rsplit_once(": ").expect(stdout);
    serde_json::from_slice(&fs::read(directory.join(file)).expect(stdout)).unwrap()
}

#[test]
fn a_run_reports_every_operation() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let output = run(dir.path(), &["--corpus", "docs", "--output", "out"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for operation in OPERATIONS {
        let start = format!("{operation}: Allocated: ");
        let has_line = summaries(&output)
            .iter()
            .any(|line| line.starts_with(&start));
        assert!(has_line, "{operation}");
    }
    let report = report(dir.path(), &output);
    for operation in OPERATIONS {
        assert!(
            report.operation(operation).unwrap().calls > 0,
            "{operation}"
        );
    }
    // The writer's thread works for the operation that made it.
    let chain = ["Indexing Operation", "Index Writer", "Index Text"];
    let written = report.paths.iter().find(|row| row.path == chain).unwrap();
    assert!(written.calls == 3 && written.allocated_bytes > 0);
    // The indexes were freed before: what the run left behind is nothing to speak of.
    assert_eq!((report.violations, report.warnings), (vec![], vec![]));
}

#[test]
fn two_runs_cost_the_same_to_the_byte() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let args = ["--corpus", "docs", "--quiet"];
    // Where threads wait for one another, the channel allocates for the one that waits.
    let waits = ["Indexing Operation: ", "Index Writer: "];
    let exact = |output: &Output| {
        let mut lines = summaries(output);
        lines.retain(|line| !waits.iter().any(|start| line.starts_with(start)));
        lines
    };
    let (first, second) = (run(dir.path(), &args), run(dir.path(), &args));
    assert_eq!(exact(&first), exact(&second));
    assert!(exact(&first).len() >= 6, "{:?}", exact(&first));
}

#[test]
fn bytes_stand_beside_the_time_of_each_phase() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let output = run(dir.path(), &["--corpus", "docs"]);
    let (_, table) = text(&output.stdout)
        .split_once("\nallocation phase")
        .unwrap();
    let report = report(dir.path(), &output);
    for phase in hybrid_search::phase::ALL {
        let line = table
            .lines()
            .find(|line| line.starts_with(phase.name()))
            .unwrap();
        let row = report.operation(phase.name()).unwrap();
        let bytes = &row.per_call.as_ref().unwrap().allocated_bytes;
        let ending = format!(" ms{:>14}{:>14}", bytes.mean as u64, bytes.max);
        assert!(line.contains(&ending), "{line}: {ending}");
        assert!(line[18..].trim_start().starts_with(&row.calls.to_string()));
    }
}

/// The package's configuration with `key` set to `value`.
fn configured(key: &str, value: &str) -> String {
    let committed = include_str!("../memory_profiling.toml");
    let (before, old) = committed.split_once(&format!("\n{key} = ")).expect(key);
    let (_, after) = old.split_once('\n').unwrap();
    format!("{before}\n{key} = {value}\n{after}")
}

#[test]
fn the_thresholds_of_the_configuration_are_held() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let violations = |configuration: &str| {
        let file = dir.path().join("memory_profiling.toml");
        fs::write(file, configuration).unwrap();
        let output = run(dir.path(), &["--corpus", "docs", "--quiet"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let violations = report(dir.path(), &output).violations.into_iter();
        violations
            .map(|it| (it.threshold, it.limit_bytes))
            .collect::<Vec<_>>()
    };
    assert_eq!(violations(include_str!("../memory_profiling.toml")), vec![]);
    for (key, value, bytes) in [
        ("max_allocation_size_mb", "0.5", 1 << 19),
        ("max_peak_usage_mb", "1", 1 << 20),
    ] {
        let found = violations(&configured(key, value));
        assert!(!found.is_empty(), "{key} = {value}");
        for violation in found {
            assert_eq!(violation, (key.to_owned(), bytes));
        }
    }
    // What it holds to the end, its index, does not grow with calls: that is no leak at any threshold.
    let none = configured("leak_detection_threshold_bytes", "0");
    assert_eq!(violations(&none), vec![]);
}

#[test]
fn the_configuration_says_where_reports_go() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let file = dir.path().join("memory_profiling.toml");
    fs::write(file, "[reporting]\noutput_directory = \"by_file\"\n").unwrap();
    run(dir.path(), &["--corpus", "docs", "--quiet"]);
    assert_eq!(fs::read_dir(dir.path().join("by_file")).unwrap().count(), 1);
    // What the command line says is above it.
    let args = ["--corpus", "docs", "--quiet", "--output", "by_hand"];
    run(dir.path(), &args);
    assert_eq!(fs::read_dir(dir.path().join("by_file")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(dir.path().join("by_hand")).unwrap().count(), 1);
}
