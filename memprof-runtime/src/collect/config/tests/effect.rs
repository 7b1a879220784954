//! Settings that this version does not obey are told; others are not.

use super::super::{Config, Format};
use super::{load_environment, load_text};

fn keys(config: &Config) -> Vec<&'static str> {
    let settings = config.without_effect_yet();
    settings.iter().map(|setting| setting.key).collect()
}

#[test]
fn defaults_are_never_told() {
    assert!(Config::default().without_effect_yet().is_empty());
    assert!(
        load_environment(&[])
            .unwrap()
            .without_effect_yet()
            .is_empty()
    );
}

#[test]
fn what_the_version_obeys_is_never_told() {
    let config = load_text(
        "[memory]\ntrack_allocations = true\nmeasure_time = false\nsample_rate = 0\n\
         [heap_analysis]\nenabled = true\nfragmentation_analysis = false\n\
         [reporting]\nformat = [\"json\", \"table\"]\noutput_directory = \"x\"\n\
         [thresholds]\nmax_allocation_size_mb = 1\nmax_peak_usage_mb = 2\n\
         leak_detection_threshold_bytes = 3\n",
    );
    assert_eq!(keys(&config.unwrap()), [""; 0]);
}

#[test]
fn what_the_version_does_not_obey_is_told_with_its_place() {
    let config = load_text(
        "[memory]\ntrack_allocations = false\ntrack_deallocations = false\nmeasure_time = true\n\
         stack_trace_depth = 17\nsample_interval = \"1 KiB\"\n\
         [heap_analysis]\nenabled = false\ndetect_leaks = false\ntrack_peak_usage = false\n\
         fragmentation_analysis = true\n\
         [reporting]\nformat = [\"pprof\", \"json\", \"html\"]\ninclude_call_stacks = true\n",
    );
    let told: Vec<_> = config.unwrap().without_effect_yet();
    let messages: Vec<_> = told.iter().map(ToString::to_string).collect();
    let expected = [
        "`memory.track_allocations = false` (memory_profiling.toml:2)",
        "`memory.track_deallocations = false` (memory_profiling.toml:3)",
        "`memory.measure_time = true` (memory_profiling.toml:4)",
        "`memory.stack_trace_depth = 17` (memory_profiling.toml:5)",
        "`memory.sample_interval = 1024` (memory_profiling.toml:6)",
        "`reporting.format = [\"pprof\", \"html\"]` (memory_profiling.toml:13)",
        "`reporting.include_call_stacks = true` (memory_profiling.toml:14)",
    ]
    .map(|start| format!("{start} has no effect in this version"));
    // Call stacks come with their feature.
    let of_stacks = [
        "stack_trace_depth",
        "sample_interval",
        "include_call_stacks",
    ];
    let is_expected = |message: &String| {
        !cfg!(feature = "stacks") || !of_stacks.iter().any(|key| message.contains(key))
    };
    let expected: Vec<_> = expected.into_iter().filter(is_expected).collect();
    assert_eq!(messages, expected);
}

#[test]
fn what_is_overridden_is_not_told() {
    let mut config = load_environment(&[("MEMPROF_MEMORY_TRACK_ALLOCATIONS", "no")]).unwrap();
    assert_eq!(keys(&config), ["memory.track_allocations"]);
    config.memory.track_allocations = true;
    config.reporting.format = vec![Format::Folded];
    assert_eq!(keys(&config), ["reporting.format"]);
}

#[test]
fn call_stacks_need_their_feature() {
    let config = load_environment(&[("MEMPROF_MEMORY_SAMPLE_RATE", "1")]).unwrap();
    let told = keys(&config);
    assert_eq!(told.is_empty(), cfg!(feature = "stacks"), "{told:?}");
}
