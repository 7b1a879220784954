//! Promise: the growth that a bench declares is a gate. The first version, held to O(n), exits with 3 and says that
//! it is O(n²); the second one passes.
//!
//! The test runs itself as the program of its two benches.
#![forbid(unsafe_code)]

use std::process::{Command, Output};

use skill_matching::{Match, Result, Version, allocator, embed, find, people};

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

fn texts(candidates: usize) -> (String, String) {
    embed::model();
    (
        people::made_up_candidates(candidates),
        people::made_up_required(candidates / 2),
    )
}

#[memprof::bench(args = [40, 100, 200, 400], setup = texts, growth = "O(n)")]
fn first((candidates, required): &(String, String)) -> Result<Vec<Match>> {
    find(Version::Before, candidates, required)
}

#[memprof::bench(args = [40, 100, 200, 400], setup = texts, growth = "O(n)")]
fn second((candidates, required): &(String, String)) -> Result<Vec<Match>> {
    find(Version::After, candidates, required)
}

mod benches {
    memprof::bench_main!();

    pub(super) fn run() {
        main();
    }
}

/// Set in the run as a program of benches.
const AS_BENCHES: &str = "GROWTH_GATE_AS_BENCHES";

fn main() {
    if std::env::var_os(AS_BENCHES).is_some() {
        benches::run();
        return;
    }
    the_matrix_is_found();
    linear_growth_passes();
    println!("the first version is O(n²) and fails a gate of O(n); the second one passes it");
}

fn the_matrix_is_found() {
    let output = run("first");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{errors}");
    // What was allocated grows nearly as fast, and fails the gate too.
    assert_eq!(errors.matches("memprof: exceeded: ").count(), 3, "{errors}");
    for metric in ["allocations", "peak"] {
        let exceeded = format!("memprof: exceeded: {metric} growth O(n²): ");
        let line = errors.lines().find(|line| line.starts_with(&exceeded));
        let line = line.unwrap_or_else(|| panic!("no `{exceeded}` in: {errors}"));
        assert!(
            line.contains("(n = 40 → 100 → 200 → 400), declared O(n) ✗ in \"first\" ("),
            "{line}"
        );
    }
}

fn linear_growth_passes() {
    let output = run("second");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert_eq!(shown.matches("declared O(n) ✓").count(), 3, "{shown}");
}

/// One of the benches, once each.
fn run(bench: &str) -> Output {
    Command::new(std::env::current_exe().expect("this program"))
        .arg(bench)
        .env(AS_BENCHES, "1")
        .output()
        .expect("a run")
}
