//! `cargo memprof test` on a workspace of three crates with unit, integration and doc tests.

use std::fs;

use memprof_report::Report;

use crate::directory::{Directory, report};
use crate::krate::{MEMPROF, PROFILE, lock};

/// What each crate allocates in its unit, its integration and its doc test, in bytes.
const SIZES: [(&str, [u64; 3]); 3] = [
    ("one", [1, 10, 100]),
    ("two", [2, 20, 200]),
    ("three", [4, 40, 400]),
];

fn workspace() -> Directory {
    let directory = Directory::new();
    let manifest = format!(
        "[workspace]\nmembers = [\"one\", \"two\", \"three\"]\nresolver = \"3\"\n\n{PROFILE}"
    );
    directory.write("Cargo.toml", manifest);
    lock(&directory);
    for (name, [unit, integration, doc]) in SIZES {
        let depends = match name {
            "one" => "",
            _ => "one = { path = \"../one\" }\n",
        };
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nmemprof = {{ path = {MEMPROF:?} }}\n{depends}"
        );
        let allocator = "#[global_allocator]\nstatic ALLOC: memprof::Allocator = memprof::Allocator::system();\n";
        let in_doc = allocator.replace('\n', "\n/// ");
        // What is built on the first counts in it too.
        let body = match name {
            "one" => "vec![7; size]",
            _ => "one::work(size)",
        };
        let library = format!(
            "//! The library {name}.\n#[cfg(test)]\n{allocator}\n/// ```\n/// {in_doc}assert_eq!({name}::work({doc}).len(), {doc});\n/// ```\n\
             #[memprof::track(\"Work of {name}\")]\npub fn work(size: usize) -> Vec<u8> {{\n    {body}\n}}\n\n\
             #[test]\nfn unit() {{\n    assert_eq!(work({unit}).len(), {unit});\n}}\n"
        );
        let suite = format!(
            "{allocator}\n#[test]\nfn integration() {{\n    assert_eq!({name}::work({integration}).len(), {integration});\n}}\n"
        );
        directory.write(&format!("{name}/Cargo.toml"), manifest);
        directory.write(&format!("{name}/src/lib.rs"), library);
        directory.write(&format!("{name}/tests/suite.rs"), suite);
    }
    directory
}

/// A figure of the merged report and the sum of it over the processes.
#[track_caller]
fn assert_sum(merged: &Report, processes: &[Report], figure: impl Fn(&Report) -> u64) {
    let sum: u64 = processes.iter().map(&figure).sum();
    assert_eq!(figure(merged), sum);
}

#[test]
fn three_crates_are_one_report_whose_totals_are_the_sum_of_the_processes() {
    let workspace = workspace();
    let outcome = workspace.memprof(&["test", "--workspace"]);
    outcome.expect(0);
    let path = outcome.written();
    let merged = report(&path);
    let entries = fs::read_dir(path.with_file_name("processes")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let reports = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    let processes: Vec<Report> = reports.map(|path| report(&path)).collect();
    // Three crates with a unit, an integration and a doc test each.
    assert_eq!(processes.len(), 9);
    assert!(
        outcome
            .stderr
            .contains("\nmemprof: 9 processes, report written to "),
        "{}",
        outcome.stderr
    );

    assert_sum(&merged, &processes, |it| it.process.allocations);
    assert_sum(&merged, &processes, |it| it.process.allocated_bytes);
    assert_sum(&merged, &processes, |it| it.process.deallocations);
    assert_sum(&merged, &processes, |it| it.process.deallocated_bytes);
    assert_sum(&merged, &processes, |it| it.process.reallocations);
    assert_sum(&merged, &processes, |it| it.process.live_bytes);
    assert_sum(&merged, &processes, |it| it.process.live_blocks);
    assert_sum(&merged, &processes, |it| it.run.threads);
    for (name, _) in SIZES {
        let name = format!("Work of {name}");
        let row = |it: &Report| it.operation(&name).cloned().unwrap_or_default();
        assert_sum(&merged, &processes, |it| row(it).calls);
        assert_sum(&merged, &processes, |it| row(it).allocations);
        assert_sum(&merged, &processes, |it| row(it).allocated_bytes);
        assert_sum(&merged, &processes, |it| row(it).deallocated_bytes);
        assert_sum(&merged, &processes, |it| {
            row(it).self_figures.allocated_bytes
        });
    }
    let paths = |it: &Report| {
        it.paths
            .iter()
            .map(|path| path.allocated_bytes)
            .sum::<u64>()
    };
    assert_sum(&merged, &processes, paths);
    assert_eq!(paths(&merged), merged.process.allocated_bytes);
    let peaks = processes.iter().map(|it| it.process.peak_live_bytes);
    assert_eq!(Some(merged.process.peak_live_bytes), peaks.max());

    // And they are what the tests do.
    let rows: Vec<(&str, u64, u64)> = merged
        .operations
        .iter()
        .map(|row| (row.name.as_str(), row.calls, row.allocated_bytes))
        .collect();
    assert_eq!(
        rows,
        [
            ("Work of one", 9, 777),
            ("Work of three", 3, 444),
            ("Work of two", 3, 222)
        ]
    );
}
