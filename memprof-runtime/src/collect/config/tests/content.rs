//! What stands in a file and is wrong: message, line, and the nearest valid name.

use super::{load_text, message};

#[test]
fn unknown_names_come_with_the_nearest_valid_one() {
    let cases = [
        (
            "[memory]\n\nsample_rat = 1",
            "3: unknown key `memory.sample_rat`; the nearest valid key is `memory.sample_rate`",
        ),
        (
            "[reporting]\nsample_rate = 1",
            "2: unknown key `reporting.sample_rate`; the nearest valid key is \
             `memory.sample_rate`",
        ),
        (
            "[memory.sample_rates]\nx = 1",
            "1: unknown key `memory.sample_rates`; the nearest valid key is `memory.sample_rate`",
        ),
        (
            "fromat = \"json\"",
            "1: unknown key `fromat`; the nearest valid key is `reporting.format`",
        ),
        (
            "[memory]\n[heap-analysis]\nenabled = true",
            "2: unknown section `[heap-analysis]`; the nearest valid section is \
             `[heap_analysis]`",
        ),
        (
            "memory = 3",
            "1: `memory` must be a section `[memory]`, not the integer 3",
        ),
        (
            "[[memory]]",
            "1: `memory` must be a section `[memory]`, not a list",
        ),
        (
            "[memory]\n\"a\\nb\" = 1",
            "2: unknown key `memory.a b`; the nearest valid key is `memory.sample_rate`",
        ),
    ];
    for (text, expected) in cases {
        let expected = format!("memory_profiling.toml:{expected}");
        assert_eq!(message(load_text(text)), expected);
    }
}

#[test]
fn values_of_a_wrong_kind_are_refused() {
    let cases = [
        (
            "memory.track_allocations = \"yes\"",
            "`memory.track_allocations` must be true or false, not the string \"yes\"",
        ),
        (
            "memory.track_allocations = 1",
            "`memory.track_allocations` must be true or false, not the integer 1",
        ),
        (
            "memory.stack_trace_depth = 0",
            "`memory.stack_trace_depth` must be a whole number from 1 to 256, not 0",
        ),
        (
            "memory.stack_trace_depth = 1e1",
            "`memory.stack_trace_depth` must be a whole number from 1 to 256, not the number 10",
        ),
        (
            "memory.sample_rate = 1979-05-27",
            "`memory.sample_rate` must be a whole number, 0 or more, not a date",
        ),
        (
            "memory.sample_rate = 18446744073709551616",
            "`memory.sample_rate` must be a whole number, 0 or more, not 18446744073709551616",
        ),
        (
            "memory.sample_interval = \"12 XB\"",
            "`memory.sample_interval` must be a size, but \"12 XB\" is not a size: the unit \
             \"XB\" is unknown; write for example \"4096\", \"512 KiB\", \"24 MB\" or \"1.5 GiB\"",
        ),
        (
            "memory.sample_interval = -1",
            "`memory.sample_interval` must not be negative, and is -1",
        ),
        (
            "memory.sample_interval = 0.5",
            "`memory.sample_interval` must be a size such as 4096 or \"512 KiB\", not the number \
             0.5",
        ),
        (
            "thresholds.max_peak_usage_mb = -0.5",
            "`thresholds.max_peak_usage_mb` must not be negative, and is -0.5",
        ),
        (
            "thresholds.max_peak_usage_mb = -5",
            "`thresholds.max_peak_usage_mb` must not be negative, and is -5",
        ),
        (
            "thresholds.max_peak_usage_mb = 17592186044416",
            "`thresholds.max_peak_usage_mb` is too large: 17592186044416",
        ),
        (
            "thresholds.max_peak_usage_mb = nan",
            "`thresholds.max_peak_usage_mb` must be a number of MB, such as 100 or 0.5, not the \
             number NaN",
        ),
        (
            "reporting.output_directory = \"\"",
            "`reporting.output_directory` must not be empty",
        ),
        (
            "reporting.output_directory = { a = 1 }",
            "`reporting.output_directory` must be a path, not a table",
        ),
        (
            "reporting.format = []",
            "`reporting.format` must name at least one format",
        ),
        (
            "reporting.format = 1",
            "`reporting.format` must be a format or a list of formats, not the integer 1",
        ),
        (
            "reporting.format = \"jsn\"",
            "`reporting.format` names the unknown format \"jsn\"; the nearest valid format is \
             \"json\"",
        ),
    ];
    for (text, expected) in cases {
        let expected = format!("memory_profiling.toml:1: {expected}");
        assert_eq!(message(load_text(text)), expected);
    }
}

#[test]
fn an_entry_of_a_list_is_found_on_its_own_line() {
    let cases = [
        ("\"json\"", "names the format \"json\" twice"),
        ("7", "must list names of formats, not the integer 7"),
        (
            "\"flame\"",
            "names the unknown format \"flame\"; the nearest valid format is \"flamegraph\"",
        ),
    ];
    for (entry, expected) in cases {
        let text = format!("[reporting]\nformat = [\n  \"json\",\n  {entry},\n]");
        let expected = format!("memory_profiling.toml:4: `reporting.format` {expected}");
        assert_eq!(message(load_text(text)), expected);
    }
}

#[test]
fn the_first_error_by_position_is_told_and_the_others_are_counted() {
    let text = "[thresholds]\nmax = 1\n[memory]\nz = 1\na = 1\n[what]\n";
    assert_eq!(
        message(load_text(text)),
        "memory_profiling.toml:2: unknown key `thresholds.max`; the nearest valid key is \
         `thresholds.max_allocation_size_mb` (and 3 more)"
    );
}

#[test]
fn what_is_not_toml_is_told_with_line_and_column() {
    // What follows is the parser's own wording and may change with it.
    let cases = [
        ("[memory]\nsample_rate 1\n", "2:13"),
        ("[memory]\nsample_rate = 1\nsample_rate = 2\n", "3:1"),
        ("[memory\n", "1:8"),
        ("größe = 1\n\"größe\" 2", "2:9"),
    ];
    for (text, position) in cases {
        let start = format!("memory_profiling.toml:{position}: not valid TOML: ");
        let error = message(load_text(text));
        assert!(error.starts_with(&start), "{error}");
        assert!(error.len() > start.len() && !error.contains('\n'));
    }
}
