//! Under `cargo nextest run`, which runs a process per test: one file each, named after its test.

use crate::fixture::{cargo, fixture};
use crate::run::{Directory, run};
use std::process::Command;

fn is_installed() -> bool {
    let version = Command::new("cargo")
        .args(["nextest", "--version"])
        .output();
    version.is_ok_and(|output| output.status.success())
}

#[test]
fn every_test_has_its_file() {
    if !is_installed() {
        eprintln!("not checked: cargo-nextest is not installed");
        return;
    }
    fixture();
    let directory = Directory::new();
    let mut command = cargo(&["nextest", "run", "--test", "suite"]);
    command.env(
        "MEMPROF_REPORTING_OUTPUT_DIRECTORY",
        directory.path("reports"),
    );
    let outcome = run(&mut command);
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("3 passed"), "{}", outcome.stderr);

    // The third test tracks nothing, so there is nothing to report.
    let names = directory.names("reports");
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with("suite-finds-"), "{names:?}");
    let nested = "suite-nested__loads_a_thousand-";
    assert!(names[1].starts_with(nested), "{names:?}");

    let reports = directory.reports("reports");
    let calls = |report: &memprof_report::Report| {
        ["Search Operation", "Load"].map(|name| report.operation(name).unwrap().calls)
    };
    assert_eq!(calls(&reports[0]), [1, 0]);
    assert_eq!(calls(&reports[1]), [0, 1]);
}
