//! Promise: memprof's own memory depends on the paths in use and on the threads that run, never on the
//! number of calls: nothing for a million calls, at most 1 KiB for a path on a thread, and nothing stays
//! of a thread that has ended but the figures that all threads share.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::sync::Barrier;

const CALLS: usize = 1_000_000;
const THREADS: usize = 4;
const OPERATIONS: usize = 14;
/// Chains of one, two and three of 14 operations: 14 + 14 × 13 + 14 × 13 × 12.
const PATHS: usize = 2_380;

#[memprof::track("Called")]
fn called(round: usize) {
    black_box(Vec::<u8>::with_capacity(64 + round % 64));
}

macro_rules! operations {
    ($($name:literal)*) => {
        const ENTER: [fn(&mut dyn FnMut()); OPERATIONS] = [$(|inside| {
            let _scope = memprof::scope!($name);
            black_box(Box::new(1_u64));
            inside();
        }),*];
    };
}

operations! { "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" }

fn overhead_bytes() -> u64 {
    memprof::snapshot().process.overhead_bytes
}

/// Enters every chain of up to three operations.
fn walk() {
    enter_others(&mut [false; OPERATIONS], 3);
}

/// Enters each operation that is not open yet, `depth` deep.
fn enter_others(open: &mut [bool; OPERATIONS], depth: usize) {
    for operation in 0..OPERATIONS {
        if depth > 0 && !open[operation] {
            open[operation] = true;
            ENTER[operation](&mut || enter_others(open, depth - 1));
            open[operation] = false;
        }
    }
}

/// One test, because overhead is a fact of the process.
#[test]
fn memory_is_bounded() {
    alone!();
    calls_take_none();
    paths_take_a_kibibyte_a_thread();
    ended_threads_leave_none();
}

fn calls_take_none() {
    for round in 0..64 {
        called(round);
    }
    // The first report looks for the configuration and keeps it.
    overhead_bytes();
    let before = overhead_bytes();
    for round in 0..CALLS {
        called(round);
    }
    assert_eq!(overhead_bytes(), before);
    let report = memprof::snapshot();
    let row = report.operation("Called").expect("a row");
    assert_eq!(row.calls, 64 + CALLS as u64);
    // 64..=127 bytes in turn: 15,626 whole rounds.
    assert_eq!(row.allocated_bytes, 15_626 * (64..=127).sum::<u64>());
}

fn paths_take_a_kibibyte_a_thread() {
    let before = overhead_bytes();
    let paths_before = memprof::snapshot().paths.len();
    let (walked, seen) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    std::thread::scope(|scope| {
        let worker = || {
            walk();
            walked.wait();
            seen.wait();
        };
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        walked.wait();
        let report = memprof::snapshot();
        seen.wait();
        assert_eq!(report.paths.len() - paths_before, PATHS);
        let taken = report.process.overhead_bytes - before;
        let each = taken / (THREADS * PATHS) as u64;
        assert!(each <= 1024, "{each} bytes a path and thread");
        // Each operation: 1 + 13 + 13 × 12 chains end with it when it stands in each of their places.
        let row = report.operation("a").expect("a row");
        assert_eq!(row.calls, (THREADS * PATHS / OPERATIONS) as u64);
        assert_eq!(row.self_figures.allocated_bytes, 8 * row.calls);
        // A scope waits for what its threads do, not for their ends.
        for worker in workers {
            worker.join().expect("no panic");
        }
    });
}

/// The first threads left their figures in rows that all later ones are merged into.
fn ended_threads_leave_none() {
    let round = || {
        std::thread::spawn(walk).join().expect("no panic");
        overhead_bytes()
    };
    let before = round();
    for _ in 0..16 {
        assert_eq!(round(), before);
    }
}
