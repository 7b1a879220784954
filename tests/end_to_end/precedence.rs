//! Builder over environment over file over default, as seen in where the report stands and what it says.

use crate::run::{DEFAULT, Directory, run, warnings};
use std::fs;

const DIRECTORY: &str = "MEMPROF_REPORTING_OUTPUT_DIRECTORY";
const FILE: &str = "[reporting]\noutput_directory = \"of-file\"\n";

#[test]
fn the_default_is_under_all() {
    let directory = Directory::new();
    directory.run(&["profiler"]);
    assert_eq!(directory.names("."), [DEFAULT]);
}

#[test]
fn the_file_is_over_the_default() {
    let directory = Directory::new();
    directory.configure(FILE);
    directory.run(&["profiler"]);
    assert_eq!(directory.names("."), ["memory_profiling.toml", "of-file"]);
}

#[test]
fn the_environment_is_over_the_file() {
    let directory = Directory::new();
    directory.configure(FILE);
    run(directory
        .program(&["profiler"])
        .env(DIRECTORY, "of-environment"));
    let names = ["memory_profiling.toml", "of-environment"];
    assert_eq!(directory.names("."), names);
}

#[test]
fn the_builder_is_over_the_environment() {
    let directory = Directory::new();
    directory.configure(FILE);
    run(directory
        .program(&["directory", "of-builder"])
        .env(DIRECTORY, "of-environment"));
    let names = ["memory_profiling.toml", "of-builder"];
    assert_eq!(directory.names("."), names);
}

/// An empty variable counts as not set.
#[test]
fn an_empty_variable_is_over_nothing() {
    let directory = Directory::new();
    directory.configure(FILE);
    run(directory.program(&["profiler"]).env(DIRECTORY, ""));
    assert_eq!(directory.names("."), ["memory_profiling.toml", "of-file"]);
}

#[test]
fn the_file_is_found_from_the_working_directory_upward() {
    let directory = Directory::new();
    directory.configure(FILE);
    let below = directory.path("a/b");
    fs::create_dir_all(&below).unwrap();
    run(directory.program(&["profiler"]).current_dir(&below));
    assert_eq!(directory.reports("a/b/of-file").len(), 1);
}

#[test]
fn a_file_that_is_named_is_the_only_one() {
    let directory = Directory::new();
    directory.configure("this is no TOML");
    directory.write("other.toml", FILE);
    let mut command = directory.program(&["profiler"]);
    let outcome = run(command.env("MEMPROF_CONFIG", "other.toml"));
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    assert_eq!(directory.reports("of-file").len(), 1);
}

#[test]
fn what_has_no_effect_yet_is_a_warning_each() {
    let directory = Directory::new();
    directory.configure(
        "[memory]\ntrack_allocations = false\ntrack_deallocations = false\nmeasure_time = true\n\
         stack_trace_depth = 8\nsample_rate = 1\n\
         [reporting]\nformat = [\"json\", \"pprof\", \"html\"]\ninclude_call_stacks = true\n",
    );
    let mut command = directory.program(&["profiler"]);
    run(&mut command);
    let settings = [
        "memory.track_allocations = false` (memory_profiling.toml:2)",
        "memory.track_deallocations = false` (memory_profiling.toml:3)",
        "memory.measure_time = true` (memory_profiling.toml:4)",
        "memory.stack_trace_depth = 8` (memory_profiling.toml:5)",
        "memory.sample_rate = 1` (memory_profiling.toml:6)",
        "reporting.format = [\"pprof\", \"html\"]` (memory_profiling.toml:8)",
        "reporting.include_call_stacks = true` (memory_profiling.toml:9)",
    ];
    let expected = settings
        .map(|setting| format!("setting-without-effect: `{setting} has no effect in this version"));
    assert_eq!(warnings(&directory.report()), expected);
}

#[test]
fn an_interval_has_no_effect_yet_either() {
    let directory = Directory::new();
    let mut command = directory.program(&["profiler"]);
    run(command.env("MEMPROF_MEMORY_SAMPLE_INTERVAL", "512 KiB"));
    let expected = "setting-without-effect: `memory.sample_interval = 524288` (environment variable \
                    `MEMPROF_MEMORY_SAMPLE_INTERVAL`) has no effect in this version";
    assert_eq!(warnings(&directory.report()), [expected]);
}

/// What memprof does anyway is no wish that goes unheard.
#[test]
fn defaults_that_are_written_out_are_no_warning() {
    let directory = Directory::new();
    directory.configure(
        "[memory]\ntrack_allocations = true\nmeasure_time = false\nsample_rate = 0\n\
         [heap_analysis]\nenabled = true\n[reporting]\nformat = \"json\"\n",
    );
    directory.run(&["profiler"]);
    assert_eq!(warnings(&directory.report()), Vec::<String>::new());
}
