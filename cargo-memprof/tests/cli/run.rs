//! `run`, `test`, `bench` and `nextest` in a fresh crate.

use std::fs;
use std::process::Command;

use crate::directory::{Outcome, report, run};
use crate::krate::{MEMPROF, krate, lock, plain};
use crate::samples::{json, sample};

/// Calls and bytes of the operation that all of these programs have.
#[track_caller]
fn work(outcome: &Outcome) -> (u64, u64) {
    let report = report(&outcome.written());
    let work = report.operation("Work").unwrap();
    assert_eq!(report.operation("Idle").map_or(0, |idle| idle.calls), 0);
    (work.calls, work.allocated_bytes)
}

#[test]
fn a_program_is_run_and_its_table_printed() {
    let krate = krate();
    let outcome = krate.memprof(&["run", "--quiet", "--", "5"]);
    outcome.expect(0);
    assert_eq!((&*outcome.stdout, &*outcome.stderr), ("worked: 5\n", ""));

    let outcome = krate.memprof(&["run", "--", "5"]);
    outcome.expect(0);
    assert!(
        outcome
            .stdout
            .starts_with("worked: 5\n\nmemprof: demo (debug, "),
        "{}",
        outcome.stdout
    );
    let line = "\nWork: Allocated: 5 bytes, Deallocated: 0 bytes, Net: 5 bytes\n";
    assert!(outcome.stdout.contains(line), "{}", outcome.stdout);
    assert!(
        outcome
            .stderr
            .contains("\nmemprof: 1 process, report written to "),
        "{}",
        outcome.stderr
    );
    assert_eq!(work(&outcome), (1, 5));
    // It is the last run of the workspace now.
    let table = krate.memprof(&["report"]);
    assert!(
        outcome.stdout.ends_with(&table.expect(0).stdout),
        "{}",
        table.stdout
    );
    // Nothing is left in the crate.
    assert!(!krate.path("memory_reports").exists());
}

#[test]
fn a_program_has_its_own_arguments_alone() {
    let krate = krate();
    // Cargo hands on all that stands behind the first argument which is not its own.
    let outcome = krate.memprof(&["run", "5"]);
    assert!(outcome.expect(0).stdout.starts_with("worked: 5\n"));
    assert_eq!(work(&outcome), (1, 5));
    let outcome = krate.memprof(&["run", "--bin", "demo", "5", "7"]);
    assert!(outcome.expect(7).stdout.starts_with("worked: 5\n"));
}

#[test]
fn cargos_status_is_that_of_the_command() {
    let krate = krate();
    let outcome = krate.memprof(&["run", "--", "5", "7"]);
    outcome.expect(7);
    assert_eq!(work(&outcome), (1, 5));
    let outcome = krate.memprof(&["run", "--bin", "none"]);
    outcome.expect(101);
    assert!(
        outcome.stderr.contains("no bin target named `none`"),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.stdout, "");
}

#[test]
fn a_threshold_that_is_exceeded_is_status_3() {
    let krate = krate();
    krate.write(
        "memory_profiling.toml",
        "[thresholds]\nmax_allocation_size_mb = 1\n",
    );
    krate.memprof(&["run", "--", "1048576"]).expect(0);
    let outcome = krate.memprof(&["run", "--", "1048577"]);
    outcome.expect(3);
    assert!(
        outcome.stdout.contains("max_allocation_size_mb"),
        "{}",
        outcome.stdout
    );
    // `report` shows it, and judges nothing.
    let table = krate.memprof(&["report"]);
    assert!(table.expect(0).stdout.contains("max_allocation_size_mb"));
}

#[test]
fn the_configured_formats_go_to_the_configured_directory() {
    let krate = krate();
    let configuration =
        "[reporting]\nformat = [\"json\", \"folded\"]\noutput_directory = \"here\"\n";
    krate.write("memory_profiling.toml", configuration);
    krate.memprof(&["run", "--", "5"]).expect(0);
    let names = |directory: &str| -> Vec<String> {
        let entries = std::fs::read_dir(krate.path(directory)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name[name.find('.').unwrap()..].to_owned())
            .collect();
        names.sort();
        names
    };
    // One of each, not one of each process.
    assert_eq!(names("here"), [".folded", ".json"]);
    let options = [
        "run",
        "--format",
        "markdown,bencher",
        "--output-directory",
        "there",
        "--",
        "5",
    ];
    krate.memprof(&options).expect(0);
    assert_eq!(names("here"), [".folded", ".json"]);
    assert_eq!(names("there"), [".bencher.json", ".md"]);
}

#[test]
fn a_format_that_is_named_twice_is_written_once() {
    let krate = krate();
    let outcome = krate.memprof(&[
        "run",
        "--format",
        "folded,folded",
        "--format",
        "folded",
        "5",
    ]);
    let written = outcome.expect(0).written();
    assert!(written.ends_with("report.folded"), "{written:?}");
    let folded = fs::read_to_string(written).unwrap();
    assert!(folded.starts_with("Work 5\n"), "{folded}");
}

#[test]
fn what_folded_shows_is_chosen_and_what_has_no_effect_is_told_before_anything_is_run() {
    let krate = krate();
    let options = [
        "run",
        "--format",
        "folded",
        "--weight",
        "allocations",
        "--",
        "5",
    ];
    let written = krate.memprof(&options).expect(0).written();
    let folded = fs::read_to_string(written).unwrap();
    assert!(folded.starts_with("Work 1\n"), "{folded}");
    let wrong = krate.memprof(&["run", "--weight", "retained", "--format", "json,pprof"]);
    let begin = "`--weight` has no effect on table, json, pprof: ";
    wrong.expect_error(2, begin, "leave it out, or choose another `--format`");
    // The table of the run shows a selection, whatever else is written.
    let options = ["run", "--format", "folded", "--sort", "peak", "--", "5"];
    krate.memprof(&options).expect(0);
}

#[test]
fn a_report_of_ones_own_run_is_read_however_long_it_is() {
    // Blank lines behind a report, up to more than any other file may have.
    let krate = plain(
        r#"use std::io::Write;
fn main() {
    let directory = std::env::var("MEMPROF_REPORTING_OUTPUT_DIRECTORY").unwrap();
    std::fs::create_dir_all(&directory).unwrap();
    let mut file = std::fs::File::create(directory + "/long.json").unwrap();
    file.write_all(include_bytes!("../report.json")).unwrap();
    let lines = vec![b'\n'; 1 << 20];
    for _ in 0..257 {
        file.write_all(&lines).unwrap();
    }
}
"#,
    );
    krate.write("report.json", json(&sample()));
    let outcome = krate.memprof(&["run"]);
    let written = outcome.expect(0).written();
    assert_eq!(report(&written), sample());
}

#[test]
fn a_program_that_names_its_own_directory_is_seen() {
    let krate = krate();
    let main = include_str!("crates/main.rs").replace(
        "fn main() {",
        "fn main() {\n    for _ in 0..2 {\n        let builder = memprof::Profiler::builder();\n        let \
         profiler = builder.output_directory(\"own\").build().unwrap();\n        drop(demo::work(1));\n        \
         drop(profiler);\n    }\n",
    );
    krate.write("src/main.rs", main);
    let outcome = krate.memprof(&["run", "--", "5"]);
    outcome.expect(0);
    // Two reports of one process are not two processes. What comes after the last is in none, as ever.
    assert_eq!(work(&outcome), (2, 2));
    assert_eq!(std::fs::read_dir(krate.path("own")).unwrap().count(), 2);
    let processes = outcome.written().with_file_name("processes");
    let written = std::fs::read_dir(processes).unwrap();
    let names = written.map(|entry| entry.unwrap().path());
    let ends = names.map(|path| path.extension().unwrap().to_owned());
    let mut ends: Vec<_> = ends.collect();
    ends.sort();
    // And the note of the process.
    assert_eq!(ends, ["json", "json", "process"]);
}

#[test]
fn the_processes_of_the_tests_are_one_report() {
    let krate = krate();
    let outcome = krate.memprof(&["test", "--sort", "peak", "--", "--nocapture"]);
    outcome.expect(0);
    assert_eq!(
        outcome.stdout.matches("test result: ok.").count(),
        4,
        "{}",
        outcome.stdout
    );
    // One table, not one of each process.
    assert_eq!(
        outcome.stdout.matches("\nmemprof: ").count(),
        1,
        "{}",
        outcome.stdout
    );
    assert!(
        outcome
            .stdout
            .contains("\nmemprof: demo (cargo test) (debug, "),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stderr.contains("\nmemprof: 3 processes, report "),
        "{}",
        outcome.stderr
    );
    assert_eq!(work(&outcome), (4, 1_111));
}

#[test]
fn nothing_to_run_is_no_error_where_it_was_asked_for() {
    let krate = krate();
    krate.memprof(&["test", "--no-run"]).expect(0);
    krate.memprof(&["test", "--", "--list"]).expect(0);
}

#[test]
fn a_test_that_fails_has_its_status_and_its_figures() {
    let krate = krate();
    let suite = include_str!("crates/suite.rs").replace("work(10).len(), 10", "work(10).len(), 11");
    krate.write("tests/suite.rs", suite);
    let outcome = krate.memprof(&["test", "--test", "suite"]);
    outcome.expect(101);
    assert_eq!(work(&outcome), (2, 110));
}

#[test]
fn a_bench_is_run() {
    let krate = krate();
    let next = krate.memprof(&["init"]).expect(0).stdout.clone();
    assert!(
        next.ends_with("\nnext: `cargo add --dev memprof --features bench`, for the bench\n"),
        "{next}"
    );
    // The tests' profile, in which memprof is built already.
    let bench = [
        "bench",
        "--profile",
        "dev",
        "--bench",
        "memory",
        "--",
        "--test",
    ];
    let outcome = krate.memprof(&bench);
    assert!(
        outcome
            .expect(101)
            .stderr
            .contains("`bench_main!` needs memprof's feature `bench`"),
        "{}",
        outcome.stderr
    );

    // As told, but for where memprof comes from.
    let manifest = krate.read("Cargo.toml");
    let memprof =
        format!("[dev-dependencies.memprof]\npath = {MEMPROF:?}\nfeatures = [\"bench\"]\n");
    krate.write("Cargo.toml", format!("{manifest}\n{memprof}"));
    // What criterion needs is no longer in the lock file, and other versions would be built than for other tests.
    lock(&krate);
    let outcome = krate.memprof(&bench);
    outcome.expect(0);
    for line in [
        "Testing work/10\n",
        "memory: allocated 80 B in 1 allocation, deallocated 0 B, net 80 B, peak 80 B (exact)\n",
        "peak growth O(n): 80 B → 800 B → 8 kB → 80 kB (n = 10 → 100 → 1,000 → 10,000), declared O(n) ✓\n",
    ] {
        assert!(outcome.stdout.contains(line), "{}", outcome.stdout);
    }
    // Of each size: one to warm up, three that are measured, and one that is timed.
    assert_eq!(work(&outcome), (4 * 5, 5 * 88_880));
}

#[test]
fn the_processes_of_nextest_are_one_report() {
    let krate = krate();
    let found = Command::new("cargo")
        .args(["nextest", "--version"])
        .output();
    let is_there = found.is_ok_and(|output| output.status.success());
    let outcome = krate.memprof(&["nextest", "--test", "suite"]);
    if !is_there {
        outcome.expect_error(
            1,
            "cargo has no `nextest`: install it",
            "or use `cargo memprof test`",
        );
        return;
    }
    outcome.expect(0);
    assert!(
        outcome.stderr.contains("\nmemprof: 2 processes, report "),
        "{}",
        outcome.stderr
    );
    assert_eq!(work(&outcome), (2, 110));
    // So is the longer form of it.
    krate
        .memprof(&["nextest", "run", "--test", "suite"])
        .expect(0);
}

#[test]
fn a_program_without_memprof_is_an_error() {
    let krate = plain("fn main() { println!(\"plain\"); }");
    let outcome = krate.memprof(&["run"]);
    outcome.expect(1);
    assert_eq!(outcome.stdout, "plain\n");
    let last = outcome.stderr.lines().last().unwrap();
    assert_eq!(
        last,
        "error: no process wrote a report: package `plain` does not depend on memprof: `cargo add memprof`, put \
         `#[memprof::track]` on a function that is called, and install `memprof::Allocator` as the `#[global_allocator]`"
    );
}

#[test]
fn where_there_is_no_package_it_says_so() {
    let directory = crate::directory::Directory::new();
    for command in ["run", "test", "bench", "nextest"] {
        let outcome = directory.memprof(&[command]);
        outcome.expect_error(
            1,
            "cargo finds no project here: ",
            ": run this in a package, or name a file",
        );
    }
}

#[test]
fn a_wrong_configuration_is_told_before_anything_is_run() {
    let krate = plain("fn main() { println!(\"plain\"); }");
    krate.write("memory_profiling.toml", "[reporting]\nformat = \"jsn\"\n");
    let outcome = krate.memprof(&["run"]);
    let begin =
        "memory_profiling.toml asks for a format `jsn` that there is not: choose of table, json, ";
    outcome.expect_error(1, begin, "benchmark");
    krate.write("memory_profiling.toml", "[reporting\n");
    let outcome = krate.memprof(&["run"]);
    assert!(
        outcome.stderr.contains("memory_profiling.toml`, line 1: "),
        "{}",
        outcome.stderr
    );
    outcome.expect_error(1, "`", ": correct it");
    let outcome = run(krate.command(&["run"]).env("MEMPROF_CONFIG", "none.toml"));
    outcome.expect_error(
        1,
        "configuration `none.toml` does not exist",
        ": check `MEMPROF_CONFIG`",
    );
}
