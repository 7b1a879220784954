//! A profiler's report is of its own time, and a service can leave out its start-up.
//!
//! What is promised: calls, allocations and leaks are those since the profiler was built; what lives and is retained is that
//! of its end. A peak is told as one of this time only where it is. `snapshot().since(&earlier)` gives the same. With
//! `whole_process(true)` the report is of everything.

use memprof::{Profiler, ProfilerBuilder, Report};
use std::hint::black_box;
use std::path::{Path, PathBuf};

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("request")]
fn request(bytes: usize) {
    drop(buffer(bytes));
}

#[memprof::track("remember")]
fn remember(memory: &mut Vec<Vec<u8>>, bytes: usize) {
    memory.push(buffer(bytes));
}

#[memprof::track("start")]
fn start(memory: &mut Vec<Vec<u8>>) {
    drop(buffer(1 << 20));
    for _ in 0..1_000 {
        request(50_000);
    }
    for _ in 0..100 {
        remember(memory, 1_000);
    }
}

fn directory() -> PathBuf {
    std::env::temp_dir().join(format!("memprof-own-time-{}", std::process::id()))
}

fn builder() -> ProfilerBuilder {
    Profiler::builder().output_directory(directory())
}

fn written(path: &Path) -> Report {
    Report::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Calls, allocations, allocated and deallocated bytes of an operation.
fn figures(report: &Report, name: &str) -> [u64; 4] {
    let row = report.operation(name).unwrap();
    [
        row.calls,
        row.allocations,
        row.allocated_bytes,
        row.deallocated_bytes,
    ]
}

/// One test, for the figures are those of the process.
#[test]
fn a_report_is_of_the_time_of_its_profiler() {
    alone!();
    let mut memory = Vec::with_capacity(1_000);
    start(&mut memory);
    let started = memprof::snapshot();
    assert_eq!(figures(&started, "request")[0], 1_000);

    for _ in 0..2 {
        let profiler = builder().build().unwrap();
        for _ in 0..10 {
            request(700);
        }
        remember(&mut memory, 3_000);
        let report = written(&profiler.finish().unwrap().unwrap());
        is_of_ten_requests(&report);
    }

    let all = memprof::snapshot();
    assert_eq!(figures(&all, "request")[0], 1_020);
    let since = all.since(&started);
    assert_eq!(figures(&since, "request"), [20, 20, 14_000, 14_000]);
    assert_eq!(figures(&since, "remember"), [2, 2, 6_000, 0]);
    assert_eq!(
        since.operation("remember").unwrap().retained_bytes,
        Some(106_000)
    );
    assert_eq!(since.process.live_bytes, all.process.live_bytes);
    // And the start-up itself is what it was.
    assert_eq!(
        figures(&started.since(&Report::default()), "request")[0],
        1_000
    );
    assert!(
        started
            .since(&Report::default())
            .warnings
            .iter()
            .any(|it| it.code == "not-one-process")
    );

    let profiler = builder().whole_process(true).build().unwrap();
    let report = written(&profiler.finish().unwrap().unwrap());
    assert_eq!(
        (figures(&report, "request")[0], report.run.before_ns),
        (1_020, 0)
    );

    peaks_that_rise_are_of_their_time(&mut memory);
    std::fs::remove_dir_all(directory()).unwrap();
}

fn is_of_ten_requests(report: &Report) {
    assert!(report.run.before_ns > 0);
    assert_eq!(figures(report, "request"), [10, 10, 7_000, 7_000]);
    assert_eq!(figures(report, "start"), [0, 0, 0, 0]);
    assert_eq!(figures(report, "remember"), [1, 1, 3_000, 0]);

    // The process's peak of a MiB was before: it is not told as one of this time.
    let process = &report.process;
    assert!(process.peak_live_bytes < 500_000, "{process:?}");
    assert!(process.peak_live_bytes >= process.live_bytes);
    assert!(process.peak_live_bytes + process.peak_error_bytes < 1 << 20);
    let row = report.operation("request").unwrap();
    // Calls of 50,000 bytes were before, those of this time are known by the histogram.
    let per_call = row.per_call.as_ref().unwrap();
    assert_eq!(per_call.allocated_bytes.mean, 700.0);
    let near = |value: u64| (623..=778).contains(&value);
    assert!(near(per_call.allocated_bytes.max) && near(per_call.allocated_bytes.p95));
    assert!(
        row.peak_bytes <= 700 && row.peak_bytes + row.peak_error_bytes >= 700,
        "{row:?}"
    );
    assert!(near(row.peak_bytes + row.peak_error_bytes));
    // One call: exact.
    let row = report.operation("remember").unwrap();
    assert_eq!((row.peak_bytes, row.peak_error_bytes), (3_000, 0));

    // The hundred blocks of the start-up are retained, and no leak of this time.
    assert!(row.retained_bytes.unwrap() >= 103_000);
    let leaks: Vec<u64> = report
        .leaks
        .iter()
        .map(|leak| leak.retained_bytes)
        .collect();
    assert_eq!(leaks, [3_000]);
    let held = report.paths.iter().map(|row| row.retained_bytes.unwrap());
    assert_eq!(held.sum::<u64>(), process.live_bytes);
}

fn peaks_that_rise_are_of_their_time(memory: &mut Vec<Vec<u8>>) {
    let profiler = builder().build().unwrap();
    drop(buffer(3 << 20));
    request(80_000);
    remember(memory, 1);
    let report = written(&profiler.finish().unwrap().unwrap());
    let process = &report.process;
    assert!(process.peak_live_bytes >= 3 << 20, "{process:?}");
    let row = report.operation("request").unwrap();
    assert_eq!((row.peak_bytes, row.peak_error_bytes), (80_000, 0));
    assert_eq!(row.per_call.as_ref().unwrap().peak_bytes.max, 80_000);
}
