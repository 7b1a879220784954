//! Every key as `MEMPROF_SECTION_KEY`.

use std::path::Path;

use super::super::{Config, Format, OTHER_VARIABLES, Overrides, keys};
use super::{load_environment, message, variables};

#[test]
fn every_key_is_a_variable() {
    let environment = [
        ("MEMPROF_MEMORY_TRACK_ALLOCATIONS", "no"),
        ("MEMPROF_MEMORY_TRACK_DEALLOCATIONS", "OFF"),
        ("MEMPROF_MEMORY_MEASURE_TIME", " 1 "),
        ("MEMPROF_MEMORY_STACK_TRACE_DEPTH", "8"),
        ("MEMPROF_MEMORY_SAMPLE_RATE", "0"),
        ("MEMPROF_MEMORY_SAMPLE_INTERVAL", "512 KiB"),
        ("MEMPROF_HEAP_ANALYSIS_ENABLED", "false"),
        ("MEMPROF_HEAP_ANALYSIS_DETECT_LEAKS", "0"),
        ("MEMPROF_HEAP_ANALYSIS_TRACK_PEAK_USAGE", "yes"),
        ("MEMPROF_HEAP_ANALYSIS_FRAGMENTATION_ANALYSIS", "on"),
        ("MEMPROF_HEAP_ANALYSIS_BLOCK_SIZES", "yes"),
        ("MEMPROF_HEAP_ANALYSIS_FLOW", "1"),
        ("MEMPROF_REPORTING_FORMAT", "table, json"),
        ("MEMPROF_REPORTING_OUTPUT_DIRECTORY", "out/reports"),
        ("MEMPROF_REPORTING_INCLUDE_CALL_STACKS", "True"),
        ("MEMPROF_REPORTING_LIBRARY_FRAMES", "yes"),
        ("MEMPROF_THRESHOLDS_MAX_ALLOCATION_SIZE_MB", "0.5"),
        ("MEMPROF_THRESHOLDS_MAX_PEAK_USAGE_MB", "2"),
        ("MEMPROF_THRESHOLDS_LEAK_DETECTION_THRESHOLD_BYTES", "4096"),
    ];
    let config = load_environment(&environment).unwrap();
    for key in keys() {
        let expected = format!("environment variable `{}`", key.variable());
        assert_eq!(config.origin(key.path), expected);
    }
    assert!(!config.memory.track_allocations);
    assert!(!config.memory.track_deallocations);
    assert!(config.memory.measure_time);
    assert_eq!(config.memory.stack_trace_depth, 8);
    assert_eq!(config.memory.sample_interval, Some(524_288));
    assert!(!config.heap_analysis.enabled);
    assert!(!config.heap_analysis.detect_leaks);
    assert!(config.heap_analysis.track_peak_usage);
    assert!(config.heap_analysis.fragmentation_analysis);
    assert_eq!(config.reporting.format, [Format::Table, Format::Json]);
    assert_eq!(
        config.reporting.output_directory,
        Path::new("out/reports").to_owned()
    );
    assert!(config.reporting.include_call_stacks);
    assert!(config.reporting.library_frames);
    assert_eq!(config.thresholds.max_allocation_size_bytes, 524_288);
    assert_eq!(config.thresholds.max_peak_usage_bytes, 2_097_152);
    assert_eq!(config.thresholds.leak_detection_threshold_bytes, 4096);
}

#[test]
fn what_is_no_key_is_refused_or_left_alone() {
    assert_eq!(
        message(load_environment(&[("MEMPROF_MEMORY_SAMPLE_RAT", "1")])),
        "environment variable `MEMPROF_MEMORY_SAMPLE_RAT`: unknown key `memory.sample_rat`; the \
         nearest valid variable is `MEMPROF_MEMORY_SAMPLE_RATE`"
    );
    assert_eq!(
        message(load_environment(&[("MEMPROF_MEMORY_sample_rate", "1")])),
        "environment variable `MEMPROF_MEMORY_sample_rate`: unknown key `memory.sample_rate`; the \
         nearest valid variable is `MEMPROF_MEMORY_SAMPLE_RATE`"
    );
    assert_eq!(
        message(load_environment(&[("MEMPROF_HEAP_ANALYSIS_LEAKS", "1")])),
        "environment variable `MEMPROF_HEAP_ANALYSIS_LEAKS`: unknown key `heap_analysis.leaks`; \
         the nearest valid variable is `MEMPROF_HEAP_ANALYSIS_DETECT_LEAKS`"
    );
    let others = [
        ("MEMPROF_PRINT", "1"),
        ("MEMPROF_RUN_ID", "a"),
        ("MEMPROF_MEMORY", "x"),
        ("MEMPROF_ELSEWHERE_KEY", "x"),
        ("memprof_memory_sample_rat", "x"),
        ("MEMORY_SAMPLE_RAT", "x"),
    ];
    assert!(load_environment(&others).is_ok());
    for key in keys() {
        assert!(!OTHER_VARIABLES.contains(&&*key.variable()));
    }
}

#[test]
fn an_empty_variable_is_not_set() {
    let empty = [("MEMPROF_MEMORY_SAMPLE_RATE", ""), ("MEMPROF_CONFIG", "")];
    let config = load_environment(&empty).unwrap();
    assert_eq!(config.origin("memory.sample_rate"), "default");
}

#[test]
fn bad_values_name_variable_and_key() {
    let cases = [
        (
            "MEMPROF_MEMORY_MEASURE_TIME",
            "maybe",
            "`memory.measure_time` must be true or false, not the string \"maybe\"",
        ),
        (
            "MEMPROF_MEMORY_STACK_TRACE_DEPTH",
            "257",
            "`memory.stack_trace_depth` must be a whole number from 1 to 256, not 257",
        ),
        (
            "MEMPROF_MEMORY_SAMPLE_RATE",
            "-1",
            "`memory.sample_rate` must be a whole number, 0 or more, not -1",
        ),
        (
            "MEMPROF_MEMORY_SAMPLE_RATE",
            "0.5",
            "`memory.sample_rate` must be a whole number, 0 or more, not the number 0.5",
        ),
        (
            "MEMPROF_REPORTING_FORMAT",
            "json,tabel",
            "`reporting.format` names the unknown format \"tabel\"; the nearest valid format is \
             \"table\"",
        ),
        (
            "MEMPROF_REPORTING_FORMAT",
            "json,json",
            "`reporting.format` names the format \"json\" twice",
        ),
        (
            "MEMPROF_THRESHOLDS_MAX_PEAK_USAGE_MB",
            "1 GiB",
            "`thresholds.max_peak_usage_mb` must be a number of MB, such as 100 or 0.5, not the \
             string \"1 GiB\"",
        ),
        (
            "MEMPROF_THRESHOLDS_MAX_PEAK_USAGE_MB",
            "inf",
            "`thresholds.max_peak_usage_mb` is too large: inf",
        ),
    ];
    for (name, value, expected) in cases {
        let result = load_environment(&[(name, value)]);
        assert_eq!(
            message(result),
            format!("environment variable `{name}`: {expected}")
        );
    }
}

#[test]
fn several_errors_are_counted_by_name_of_variable() {
    let environment = [
        ("MEMPROF_MEMORY_SAMPLE_RATE", "x"),
        ("MEMPROF_MEMORY_MEASURE_TIME", "x"),
        ("MEMPROF_REPORTING_FORMAT", "x"),
    ];
    assert_eq!(
        message(load_environment(&environment)),
        "environment variable `MEMPROF_MEMORY_MEASURE_TIME`: `memory.measure_time` must be true \
         or false, not the string \"x\" (and 2 more)"
    );
}

#[cfg(unix)]
#[test]
fn what_is_not_utf8_never_panics() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let broken = || OsString::from_vec(vec![b'a', 0xff]);
    let load = |name: OsString| Config::load(&Overrides::default(), [(name, broken())], None);

    assert_eq!(
        message(load("MEMPROF_MEMORY_SAMPLE_RATE".into())),
        "environment variable `MEMPROF_MEMORY_SAMPLE_RATE`: `memory.sample_rate` must be a whole \
         number, 0 or more, not text that is not UTF-8"
    );
    let config = load("MEMPROF_REPORTING_OUTPUT_DIRECTORY".into()).unwrap();
    assert_eq!(config.reporting.output_directory.as_os_str(), broken());

    assert!(load(broken()).is_ok());
    let mut name = OsString::from("MEMPROF_MEMORY_");
    name.push(broken());
    assert!(message(load(name)).contains("unknown key `memory.a\u{fffd}`"));
    assert!(message(load("MEMPROF_CONFIG".into())).contains("there is no file"));
}

#[test]
fn the_last_of_two_equal_names_holds() {
    let twice = variables(&[
        ("MEMPROF_MEMORY_SAMPLE_RATE", "1"),
        ("MEMPROF_MEMORY_SAMPLE_RATE", "2"),
    ]);
    let config = Config::load(&Overrides::default(), twice, None).unwrap();
    assert_eq!(config.memory.sample_rate, 2);
}
