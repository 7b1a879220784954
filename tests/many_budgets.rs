//! Promise: 200 tests with budgets, eight at a time, captured or not, are each held to its own figures: none
//! fails by another's work, and each limit that is passed is told with the operation that passed it.
//!
//! Twenty runs each way are made of this very program.
#![forbid(unsafe_code)]

#[path = "many_budgets/suite.rs"]
mod suite;

use std::process::Command;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const RUNS: usize = 20;

#[test]
fn captured() {
    (0..RUNS).for_each(|_| run(&[]));
}

#[test]
fn uncaptured() {
    (0..RUNS).for_each(|_| run(&["--nocapture"]));
}

/// Runs the 200, which have to pass.
fn run(arguments: &[&str]) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["suite::", "--test-threads=8"])
        .args(arguments)
        .env("MEMPROF_PRINT", "0")
        .env_remove("RUST_TEST_NOCAPTURE")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("200 passed; 0 failed"), "{said}");
}
