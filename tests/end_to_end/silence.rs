//! Silence by default: a program with tracked functions that merely runs and ends says nothing of ours and
//! leaves nothing behind, however it ends.

use crate::run::{Directory, run};

#[test]
fn a_program_that_runs_and_ends_is_as_before() {
    let directory = Directory::new();
    directory.run(&["work"]).expect(0, "", "");
    assert_eq!(directory.names("."), Vec::<String>::new());
}

#[test]
fn its_exit_status_is_its_own() {
    let directory = Directory::new();
    directory.run(&["status", "7"]).expect(7, "", "");
    directory.run(&["exit", "7"]).expect(7, "", "");
    directory.run(&["exit", "0"]).expect(0, "", "");
    assert_eq!(directory.names("."), Vec::<String>::new());
}

/// A file that does not say where reports go does not ask for one.
#[test]
fn a_file_without_a_directory_changes_nothing() {
    let directory = Directory::new();
    directory.configure("[thresholds]\nmax_peak_usage_mb = 0\n");
    directory.run(&["work"]).expect(0, "", "");
    assert_eq!(directory.names("."), ["memory_profiling.toml"]);
}

/// Only `cargo test` has libtest's arguments; any other program may have a `--list` of its own.
#[test]
fn an_argument_of_the_program_is_the_programs() {
    let directory = Directory::new();
    let mut command = directory.program(&["work", "--list"]);
    command.env("MEMPROF_REPORTING_OUTPUT_DIRECTORY", "reports");
    run(&mut command).expect(0, "", "");
    assert_eq!(directory.reports("reports").len(), 1);
}

/// Test programs start other programs, and these may be under memprof too.
#[test]
fn a_program_under_a_test_that_is_not_captured_prints_nothing() {
    let directory = Directory::new();
    let mut command = directory.program(&["work"]);
    run(command.env("RUST_TEST_NOCAPTURE", "1")).expect(0, "", "");
}
