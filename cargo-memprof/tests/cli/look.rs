//! `report` and `completions`: what is shown of a report, and how.

use crate::directory::{Directory, run};
use crate::samples::{json, of_another_process, sample, violated};

pub(crate) fn with_report() -> Directory {
    let directory = Directory::new();
    directory.write("run.json", json(&sample()));
    directory
}

/// The names in the first column of the table, in their order.
fn rows(table: &str) -> Vec<&str> {
    let lines = table
        .lines()
        .skip_while(|line| !line.starts_with('─'))
        .skip(1);
    let lines = lines.take_while(|line| line.contains("  "));
    lines
        .map(|line| line.trim_start().split("  ").next().unwrap())
        .collect()
}

#[test]
fn a_report_is_shown_as_its_table() {
    let directory = with_report();
    let outcome = directory.memprof(&["report", "run.json"]);
    assert_eq!(outcome.expect(0).stdout, sample().to_string());
    assert_eq!(outcome.stderr, "");
    let outcome = directory.piped(&["report", "-"], json(&sample()).as_bytes());
    assert_eq!(outcome.expect(0).stdout, sample().to_string());
}

#[test]
fn rows_are_sorted_filtered_and_cut() {
    let directory = with_report();
    for (options, names) in [
        (&[][..], &["Index", "Search"][..]),
        (&["--sort", "calls"], &["Search", "Index"]),
        (&["--sort", "name"], &["Index", "Search"]),
        (&["--filter", "SEAR"], &["Search"]),
        (&["--top", "1"], &["Index"]),
        (&["--top", "1", "--sort=calls"], &["Search"]),
        (&["--tree"], &["Index", "Search"]),
    ] {
        let outcome = directory.memprof(&[&["report", "run.json"], options].concat());
        assert_eq!(rows(&outcome.expect(0).stdout), names, "{options:?}");
    }
    let outcome = directory.memprof(&["report", "run.json", "--filter", "sear", "--top", "0"]);
    let lines = "… and 1 more; 1 operation does not fit the filter\n";
    assert!(
        outcome.expect(0).stdout.contains(lines),
        "{}",
        outcome.stdout
    );
}

#[test]
fn several_reports_are_shown_as_one() {
    let directory = with_report();
    directory.write("other.json", json(&of_another_process()));
    directory.write("notes/other.json", "{}");
    let mut merged = sample();
    merged.merge(&of_another_process()).unwrap();
    for files in [&["run.json", "other.json"][..], &["."]] {
        let outcome = directory.memprof(&[&["report"], files].concat());
        assert_eq!(outcome.expect(0).stdout, merged.to_string());
    }
}

#[test]
fn two_reports_of_one_process_count_once() {
    let directory = with_report();
    let mut later = sample();
    later.run.duration_ns += 1;
    // When a process began is not reckoned to the nanosecond.
    later.run.started_unix_ns += 1_000;
    later.process.allocations += 1;
    directory.write("later.json", json(&later));
    for files in [["run.json", "later.json"], ["later.json", "run.json"]] {
        let outcome = directory.memprof(&[&["report"][..], &files].concat());
        assert_eq!(outcome.expect(0).stdout, later.to_string());
        let notice =
            "memprof: passed over 1 of the reports: later ones of the same processes hold them\n";
        assert_eq!(outcome.stderr, notice);
    }
}

#[test]
fn a_violation_is_shown_and_is_no_failure_of_the_command() {
    let directory = Directory::new();
    directory.write("run.json", json(&violated()));
    for form in ["table", "html", "json", "junit", "github"] {
        let outcome = directory.memprof(&["report", "run.json", "--format", form, "-o", form]);
        let told = format!("memprof: report written to {form}\n");
        assert_eq!(
            (outcome.expect(0).stderr.as_str(), outcome.stdout.as_str()),
            (told.as_str(), "")
        );
    }
    let outcome = directory.memprof(&["report", "run.json"]);
    assert!(
        outcome.expect(0).stdout.contains("peak 2,500 B > 2,000 B"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn what_has_no_effect_is_wrong_usage() {
    let directory = with_report();
    for (options, option, format) in [
        (
            &["--sort", "name", "--format", "json"][..],
            "--sort",
            "json",
        ),
        (
            &["--filter", "a", "--format", "folded"],
            "--filter",
            "folded",
        ),
        (&["--top", "1", "--format", "pprof"], "--top", "pprof"),
        (&["--tree", "--format", "markdown"], "--tree", "markdown"),
        (&["--weight", "retained"], "--weight", "table"),
    ] {
        let outcome = directory.memprof(&[&["report", "run.json"], options].concat());
        let begin = format!("`{option}` has no effect on {format}: ");
        outcome.expect_error(2, &begin, "leave it out, or choose another `--format`");
    }
    for wrong in [
        &["report", "run.json", "--sort", "size"][..],
        &["report", "run.json", "--format", "jsn"],
        &["report", "run.json", "--top", "-1"],
        &["report", "run.json", "--tree", "--sort", "name"],
        &["report", "run.json", "--force"],
        &["reports"],
        &["completions", "cmd"],
        &["merge"],
        &["diff"],
    ] {
        directory
            .memprof(wrong)
            .expect_error(2, "", ": try `--help`");
    }
    // Nothing at all is answered with the help.
    let outcome = directory.memprof(&[]);
    assert!(
        outcome.expect(2).stderr.contains("\nExamples:\n"),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.stdout, "");
    directory.memprof(&["report", "-", "-"]).expect_error(
        2,
        "`-` is given twice",
        "stdin can be read once",
    );
}

#[test]
fn every_command_has_help_with_examples() {
    let directory = Directory::new();
    let commands = [
        "run",
        "test",
        "bench",
        "nextest",
        "report",
        "diff",
        "check",
        "accept",
        "merge",
        "list",
        "init",
        "completions",
    ];
    let all = directory.memprof(&["--help"]);
    all.expect(0);
    for command in commands {
        assert!(all.stdout.contains(&format!("\n  {command} ")), "{command}");
        let outcome = directory.memprof(&[command, "--help"]);
        let example = format!("Examples:\n  cargo memprof {command}");
        assert!(
            outcome.expect(0).stdout.contains(&example),
            "{}",
            outcome.stdout
        );
    }
}

#[test]
fn completions_name_every_command() {
    let directory = Directory::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = directory.memprof(&["completions", shell]);
        for command in ["nextest", "accept", "init", "--tolerance"] {
            let name = command.trim_start_matches('-');
            assert!(outcome.expect(0).stdout.contains(name), "{shell} {command}");
        }
    }
}

#[test]
fn it_is_the_same_without_cargo() {
    let directory = with_report();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-memprof"));
    let outcome = run(command
        .args(["report", "run.json"])
        .current_dir(directory.path("")));
    assert_eq!(outcome.expect(0).stdout, sample().to_string());
}
