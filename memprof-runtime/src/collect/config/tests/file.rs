//! The file: where it is found, in what forms it holds its values, and which files are refused.

use std::fs;

use super::super::{Config, FILE_NAME, Format, MAX_FILE_BYTES};
use super::{Directory, load, load_text, message};

/// The file as the documentation shows it: every key, at its default.
const DOCUMENTED: &str = r#"
[memory]
track_allocations = true
track_deallocations = true
measure_time = false              # wall time per call beside the bytes
stack_trace_depth = 64
sample_rate = 0                   # call stacks: 0 none, 1 every allocation, n one in n
# sample_interval = "512 KiB"     # or by bytes (Poisson); one of the two

[heap_analysis]
enabled = true
detect_leaks = true
track_peak_usage = true
fragmentation_analysis = true

[reporting]
format = "json"                   # or a list of: json, table, html, markdown, dhat, pprof, folded, flamegraph, speedscope
output_directory = "memory_reports"
include_call_stacks = true
library_frames = false            # frames of std and collections in printed call stacks

[thresholds]
max_allocation_size_mb = 100      # the largest single allocation
max_peak_usage_mb = 1024
leak_detection_threshold_bytes = 1024
"#;

#[test]
fn the_documented_file_is_the_default() {
    let config = load_text(DOCUMENTED).unwrap();
    let default = Config::default();
    assert_eq!(config.memory, default.memory);
    assert_eq!(config.heap_analysis, default.heap_analysis);
    assert_eq!(config.reporting, default.reporting);
    assert_eq!(config.thresholds, default.thresholds);
    assert_eq!(
        config.origin("thresholds.max_peak_usage_mb"),
        "memory_profiling.toml:24"
    );
}

#[test]
fn values_take_every_form_they_may() {
    let config = load_text(
        "\u{feff}memory = { sample_interval = 0x1_000 }\r\n\
         thresholds.max_allocation_size_mb = 0.1\r\n\
         thresholds.max_peak_usage_mb = 1e3\r\n\
         thresholds.leak_detection_threshold_bytes = \"2 MB\"\r\n\
         [reporting]\r\n\
         format = [\r\n  \"speedscope\",\r\n  'json',\r\n]\r\n",
    )
    .unwrap();
    assert_eq!(config.memory.sample_interval, Some(4096));
    assert_eq!(config.thresholds.max_allocation_size_bytes, 104_858);
    assert_eq!(config.thresholds.max_peak_usage_bytes, 1000 << 20);
    assert_eq!(config.thresholds.leak_detection_threshold_bytes, 2_000_000);
    assert_eq!(config.reporting.format, [Format::Speedscope, Format::Json]);
    assert!(load_text("").is_ok());
}

#[test]
fn the_nearest_file_from_the_start_upward_is_read() {
    let directory = Directory::new();
    let deep = directory.path.join("a/b/c");
    fs::create_dir_all(&deep).unwrap();
    let outer = directory.write(FILE_NAME, "memory.stack_trace_depth = 1");

    let config = load(&deep, &[]).unwrap();
    assert_eq!(config.memory.stack_trace_depth, 1);
    assert_eq!(config.file(), Some(&*outer));
    let place = format!("{}:1", outer.display());
    assert_eq!(config.origin("memory.stack_trace_depth"), place);

    directory.write("a/b/memory_profiling.toml", "memory.measure_time = true");
    let config = load(&deep, &[]).unwrap();
    assert!(config.memory.measure_time);
    assert_eq!(config.memory.stack_trace_depth, 64);
}

#[test]
fn a_named_file_is_read_instead_and_must_exist() {
    let directory = Directory::new();
    directory.write(FILE_NAME, "memory.stack_trace_depth = 1");
    let named = directory.write("ci/other.toml", "\nmemory.stack_trace_depth = 0");
    let expected = ":2: `memory.stack_trace_depth` must be a whole number from 1 to 256, not 0";

    for path in ["ci/other.toml", named.to_str().unwrap()] {
        let result = load(&directory.path, &[("MEMPROF_CONFIG", path)]);
        assert_eq!(message(result), format!("{path}{expected}"));
    }
    assert_eq!(
        message(load(&directory.path, &[("MEMPROF_CONFIG", "none.toml")])),
        "environment variable `MEMPROF_CONFIG`: there is no file `none.toml`"
    );
    assert_eq!(
        message(load(&directory.path, &[("MEMPROF_CONFIG", "ci")])),
        "ci: is a directory, not a file"
    );
}

#[test]
fn hostile_files_are_refused_in_one_line() {
    let endless = "[".repeat(MAX_FILE_BYTES as usize);
    let error = message(load_text(&endless));
    assert!(error.starts_with("memory_profiling.toml:1:"), "{error}");
    let nested = format!("memory = {}", "[".repeat(100_000));
    let error = message(load_text(nested));
    assert!(error.starts_with("memory_profiling.toml:1:"), "{error}");

    let too_long = " ".repeat(MAX_FILE_BYTES as usize + 1);
    assert_eq!(
        message(load_text(too_long)),
        "memory_profiling.toml: the file is longer than 1048576 bytes"
    );
    assert_eq!(
        message(load_text(b"[memory]\n# \xff\n")),
        "memory_profiling.toml:2: not valid UTF-8"
    );
    let long_key = format!("memory.{} = \"{}\"", "k".repeat(9999), "v".repeat(9999));
    let error = message(load_text(long_key));
    assert!(error.len() < 200 && !error.contains('\n'), "{error}");
    let long_integer = format!("memory.sample_rate = {}", "9".repeat(9999));
    assert_eq!(
        message(load_text(long_integer)),
        "memory_profiling.toml:1: `memory.sample_rate` must be a whole number, 0 or more, not an \
         integer of 9999 digits"
    );
}

#[test]
fn a_directory_in_the_place_of_the_file_is_refused() {
    let directory = Directory::new();
    fs::create_dir(directory.path.join(FILE_NAME)).unwrap();
    assert_eq!(
        message(load(&directory.path, &[])),
        "memory_profiling.toml: is a directory, not a file"
    );
}

#[cfg(unix)]
#[test]
fn what_could_block_is_not_opened() {
    let directory = Directory::new();
    assert_eq!(
        message(load(&directory.path, &[("MEMPROF_CONFIG", "/dev/null")])),
        "/dev/null: is not a regular file"
    );
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_refused_unless_one_may_read_it_anyway() {
    use std::os::unix::fs::PermissionsExt;

    let directory = Directory::new();
    let path = directory.write(FILE_NAME, "");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read everything.
    if fs::File::open(&path).is_err() {
        let error = message(load(&directory.path, &[]));
        let start = "memory_profiling.toml: failed to read the file: ";
        assert!(error.starts_with(start), "{error}");
    }
    let looping = directory.path.join("loop");
    std::os::unix::fs::symlink(&looping, &looping).unwrap();
    let error = message(load(&directory.path, &[("MEMPROF_CONFIG", "loop")]));
    assert!(
        error.starts_with("loop: failed to read the file: "),
        "{error}"
    );
}
