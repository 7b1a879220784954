//! Promise: the program of a bench target gives time and memory of every bench, takes the arguments that cargo and
//! nextest have, holds each bench to its budget, growth and baseline, and exits with 3 where one is exceeded.
#![forbid(unsafe_code)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The benches in the order of their places, with their arguments.
const NAMES: [&str; 22] = [
    "split/10",
    "split/100",
    "split/1000",
    "table",
    "adds_up",
    "one_block",
    "build/10",
    "build/100",
    "build/1000",
    "build/10000",
    "pairs/4",
    "pairs/16",
    "pairs/64",
    "pairs/256",
    "by_value",
    "by_reference",
    "in_place",
    "by hand",
    "named/red",
    "named/green",
    "owned/green",
    "nested::module",
];

/// A suite in a directory of its own, where its baselines are.
struct Suite {
    directory: PathBuf,
}

impl Suite {
    fn new(name: &str) -> Self {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::remove_dir_all(&directory).ok();
        fs::create_dir_all(&directory).expect("a directory");
        Self { directory }
    }

    /// Runs the program with `planted` changed.
    fn run_with(&self, planted: &str, baseline: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_benching"))
            .args(arguments)
            .current_dir(&self.directory)
            .env("CARGO_MANIFEST_DIR", &self.directory)
            .env("CRITERION_HOME", self.directory.join("criterion"))
            .env("PLANTED", planted)
            .env("MEMPROF_BASELINE", baseline)
            .env("MEMPROF_PRINT", "0")
            .output()
            .expect("it runs")
    }

    /// What it prints; it has to succeed.
    fn run(&self, arguments: &[&str]) -> String {
        succeeded(&self.run_with("", "", arguments))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeeded(output: &Output) -> String {
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", text(&output.stderr));
    said
}

/// The line that tells what was exceeded; the exit code has to be 3.
fn exceeded(output: &Output) -> String {
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(3), "{said}\n{errors}");
    let lines: Vec<_> = errors
        .lines()
        .filter(|line| line.starts_with("memprof: exceeded: "))
        .collect();
    assert_eq!(lines.len(), 1, "{errors}");
    lines[0].to_owned()
}

/// The least that criterion takes time for.
const SHORT: [&str; 10] = [
    "--bench",
    "--warm-up-time",
    "0.01",
    "--measurement-time",
    "0.02",
    "--sample-size",
    "10",
    "--noplot",
    "--nresamples",
    "1000",
];

fn timed<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SHORT[..], more].concat()
}

#[test]
fn each_runs_once_as_a_test_and_has_its_memory() {
    let suite = Suite::new("once");
    let said = suite.run(&[]);
    let tested: Vec<_> = said
        .lines()
        .filter_map(|line| line.strip_prefix("Testing "))
        .collect();
    assert_eq!(tested, NAMES);
    let memory: Vec<_> = said
        .lines()
        .filter(|line| line.contains(" memory: "))
        .collect();
    assert_eq!(memory.len(), NAMES.len());
    assert!(
        memory.iter().all(|line| line.ends_with("(exact)")),
        "{memory:?}"
    );
    assert!(
        !suite.directory.join("criterion").exists(),
        "a test keeps nothing"
    );
}

#[test]
fn figures_are_exact() {
    let said = Suite::new("exact").run(&[]);
    for line in [
        // The routine alone: what it was set up with is not in it.
        "memory: allocated 0 B in 0 allocations, deallocated 0 B, net 0 B, peak 0 B (exact)",
        "memory: allocated 1,000 B in 1 allocation, deallocated 0 B, net 1,000 B, peak 1,000 B (exact)",
        "memory: allocated 0 B in 0 allocations, deallocated 5 B, net -5 B, peak 0 B (exact)",
        "memory: allocated 190 B in 1 allocation, deallocated 190 B, net 0 B, peak 190 B (exact)",
        "memory: allocated 3,000 B in 1 allocation, deallocated 3,000 B, net 0 B, peak 3,000 B (exact)",
        "peak growth O(n): 80 B → 800 B → 8 kB → 80 kB (n = 10 → 100 → 1,000 → 10,000), declared O(n) ✓",
        "allocated growth O(n²): 256 B → 4.1 kB → 65.5 kB → 1.05 MB (n = 4 → 16 → 64 → 256)",
    ] {
        assert!(
            said.lines().any(|said| said.trim() == line),
            "{line}\n{said}"
        );
    }
}

#[test]
fn filters_and_lists() {
    let suite = Suite::new("filters");
    let expected: String = NAMES
        .iter()
        .map(|name| format!("{name}: benchmark\n"))
        .collect();
    // As nextest asks.
    assert_eq!(suite.run(&["--list", "--format", "terse"]), expected);
    assert_eq!(suite.run(&["--list", "--format", "terse", "--ignored"]), "");

    let memory = |arguments: &[&str]| suite.run(arguments).matches(" memory: ").count();
    assert_eq!(memory(&["build"]), 4);
    assert_eq!(memory(&["build/10", "--exact"]), 1);
    assert_eq!(memory(&["--test", "--bench", "by hand"]), 1);
    assert_eq!(memory(&["nothing of that name"]), 0);
}

#[test]
fn a_budget_holds_when_each_runs_once() {
    let suite = Suite::new("budget");
    let line = exceeded(&suite.run_with("peak", "", &[]));
    assert!(
        line.contains("peak 3,001 B > 3,000 B (+1 B) in \"by hand\" (tests/benching/src/suite.rs:"),
        "{line}"
    );
    assert!(line.contains("; largest part: \"Fill\" +"), "{line}");
}

#[test]
fn growth_is_a_gate() {
    let suite = Suite::new("growth");
    let output = suite.run_with("steeper", "", &["build"]);
    assert_eq!(output.status.code(), Some(3));
    let errors = text(&output.stderr);
    let line = "memprof: exceeded: peak growth O(n²): 800 B → 80 kB → 8 MB → 800 MB (n = 10 → 100 → 1,000 → 10,000), \
                declared O(n) ✗ in \"build\" (tests/benching/src/suite.rs:";
    assert!(errors.contains(line), "{errors}");
    // Too few sizes show it and fail nothing.
    let said = succeeded(&suite.run_with("steeper", "", &["build/100"]));
    assert!(said.contains("(not gated: "), "{said}");
}

#[test]
fn time_and_memory_in_one_run_and_a_second_one_that_is_worse() {
    let suite = Suite::new("second");
    let said = suite.run(&timed(&[]));
    let times = said.matches(" time:   [").count();
    assert_eq!(
        (times, said.matches(" memory: ").count()),
        (NAMES.len(), NAMES.len()),
        "{said}"
    );

    // Nothing changed. (What criterion says of the time beside it is the machine's affair.)
    let again = suite.run_with("", "", &timed(&["one_block"]));
    succeeded(&again);
    let errors = text(&again.stderr);
    assert!(!errors.contains("memprof: exceeded"), "{errors}");
    let doubled = "memprof: exceeded: \"one_block\" regressed against the last run: allocated 1000 → 2000, \
                   net 1000 → 2000, peak 1000 → 2000";
    for _ in 0..2 {
        // It stays worse until it is accepted.
        assert_eq!(
            exceeded(&suite.run_with("doubled", "", &timed(&["one_block"]))),
            doubled
        );
    }
    succeeded(&suite.run_with("doubled", "accept", &timed(&["one_block"])));
    succeeded(&suite.run_with("doubled", "", &timed(&["one_block"])));
}

#[test]
fn named_baselines() {
    let suite = Suite::new("named");
    let missing = suite.run_with("", "", &timed(&["one_block", "--baseline-lenient", "main"]));
    succeeded(&missing);
    suite.run(&timed(&["one_block", "--save-baseline", "main"]));
    suite.run(&timed(&["one_block", "--baseline", "main"]));
    let line =
        exceeded(&suite.run_with("doubled", "", &timed(&["one_block", "--baseline", "main"])));
    assert!(
        line.contains("\"one_block\" regressed against baseline `main`"),
        "{line}"
    );
    // Comparing changes nothing.
    suite.run(&timed(&["one_block", "--baseline", "main"]));
    // One without an exact figure to hold to.
    succeeded(&suite.run_with(
        "uneven",
        "",
        &timed(&["one_block", "--save-baseline", "uneven"]),
    ));
    assert_eq!(
        exceeded(&suite.run_with("", "", &timed(&["one_block", "--baseline", "uneven"]))),
        "memprof: exceeded: nothing was compared with baseline `uneven`: it has no exact figures of these benches"
    );
    suite.run(&timed(&["one_block", "--baseline-lenient", "uneven"]));
}

#[test]
fn the_committed_baseline() {
    let suite = Suite::new("committed");
    let file = suite.directory.join("memprof.baseline.json");
    suite.run(&[]);
    assert!(!file.exists(), "only who accepts writes it");
    succeeded(&suite.run_with("", "accept", &[]));
    let accepted = fs::read_to_string(&file).expect("it is written");
    assert_eq!(
        accepted.matches("\"kind\":\"bench\"").count(),
        NAMES.len(),
        "{accepted}"
    );

    suite.run(&[]);
    let line = exceeded(&suite.run_with("doubled", "", &["one_block"]));
    assert!(line.contains("\"one_block\" regressed against `"), "{line}");
    assert!(
        line.contains("memprof.baseline.json`: allocated 1000 → 2000"),
        "{line}"
    );
    assert_eq!(fs::read_to_string(&file).expect("still there"), accepted);

    // One alone changes its own lines alone.
    succeeded(&suite.run_with("doubled", "accept", &["one_block"]));
    let changed = fs::read_to_string(&file).expect("still there");
    let different = accepted
        .lines()
        .zip(changed.lines())
        .filter(|(old, new)| old != new);
    assert_eq!(different.count(), 1, "{changed}");
    let better = suite.run(&["one_block"]);
    assert!(better.contains("improved"), "{better}");

    // What is not exact any more has nothing to compare.
    let uneven = suite.run_with("uneven", "", &["one_block"]);
    let line = exceeded(&uneven);
    assert!(
        line.contains("\"one_block\" cannot be compared with `"),
        "{line}"
    );
    assert!(line.ends_with("(iterations differ)"), "{line}");
    succeeded(&suite.run_with("uneven", "accept", &["one_block"]));
    assert_eq!(fs::read_to_string(&file).expect("still there"), changed);

    fs::write(&file, "{").expect("it is written");
    let broken = suite.run_with("", "", &["one_block"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        text(&broken.stderr).contains("failed to read baseline `"),
        "{}",
        text(&broken.stderr)
    );
}

#[test]
fn without_the_allocator_nothing_passes_for_kept() {
    let suite = Suite::new("uncounted");
    let run = |baseline: &str| {
        Command::new(env!("CARGO_BIN_EXE_uncounted"))
            .current_dir(&suite.directory)
            .env("CARGO_MANIFEST_DIR", &suite.directory)
            .env("MEMPROF_BASELINE", baseline)
            .output()
            .expect("it runs")
    };
    let line = exceeded(&run(""));
    assert!(
        line.ends_with("the growth of \"grows\": nothing is counted"),
        "{line}"
    );
    let errors = text(&run("accept").stderr);
    assert!(
        errors.contains("the comparison with the baseline: nothing is counted"),
        "{errors}"
    );
    assert!(!suite.directory.join("memprof.baseline.json").exists());
}
