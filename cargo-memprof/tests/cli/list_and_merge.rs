//! `list` and `merge`.

use crate::directory::{Directory, report};
use crate::samples::{json, of_another_process, sample};

#[test]
fn sites_are_listed_and_those_never_called_marked() {
    let directory = Directory::new();
    directory.write("run.json", json(&sample()));
    let outcome = directory.memprof(&["list", "run.json"]);
    assert_eq!(
        outcome.expect(0).stdout,
        "Index        2 calls  src/lib.rs:10:1\n\
         Search       5 calls  src/lib.rs:20:1\n\
         Idle    never called  src/lib.rs:30:1\n\
         3 sites, 1 never called\n"
    );
    let outcome = directory.memprof(&["list", "run.json", "--never-called"]);
    let listed = "Idle  never called  src/lib.rs:30:1\n3 sites, 1 never called\n";
    assert_eq!(outcome.expect(0).stdout, listed);
}

#[test]
fn reports_are_merged_into_a_file_or_to_stdout() {
    let directory = Directory::new();
    directory.write("a/one.json", json(&sample()));
    directory.write("a/other.json", json(&of_another_process()));
    let mut merged = sample();
    merged.merge(&of_another_process()).unwrap();

    let outcome = directory.memprof(&["merge", "a", "-o", "merged.json"]);
    assert_eq!(outcome.expect(0).stdout, "");
    assert_eq!(
        outcome.stderr,
        "memprof: merged report written to merged.json\n"
    );
    assert_eq!(report(&directory.path("merged.json")), merged);

    let outcome = directory.memprof(&["--quiet", "merge", "a/one.json", "a/other.json"]);
    assert_eq!(outcome.expect(0).stdout, json(&merged) + "\n");
    assert_eq!(outcome.stderr, "");
}

#[test]
fn many_reports_are_merged_as_few() {
    let directory = Directory::new();
    let mut merged = sample();
    for number in 0..30 {
        let mut process = sample();
        process.run.pid += number;
        directory.write(&format!("a/{number:02}.json"), json(&process));
        if number > 0 {
            merged.merge(&process).unwrap();
        }
    }
    let outcome = directory.memprof(&["merge", "a"]);
    assert_eq!(outcome.expect(0).stdout, json(&merged) + "\n");
    assert_eq!(merged.operations[0].calls, 60);
}

#[test]
fn reports_of_unlike_builds_are_not_merged() {
    let directory = Directory::new();
    let mut release = of_another_process();
    release.run.profile = "release".into();
    directory
        .write("debug.json", json(&sample()))
        .write("release.json", json(&release));
    directory.memprof(&["merge", "debug.json", "release.json"]).expect_error(
        1,
        "report `release.json` cannot be merged into report `debug.json`: refused: the profile was debug and \
         is release",
        ": give reports of one build",
    );
}

#[test]
fn a_directory_may_hold_other_files() {
    let directory = Directory::new();
    directory.write("a/one.json", json(&sample()));
    directory
        .write("a/one.md", "# text")
        .write("a/other.json", "[1, 2]")
        .write("a/.half.json", "{");
    let outcome = directory.memprof(&["merge", "a"]);
    assert_eq!(outcome.expect(0).stdout, json(&sample()) + "\n");
    assert_eq!(
        outcome.stderr,
        "memprof: passed over 1 of `a` that are no reports\n"
    );
}
