//! Where a report cannot be written or printed there is one clear line on stderr, and the program's exit
//! status stays what it is.

use crate::run::{Directory, Outcome, run};
use std::io::pipe;
use std::process::{Command, Stdio};

const DIRECTORY: &str = "MEMPROF_REPORTING_OUTPUT_DIRECTORY";

/// That stderr has one line, about a report that could not be written into `place`, and why.
#[track_caller]
fn assert_says_why(outcome: &Outcome, status: i32, place: &str, why: &str) {
    let found = (outcome.status, outcome.stdout.as_str());
    assert_eq!(found, (Some(status), ""), "{}", outcome.stderr);
    let begin = format!("memprof: failed to write report `{place}/");
    assert!(outcome.stderr.starts_with(&begin), "{}", outcome.stderr);
    let end = format!(".json`: {why}\n");
    assert!(outcome.stderr.ends_with(&end), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1);
}

#[test]
fn a_file_in_the_place_of_the_directory() {
    let directory = Directory::new();
    directory.write("taken", "a file");
    let why = "`taken` is not a directory";
    for (arguments, status) in [
        (["profiler", "0"], 0),
        (["profiler", "7"], 7),
        (["exit-alive", "7"], 7),
        (["status", "0"], 0),
        (["status", "7"], 7),
    ] {
        let mut command = directory.program(&arguments);
        let outcome = run(command.env(DIRECTORY, "taken"));
        assert_says_why(&outcome, status, "taken", why);
    }
    assert_eq!(directory.names("."), ["taken"]);
}

#[test]
#[cfg(unix)]
fn a_directory_that_cannot_be_made() {
    let directory = Directory::new();
    directory.write("taken", "a file");
    let mut command = directory.program(&["profiler", "7"]);
    let outcome = run(command.env(DIRECTORY, "taken/deeper"));
    let why = "Not a directory (os error 20)";
    assert_says_why(&outcome, 7, "taken/deeper", why);
}

#[test]
#[cfg(unix)]
fn a_device_in_the_place_of_the_directory() {
    let directory = Directory::new();
    let outcome = directory.run(&["directory", "/dev/null"]);
    assert_says_why(&outcome, 0, "/dev/null", "`/dev/null` is not a directory");
}

/// A name is shown on the one line that there is, whatever is in it.
#[test]
#[cfg(unix)]
fn a_line_break_in_a_name_does_not_break_the_line() {
    let directory = Directory::new();
    directory.write("a\nb", "a file");
    let mut command = directory.program(&["profiler"]);
    let outcome = run(command.env(DIRECTORY, "a\nb"));
    assert_says_why(&outcome, 0, "a b", "`a b` is not a directory");
}

#[test]
fn finish_returns_the_error_and_prints_nothing() {
    let directory = Directory::new();
    directory.write("taken", "a file");
    let mut command = directory.program(&["finish"]);
    let outcome = run(command.env(DIRECTORY, "taken"));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(7), ""));
    let begin = "failed to write report `taken/nightly-";
    assert!(outcome.stdout.starts_with(begin), "{}", outcome.stdout);
    let end = ".json`: `taken` is not a directory\n";
    assert!(outcome.stdout.ends_with(end), "{}", outcome.stdout);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk() {
    let outcome = Directory::new().run(&["write", "/dev/full"]);
    let said = "failed to write report `/dev/full`: No space left on device (os error 28)\n";
    outcome.expect(7, "", said);
}

#[test]
fn a_directory_in_the_place_of_the_file() {
    let directory = Directory::new();
    let outcome = directory.run(&["write", "."]);
    outcome.expect(7, "", "failed to write report `.`: is a directory\n");
    assert_eq!(directory.names("."), Vec::<String>::new());
}

/// The command's stdout or stderr is a pipe that nobody reads.
fn unread(command: &mut Command, is_stdout: bool) -> Option<i32> {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    command.stdin(Stdio::null());
    match is_stdout {
        true => command.stdout(writer).stderr(Stdio::null()),
        false => command.stdout(Stdio::null()).stderr(writer),
    };
    command.status().unwrap().code()
}

#[test]
fn a_closed_stdout_does_not_matter() {
    let directory = Directory::new();
    for status in [0, 7] {
        let mut command = directory.program(&["exit", &status.to_string()]);
        let code = unread(command.env("MEMPROF_PRINT", "1"), true);
        assert_eq!(code, Some(status));
    }
    let code = unread(&mut directory.program(&["formats"]), true);
    assert_eq!(code, Some(0));
    // The table could not be printed; the file is there all the same.
    assert_eq!(directory.report().run.name, "fixture");
}

#[test]
fn a_closed_stderr_does_not_matter() {
    let directory = Directory::new();
    directory.write("taken", "a file");
    for (arguments, status) in [
        (["profiler", "0"], 0),
        (["profiler", "7"], 7),
        (["exit", "7"], 7),
    ] {
        let mut command = directory.program(&arguments);
        let code = unread(command.env(DIRECTORY, "taken"), false);
        assert_eq!(code, Some(status));
    }
}

#[test]
#[cfg(unix)]
fn streams_that_are_not_there_do_not_matter() {
    let directory = Directory::new();
    let script = "exec \"$0\" profiler 7 <&- >&- 2>&-";
    let mut command = directory.command("sh", &["-c", script]);
    command.arg(&crate::fixture::fixture().program);
    run(command.env("MEMPROF_PRINT", "1")).expect(7, "", "");
    assert_eq!(directory.report().run.name, "nightly");
}

/// A thread that holds stdout and stderr must not keep the process from ending.
#[test]
#[cfg(unix)]
fn streams_that_a_thread_holds_do_not_matter() {
    let directory = Directory::new();
    directory.write("taken", "a file");
    let mut command = directory.program(&["locked"]);
    command.env("MEMPROF_PRINT", "1").env(DIRECTORY, "taken");
    let outcome = run(&mut command);
    assert_eq!((outcome.status, outcome.tables()), (Some(7), 1));
    let said = "memprof: failed to write report `taken/";
    assert!(outcome.stderr.starts_with(said), "{}", outcome.stderr);
}
