//! Under `cargo test`: the table once, after libtest's own result, where output is not captured; a file
//! where a directory is configured; and cargo's exit status in any case.

use crate::fixture::{cargo, fixture};
use crate::run::{Directory, Outcome, run};

const SEARCH: &str =
    "Search Operation: Allocated: 1240 bytes, Deallocated: 1000 bytes, Net: 240 bytes";
const LOAD: &str = "Load: Allocated: 1000 bytes, Deallocated: 0 bytes, Net: 1000 bytes";
const DIRECTORY: &str = "MEMPROF_REPORTING_OUTPUT_DIRECTORY";

/// Runs the test binary of `tests/suite.rs` as cargo does.
fn suite(directory: &Directory, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = directory.command(&fixture().suite, arguments);
    run(command.envs(variables.iter().copied()))
}

#[track_caller]
fn assert_table_is_last(outcome: &Outcome) {
    assert_eq!(outcome.tables(), 1, "{}", outcome.stdout);
    let (_, after) = outcome.stdout.split_once("\ntest result: ").unwrap();
    assert!(after.contains("\nmemprof: "), "{}", outcome.stdout);
    assert!(after.contains(SEARCH), "{}", outcome.stdout);
}

#[test]
fn prints_the_table_once_after_the_result() {
    fixture();
    let arguments = ["test", "--test", "suite"];
    let outcome = run(cargo(&arguments).args(["--", "--nocapture"]));
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    assert_table_is_last(&outcome);
    assert!(outcome.stdout.contains("test result: ok. 3 passed"));
    assert!(outcome.stdout.contains(LOAD));
}

#[test]
fn prints_it_for_every_way_to_say_so() {
    let directory = Directory::new();
    for argument in ["--nocapture", "--no-capture", "--show-output"] {
        assert_table_is_last(&suite(&directory, &[argument], &[]));
    }
    for variable in [("RUST_TEST_NOCAPTURE", "1"), ("MEMPROF_PRINT", "1")] {
        assert_table_is_last(&suite(&directory, &[], &[variable]));
    }
    // A variable that is empty counts as not set.
    let outcome = suite(&directory, &["--nocapture"], &[("MEMPROF_PRINT", "")]);
    assert_table_is_last(&outcome);
}

#[test]
fn prints_nothing_where_output_is_captured_or_not_wanted() {
    let directory = Directory::new();
    for (argument, variable) in [
        ("--test", ("MEMPROF_PRINT", "")),
        ("--quiet", ("MEMPROF_PRINT", "")),
        ("--test", ("RUST_TEST_NOCAPTURE", "0")),
        ("--nocapture", ("MEMPROF_PRINT", "0")),
    ] {
        let outcome = suite(&directory, &[argument], &[variable]);
        assert_eq!(outcome.status, Some(0));
        assert!(!outcome.stdout.contains("memprof"), "{}", outcome.stdout);
        assert!(!outcome.stderr.contains("memprof"), "{}", outcome.stderr);
    }
    assert_eq!(directory.names("."), Vec::<String>::new());
}

#[test]
fn a_list_is_a_list() {
    let directory = Directory::new();
    let everything = [("MEMPROF_PRINT", "1"), (DIRECTORY, "reports")];
    let outcome = suite(&directory, &["--list", "--nocapture"], &everything);
    let list = "does_not_track_anything: test\nfinds: test\nnested::loads_a_thousand: test\n\n\
                3 tests, 0 benchmarks\n";
    outcome.expect(0, list, "");
    assert_eq!(directory.names("."), Vec::<String>::new());
}

#[test]
fn a_failing_test_keeps_its_status_and_has_its_table() {
    let directory = Directory::new();
    let mut command = directory.command(&fixture().failing, &["--nocapture"]);
    let outcome = run(&mut command);
    assert_eq!(outcome.status, Some(101));
    assert_table_is_last(&outcome);

    let arguments = ["test", "--test", "failing"];
    let outcome = run(cargo(&arguments).args(["--", "--nocapture"]));
    assert_eq!(outcome.status, Some(101));
    assert_table_is_last(&outcome);
}

#[test]
fn writes_one_file_where_a_directory_is_configured() {
    let by_variable = Directory::new();
    let outcome = suite(&by_variable, &[], &[(DIRECTORY, "reports")]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));

    let by_file = Directory::new();
    by_file.configure("[reporting]\noutput_directory = \"reports\"\n");
    let outcome = suite(&by_file, &["--nocapture"], &[]);
    assert_table_is_last(&outcome);

    for directory in [by_variable, by_file] {
        let reports = directory.reports("reports");
        assert_eq!(reports.len(), 1);
        // What the crate calls it, without the number that cargo puts behind it.
        assert_eq!(reports[0].run.name, "suite");
        let name = &directory.names("reports")[0];
        assert!(name.starts_with("suite-"), "{name}");
        let load = reports[0].operation("Load").unwrap();
        assert_eq!((load.calls, load.allocated_bytes), (1, 1000));
        assert_eq!(reports[0].operation("Search Operation").unwrap().calls, 1);
    }
}

/// A failing test makes libtest call `exit`.
#[test]
fn writes_one_file_when_a_test_fails() {
    let directory = Directory::new();
    let mut command = directory.command(&fixture().failing, &[]);
    let outcome = run(command.env(DIRECTORY, "reports"));
    assert_eq!(outcome.status, Some(101));
    assert_eq!(directory.reports("reports").len(), 1);
}
