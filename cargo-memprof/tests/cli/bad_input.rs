//! Files that are no reports, before each command that reads one: an error in one line that names the file
//! and the remedy, status 1, and not a file changed.

use crate::directory::Directory;
use crate::samples::{json, sample};

/// A bad file, what the error says of it after its name, and how it ends.
struct Bad {
    name: &'static str,
    content: Option<Vec<u8>>,
    says: &'static str,
    remedy: &'static str,
}

fn bad() -> Vec<Bad> {
    let good = json(&sample());
    let bad = |name, content: &[u8], says, remedy| Bad {
        name,
        content: Some(content.to_vec()),
        says,
        remedy,
    };
    let give = ": give the JSON file that a run wrote";
    let cut = ": it was cut off: copy it again, or run again";
    vec![
        Bad {
            name: "missing.json",
            content: None,
            says: "does not exist",
            remedy: ": check the path, or make one with `cargo memprof run`",
        },
        bad(
            "empty.json",
            b"",
            "is empty",
            ": give the file that a run wrote, or run again",
        ),
        bad(
            "blank.json",
            b" \n",
            "is empty",
            ": give the file that a run wrote, or run again",
        ),
        bad(
            "half.json",
            &good.as_bytes()[..good.len() / 2],
            "cannot be read: not json: EOF while parsing",
            cut,
        ),
        bad(
            "begun.json",
            b"{",
            "cannot be read: not json: EOF while parsing",
            cut,
        ),
        bad(
            "text.json",
            b"allocated: 7",
            "cannot be read: not json: expected value",
            give,
        ),
        bad(
            "binary.json",
            &[0x7f, b'E', b'L', b'F', 0xff],
            "cannot be read: it is no text",
            give,
        ),
        bad(
            "other.json",
            b"{\"name\": \"other\"}",
            "cannot be read: not a memprof report: it has no `schema_version`",
            give,
        ),
        bad(
            "list.json",
            b"[1, 2]",
            "cannot be read: not a memprof report: it is no object",
            give,
        ),
        bad(
            "part.json",
            b"{\"schema_version\": 1}",
            "cannot be read: not a memprof report: missing field `run`",
            give,
        ),
        bad(
            "newer.json",
            good.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1)
                .as_bytes(),
            "cannot be read: report has schema version 2, this memprof reads up to 1",
            ": take a newer one: `cargo install cargo-memprof`",
        ),
        bad(
            "negative.json",
            good.replacen("\"allocations\": 30", "\"allocations\": -30", 1)
                .as_bytes(),
            "cannot be read: not a memprof report: invalid value: integer `-30`",
            give,
        ),
        bad(
            "deep.json",
            "[".repeat(1 << 20).as_bytes(),
            "cannot be read: not json: ",
            "again",
        ),
        bad(
            "deep_inside.json",
            ("{\"schema_version\": 1, \"run\": ".to_owned() + &"[".repeat(1 << 20)).as_bytes(),
            "cannot be read: not json: ",
            "again",
        ),
    ]
}

/// Every command that reads reports, with `BAD` where the file goes.
const COMMANDS: [&[&str]; 9] = [
    &["report", "BAD"],
    &["report", "good.json", "BAD", "--format", "markdown"],
    &["list", "BAD"],
    &["diff", "BAD", "good.json"],
    &["diff", "good.json", "BAD"],
    &["check", "BAD"],
    &["accept", "BAD"],
    &["merge", "BAD", "good.json", "--output", "new.json"],
    &["report", "BAD", "--output", "new.json"],
];

#[test]
fn no_command_takes_what_is_no_report() {
    let directory = Directory::new();
    directory.write("good.json", json(&sample()));
    directory.memprof(&["accept", "good.json"]).expect(0);
    for bad in bad() {
        if let Some(content) = &bad.content {
            directory.write(bad.name, content);
        }
    }
    let before = directory.files();
    for bad in bad() {
        for command in COMMANDS {
            let arguments: Vec<&str> = command
                .iter()
                .map(|&part| if part == "BAD" { bad.name } else { part })
                .collect();
            let outcome = directory.memprof(&arguments);
            let begin = format!("report `{}` {}", bad.name, bad.says);
            outcome.expect_error(1, &begin, bad.remedy);
        }
    }
    assert_eq!(directory.files(), before);
}

#[test]
fn no_command_takes_it_from_stdin() {
    let directory = Directory::new();
    for bad in bad() {
        let Some(content) = &bad.content else {
            continue;
        };
        let outcome = directory.piped(&["report", "-"], content);
        outcome.expect_error(1, &format!("report on stdin {}", bad.says), bad.remedy);
    }
}

#[test]
fn no_directory_without_reports() {
    let directory = Directory::new();
    directory
        .write("a/other.json", "{}")
        .write("a/text", "")
        .write("good.json", json(&sample()));
    directory.memprof(&["accept", "good.json"]).expect(0);
    let remedy = ": name one that a run wrote to, or make one with `cargo memprof run`";
    for command in COMMANDS
        .iter()
        .filter(|command| !command.contains(&"good.json"))
    {
        let arguments: Vec<&str> = command
            .iter()
            .map(|&part| if part == "BAD" { "a" } else { part })
            .collect();
        directory
            .memprof(&arguments)
            .expect_error(1, "directory `a` has no report in it", remedy);
    }
    // One that is half a report is not passed over.
    directory.write("a/half.json", "{\"schema_version\": 1,");
    let outcome = directory.memprof(&["report", "a"]);
    outcome.expect_error(
        1,
        "report `a/half.json` cannot be read: not json: EOF",
        "run again",
    );
}

#[test]
fn no_baseline_that_is_none() {
    let directory = Directory::new();
    let good = json(&sample());
    directory.write("good.json", &good);
    directory.memprof(&["accept", "good.json"]).expect(0);
    let baseline = directory.read("memprof.baseline.json");
    let newer = baseline.replacen("\"schema_version\": 1", "\"schema_version\": 2", 1);
    let conflict = format!("<<<<<<< ours\n{baseline}");
    let restore = "restore it from version control, or delete it and write it anew";
    for (content, begin, end) in [
        ("", "baseline `b.json` is empty: ", restore),
        (
            &baseline[..baseline.len() / 2],
            "`b.json`: baseline ends too early: ",
            restore,
        ),
        ("text", "`b.json`: failed to read baseline: ", restore),
        ("{\"a\": 1}", "`b.json`: not a memprof baseline: ", restore),
        (
            &good,
            "`b.json`: not a memprof baseline but a report: ",
            "make a baseline of a run",
        ),
        (
            &newer,
            "`b.json`: baseline has schema version 2, ",
            "use a newer memprof",
        ),
        (
            &conflict,
            "`b.json`: baseline has merge conflicts, ",
            "then run",
        ),
        (&"[".repeat(1 << 20), "`b.json`: ", restore),
    ] {
        directory.write("b.json", content);
        for command in ["check", "accept"] {
            let outcome = directory.memprof(&[command, "good.json", "--baseline", "b.json"]);
            assert!(outcome.stderr.contains(end), "{}", outcome.stderr);
            outcome.expect_error(1, begin, "");
            assert_eq!(directory.read("b.json"), content);
        }
    }
    directory
        .memprof(&["check", "good.json", "--baseline", "none.json"])
        .expect_error(
            1,
            "baseline `none.json` does not exist",
            ": make one with `cargo memprof accept`",
        );
}

#[test]
fn where_there_was_no_run_it_says_so() {
    let krate = crate::krate::plain("fn main() {}");
    for command in ["report", "list", "accept"] {
        let outcome = krate.memprof(&[command]);
        outcome.expect_error(
            1,
            "there is no run of this workspace in `",
            "or name a file",
        );
    }
    let nowhere = Directory::new();
    let outcome = nowhere.memprof(&["report"]);
    outcome.expect_error(
        1,
        "cargo finds no project here: ",
        ": run this in a package, or name a file",
    );
}

#[cfg(unix)]
#[test]
fn no_file_without_permission() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    directory
        .write("secret.json", json(&sample()))
        .write("good.json", json(&sample()));
    directory.memprof(&["accept", "good.json"]).expect(0);
    set_permissions(directory.path("secret.json"), Permissions::from_mode(0o000)).unwrap();
    for command in COMMANDS {
        let arguments: Vec<&str> = command
            .iter()
            .map(|&part| if part == "BAD" { "secret.json" } else { part })
            .collect();
        let outcome = crate::bad_output::unprivileged(&directory, &arguments);
        outcome.expect_error(
            1,
            "report `secret.json` cannot be read: no permission",
            ": make it readable to you",
        );
    }
}
