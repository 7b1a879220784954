//! `diff`, `check` and `accept`: what got worse, and what that does to the status.

use memprof_report::Report;

use crate::directory::Directory;
use crate::samples::{json, sample, violated};

/// The sample with a search that allocates one byte more.
fn worse() -> Report {
    let mut report = sample();
    report.operations[1].allocated_bytes += 1;
    report
}

fn directory() -> Directory {
    let directory = Directory::new();
    directory
        .write("old.json", json(&sample()))
        .write("new.json", json(&worse()));
    directory
}

#[test]
fn a_byte_more_is_status_3_and_a_byte_less_is_not() {
    let directory = directory();
    let outcome = directory.memprof(&["diff", "old.json", "new.json"]);
    outcome.expect(3);
    assert!(
        outcome
            .stdout
            .contains("1 regressed, 1 unchanged: allocated of \"Search\" +1 B"),
        "{}",
        outcome.stdout
    );
    directory
        .memprof(&["diff", "new.json", "old.json"])
        .expect(0);
    directory
        .memprof(&["diff", "old.json", "old.json"])
        .expect(0);
}

#[test]
fn what_is_let_pass_passes() {
    let directory = directory();
    for options in [["--slack", "1"], ["--tolerance", "0.1%"]] {
        let arguments = [&["diff", "old.json", "new.json"][..], &options].concat();
        directory.memprof(&arguments).expect(0);
    }
    directory
        .memprof(&["diff", "old.json", "new.json", "--tolerance", "0.09%"])
        .expect(3);
    directory
        .memprof(&["diff", "old.json", "new.json", "--tolerance", "-1%"])
        .expect(2);
}

#[test]
fn the_process_counts_where_it_is_asked_to() {
    let directory = Directory::new();
    let mut more = sample();
    more.process.peak_live_bytes += 1;
    directory
        .write("old.json", json(&sample()))
        .write("new.json", json(&more));
    directory
        .memprof(&["diff", "old.json", "new.json"])
        .expect(0);
    directory
        .memprof(&["diff", "old.json", "new.json", "--gate-process"])
        .expect(3);
}

#[test]
fn unlike_builds_and_other_programs_are_not_compared() {
    let directory = directory();
    let mut release = sample();
    release.run.profile = "release".into();
    let mut other = sample();
    other.run.name = "other".into();
    for row in &mut other.operations {
        row.module = "other".into();
    }
    directory
        .write("release.json", json(&release))
        .write("other.json", json(&other));
    directory
        .memprof(&["diff", "old.json", "release.json"])
        .expect_error(
            1,
            "the reports cannot be compared: refused: the profile was debug and is release",
            ": give reports of programs that were built alike",
        );
    directory
        .memprof(&["diff", "old.json", "other.json"])
        .expect_error(
            1,
            "the reports are of two programs, `demo` and `other`, that have no operation in common",
            ": give two reports of one program",
        );

    directory
        .memprof(&["accept", "old.json", "--baseline", "base.json"])
        .expect(0);
    let check = |file: &str| directory.memprof(&["check", file, "--baseline", "base.json"]);
    check("release.json").expect_error(
        1,
        "the run cannot be checked against `base.json`: refused: the baseline is of `debug x86_64-unknown-linux-gnu \
         ownership` and the run of `release x86_64-unknown-linux-gnu ownership`",
        ", or take this build too with `cargo memprof accept`",
    );
    check("other.json").expect_error(
        1,
        "the report of `other` has no operation that baseline `base.json` has",
        ", or add this one with `cargo memprof accept`",
    );
}

#[test]
fn a_baseline_is_accepted_and_checked() {
    let directory = directory();
    let outcome = directory.memprof(&["accept", "old.json"]);
    outcome.expect(0);
    assert_eq!(
        outcome.stderr,
        "memprof: took 2 operations into memprof.baseline.json: commit it\n"
    );
    let first = directory.read("memprof.baseline.json");
    directory.memprof(&["check", "old.json"]).expect(0);

    let outcome = directory.memprof(&["check", "new.json"]);
    outcome.expect(3);
    assert!(
        outcome.stdout.contains("\"Search\" +1 B"),
        "{}",
        outcome.stdout
    );
    // Checking changes nothing.
    assert_eq!(directory.read("memprof.baseline.json"), first);

    directory
        .memprof(&["accept", "new.json", "--quiet"])
        .expect(0);
    assert_ne!(directory.read("memprof.baseline.json"), first);
    directory.memprof(&["check", "new.json"]).expect(0);
    // From below, too.
    directory.write("below/run.json", json(&worse()));
    let mut command = directory.command(&["check", "run.json"]);
    crate::directory::run(command.current_dir(directory.path("below"))).expect(0);
}

#[test]
fn what_is_new_passes_and_stays_beside_what_was_accepted() {
    let directory = directory();
    directory.memprof(&["accept", "old.json"]).expect(0);
    let mut grown = sample();
    let mut row = grown.operations[1].clone();
    row.name = "Rank".into();
    grown.operations.push(row);
    directory.write("grown.json", json(&grown));
    let outcome = directory.memprof(&["check", "grown.json"]);
    assert!(
        outcome.expect(0).stdout.contains("1 new and not gated"),
        "{}",
        outcome.stdout
    );

    // A run of one operation takes that one alone.
    grown.operations.drain(..2);
    directory.write("part.json", json(&grown));
    directory.memprof(&["accept", "part.json"]).expect(0);
    let baseline = directory.read("memprof.baseline.json");
    for name in ["Index", "Search", "Rank"] {
        assert!(
            baseline.contains(&format!("\"name\":\"{name}\"")),
            "{baseline}"
        );
    }
}

/// A gate that compared no figure has held none, whatever the reason.
#[test]
fn a_check_that_compares_nothing_fails() {
    let directory = directory();
    directory
        .memprof(&["accept", "old.json", "--baseline", "base.json"])
        .expect(0);
    let check = |file: &str, baseline| directory.memprof(&["check", file, "--baseline", baseline]);
    let mut idle = sample();
    for row in &mut idle.operations {
        (row.calls, row.allocations, row.allocated_bytes) = (0, 0, 0);
    }
    let mut none = sample();
    none.operations.clear();
    let mut twice = sample();
    twice.operations.truncate(1);
    let mut second = twice.operations[0].clone();
    second.line += 1;
    twice.operations.push(second);
    let empty = r#"{"format":"memprof-baseline","schema_version":1,"builds":{},"entries":[]}"#;
    directory
        .write("idle.json", json(&idle))
        .write("none.json", json(&none))
        .write("twice.json", json(&twice))
        .write("empty.json", empty);
    let begin = "the report of `demo` has no operation that baseline `base.json` has";
    for file in ["idle.json", "none.json"] {
        check(file, "base.json").expect_error(
            1,
            &format!("{begin}: none was called: run what calls one"),
            ", or give a report of the program that it was made of",
        );
    }
    check("twice.json", "base.json").expect_error(
        1,
        &format!("{begin} and can be compared (1 of this name became 2, so that they cannot be told apart)"),
        ": take it with `cargo memprof accept`",
    );
    // One that knows nothing yet.
    check("old.json", "empty.json").expect_error(
        1,
        "the report of `demo` has no operation that baseline `empty.json` has: give a report",
        ", or add this one with `cargo memprof accept`",
    );
    check("idle.json", "empty.json").expect_error(
        1,
        "the report of `demo` has no operation that baseline `empty.json` has: none was called",
        "",
    );
    // One operation of two is compared.
    let mut part = sample();
    part.operations[0].calls = 0;
    directory.write("part.json", json(&part));
    let outcome = check("part.json", "base.json");
    let line = "memprof diff: 1 gone, 1 unchanged\n";
    assert!(
        outcome.expect(0).stdout.starts_with(line),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_violation_is_told_by_the_check_too() {
    let directory = directory();
    directory.write("violated.json", json(&violated()));
    directory.memprof(&["accept", "old.json"]).expect(0);
    let outcome = directory.memprof(&["check", "violated.json"]);
    outcome.expect(3);
    let notice = "memprof: max_peak_usage_mb was exceeded: peak 2,500 B > 2,000 B\n";
    assert_eq!(outcome.stderr, notice);
}

#[test]
fn nothing_is_accepted_of_a_report_without_figures() {
    let directory = Directory::new();
    let mut uncounted = sample();
    uncounted.run.allocator.installed = false;
    let mut idle = sample();
    idle.operations.drain(..2);
    directory
        .write("uncounted.json", json(&uncounted))
        .write("idle.json", json(&idle));
    directory
        .memprof(&["accept", "uncounted.json"])
        .expect_error(
            1,
            "the report of `demo` has no figures: ",
            ": install `memprof::Allocator` as its `#[global_allocator]`",
        );
    let outcome = directory.memprof(&["accept", "idle.json"]);
    outcome.expect_error(
        1,
        "the report has no operation that was called",
        ": run what calls one",
    );
    assert!(!directory.path("memprof.baseline.json").exists());
}
