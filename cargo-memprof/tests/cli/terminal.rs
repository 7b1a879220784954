//! Where the output goes: to a terminal, to a file, to a pipe that is closed early.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::directory::{Directory, run};
use crate::look::with_report;
use crate::samples::{json, sample, violated};

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
    for file in ["fine.json", "violated.json"] {
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
            assert_eq!(output.status.code(), Some(0), "{format}");
        }
    }
}
