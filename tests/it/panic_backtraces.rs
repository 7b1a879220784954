//! Promise: what the backtrace of a panic keeps, tens of MiB of symbols, is told: the report names the operation that it counts
//! for, and a budget that fails by it says so. Each is a run of this program, as the environment is asked at its start.
#![forbid(unsafe_code)]

use std::panic::catch_unwind;
use std::process::Command;

#[memprof::track("Divide")]
fn divide(by: u64) -> u64 {
    10 / by
}

#[memprof::budget(retained = 0)]
fn catches() {
    assert!(catch_unwind(|| divide(std::hint::black_box(0))).is_err());
}

/// What a run of one case says, all of it.
fn run(case: &str, backtrace: &str) -> String {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", &format!("panic_backtraces::{case}")])
        .env("PANIC_CASE", "1")
        .env("MEMPROF_PRINT", "1")
        .env("RUST_BACKTRACE", backtrace)
        .output()
        .expect("it runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn case_report() {
    if std::env::var_os("PANIC_CASE").is_some() {
        assert!(catch_unwind(|| divide(std::hint::black_box(0))).is_err());
    }
}

#[test]
fn case_budget() {
    if std::env::var_os("PANIC_CASE").is_some() {
        catches();
    }
}

#[test]
fn the_report_names_the_operation() {
    let told = "WARNING panic-backtrace: ";
    let text = run("case_report", "1");
    assert!(text.contains(told), "{text}");
    assert!(
        text.contains("while a thread panicked in \"Divide\""),
        "{text}"
    );
    let text = run("case_report", "0");
    assert!(!text.contains(told), "{text}");
}

#[test]
fn a_failed_budget_says_so() {
    let told = "allocated while a thread panicked, by backtraces (RUST_BACKTRACE) or destructors";
    let text = run("case_budget", "1");
    assert!(text.contains(told), "{text}");
    let text = run("case_budget", "0");
    assert!(!text.contains(told), "{text}");
}
