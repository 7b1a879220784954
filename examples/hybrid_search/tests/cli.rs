//! The program as a user runs it: what it prints, what it writes, and what it exits with.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const OPERATIONS: &[&str] = &[
    "Indexing Operation",
    "Embed",
    "Search Operation",
    "Vector Search",
    "Hybrid Search",
];

fn run(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hybrid_search"))
        .args(args)
        .current_dir(directory)
        .env("CARGO_HOME", directory.join("no-cargo-home"))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn write_corpus(directory: &Path) {
    let docs = directory.join("docs");
    fs::create_dir(&docs).unwrap();
    for (file, about) in [
        ("pool.md", "a pool that hands out blocks of memory"),
        ("tree.md", "a balanced tree of ordered keys"),
        ("clock.md", "a clock that never runs backwards"),
    ] {
        let words = format!("# About {about}\n\nThis text describes {about}, at some length.\n");
        fs::write(docs.join(file), words).unwrap();
    }
}

/// The lines `<operation>: Allocated: …`.
fn summaries(output: &Output) -> Vec<String> {
    let lines = text(&output.stdout).lines();
    lines
        .filter(|line| line.contains(": Allocated: "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_run_answers_and_reports_every_operation() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let output = run(
        dir.path(),
        &[
            "--corpus",
            "docs",
            "--query",
            "ordered keys",
            "--output",
            "out",
        ],
    );
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{stderr}");

    let (_, answer) = stdout.split_once("\nordered keys  (").unwrap();
    assert!(
        answer.lines().nth(1).unwrap().contains("  tree.md  "),
        "{answer}"
    );
    assert!(stderr.contains("Indexing: 100 % (3 of 3)"), "{stderr}");
    for operation in OPERATIONS {
        let start = format!("{operation}: Allocated: ");
        assert!(
            summaries(&output)
                .iter()
                .any(|line| line.starts_with(&start)),
            "{stdout}"
        );
    }

    let (_, report) = stdout.trim_end().rsplit_once(": ").unwrap();
    let report = fs::read(dir.path().join(report)).unwrap();
    let report = serde_json::from_slice::<memprof::Report>(&report).unwrap();
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
fn quiet_leaves_the_memory_report_alone() {
    let dir = tempfile::tempdir().unwrap();
    write_corpus(dir.path());
    let output = run(dir.path(), &["--corpus", "docs", "--quiet"]);
    assert!(output.status.success());
    assert!(!text(&output.stdout).contains("likeness"));
    assert!(!text(&output.stderr).contains("Indexing"));
    assert!(!summaries(&output).is_empty());
}

#[test]
fn what_goes_wrong_is_one_line_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    for args in [&["--corpus", "missing"][..], &["--corpus", "empty"], &[]] {
        let output = run(dir.path(), args);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
        assert!(
            stderr.starts_with("error: ") && stderr.contains("--corpus DIR"),
            "{stderr}"
        );
    }
    assert!(!dir.path().join("memory_reports").exists());
    assert_eq!(run(dir.path(), &["--limit", "0"]).status.code(), Some(2));
}
