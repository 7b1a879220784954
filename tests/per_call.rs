//! Per call: what one call of an operation takes, over its finished calls.
//!
//! What is promised: minimum, maximum and mean are exact, percentiles are within the stated error and exact
//! where all calls are alike, calls that allocate nothing count as zero, and open calls are not among them.

use memprof::Report;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: u64) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes as usize))
}

/// Least, most, mean, and whether all are equal.
type Spread = (u64, u64, f64, bool);

/// How allocated bytes and peak spread over the calls.
fn spreads(report: &Report, name: &str) -> (Spread, Spread) {
    let per_call = report.operation(name).unwrap().per_call.as_ref().unwrap();
    let (allocated, peak) = (&per_call.allocated_bytes, &per_call.peak_bytes);
    (
        (
            allocated.min,
            allocated.max,
            allocated.mean,
            allocated.exact,
        ),
        (peak.min, peak.max, peak.mean, peak.exact),
    )
}

fn percentiles(report: &Report, name: &str) -> [u64; 3] {
    let per_call = report.operation(name).unwrap().per_call.as_ref().unwrap();
    let allocated = &per_call.allocated_bytes;
    [allocated.p50, allocated.p95, allocated.p99]
}

#[test]
fn calls_that_are_alike_are_exact() {
    // 1,000 lies inside a bucket of the histogram, 1,024 at the edge of one.
    for _ in 0..1_000 {
        let _scope = memprof::scope!("alike");
        drop((buffer(400), buffer(600)));
    }
    let report = memprof::snapshot();
    let all = (1_000, 1_000, 1_000.0, true);
    assert_eq!(spreads(&report, "alike"), (all, all));
    assert_eq!(percentiles(&report, "alike"), [1_000; 3]);
    let row = report.operation("alike").unwrap();
    assert_eq!(
        row.per_call.as_ref().unwrap().peak_bytes.max_relative_error,
        0.0
    );
}

#[test]
fn one_call_is_exact() {
    {
        let _scope = memprof::scope!("once");
        drop(buffer(123_457));
        drop(buffer(1));
    }
    let report = memprof::snapshot();
    let (allocated, peak) = spreads(&report, "once");
    assert_eq!(allocated, (123_458, 123_458, 123_458.0, true));
    assert_eq!(peak, (123_457, 123_457, 123_457.0, true));
    assert_eq!(percentiles(&report, "once"), [123_458; 3]);
}

#[test]
fn small_values_are_exact_in_every_percentile() {
    for bytes in 1..=7 {
        for _ in 0..if bytes == 4 { 94 } else { 1 } {
            let _scope = memprof::scope!("small");
            drop(buffer(bytes));
        }
    }
    let report = memprof::snapshot();
    let (allocated, peak) = spreads(&report, "small");
    assert_eq!(allocated, (1, 7, 4.0, false));
    assert_eq!(peak, allocated);
    assert_eq!(percentiles(&report, "small"), [4, 4, 6]);
}

#[test]
fn percentiles_are_within_the_stated_error() {
    for bytes in 1..=10_000 {
        let _scope = memprof::scope!("ramp");
        drop(buffer(bytes));
    }
    let report = memprof::snapshot();
    let (allocated, peak) = spreads(&report, "ramp");
    assert_eq!(allocated, (1, 10_000, 5_000.5, false));
    assert_eq!(peak, allocated);
    let row = report.operation("ramp").unwrap();
    let stated = row
        .per_call
        .as_ref()
        .unwrap()
        .allocated_bytes
        .max_relative_error;
    assert!(stated > 0.0 && stated <= 0.125);
    for (told, truth) in percentiles(&report, "ramp")
        .into_iter()
        .zip([5_000.0, 9_500.0, 9_900.0])
    {
        assert!(
            (told as f64 - truth).abs() <= stated * truth,
            "{told} for {truth}"
        );
    }
}

#[test]
fn extremes_do_not_overflow() {
    /// No type has more bytes than half of the address space.
    const GREATEST: u64 = if usize::BITS > 32 { 3 << 30 } else { 3 << 29 };

    for bytes in [1, GREATEST] {
        let _scope = memprof::scope!("extremes");
        drop(buffer(bytes));
    }
    let report = memprof::snapshot();
    let (allocated, _) = spreads(&report, "extremes");
    let mean = (GREATEST + 1) as f64 / 2.0;
    assert_eq!(allocated, (1, GREATEST, mean, false));
}

#[memprof::track("idle")]
fn idle() {}

#[test]
fn idle_calls_are_zero() {
    for _ in 0..100 {
        idle();
    }
    let report = memprof::snapshot();
    let zero = (0, 0, 0.0, true);
    assert_eq!(spreads(&report, "idle"), (zero, zero));
    assert_eq!(percentiles(&report, "idle"), [0; 3]);
    assert_eq!(report.operation("idle").unwrap().calls, 100);
}

#[test]
fn idle_calls_count_among_the_others() {
    for call in 0..100 {
        let _scope = memprof::scope!("mostly idle");
        if call % 10 == 0 {
            drop(buffer(50));
        }
    }
    let report = memprof::snapshot();
    let spread = (0, 50, 5.0, false);
    assert_eq!(spreads(&report, "mostly idle"), (spread, spread));
    assert_eq!(percentiles(&report, "mostly idle")[0], 0);
}

#[test]
fn a_call_that_only_frees_is_zero() {
    let held = buffer(10);
    {
        let _scope = memprof::scope!("frees");
        drop(held);
    }
    let zero = (0, 0, 0.0, true);
    assert_eq!(spreads(&memprof::snapshot(), "frees"), (zero, zero));
}

#[test]
fn a_call_includes_nested_operations() {
    for bytes in [10, 20] {
        let _outer = memprof::scope!("around");
        let _held = buffer(1);
        let _inner = memprof::scope!("within");
        drop(buffer(bytes));
    }
    let report = memprof::snapshot();
    let (around, within) = ((11, 21, 16.0, false), (10, 20, 15.0, false));
    assert_eq!(spreads(&report, "around"), (around, around));
    assert_eq!(spreads(&report, "within"), (within, within));
}

#[test]
fn a_site_on_several_paths_is_one_distribution() {
    fn shared(bytes: u64) {
        let _scope = memprof::scope!("shared");
        drop(buffer(bytes));
    }
    shared(1);
    {
        let _caller = memprof::scope!("a caller");
        shared(2);
    }
    {
        let _caller = memprof::scope!("another caller");
        shared(6);
        std::thread::spawn(|| shared(7)).join().unwrap();
    }
    let report = memprof::snapshot();
    let spread = (1, 7, 4.0, false);
    assert_eq!(spreads(&report, "shared"), (spread, spread));
    assert_eq!(report.operation("shared").unwrap().calls, 4);
}

#[memprof::track("never called")]
fn never_called() {}

#[test]
fn without_a_finished_call_there_is_none() {
    if black_box(false) {
        never_called();
    }
    let report = memprof::snapshot();
    let row = report.operation("never called").unwrap();
    assert_eq!((row.calls, row.per_call.as_ref()), (0, None));
}

#[test]
fn open_calls_are_not_among_them() {
    let open = |report: &Report| {
        let row = report.operation("open").unwrap();
        (
            row.calls,
            row.open_calls,
            row.allocated_bytes,
            row.peak_bytes,
        )
    };
    let _first = memprof::scope!("open");
    drop(buffer(77));
    let report = memprof::snapshot();
    assert_eq!(open(&report), (1, 1, 77, 77));
    assert_eq!(report.operation("open").unwrap().per_call, None);
    drop(report);
    drop(_first);

    let report = memprof::snapshot();
    assert_eq!(open(&report), (1, 0, 77, 77));
    assert_eq!(spreads(&report, "open").0, (77, 77, 77.0, true));
}
