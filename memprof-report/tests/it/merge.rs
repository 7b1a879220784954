//! Promise: the reports of several processes add up to one, in which nothing is counted twice or lost.

use crate::common;
use memprof_report::{Growth, OperationGrowth, OperationReport, Report, SCHEMA_V1, Warning};

fn merged(one: &Report, other: &Report) -> Report {
    let mut merged = one.clone();
    merged.merge(other).unwrap();
    merged
}

/// Another process of the run of `common`: its operations stand elsewhere in the rows, one is further.
fn other() -> Report {
    let mut other = common::full_report();
    other.run.pid = 4243;
    other.run.started_unix_ns += 1_000_000_000;
    other.operations.insert(
        0,
        OperationReport {
            name: "Boot".into(),
            file: "src/boot.rs".into(),
            line: 3,
            column: 1,
            calls: 1,
            allocated_bytes: 64,
            ..Default::default()
        },
    );
    for path in &mut other.paths {
        path.operations.iter_mut().for_each(|index| *index += 1);
    }
    let mut boot = other.paths[1].clone();
    boot.path = vec!["Boot".into()];
    boot.operations = vec![0];
    other.paths.push(boot);
    let index = &mut other.operations[1];
    index.peak_bytes = 1;
    index.net_bytes = -7;
    index.calls = 2;
    let per_call = index.per_call.as_mut().unwrap();
    per_call.allocated_bytes.min = 10;
    per_call.allocated_bytes.mean = 1000.0;
    per_call.allocated_bytes.p50 = 9_000_000;
    other.process.peak_live_bytes = 12_900_000;
    other.process.peak_error_bytes = 0;
    other
}

#[test]
fn counts_add_up_and_peaks_are_the_highest() {
    let report = merged(&common::full_report(), &other());
    let index = report.operation("Index").unwrap();
    assert_eq!((index.calls, index.open_calls), (5, 2));
    assert_eq!(
        (index.allocations, index.allocated_bytes),
        (24_000, 96_780_000)
    );
    assert_eq!(index.net_bytes, 2_317_000 - 7);
    assert_eq!(index.peak_bytes, 12_890_000);
    assert_eq!(
        (index.retained_blocks, index.retained_bytes),
        (Some(80), Some(4_634_000))
    );
    assert_eq!(index.self_figures.allocated_bytes, 16_780_000);
    let process = &report.process;
    assert_eq!(
        (process.allocations, process.live_bytes),
        (24_690, 4_634_970)
    );
    assert_eq!(
        (process.rss_bytes, process.external_bytes),
        (Some(20_971_520), Some(16_777_216))
    );
    assert_eq!(process.peak_external_bytes, Some(16_777_216));
    assert_eq!(
        (index.external_bytes, index.peak_external_bytes),
        (16_777_216, 16_777_216)
    );
    assert_eq!((report.run.pid, report.run.threads), (4242, 8));
    assert_eq!(report.run.duration_ns, 2_240_000_000);
}

#[test]
fn a_peak_keeps_the_bound_of_its_error() {
    // 12,897,485 ± 131,072 and 12,900,000: it is from the latter to what the former can be at most.
    let process = merged(&common::full_report(), &other()).process;
    assert_eq!(process.peak_live_bytes, 12_900_000);
    assert_eq!(process.peak_error_bytes, 12_897_485 + 131_072 - 12_900_000);
}

#[test]
fn calls_are_merged_as_far_as_they_can_be() {
    let report = merged(&common::full_report(), &other());
    let per_call = report
        .operation("Index")
        .unwrap()
        .per_call
        .as_ref()
        .unwrap();
    let allocated = &per_call.allocated_bytes;
    assert_eq!((allocated.min, allocated.max), (10, 40_000_000));
    // Two finished calls here and one there.
    assert_eq!(
        allocated.mean,
        // Two calls had a whole number of bytes.
        (48_390_001.0 + 1000.0) / 3.0
    );
    assert_eq!((allocated.p50, allocated.p95), (9_000_000, 41_943_040));
    assert!(!allocated.exact);
    // All calls of both are equal.
    assert!(per_call.peak_bytes.exact);
    assert_eq!(per_call.peak_bytes.p50, 512);
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.code == "percentiles-merged")
    );
}

#[test]
fn rows_are_matched_by_site_and_sorted_by_place() {
    let report = merged(&common::full_report(), &other());
    let names: Vec<(&str, u32, u64)> = report
        .operations
        .iter()
        .map(|row| (row.name.as_str(), row.line, row.calls))
        .collect();
    assert_eq!(
        names,
        [
            ("Boot", 3, 1),
            ("Index", 30, 5),
            ("Hybrid Search", 12, 4),
            ("Merge", 5, 0),
            ("Rank", 5, 0),
            ("Hybrid Search", 90, 4),
            ("Tokenize", 7, 2_000_000),
        ]
    );
}

#[test]
fn paths_follow_their_operations() {
    let report = merged(&common::full_report(), &other());
    assert_eq!(report.paths.len(), 5);
    for path in &report.paths {
        let names: Vec<&str> = path
            .operations
            .iter()
            .map(|&index| report.operations[index].name.as_str())
            .collect();
        assert_eq!(names, path.path);
    }
    assert_eq!(report.path(&[]).unwrap().allocated_bytes, 2 * 6485);
    assert_eq!(report.path(&["Index"]).unwrap().calls, 4);
    assert_eq!(
        report.path(&["Index", "Tokenize"]).unwrap().calls,
        2_000_000
    );
    assert_eq!(report.path(&["Boot"]).unwrap().calls, 2);
}

#[test]
fn namesakes_of_one_place_stay_apart() {
    let mut report = common::full_report();
    report.operations.push(report.operations[5].clone());
    let merged = merged(&report, &report);
    assert_eq!(merged.operations.len(), 7);
}

#[test]
fn the_order_does_not_matter() {
    let (one, other) = (common::full_report(), other());
    let (mut there, back) = (merged(&one, &other), merged(&other, &one));
    // The first's.
    there.run.pid = back.run.pid;
    assert_eq!(there, back);
}

/// A third process: every figure that is not a sum has another value than in the others.
fn third() -> Report {
    let mut third = other();
    third.run.pid = 4244;
    let index = &mut third.operations[1];
    index.calls = 7;
    index.open_calls = 0;
    index.per_call.as_mut().unwrap().allocated_bytes.mean = 10_000_001.0 / 7.0;
    index.growth = Some(grown(520));
    third.leaks.clear();
    third.sizes.clear();
    third.stacks.clear();
    third.external[0].peak_bytes += 1;
    third.process.peak_error_bytes = 7;
    third
}

/// The growth of operations of which each size met so much.
fn grown(bytes: u64) -> OperationGrowth {
    let growth = Growth::fit(&[(10, bytes), (100, 512)]);
    OperationGrowth {
        allocated_bytes: growth.clone(),
        allocations: growth.clone(),
        peak_bytes: growth,
        ..Default::default()
    }
}

#[test]
fn the_order_of_three_does_not_matter() {
    let (one, mut second, third) = (common::full_report(), other(), third());
    second.operations[1].growth = Some(grown(513));
    let in_order = |order: [&Report; 3]| {
        let mut merged = merged(&merged(order[0], order[1]), order[2]);
        // The first's, and in the order in which they were met.
        merged.run.pid = 0;
        merged.warnings.sort_by(|a, b| a.code.cmp(&b.code));
        merged
    };
    let expected = in_order([&one, &second, &third]);
    let index = expected.operation("Index").unwrap();
    let growth = &index.growth.as_ref().unwrap().allocated_bytes;
    // Of a size that several met, the most.
    assert_eq!(growth.points, [(10, 520), (100, 512), (1000, 512)]);
    for order in [
        [&one, &third, &second],
        [&second, &one, &third],
        [&second, &third, &one],
        [&third, &one, &second],
        [&third, &second, &one],
    ] {
        // Not by `assert_eq`, whose message would be longer than anybody reads.
        assert!(in_order(order) == expected);
    }
}

#[test]
fn findings_stand_there_once() {
    let mut other = other();
    other.warnings.push(Warning {
        code: "further".into(),
        message: "more".into(),
    });
    let report = merged(&common::full_report(), &other);
    let codes: Vec<&str> = report
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "scope-out-of-order",
            "further",
            "percentiles-merged",
            "timeline-not-merged"
        ]
    );
    assert_eq!(report.violations.len(), 1);
}

#[test]
fn unlike_processes_are_refused_and_nothing_is_changed() {
    let mut other = other();
    other.run.profile = "dev".into();
    let mut report = common::full_report();
    let refusal = report.merge(&other).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "refused: the profile was release and is dev"
    );
    assert_eq!(report, common::full_report());
}

#[test]
fn no_sum_overflows() {
    let mut report = common::full_report();
    report.process.live_bytes = u64::MAX;
    report.process.peak_error_bytes = u64::MAX;
    report.operations[0].calls = u64::MAX;
    report.operations[0].open_calls = u64::MAX;
    report.operations[0].net_bytes = i64::MIN;
    report.paths[1].operations = vec![usize::MAX];
    let merged = merged(&report, &report);
    assert_eq!(merged.process.live_bytes, u64::MAX);
    assert_eq!(merged.operations[0].calls, u64::MAX);
    assert_eq!(merged.operations[0].net_bytes, i64::MIN);
}

#[test]
fn a_merged_report_is_a_report() {
    let report = merged(&common::full_report(), &other());
    let json = report.to_json_pretty().unwrap();
    let schema = serde_json::from_str(SCHEMA_V1).unwrap();
    let value = serde_json::from_str(&json).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&value)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [""; 0]);
    assert_eq!(Report::from_json(&json).unwrap(), report);
}

#[test]
fn stacks_of_one_place_add_up() {
    let one = common::full_report();
    assert!(!one.stacks.is_empty());
    let report = merged(&one, &other());
    assert_eq!(report.stacks.len(), one.stacks.len());
    let bytes = |report: &Report| {
        report
            .stacks
            .iter()
            .map(|it| it.allocated_bytes)
            .sum::<u64>()
    };
    assert_eq!(bytes(&report), 2 * bytes(&one));
    // Each still stands on the chain of operations that it stood on, with the same functions.
    let seen = |report: &Report| {
        let mut seen: Vec<_> = report
            .stacks
            .iter()
            .map(|stack| {
                let frames = stack.frames.iter().map(|&index| &report.frames[index]);
                let functions: Vec<_> = frames.map(|frame| frame.function.clone()).collect();
                (report.paths[stack.path].path.clone(), functions)
            })
            .collect();
        seen.sort();
        seen
    };
    assert_eq!(seen(&report), seen(&one));
}

#[test]
fn external_memory_of_one_name_and_path_adds_up() {
    let mut other = other();
    let mut ring = other.external[0].clone();
    ring.peak_bytes = 20_000_000;
    // Of another name, of another path, and of one that is not there.
    let mut gpu = ring.clone();
    gpu.name = "gpu".into();
    let mut root = ring.clone();
    root.path = 0;
    let mut nowhere = ring.clone();
    nowhere.path = usize::MAX;
    other.external = vec![ring, gpu, root, nowhere];
    let report = merged(&common::full_report(), &other);
    let rows: Vec<(String, &str, u64, u64, u64)> = report
        .external
        .iter()
        .map(|row| {
            let path = report.paths[row.path].path.join(" > ");
            (
                path,
                row.name.as_str(),
                row.regions,
                row.bytes,
                row.peak_bytes,
            )
        })
        .collect();
    let (one, both) = (8_388_608, 16_777_216);
    assert_eq!(
        rows,
        [
            (String::new(), "shared ring", 2, one, 20_000_000),
            ("Index".into(), "gpu", 2, one, 20_000_000),
            ("Index".into(), "shared ring", 4, both, 20_000_000),
        ]
    );
}
