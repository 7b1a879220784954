//! How a run may end, under `run`, `test` and `bench`: what is printed, the exit status, that nothing is left running, and
//! that no older run is judged in the place of one that has no report.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::directory::{Directory, Outcome};
use crate::krate::{MEMPROF, PROFILE, lock};

/// The commands, each with what chooses a target of that name, and what cargo calls the program.
const COMMANDS: [(&str, &[&str], &str); 3] = [
    ("run", &["--bin"], ""),
    ("test", &["--test"], "_test"),
    ("bench", &["--profile", "dev", "--bench"], "_bench"),
];

/// Why a report is missing, and what is said of where it is written.
const ENDS: &str = "a report is written where `main` returns or `std::process::exit` is called; \
                    docs/long-running.md has programs that never end";

/// A signal that is sent once the program is at work.
#[derive(Clone, Copy)]
enum Sent {
    /// To all at once, as a terminal does at Ctrl-C, and `timeout`.
    ToGroup(&'static str),
    /// To `cargo memprof` alone, as `kill` does.
    ToIt(&'static str),
}

fn ends() -> Directory {
    let directory = Directory::new();
    let manifest = include_str!("crates/ends/Cargo.toml").replace("MEMPROF", MEMPROF);
    directory
        .write("Cargo.toml", format!("{manifest}{PROFILE}"))
        .write("src/main.rs", include_str!("crates/ends/main.rs"))
        .write("src/bare.rs", include_str!("crates/ends/bare.rs"))
        .write("src/untracked.rs", include_str!("crates/ends/untracked.rs"))
        .write("src/copies.rs", include_str!("crates/ends/copies.rs"))
        .write("src/broken.rs", include_str!("crates/ends/broken.rs"));
    lock(&directory);
    directory
}

/// Starts the command in a process group of its own, as a shell does.
fn start(krate: &Directory, arguments: &[&str], how: &str) -> Child {
    let mut command = krate.command(arguments);
    command.env("HOW", how).process_group(0);
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends the signal once the program is at work; what came of it.
fn end(mut child: Child, sent: Option<Sent>) -> Outcome {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    if let Some(sent) = sent {
        while !text.contains("worked: ") {
            let read = stdout.read_line(&mut text).unwrap();
            assert_ne!(read, 0, "{text}");
        }
        let (signal, to) = match sent {
            Sent::ToGroup(signal) => (signal, format!("-{}", child.id())),
            Sent::ToIt(signal) => (signal, child.id().to_string()),
        };
        kill(signal, &to);
    }
    let mut errors = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let _ = stderr.read_to_string(&mut errors);
        errors
    });
    stdout.read_to_string(&mut text).unwrap();
    let status = child.wait().unwrap().code();
    Outcome {
        status,
        stdout: text,
        stderr: reader.join().unwrap(),
    }
}

fn kill(signal: &str, to: &str) {
    let mut command = Command::new("kill");
    let command = command.args(["-s", signal, "--", to]).stderr(Stdio::null());
    assert!(command.status().unwrap().success());
}

/// Whether there is a process of that number that has not ended.
fn is_running(pid: &str) -> bool {
    let output = Command::new("ps").args(["-o", "stat=", "-p", pid]).output();
    let state = String::from_utf8(output.unwrap().stdout).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

/// Whether the program that printed this still runs.
fn is_left(outcome: &Outcome) -> bool {
    let line = outcome.stdout.lines().find(|line| line.contains(" in "));
    let pid = line.and_then(|line| line.rsplit(' ').next()).unwrap();
    is_running(pid)
}

/// That the run before is there to be seen and is not judged.
#[track_caller]
fn assert_not_judged(krate: &Directory, why: &str) {
    for command in ["check", "accept"] {
        let outcome = krate.memprof(&[command]);
        outcome.expect_error(
            1,
            "the last run (`cargo memprof ",
            ": run again, or name a file",
        );
        let text = format!("no process wrote a report: {why}");
        assert!(outcome.stderr.contains(&text), "{}", outcome.stderr);
        assert!(
            outcome.stderr.contains(" ago) has no report: "),
            "{}",
            outcome.stderr
        );
        let older = ": an older run is not judged: ";
        assert!(outcome.stderr.contains(older), "{}", outcome.stderr);
    }
    let outcome = krate.memprof(&["report"]);
    let begin = "warning: the last run (`cargo memprof ";
    assert!(
        outcome.expect(0).stderr.starts_with(begin),
        "{}",
        outcome.stderr
    );
    let older = ": this is an older run, `cargo memprof run --bin ends`, ";
    assert!(outcome.stderr.contains(older), "{}", outcome.stderr);
}

#[test]
fn however_a_run_ends_what_happened_is_told_and_no_older_one_is_judged() {
    let krate = ends();
    end(start(&krate, &["run", "--bin", "ends"], ""), None).expect(0);
    krate.memprof(&["accept"]).expect(0);
    // How, what is sent, the status of each command, and what is told where there is no report.
    type Case = (
        &'static str,
        Option<Sent>,
        [i32; 3],
        Option<(&'static str, &'static str)>,
    );
    let by = |signal| match signal {
        "SIGINT" => Some(("was ended by SIGINT", "was ended by SIGINT")),
        _ => Some(("was ended by SIGTERM", "was ended by SIGTERM")),
    };
    let aborted =
        "ended before it wrote one, by a signal, `abort` or `_exit` (cargo's status is 101)";
    let cases: [Case; 9] = [
        ("return", None, [0; 3], None),
        ("exit", None, [7; 3], None),
        ("panic", None, [101; 3], None),
        (
            "abort",
            None,
            [134, 101, 101],
            Some(("was ended by SIGABRT", aborted)),
        ),
        (
            "kill",
            None,
            [137, 101, 101],
            Some(("was ended by SIGKILL", aborted)),
        ),
        (
            "forever",
            Some(Sent::ToGroup("INT")),
            [130; 3],
            by("SIGINT"),
        ),
        ("forever", Some(Sent::ToIt("TERM")), [143; 3], by("SIGTERM")),
        ("handle", Some(Sent::ToGroup("INT")), [0, 130, 130], None),
        ("handle", Some(Sent::ToIt("TERM")), [0, 143, 143], None),
    ];
    for (how, sent, statuses, failure) in cases {
        for ((command, options, suffix), status) in COMMANDS.into_iter().zip(statuses) {
            let name = format!("ends{suffix}");
            let arguments = [&[command], options, &[&name]].concat();
            let outcome = end(start(&krate, &arguments, how), sent);
            outcome.expect(status);
            assert!(!is_left(&outcome), "{command} {how}");
            if how == "handle" {
                let number = if outcome.stdout.contains("handled: 2,") {
                    2
                } else {
                    15
                };
                let line = format!("\nhandled: {number}, and 0 more\n");
                assert!(outcome.stdout.contains(&line), "{}", outcome.stdout);
            }
            let Some((of_run, of_others)) = failure else {
                let table = "\nWork: Allocated: 10 bytes, Deallocated: ";
                assert!(outcome.stdout.contains(table), "{}", outcome.stdout);
                let last = outcome.stderr.lines().last().unwrap();
                let begin = "memprof: 1 process, report written to ";
                assert!(
                    last.starts_with(begin),
                    "{command} {how}: {}",
                    outcome.stderr
                );
                continue;
            };
            let what = if command == "run" { of_run } else { of_others };
            let mut why = format!("`{name}` {what}");
            if !what.contains("before") {
                why.push_str(" before it wrote one");
            }
            why.push_str(&format!(": {ENDS}"));
            let line = format!("memprof: no process wrote a report: {why}");
            let last = outcome.stderr.lines().last().unwrap();
            assert_eq!(last, line, "{}", outcome.stderr);
            if command == "run" {
                assert_not_judged(&krate, &why);
            }
        }
        // A run that can be shown, for the next case.
        end(start(&krate, &["run", "--bin", "ends"], ""), None).expect(0);
    }
}

#[test]
fn what_was_not_run_or_has_nothing_to_tell_says_why() {
    let krate = ends();
    end(start(&krate, &["run", "--bin", "ends"], ""), None).expect(0);
    krate.memprof(&["accept"]).expect(0);
    let remedy = "put `#[memprof::track]` on a function that is called, and install `memprof::Allocator` as the \
                  `#[global_allocator]`";
    for (command, options, suffix) in COMMANDS {
        let target = |name: &str| {
            [&[command], options, &[&*format!("{name}{suffix}")]]
                .concat()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<String>>()
        };
        let expect = |arguments: Vec<String>, status: i32, why: &str| {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let outcome = end(start(&krate, &arguments, ""), None);
            let begin = if status == 1 { "error" } else { "memprof" };
            let line = format!("{begin}: no process wrote a report: {why}");
            let last = outcome.expect(status).stderr.lines().last();
            assert_eq!(last, Some(&*line), "{}", outcome.stderr);
            if command == "run" {
                assert_not_judged(&krate, why);
            }
        };
        let mut broken = target("broken");
        broken.extend(["--features".to_owned(), "broken".to_owned()]);
        expect(
            broken,
            101,
            "cargo ended with status 101 before a program with memprof in it began; most likely the build failed: \
             correct what its messages above say",
        );
        let mut wrong = target("ends");
        wrong.extend(["-p".to_owned(), "none".to_owned()]);
        expect(
            wrong,
            101,
            "the workspace has no package `none`: it has `ends`: correct `-p`",
        );
        let mut wrong = [&[command], options].concat();
        let flag = wrong[wrong.len() - 1];
        wrong.push("none");
        let wrong = wrong.into_iter().map(str::to_owned).collect();
        let kind = &flag[2..];
        let has = match command {
            "run" => "`bare`, `broken`, `copies`, `ends`, `untracked`",
            "test" => "`bare_test`, `broken_test`, `ends_test`, `untracked_test`",
            _ => "`bare_bench`, `broken_bench`, `ends_bench`, `untracked_bench`",
        };
        expect(
            wrong,
            101,
            &format!("package `ends` has no {kind} target `none`: it has {has}: correct `{flag}`"),
        );
        let mut wrong = target("ends");
        wrong.extend(["--features".to_owned(), "broken,nothing".to_owned()]);
        expect(
            wrong,
            101,
            "package `ends` has no feature `nothing`: correct `--features`",
        );
        expect(
            target("untracked"),
            1,
            &format!(
                "`untracked{suffix}` has no tracked function: put `#[memprof::track]` on the functions that matter; \
                 those of a crate count where a line names it"
            ),
        );
        // What has no allocator is told by its report.
        let bare = target("bare");
        let bare: Vec<&str> = bare.iter().map(String::as_str).collect();
        let outcome = end(start(&krate, &bare, ""), None);
        let warning = "\nWARNING allocator-not-installed: no allocation was counted: ";
        assert!(
            outcome.expect(0).stdout.contains(warning),
            "{}",
            outcome.stdout
        );
        for judge in ["check", "accept"] {
            let outcome = krate.memprof(&[judge]);
            assert!(
                outcome
                    .expect(1)
                    .stderr
                    .contains("\nerror: the report of `bare"),
                "{}",
                outcome.stderr
            );
        }
    }
    let plain = crate::krate::plain("fn main() {}");
    let outcome = plain.memprof(&["run"]);
    let line = format!(
        "error: no process wrote a report: package `plain` does not depend on memprof: `cargo add memprof`, {remedy}"
    );
    assert_eq!(outcome.expect(1).stderr.lines().last(), Some(&*line));
}

/// A tracked function of a library may count in another copy of memprof than the one that reports.
#[cfg(target_os = "linux")]
#[test]
fn a_run_without_a_call_in_a_program_of_several_versions_names_them() {
    let krate = ends();
    let own = env!("CARGO_PKG_VERSION");
    let outcome = krate.memprof(&["run", "--bin", "copies"]);
    let line = format!(
        "error: no process wrote a report: `copies` has 2 copies of memprof ({own}, 0.1.9), which do not know of each \
         other: a tracked function counts in the copy that its crate depends on, and no copy that reports has one that was \
         called; have all packages depend on one version, `cargo tree --duplicates` shows who needs which"
    );
    let last = outcome.expect(1).stderr.lines().last();
    assert_eq!(last, Some(&*line), "{}", outcome.stderr);

    let mut command = krate.command(&["run", "--bin", "copies"]);
    let outcome = crate::directory::run(command.env("MEMPROF_PRINT", "1"));
    let warning =
        format!("WARNING several-versions: the program has 2 copies of memprof ({own}, 0.1.9)");
    let table = outcome.expect(1).stdout.split_whitespace();
    let table = table.collect::<Vec<_>>().join(" ");
    assert!(table.contains(&warning), "{}", outcome.stdout);
}

#[test]
fn what_was_started_is_ended_where_the_command_is_killed() {
    let krate = ends();
    let mut child = start(&krate, &["run", "--bin", "ends"], "forever");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    while !line.contains("worked: ") {
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0);
    }
    kill("KILL", &child.id().to_string());
    child.wait().unwrap();
    let pid = line.trim().rsplit(' ').next().unwrap().to_owned();
    // The pipe ends when the last that writes to it has.
    stdout.read_to_string(&mut line).unwrap();
    while is_running(&pid) {
        sleep(Duration::from_millis(10));
    }
    let outcome = krate.memprof(&["report"]);
    outcome.expect_error(
        1,
        "the last run (`cargo memprof run --bin ends`, ",
        "has no report: it was cut off before its end: there is no run before it: run again, or name a file",
    );
}

#[test]
fn timeout_ends_the_program_and_the_table_is_there() {
    let krate = ends();
    end(start(&krate, &["run", "--bin", "ends"], ""), None).expect(0);
    // It signals the command and then the whole process group.
    let mut command = krate.command(&["run", "--bin", "ends"]);
    let program = command.get_program().to_owned();
    let mut timed = Command::new("timeout");
    timed.arg("3").arg(program).args(command.get_args());
    timed.current_dir(krate.path("")).env("HOW", "handle");
    let variables = command.env("HOW", "handle").get_envs();
    let outcome = crate::directory::run(
        timed.envs(variables.filter_map(|(name, value)| Some((name, value?)))),
    );
    // Its own status for a command that had to be ended.
    outcome.expect(124);
    assert!(
        outcome.stdout.contains("\nhandled: 15, and 0 more\n"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("\nWork: Allocated: 10 bytes, "),
        "{}",
        outcome.stdout
    );
    assert!(!is_left(&outcome));
}
