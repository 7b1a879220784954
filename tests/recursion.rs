//! Recursion folds: a path is the chain of distinct operations, however deep the calls go.
//!
//! What is promised: `calls` counts every entry, inclusive figures count each byte once, the rows are as many
//! as the operations ask for, and ten thousand calls in each other are as exact as two.

use memprof::Report;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Runs `work` where there is room for deep recursion.
fn with_a_big_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

/// Calls and own bytes of the row with that path where its last operation is the current one.
fn path(report: &Report, path: &[&str]) -> (u64, u64) {
    let row = report.path(path).unwrap();
    (row.calls, row.allocated_bytes)
}

/// The same of the row where `reentered` is the current one.
fn reentered(report: &Report, path: &[&str], reentered: &str) -> (u64, u64) {
    let mut rows = report
        .paths
        .iter()
        .filter(|row| row.path == path && row.reentered.as_deref() == Some(reentered));
    let row = rows.next().unwrap();
    assert!(rows.next().is_none());
    assert_eq!((row.operations.len(), row.open_calls), (path.len(), 0));
    (row.calls, row.allocated_bytes)
}

/// How many rows have that operation as the first of their path.
fn rows_from(report: &Report, first: &str) -> usize {
    let firsts = report.paths.iter().filter_map(|row| row.path.first());
    firsts.filter(|name| *name == first).count()
}

#[memprof::track("down")]
fn down(depth: u64) {
    let _held = buffer(10);
    if depth > 1 {
        down(depth - 1);
    }
}

#[test]
fn ten_thousand_calls_of_one_function() {
    const DEPTH: u64 = 10_000;
    with_a_big_stack(|| down(DEPTH));
    let report = memprof::snapshot();
    let row = report.operation("down").unwrap();
    assert_eq!((row.calls, row.open_calls), (DEPTH, 0));
    assert_eq!((row.allocations, row.allocated_bytes), (DEPTH, 10 * DEPTH));
    assert_eq!(
        (row.deallocations, row.deallocated_bytes),
        (DEPTH, 10 * DEPTH)
    );
    assert_eq!(row.self_figures.allocated_bytes, 10 * DEPTH);
    assert_eq!((row.peak_bytes, row.retained_bytes), (10 * DEPTH, Some(0)));

    // Every entry is a call of its own; the innermost has 10 bytes, the outermost all of them.
    let per_call = row.per_call.as_ref().unwrap();
    for figure in [&per_call.allocated_bytes, &per_call.peak_bytes] {
        assert_eq!((figure.min, figure.max), (10, 10 * DEPTH));
        assert_eq!(figure.mean, 50_005.0);
        assert!(!figure.exact);
    }

    assert_eq!(rows_from(&report, "down"), 1);
    assert_eq!(path(&report, &["down"]), (DEPTH, 10 * DEPTH));
}

#[memprof::track("ping")]
fn ping(depth: u64) {
    let _held = buffer(1);
    if depth > 1 {
        pong(depth - 1);
    }
}

#[memprof::track("pong")]
fn pong(depth: u64) {
    let _held = buffer(10);
    if depth > 1 {
        ping(depth - 1);
    }
}

#[test]
fn two_functions_that_call_each_other() {
    const ROUNDS: u64 = 5_000;
    with_a_big_stack(|| ping(2 * ROUNDS));
    let report = memprof::snapshot();

    assert_eq!(rows_from(&report, "ping"), 3);
    assert_eq!(path(&report, &["ping"]), (1, 1));
    let both = ["ping", "pong"];
    assert_eq!(path(&report, &both), (ROUNDS, 10 * ROUNDS));
    assert_eq!(reentered(&report, &both, "ping"), (ROUNDS - 1, ROUNDS - 1));

    let (ping, pong) = (
        report.operation("ping").unwrap(),
        report.operation("pong").unwrap(),
    );
    assert_eq!((ping.calls, pong.calls), (ROUNDS, ROUNDS));
    assert_eq!(ping.self_figures.allocated_bytes, ROUNDS);
    assert_eq!(pong.self_figures.allocated_bytes, 10 * ROUNDS);
    assert_eq!(ping.allocated_bytes, 11 * ROUNDS);
    // All but the first byte of the first `ping`.
    assert_eq!(pong.allocated_bytes, 11 * ROUNDS - 1);
    assert_eq!(
        (ping.peak_bytes, pong.peak_bytes),
        (11 * ROUNDS, 11 * ROUNDS - 1)
    );
    assert_eq!((ping.net_bytes, pong.net_bytes), (0, 0));
}

#[memprof::track("A")]
fn a(depth: u64) {
    drop(buffer(1));
    if depth > 1 {
        b(depth - 1);
    }
    drop(buffer(2));
}

#[memprof::track("B")]
fn b(depth: u64) {
    drop(buffer(10));
    if depth > 1 {
        a(depth - 1);
    }
    drop(buffer(20));
}

#[test]
fn the_way_back_counts_where_the_way_in_did() {
    // A→B→A→B.
    a(4);
    let report = memprof::snapshot();
    assert_eq!(rows_from(&report, "A"), 3);
    assert_eq!(path(&report, &["A"]), (1, 3));
    assert_eq!(path(&report, &["A", "B"]), (2, 60));
    assert_eq!(reentered(&report, &["A", "B"], "A"), (1, 3));
    let (a, b) = (
        report.operation("A").unwrap(),
        report.operation("B").unwrap(),
    );
    assert_eq!((a.allocated_bytes, a.self_figures.allocated_bytes), (66, 6));
    assert_eq!(
        (b.allocated_bytes, b.self_figures.allocated_bytes),
        (63, 60)
    );
}

#[memprof::track("one")]
fn one(depth: u64) {
    drop(buffer(1));
    if depth > 1 {
        two(depth - 1);
    }
}

#[memprof::track("two")]
fn two(depth: u64) {
    drop(buffer(10));
    if depth > 1 {
        three(depth - 1);
    }
}

#[memprof::track("three")]
fn three(depth: u64) {
    drop(buffer(100));
    if depth > 1 {
        one(depth - 1);
    }
}

#[test]
fn three_functions_in_a_circle() {
    one(9);
    let report = memprof::snapshot();
    assert_eq!(rows_from(&report, "one"), 5);
    let all = ["one", "two", "three"];
    assert_eq!(path(&report, &all[..1]), (1, 1));
    assert_eq!(path(&report, &all[..2]), (1, 10));
    assert_eq!(path(&report, &all), (3, 300));
    assert_eq!(reentered(&report, &all, "one"), (2, 2));
    assert_eq!(reentered(&report, &all, "two"), (2, 20));

    let inclusive = all.map(|name| report.operation(name).unwrap().allocated_bytes);
    assert_eq!(inclusive, [333, 332, 322]);
    let own = all.map(|name| report.operation(name).unwrap().self_figures.allocated_bytes);
    assert_eq!(own, [3, 30, 300]);
}

#[memprof::track("east")]
fn east(goes_on: bool) {
    drop(buffer(1));
    if goes_on {
        west(false);
    }
}

#[memprof::track("west")]
fn west(goes_on: bool) {
    drop(buffer(10));
    if goes_on {
        east(false);
    }
}

#[test]
fn the_order_of_entry_tells_paths_apart() {
    east(true);
    west(true);
    let report = memprof::snapshot();
    assert_eq!(path(&report, &["east", "west"]), (1, 10));
    assert_eq!(path(&report, &["west", "east"]), (1, 1));
    for name in ["east", "west"] {
        let row = report.operation(name).unwrap();
        assert_eq!(
            (row.calls, row.allocated_bytes),
            (2, if name == "east" { 12 } else { 21 })
        );
    }
}
