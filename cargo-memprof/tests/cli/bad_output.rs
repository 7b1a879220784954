//! Places that cannot be written: an error in one line, status 1, and what stood there stands there.

use std::fs;

use crate::directory::{Directory, Outcome};
use crate::samples::{json, sample};

/// The commands that write a file that they are told, with `OUT` where it goes.
const COMMANDS: [&[&str]; 5] = [
    &["report", "good.json", "--format", "json", "--output", "OUT"],
    &["merge", "good.json", "--output", "OUT"],
    &["diff", "good.json", "good.json", "--output", "OUT"],
    &["check", "good.json", "--output", "OUT"],
    &["accept", "good.json", "--baseline", "OUT"],
];

fn directory() -> Directory {
    let directory = Directory::new();
    directory.write("good.json", json(&sample()));
    directory.memprof(&["accept", "good.json"]).expect(0);
    directory
}

fn with(command: &[&'static str], out: &'static str) -> Vec<&'static str> {
    command
        .iter()
        .map(|&part| if part == "OUT" { out } else { part })
        .collect()
}

/// Runs it as somebody whom permissions hold back, which they do not do to root.
#[cfg(unix)]
pub(crate) fn unprivileged(directory: &Directory, arguments: &[&str]) -> Outcome {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    /// Nobody's, on most systems; anything but 0 does.
    const NOBODY: u32 = 65_534;
    if fs::metadata(directory.path("good.json")).unwrap().uid() != 0 {
        return directory.memprof(arguments);
    }
    // Where the program was built may be out of reach for others. Copied by a process of its own: a file that
    // this one has open for writing is so in what other tests start meanwhile, and cannot be run.
    let program = directory.path("program");
    if !program.exists() {
        let mut copy = Command::new("cp");
        copy.arg(env!("CARGO_BIN_EXE_cargo-memprof")).arg(&program);
        assert!(copy.status().unwrap().success());
    }
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(directory.path(""))
        .uid(NOBODY)
        .gid(NOBODY);
    crate::directory::run(&mut command)
}

#[test]
fn a_directory_is_no_place_for_a_file() {
    let directory = directory();
    directory.write("taken/file", "kept");
    for command in COMMANDS {
        let outcome = directory.memprof(&with(command, "taken"));
        let begin = if command[0] == "accept" {
            "baseline `taken` is a directory"
        } else {
            "`taken` cannot be written: it is a directory"
        };
        outcome.expect_error(1, begin, ": name a file in it");
    }
    assert_eq!(directory.read("taken/file"), "kept");
}

#[test]
fn a_file_is_no_place_for_a_directory() {
    let directory = directory();
    directory.write("taken", "kept");
    for command in &COMMANDS[..4] {
        directory.memprof(&with(command, "taken/new")).expect_error(
            1,
            "`taken/new` cannot be written: ",
            ": name another place",
        );
    }
    assert_eq!(directory.read("taken"), "kept");
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_forced() {
    let directory = directory();
    for command in &COMMANDS[..4] {
        directory.write("taken", "kept");
        let outcome = directory.memprof(&with(command, "taken"));
        let remedy = ": name another file, or give `--force` to replace it";
        outcome.expect_error(1, "`taken` exists already", remedy);
        assert_eq!(directory.read("taken"), "kept");
        let forced = [with(command, "taken"), vec!["--force"]].concat();
        directory.memprof(&forced).expect(0);
        assert_ne!(directory.read("taken"), "kept");
    }
    // A new one needs no force, nor do the directories above it.
    for (number, command) in COMMANDS[..4].iter().enumerate() {
        let new = format!("new/{number}/file");
        let arguments: Vec<&str> = command
            .iter()
            .map(|&part| if part == "OUT" { &*new } else { part })
            .collect();
        directory.memprof(&arguments).expect(0);
        assert!(directory.path(&new).is_file());
    }
}

#[test]
fn stdout_is_named_by_a_dash() {
    let directory = directory();
    let outcome = directory.memprof(&["merge", "good.json", "-o", "-"]);
    assert_eq!(outcome.expect(0).stdout, json(&sample()) + "\n");
}

#[cfg(unix)]
#[test]
fn no_file_without_permission() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let directory = directory();
    directory.write(
        "locked/memprof.baseline.json",
        directory.read("memprof.baseline.json"),
    );
    set_permissions(directory.path("locked"), Permissions::from_mode(0o555)).unwrap();
    for (command, out) in COMMANDS[..4]
        .iter()
        .map(|command| (command, "locked/new"))
        .chain([(&COMMANDS[4], "locked/memprof.baseline.json")])
    {
        let outcome = unprivileged(&directory, &with(command, out));
        outcome.expect_error(
            1,
            &format!("`{out}` cannot be written: no permission"),
            ": make its directory writable to you, or name another place",
        );
    }
    assert_eq!(fs::read_dir(directory.path("locked")).unwrap().count(), 1);
    set_permissions(directory.path("locked"), Permissions::from_mode(0o755)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let directory = directory();
    let command = ["report", "good.json", "--output", "/dev/full"];
    directory.memprof(&command).expect_error(
        1,
        "`/dev/full` cannot be written: No space left",
        ": name another place",
    );
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = directory
        .command(&["report", "good.json"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: stdout cannot be written: No space left"),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1);
}

#[test]
fn a_directory_that_runs_cannot_be_kept_in_is_told_before_anything_is_run() {
    let krate = crate::krate::plain("fn main() { println!(\"plain\"); }");
    krate.write("taken", "kept");
    for command in ["run", "test", "bench"] {
        let outcome = krate.memprof(&[command, "--target-dir", "taken"]);
        outcome.expect_error(1, "directory `", "or give cargo's `--target-dir`");
    }
    assert_eq!(krate.read("taken"), "kept");
}
