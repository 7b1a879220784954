//! Documents without end: refused by their size or depth, within a bounded memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::{Command, Stdio};

use crate::directory::{Directory, Outcome};
use crate::samples::{json, sample};

const BYTES: usize = 500 << 20;
/// What the program may take of address space, in KiB: far less than such a document has in memory.
const MOST_KIB: u32 = 1 << 20;

/// Writes a document of half a gigabyte, piece by piece, until nobody reads any more.
fn endless(mut to: impl Write, piece: &str) -> io::Result<()> {
    to.write_all(b"{\"schema_version\": 1, \"operations\": [")?;
    let block = piece.repeat((1 << 16) / piece.len() + 1);
    for _ in 0..BYTES / block.len() + 1 {
        to.write_all(block.as_bytes())?;
    }
    to.flush()
}

/// Nesting, and operations.
fn pieces() -> [String; 2] {
    let operation = serde_json::to_string(&sample().operations[0]).unwrap();
    ["[".to_owned(), operation + ","]
}

/// `cargo memprof` in a shell that bounds its memory.
fn bounded(directory: &Directory, arguments: &[&str]) -> Command {
    if cfg!(not(unix)) {
        return directory.command(arguments);
    }
    let inner = directory.command(arguments);
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {MOST_KIB} && exec \"$@\"");
    command
        .args(["-c", &script, "sh"])
        .arg(inner.get_program())
        .args(inner.get_args());
    command.current_dir(directory.path(""));
    command
}

#[test]
fn half_a_gigabyte_in_a_file_is_refused_by_every_command() {
    let directory = Directory::new();
    directory.write("good.json", json(&sample()));
    directory.memprof(&["accept", "good.json"]).expect(0);
    for piece in pieces() {
        endless(
            BufWriter::new(File::create(directory.path("huge.json")).unwrap()),
            &piece,
        )
        .unwrap();
        for command in [
            &["report", "huge.json"][..],
            &["list", "huge.json"],
            &["diff", "huge.json", "good.json"],
            &["diff", "good.json", "huge.json"],
            &["check", "huge.json"],
            &["accept", "huge.json"],
            &["merge", "good.json", "huge.json"],
            &["merge", "."],
        ] {
            let outcome = crate::directory::run(&mut bounded(&directory, command));
            let name = if command[1] == "." {
                "./huge.json"
            } else {
                "huge.json"
            };
            let begin = format!("report `{name}` has 500 MiB, more than the 256 MiB that are read");
            outcome.expect_error(1, &begin, "which takes up to ten times that in memory");
        }
        let outcome = directory.memprof(&["check", "good.json", "--baseline", "huge.json"]);
        outcome.expect_error(1, "baseline `huge.json` has 500 MiB, ", "in memory");
    }
}

#[test]
fn half_a_gigabyte_on_stdin_is_refused() {
    let directory = Directory::new();
    for piece in pieces() {
        let mut command = bounded(&directory, &["report", "-"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It reads no further than it must.
        let written = endless(child.stdin.take().unwrap(), &piece);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        let output = child.wait_with_output().unwrap();
        let outcome = Outcome {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        let begin = "report on stdin has more than the 256 MiB that are read: give `--no-limit`";
        outcome.expect_error(1, begin, "in memory");
    }
}

#[test]
fn what_is_read_is_refused_by_its_depth() {
    let directory = Directory::new();
    let levels = 2 << 20;
    let nested = "[".repeat(levels) + &"]".repeat(levels);
    // In a field that reports have, and in one that is passed over.
    for (name, key, says) in [
        (
            "known.json",
            "operations",
            "not a memprof report: invalid type: sequence",
        ),
        (
            "unknown.json",
            "more",
            "not a memprof report: missing field `run`",
        ),
    ] {
        let text = format!("{{\"schema_version\": 1, \"{key}\": {nested}}}");
        directory.write(name, text);
        let outcome = crate::directory::run(&mut bounded(&directory, &["report", name]));
        let begin = format!("report `{name}` cannot be read: {says}");
        outcome.expect_error(1, &begin, ": give the JSON file that a run wrote");
    }
}
