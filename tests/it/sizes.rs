//! Promise: a call that tells the size of its input adds to the growth of its operation, exactly; a declared
//! growth that is exceeded is a violation; what cannot be kept is told.

use memprof::report::{GrowthClass, Metric, OperationGrowth};
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn growth(name: &str) -> Option<OperationGrowth> {
    let report = memprof::snapshot();
    report.operation(name).expect("a row").growth.clone()
}

#[memprof::track("Pairs", growth = "O(n)")]
fn pairs(n: usize) -> usize {
    memprof::size(n);
    let _held = buffer(8 * n * n);
    (0..n).map(|_| buffer(1).capacity()).sum()
}

#[test]
fn a_class_is_named_and_gated() {
    for n in [10, 20, 40, 80, 160] {
        assert_eq!(pairs(n), n);
        pairs(n);
    }
    let growth = growth("Pairs").expect("sizes were told");
    let sizes = [10, 20, 40, 80, 160];
    assert_eq!(
        growth.allocated_bytes.points,
        sizes.map(|n| (n, 8 * n * n + n))
    );
    assert_eq!(growth.peak_bytes.points, sizes.map(|n| (n, 8 * n * n + 1)));
    assert_eq!(growth.peak_bytes.class, Some(GrowthClass::Quadratic));
    assert_eq!(growth.allocations.points, sizes.map(|n| (n, n + 1)));
    assert_eq!(growth.allocations.class, Some(GrowthClass::Linear));
    assert_eq!(growth.declared, Some(GrowthClass::Linear));

    let report = memprof::snapshot();
    let violations = report.violations.iter();
    let violations = violations.filter(|violation| violation.operation.as_deref() == Some("Pairs"));
    let found: Vec<_> = violations
        .map(|found| (found.threshold.as_str(), found.message.as_str()))
        .collect();
    let declared = Some(GrowthClass::Linear);
    let allocated = growth
        .allocated_bytes
        .line(Metric::AllocatedBytes, declared);
    let peak = growth.peak_bytes.line(Metric::PeakBytes, declared);
    assert!(
        peak.starts_with("peak growth O(n²): 801 B → 3.2 kB → ")
            && peak.ends_with(", declared O(n) ✗")
    );
    let expected = [
        ("growth.allocated", allocated.as_str()),
        ("growth.peak", peak.as_str()),
    ];
    assert_eq!(found, expected);
    let text = report.to_string();
    assert!(text.contains(&format!("Pairs: {peak}")), "{text}");
}

#[memprof::track("Outer")]
fn outer(n: usize, inner: usize) {
    memprof::size(n);
    let _held = buffer(n);
    let measured = memprof::measure(|| {
        memprof::size(n);
        sized_inner(inner);
    });
    assert_eq!(measured.stats.allocated_bytes, inner as u64);
}

#[memprof::track("Inner")]
fn sized_inner(n: usize) {
    memprof::size(n);
    drop(buffer(n));
}

#[test]
fn each_call_has_its_own_size() {
    for n in [1, 2, 3] {
        outer(100 * n, n);
    }
    let points = |name| {
        growth(name)
            .expect("sizes were told")
            .allocated_bytes
            .points
    };
    assert_eq!(points("Outer"), [(100, 101), (200, 202), (300, 303)]);
    assert_eq!(points("Inner"), [(1, 1), (2, 2), (3, 3)]);
    let report = memprof::snapshot();
    let row = report.operation("Outer").expect("a row");
    assert_eq!(
        (row.calls, row.open_calls, row.allocated_bytes),
        (3, 0, 606)
    );
    let per_call = row.per_call.as_ref().expect("finished calls");
    assert_eq!(
        (per_call.peak_bytes.min, per_call.peak_bytes.max),
        (101, 303)
    );
}

#[memprof::track("Idle")]
fn idle(n: usize) {
    memprof::size(n);
}

#[memprof::track("Panics")]
fn panics(n: usize) {
    memprof::size(n);
    std::panic::resume_unwind(Box::new(buffer(n)));
}

#[test]
fn calls_that_do_nothing_and_calls_that_panic() {
    for n in [10, 100, 1_000, 10_000] {
        idle(n);
        assert!(catch_unwind(AssertUnwindSafe(|| panics(n))).is_err());
    }
    let growth = growth("Idle").expect("sizes were told");
    assert_eq!(
        growth.peak_bytes.points,
        [(10, 0), (100, 0), (1_000, 0), (10_000, 0)]
    );
    assert_eq!(growth.peak_bytes.class, Some(GrowthClass::Constant));
    let report = memprof::snapshot();
    let row = report.operation("Panics").expect("a row");
    assert_eq!((row.calls, row.open_calls), (4, 0));
    assert_eq!(
        row.growth
            .as_ref()
            .map(|growth| growth.peak_bytes.points.len()),
        Some(4)
    );
}

#[memprof::track("Many Threads")]
fn on_many_threads(n: usize) {
    memprof::size(n);
    drop(buffer(n));
}

#[test]
fn threads_add_up_and_memory_is_bounded() {
    let threads: Vec<_> = (0..4)
        .map(|_| std::thread::spawn(|| (1..20_000).for_each(on_many_threads)))
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it ends"));
    let growth = growth("Many Threads").expect("sizes were told");
    let points = &growth.allocated_bytes.points;
    assert!(points.len() < 120, "{} points", points.len());
    // Means of what is about as large.
    assert!(points.iter().all(|(n, bytes)| n == bytes), "{points:?}");
    assert_eq!(growth.peak_bytes.class, Some(GrowthClass::Linear));
    let report = memprof::snapshot();
    assert_eq!(
        report.operation("Many Threads").map(|row| row.calls),
        Some(4 * 19_999)
    );
}

#[memprof::track("Untold")]
async fn untold(n: usize) {
    memprof::size(n);
}

#[test]
fn what_is_not_kept_is_told() {
    alone!();
    memprof::size(7);
    let mut future = std::pin::pin!(untold(7));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_ready());
    assert_eq!(growth("Untold"), None);
    let report = memprof::snapshot();
    let warning = report
        .warnings
        .iter()
        .find(|warning| warning.code == "sizes-lost");
    assert!(
        warning.is_some_and(|warning| warning.message.starts_with("2 sizes")),
        "{warning:?}"
    );
}
