//! The program as a user runs it: what it prints, what it writes, and what it exits with.

use std::path::Path;
use std::process::{Command, Output};

fn run(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_skill_matching"))
        .args(args)
        .current_dir(directory)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn an_answer_and_the_memory_of_each_stage() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("people.txt"), "Ada: Rust\nGrace: COBOL\n").unwrap();
    std::fs::write(dir.path().join("job.txt"), "cobol\n").unwrap();
    let files = ["--candidates", "people.txt", "--required", "job.txt"];
    let output = run(dir.path(), &files);
    // dhat tells of its file there.
    if cfg!(not(feature = "dhat")) {
        assert_eq!(text(&output.stderr), "");
    }
    let shown = text(&output.stdout);
    assert!(shown.starts_with("1. 1.0000  Grace\n2. "), "{shown}");
    for stage in ["Parse", "Embed Skills", "Similarity", "Match Candidates"] {
        let line = format!("\n{stage}: Allocated: ");
        assert!(shown.contains(&line), "{stage}: {shown}");
    }
    let reports = std::fs::read_dir(dir.path().join("memory_reports")).unwrap();
    let with_dhat = usize::from(cfg!(feature = "dhat"));
    assert_eq!(reports.count(), 1 + with_dhat);
}

#[test]
fn the_comparison_holds_the_first_version_against_its_baseline() {
    let dir = tempfile::tempdir().unwrap();
    let compare = ["compare", "--size", "20", "--baseline", "baseline.json"];
    let missing = run(dir.path(), &compare);
    assert_eq!(missing.status.code(), Some(1));
    // What dhat tells of comes first.
    let message = text(&missing.stderr).lines().last().unwrap();
    assert!(
        message.starts_with("error: baseline `baseline.json`: "),
        "{message}"
    );

    let written = run(dir.path(), &[&compare[..], &["--accept"]].concat());
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let checked = run(dir.path(), &compare);
    assert_eq!(checked.status.code(), Some(0));
    let shown = text(&checked.stdout);
    assert!(
        shown.contains("\n20 candidates, 10 required:\n  peak: "),
        "{shown}"
    );
    let kept = shown.lines().filter(|line| line.ends_with("promised) ✓"));
    assert_eq!(kept.count(), 2, "{shown}");
    assert!(
        shown.ends_with("Baseline of the first version: 6 unchanged\n"),
        "{shown}"
    );

    // Accepting again changes nothing.
    let file = dir.path().join("baseline.json");
    let before = std::fs::read_to_string(&file).unwrap();
    run(dir.path(), &[&compare[..], &["--accept"]].concat());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);

    // Of another size, the first version is not what it was.
    let larger = ["compare", "--size", "40", "--baseline", "baseline.json"];
    let worse = run(dir.path(), &larger);
    assert_eq!(worse.status.code(), Some(3), "{}", text(&worse.stderr));
}

#[test]
fn a_promise_that_is_not_kept_is_told_and_fails() {
    let dir = tempfile::tempdir().unwrap();
    for (promise, label) in [
        ("--less-peak", "peak"),
        ("--fewer-allocations", "allocations"),
    ] {
        let output = run(dir.path(), &["compare", "--size", "20", promise, "100"]);
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{shown}");
        let broken = shown.lines().find(|line| line.ends_with('✗')).unwrap();
        assert!(broken.starts_with(&format!("  {label}: ")), "{broken}");
        assert!(broken.ends_with(" (at least 100 % promised) ✗"), "{broken}");
    }
}

/// The README's command, and what it says that the command prints, in this build as in the release that it is of.
#[test]
fn the_readme_shows_what_its_command_prints() {
    const README: &str = include_str!("../README.md");
    const COMMAND: &str = "cargo run --release -p skill_matching -- ";
    let commands = README.lines().filter_map(|line| line.strip_prefix(COMMAND));
    let comparing: Vec<&str> = commands
        .filter(|arguments| arguments.starts_with("compare ") && !arguments.contains("--accept"))
        .collect();
    assert_eq!(
        comparing.len(),
        1,
        "one command that compares: {comparing:?}"
    );
    let arguments: Vec<&str> = comparing[0].split(' ').collect();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = run(&repository, &arguments);
    let shown = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{shown}{}",
        text(&output.stderr)
    );
    assert!(
        README.contains(&format!("```text\n{shown}```\n")),
        "the README does not show:\n{shown}"
    );
}

#[test]
fn mistakes_are_told_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("bad.txt"), "Ada Rust\n").unwrap();
    let message = |candidates: &str| {
        let output = run(
            dir.path(),
            &["--candidates", candidates, "--required", "bad.txt"],
        );
        assert_eq!(output.status.code(), Some(1));
        // Where the profiler had begun, its report is told of first.
        text(&output.stderr).lines().last().unwrap().to_owned()
    };
    assert_eq!(
        message("bad.txt"),
        "error: candidates, line 1: no `:`: write a candidate as `Name: skill, skill`"
    );
    assert!(message("none.txt").starts_with("error: failed to read `none.txt`: "));
    assert_eq!(run(dir.path(), &["--size", "0"]).status.code(), Some(2));
}
