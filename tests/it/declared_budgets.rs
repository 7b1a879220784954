//! Promise: what an operation declares in `#[track(budget(…))]` is held against its row in each report: what
//! it does not keep is a violation that names limit, figure and the nested operation with most of it.

use memprof::report::Violation;
use std::hint::black_box;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("Merge Results")]
fn merge(bytes: usize) -> Vec<u8> {
    buffer(bytes)
}

#[memprof::track("Search", budget(peak = "2 KiB", allocations = 3, per_call_allocated = 100..=2_000, retained = 0))]
fn search(bytes: usize) {
    drop(merge(bytes));
}

#[memprof::track(name = "Never Called", budget(allocations == 1))]
fn never_called() {}

#[memprof::track("Keeps", budget(retained = 0, net = 10))]
async fn keeps() -> Vec<u8> {
    merge(11)
}

fn violations(of: &str) -> Vec<Violation> {
    let violations = memprof::snapshot().violations.into_iter();
    violations
        .filter(|violation| violation.operation.as_deref() == Some(of))
        .collect()
}

#[test]
fn a_limit_holds_until_it_is_passed() {
    assert!(violations("Search").is_empty());
    assert!(violations("Never Called").is_empty());
    search(2_000);
    search(100);
    assert_eq!(violations("Search"), []);

    search(2_049);
    search(99);
    let report = memprof::snapshot();
    let (search, merge) = (
        report.operation("Search"),
        report.operation("Merge Results"),
    );
    let (search, merge) = (search.expect("a row"), merge.expect("a row"));
    let part = |figure: &str| {
        format!(
            "largest part: \"Merge Results\" +{figure} ({}:{})",
            merge.file, merge.line
        )
    };
    let found: Vec<(String, i64, i64, String)> = violations("Search")
        .into_iter()
        .map(|violation| {
            assert_eq!(violation.file.as_deref(), Some(search.file.as_str()));
            assert_eq!(violation.line, Some(search.line));
            let (limit, actual) = (violation.limit, violation.actual);
            (
                violation.threshold,
                limit.expect("known"),
                actual.expect("known"),
                violation.message,
            )
        })
        .collect();
    let expected = [
        (
            "budget.peak",
            2_048,
            2_049,
            format!("peak 2,049 B > 2,048 B (+1 B); {}", part("4,248 B")),
        ),
        (
            "budget.allocations",
            3,
            4,
            format!("allocations 4 > 3 (+33.3 %); {}", part("4")),
        ),
        (
            "budget.per_call_allocated",
            100,
            99,
            format!(
                "per_call_allocated 99 B < 100 B (-1.0 %); {}",
                part("4,248 B")
            ),
        ),
    ];
    let expected =
        expected.map(|(key, limit, actual, message)| (key.to_owned(), limit, actual, message));
    assert_eq!(found, expected);
    never_called();
    let [violation] = &violations("Never Called")[..] else {
        panic!("one limit is not kept");
    };
    assert_eq!(violation.message, "allocations 0 ≠ 1 (-100.0 %)");
    assert_eq!((violation.limit_bytes, violation.limit), (0, Some(1)));
}

#[test]
fn what_is_held_is_a_violation_while_it_is() {
    let mut future = std::pin::pin!(keeps());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let held = future.as_mut().poll(&mut context);
    assert_eq!(violations("Keeps").len(), 2);
    drop(held);
    let keys: Vec<_> = violations("Keeps")
        .into_iter()
        .map(|violation| violation.threshold)
        .collect();
    assert_eq!(keys, ["budget.net"]);
}
