//! `report` and `completions`: what is shown of a report, and how.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::directory::{Directory, run};
use crate::samples::{json, of_another_process, sample, violated};

fn with_report() -> Directory {
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
fn a_violation_is_status_3() {
    let directory = Directory::new();
    directory.write("run.json", json(&violated()));
    let outcome = directory.memprof(&["report", "run.json"]);
    assert!(
        outcome.expect(3).stdout.contains("peak 2,500 B > 2,000 B"),
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
fn colour_is_for_terminals() {
    let directory = with_report();
    let mut command = directory.command(&["report", "run.json"]);
    // Whatever they say, this is no terminal.
    let outcome = run(command
        .env("CLICOLOR_FORCE", "1")
        .env("TERM", "xterm-256color"));
    assert!(
        !outcome.expect(0).stdout.contains('\u{1b}'),
        "{}",
        outcome.stdout
    );
    let outcome = run(directory
        .command(&["report", "run.json"])
        .env("COLUMNS", "40"));
    let widest = outcome
        .expect(0)
        .stdout
        .lines()
        .map(|line| line.chars().count());
    let is_summary = |line: &&str| line.contains("Allocated: ");
    assert!(widest.max() > Some(40), "summary lines are never cut");
    let narrow = outcome.stdout.lines().filter(|line| !is_summary(line));
    assert_eq!(
        narrow
            .map(|line| line.chars().count())
            .filter(|&width| width > 40)
            .count(),
        0
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colour_unless_it_is_forbidden() {
    use std::process::Command;
    let directory = with_report();
    let program = env!("CARGO_BIN_EXE_cargo-memprof");
    // `script` of util-linux gives a program a terminal.
    let run_on_terminal = |arguments: &str, environment: &[(&str, &str)]| {
        let mut command = Command::new("script");
        let line = format!("{program:?} {arguments}");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        command
            .current_dir(directory.path(""))
            .env_remove("NO_COLOR")
            .env("TERM", "xterm");
        run(command.envs(environment.iter().copied()))
    };
    let on_terminal =
        |environment: &[(&str, &str)]| run_on_terminal("report run.json", environment);
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("not checked: script is not installed");
        return;
    }
    assert!(on_terminal(&[]).expect(0).stdout.contains('\u{1b}'));
    assert!(
        !on_terminal(&[("NO_COLOR", "1")])
            .expect(0)
            .stdout
            .contains('\u{1b}')
    );
    assert!(
        !on_terminal(&[("TERM", "dumb")])
            .expect(0)
            .stdout
            .contains('\u{1b}')
    );

    // Of many files, how far it is; on a terminal alone.
    for number in 0..30 {
        let mut process = sample();
        process.run.pid += number;
        directory.write(&format!("many/{number}.json"), json(&process));
    }
    let told = "\rmemprof: read 30 of 30 reports";
    assert!(
        run_on_terminal("list many", &[])
            .expect(0)
            .stdout
            .contains(told)
    );
    assert!(
        !run_on_terminal("--quiet list many", &[])
            .expect(0)
            .stdout
            .contains("memprof:")
    );
    assert_eq!(directory.memprof(&["list", "many"]).expect(0).stderr, "");
}

#[test]
fn a_closed_pipe_is_no_error_and_changes_no_status() {
    let directory = Directory::new();
    let mut large = violated();
    let row = large.operations[0].clone();
    // More than a pipe holds.
    large.operations.extend((0..5_000).map(|line| {
        let mut row = row.clone();
        row.line = 1_000 + line;
        row
    }));
    directory.write("violated.json", json(&large));
    large.violations.clear();
    directory.write("fine.json", json(&large));
    for (file, status) in [("fine.json", 0), ("violated.json", 3)] {
        for format in ["table", "json", "markdown"] {
            let mut command = directory.command(&["report", file, "--format", format]);
            let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let mut line = String::new();
            BufReader::with_capacity(16, child.stdout.take().unwrap())
                .read_line(&mut line)
                .unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{format}");
            assert_eq!(output.status.code(), Some(status), "{format}");
        }
    }
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
