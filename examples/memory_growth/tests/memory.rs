//! What it takes to choose, by the number of candidates and of required places: a line for each, a gate for the
//! growth, and a limit for the largest. Copy it, and put your own function in the place of `choose`.
#![forbid(unsafe_code)]

use memory_growth::{candidates, choose};
use memprof::report::{Growth, GrowthClass, GrowthVerdict, Metric};
use std::io::Write as _;

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

/// The exact peak of choosing, in bytes. The candidates are made before, and are not in it.
fn peak_bytes(count: usize, required: usize) -> u64 {
    let candidates = candidates(count);
    let measured = memprof::measure(|| choose(&candidates, required));
    assert_eq!(measured.value.len(), required.min(count));
    measured.stats.peak_bytes
}

/// Says a line that `cargo test` shows without `--nocapture` too.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[test]
fn memory_grows_with_the_candidates() {
    let points = [10, 100, 1_000, 10_000].map(|count| {
        let peak = peak_bytes(count, 5);
        say(&format!(
            "Memory usage for {count} candidates, 5 required: {peak} bytes"
        ));
        (count as u64, peak)
    });
    let growth = Growth::fit(&points);
    let line = growth.line(Metric::PeakBytes, Some(GrowthClass::Linear));
    say(&line);
    assert_eq!(
        growth.against(GrowthClass::Linear),
        GrowthVerdict::Within,
        "{line}"
    );
    // A score for each candidate and place, who is taken, and the chosen, which grew to eight.
    assert_eq!(points[0], (10, 10 * 5 * 4 + 10 + 8 * 8));
}

#[test]
fn memory_grows_with_the_required_places() {
    let points = [5, 10, 50, 100].map(|required| {
        let peak = peak_bytes(1_000, required);
        say(&format!(
            "Memory usage for 1000 candidates, {required} required: {peak} bytes"
        ));
        (required as u64, peak)
    });
    let growth = Growth::fit(&points);
    let line = growth.line(Metric::PeakBytes, Some(GrowthClass::Linear));
    say(&line);
    assert_eq!(
        growth.against(GrowthClass::Linear),
        GrowthVerdict::Within,
        "{line}"
    );
}

#[test]
#[memprof::budget(peak = "3 MiB", retained = 0)]
fn the_largest_stays_below_its_limit() {
    let candidates = candidates(10_000);
    assert_eq!(choose(&candidates, 20).len(), 20);
}

#[test]
fn the_operation_declares_its_growth() {
    let everyone = candidates(1_000);
    for count in [10, 20, 40, 80, 160] {
        assert_eq!(choose(&everyone[..count], 5).len(), 5);
    }
    let report = memprof::snapshot();
    let row = report.operation("Match").expect("a row");
    let growth = row.growth.as_ref().expect("the sizes were told");
    assert_eq!(growth.declared, Some(GrowthClass::Linear));
    assert_eq!(report.violations, []);
}
