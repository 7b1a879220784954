//! Builder over environment over file over default, key by key.

use super::super::{Config, FILE_NAME, Format, Overrides, keys};
use super::{Directory, load_environment, message, variables};

#[test]
fn each_source_stands_above_the_next() {
    let directory = Directory::new();
    directory.write(
        FILE_NAME,
        "[memory]\nstack_trace_depth = 1\nsample_rate = 1\nmeasure_time = true\n",
    );
    let environment = variables(&[
        ("MEMPROF_MEMORY_STACK_TRACE_DEPTH", "2"),
        ("MEMPROF_MEMORY_SAMPLE_RATE", "2"),
    ]);
    let overrides = Overrides {
        stack_trace_depth: Some(3),
        ..Overrides::default()
    };
    let config = Config::load(&overrides, environment, Some(&directory.path)).unwrap();

    assert_eq!(config.memory.stack_trace_depth, 3);
    assert_eq!(config.memory.sample_rate, 2);
    assert!(config.memory.measure_time);
    assert!(config.memory.track_allocations);
    assert_eq!(config.file(), Some(&*directory.path.join(FILE_NAME)));

    assert_eq!(config.origin("memory.stack_trace_depth"), "builder");
    assert_eq!(
        config.origin("memory.sample_rate"),
        "environment variable `MEMPROF_MEMORY_SAMPLE_RATE`"
    );
    assert_eq!(
        config.origin("memory.measure_time"),
        "memory_profiling.toml:4"
    );
    assert_eq!(config.origin("memory.track_allocations"), "default");
}

#[test]
fn without_sources_the_defaults_hold() {
    let config = load_environment(&[]).unwrap();
    let default = Config::default();
    assert_eq!(config.memory, default.memory);
    assert_eq!(config.heap_analysis, default.heap_analysis);
    assert_eq!(config.reporting, default.reporting);
    assert_eq!(config.thresholds, default.thresholds);
    assert_eq!(config.file(), None);
}

#[test]
fn the_builder_reaches_every_key() {
    let overrides = Overrides {
        track_allocations: Some(false),
        track_deallocations: Some(false),
        measure_time: Some(true),
        stack_trace_depth: Some(256),
        sample_rate: Some(0),
        sample_interval: Some(512 << 10),
        enabled: Some(false),
        detect_leaks: Some(false),
        track_peak_usage: Some(false),
        fragmentation_analysis: Some(false),
        block_sizes: Some(true),
        flow: Some(true),
        format: Some(vec![Format::Table, Format::Json]),
        output_directory: Some("out".into()),
        include_call_stacks: Some(false),
        library_frames: Some(true),
        max_allocation_size_bytes: Some(1),
        max_peak_usage_bytes: Some(2),
        leak_detection_threshold_bytes: Some(3),
    };
    let config = Config::load(&overrides, [], None).unwrap();
    for key in keys() {
        assert_eq!(config.origin(key.path), "builder");
        let given = (key.overridden)(&overrides);
        assert_eq!(given, Some((key.read)(&config)), "{}", key.path);
    }
}

#[test]
fn the_builder_is_checked_too() {
    let build = |overrides: Overrides| message(Config::load(&overrides, [], None));
    assert_eq!(
        build(Overrides {
            stack_trace_depth: Some(0),
            format: Some(vec![]),
            output_directory: Some("".into()),
            ..Overrides::default()
        }),
        "builder: `memory.stack_trace_depth` must be a whole number from 1 to 256, not 0 \
         (and 2 more)"
    );
    assert_eq!(
        build(Overrides {
            format: Some(vec![Format::Json, Format::Json]),
            ..Overrides::default()
        }),
        "builder: `reporting.format` names the format \"json\" twice"
    );
}

#[test]
fn the_two_ways_to_sample_exclude_each_other_across_sources() {
    let directory = Directory::new();
    directory.write(FILE_NAME, "memory.sample_rate = 100");
    let load = |environment: &[(&str, &str)], overrides: &Overrides| {
        Config::load(overrides, variables(environment), Some(&directory.path))
    };
    let interval = ("MEMPROF_MEMORY_SAMPLE_INTERVAL", "1 MiB");
    let rate_off = ("MEMPROF_MEMORY_SAMPLE_RATE", "0");

    assert_eq!(
        message(load(&[interval], &Overrides::default())),
        "memory_profiling.toml:1: `memory.sample_rate` and `memory.sample_interval` \
         (environment variable `MEMPROF_MEMORY_SAMPLE_INTERVAL`) exclude each other; set one of \
         the two"
    );
    let by_bytes = load(&[interval, rate_off], &Overrides::default()).unwrap();
    assert_eq!(by_bytes.memory.sample_interval, Some(1 << 20));

    let interval_off = Overrides {
        sample_interval: Some(0),
        ..Overrides::default()
    };
    let by_rate = load(&[interval], &interval_off).unwrap();
    assert_eq!(by_rate.memory.sample_rate, 100);
    assert_eq!(by_rate.memory.sample_interval, None);
}

#[test]
fn the_table_of_keys_agrees_with_the_fields() {
    let default = Config::default();
    let paths: Vec<_> = keys().iter().map(|key| key.path).collect();
    for (index, key) in keys().iter().enumerate() {
        assert_eq!(key.path, format!("{}.{}", key.section, key.name));
        assert!(!paths[..index].contains(&key.path), "{}", key.path);
        assert!(!key.doc.is_empty() && !key.doc.contains('\n'));
        assert_eq!(key.kind.check(&(key.read)(&default)), Ok(()));
    }
}
