//! Promise: the report tells what lived at the process's peak, path by path, within 1 % of it; and how live bytes
//! went, in a bounded number of points from the beginning to the end.
//!
//! It runs without the test harness, whose own thread would count meanwhile: with one thread the peak is exact.

mod alone;

use memprof::Report;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const VEC_BYTES: u64 = size_of::<Vec<u8>>() as u64;

fn main() {
    alone::run(
        "what_lived_at_the_peak_is_told",
        what_lived_at_the_peak_is_told,
    );
}

/// A block that the optimizer leaves in place.
fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("table")]
fn table(blocks: usize) -> Vec<Vec<u8>> {
    (0..blocks).map(|_| block(1_000)).collect()
}

#[memprof::track("scratch")]
fn scratch(blocks: usize) -> usize {
    let held: Vec<_> = (0..blocks).map(|_| block(100)).collect();
    helper(blocks) + held.len()
}

#[memprof::track("helper")]
fn helper(blocks: usize) -> usize {
    black_box((0..blocks).map(|_| block(10)).collect::<Vec<_>>()).len()
}

/// What lived of a path at the peak.
fn at_peak(report: &Report, path: &[&str]) -> u64 {
    report
        .path(path)
        .and_then(|row| row.at_peak_bytes)
        .expect("a composition")
}

/// A report whose composition is whole.
fn composed() -> Report {
    let report = memprof::snapshot();
    let sum: u64 = report
        .paths
        .iter()
        .map(|row| row.at_peak_bytes.unwrap())
        .sum();
    let process = &report.process;
    assert_eq!(process.peak_error_bytes, 0, "one thread");
    assert!(sum <= process.peak_live_bytes);
    assert!(
        100 * sum >= 99 * process.peak_live_bytes,
        "{sum} of {process:?}"
    );
    report
}

fn assert_within_1_percent(told: u64, truth: u64, peak: u64) {
    assert!(
        100 * told.abs_diff(truth) <= peak,
        "{told} is not {truth}, the peak being {peak}"
    );
}

fn what_lived_at_the_peak_is_told() {
    small_and_large_peaks_have_their_compositions();
    several_threads_are_composed_within_the_stated_error();
    nothing_is_told_where_it_is_off();
}

/// From some KiB to some MiB, each of them higher than the ones before.
fn small_and_large_peaks_have_their_compositions() {
    let before = composed();
    assert_eq!(
        before.process.peak_live_bytes,
        before
            .process
            .live_bytes
            .max(before.process.peak_live_bytes)
    );
    for scale in [10, 100, 1_000, 20_000] {
        let kept = table(scale);
        scratch(2 * scale);
        drop(kept);
        // Below the peak, others take turns.
        for _ in 0..10 {
            drop(table(scale / 2));
        }
        let report = composed();
        let peak = report.process.peak_live_bytes;
        let pointers = VEC_BYTES * scale as u64;
        assert_within_1_percent(
            at_peak(&report, &["table"]),
            1_000 * scale as u64 + pointers,
            peak,
        );
        let scratch = 2 * (100 * scale as u64 + pointers);
        assert_within_1_percent(at_peak(&report, &["scratch"]), scratch, peak);
        let helper = 2 * (10 * scale as u64 + pointers);
        assert_within_1_percent(at_peak(&report, &["scratch", "helper"]), helper, peak);
    }
    let report = composed();
    assert_timeline(&report);
    let highest = report.timeline.iter().map(|point| point.live_bytes).max();
    assert!(
        highest > Some(report.process.peak_live_bytes / 2),
        "{highest:?}"
    );
    // What lives now is the most: then it is told exactly.
    let kept = table(30_000);
    let report = composed();
    for row in &report.paths {
        assert_eq!(row.at_peak_bytes, row.retained_bytes);
    }
    assert_eq!(at_peak(&report, &["table"]), 30_000 * (1_000 + VEC_BYTES));
    drop(kept);
}

fn assert_timeline(report: &Report) {
    let points = &report.timeline;
    assert!(points.len() > 2 && points.len() <= 258, "{}", points.len());
    assert!(
        points
            .windows(2)
            .all(|pair| pair[0].elapsed_ns < pair[1].elapsed_ns)
    );
    let end = points.last().expect("a point");
    assert_eq!(end.elapsed_ns, report.run.duration_ns);
    assert_eq!(end.live_bytes, report.process.live_bytes);
    for point in points {
        assert!(
            point.live_bytes <= report.process.peak_live_bytes + report.process.peak_error_bytes
        );
    }
}

#[memprof::track("worker")]
fn worker(blocks: usize) -> Vec<Vec<u8>> {
    (0..blocks).map(|_| block(1_000)).collect()
}

fn several_threads_are_composed_within_the_stated_error() {
    let barrier = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let kept = worker(20_000);
                barrier.wait();
                drop(kept);
            });
        }
    });
    let report = memprof::snapshot();
    let process = &report.process;
    let sum: u64 = report
        .paths
        .iter()
        .map(|row| row.at_peak_bytes.unwrap())
        .sum();
    let bound = (process.peak_live_bytes / 100).max(process.peak_error_bytes);
    assert!(process.peak_error_bytes > 0);
    let warnings = report.warnings.iter();
    // Where the system puts threads aside at the wrong moments.
    let of_earlier = warnings
        .map(|warning| &warning.message)
        .find(|message| message.contains(&format!("is of a moment when {sum} bytes lived")));
    if of_earlier.is_none() {
        assert!(
            sum.abs_diff(process.peak_live_bytes) <= bound,
            "{sum} of {process:?}"
        );
        let workers = at_peak(&report, &["worker"]);
        assert!(
            workers.abs_diff(80_000 * (1_000 + VEC_BYTES)) <= bound,
            "{workers}"
        );
    }
    assert_timeline(&report);
}

fn nothing_is_told_where_it_is_off() {
    let directory = std::env::temp_dir().join(format!("memprof-peak-{}", std::process::id()));
    let profiler = memprof::Profiler::builder()
        .output_directory(&directory)
        .track_peak_usage(false)
        .build()
        .expect("the settings are right");
    let report = memprof::snapshot();
    assert!(report.timeline.is_empty());
    assert!(report.paths.iter().all(|row| row.at_peak_bytes.is_none()));
    assert_eq!(report.warnings, []);
    drop(profiler);
    assert!(!memprof::snapshot().timeline.is_empty());
    std::fs::remove_dir_all(directory).expect("it is ours");
}
