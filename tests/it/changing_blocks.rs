//! Promise: what lives is right also while threads replace blocks all the time, in the process and of each path, and nothing of
//! it is taken for foreign.

use std::collections::VecDeque;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const BLOCKS: usize = 1_000;
const BYTES: usize = 1_000;
const WORKERS: u64 = 2;
/// A worker has one block more for a moment, or one less; and its own list.
const MORE: u64 = 2;

#[memprof::track("Changing 1")]
fn one() -> Vec<u8> {
    vec![1; BYTES]
}

#[memprof::track("Changing 2")]
fn two() -> Vec<u8> {
    one()
}

fn outside() -> Vec<u8> {
    vec![1; BYTES]
}

/// Snapshots while workers hold `BLOCKS` blocks each, and replace one after another.
fn snapshots(make: &(dyn Fn(usize) -> Vec<u8> + Sync), each: impl Fn(&memprof::Report)) {
    let (is_over, barrier) = (&AtomicBool::new(false), &Barrier::new(WORKERS as usize + 1));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(move || {
                let mut held: VecDeque<_> = (0..BLOCKS).map(make).collect();
                barrier.wait();
                let mut next = 0;
                // Relaxed: nothing else is told by it.
                while !is_over.load(Ordering::Relaxed) {
                    held.pop_front();
                    held.push_back(make(next));
                    next += 1;
                }
            });
        }
        barrier.wait();
        let _end = End(is_over);
        (0..50).for_each(|_| each(&memprof::snapshot()));
    });
}

/// Ends the workers, also when an assertion fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn is_right(report: &memprof::Report) {
    let process = &report.process;
    // Lists, threads and what the test itself has.
    let other = 200_000;
    let (least, most) = (
        WORKERS * (BLOCKS as u64 - MORE) * BYTES as u64,
        WORKERS * (BLOCKS as u64 + MORE) * BYTES as u64 + other,
    );
    let live = process.live_bytes;
    assert!((least..=most).contains(&live), "{live} live");
    let error = process.peak_error_bytes;
    assert!(process.peak_live_bytes <= most + error, "{process:?}");
    assert_eq!(process.allocated_bytes - process.deallocated_bytes, live);
    for code in ["foreign-blocks", "peak-not-composed"] {
        assert_eq!(report.warnings.iter().find(|it| it.code == code), None);
    }
}

#[test]
fn outside_any_operation() {
    alone!();
    snapshots(&|_| outside(), is_right);
}

#[test]
fn on_paths() {
    alone!();
    let make = |number: usize| [one, two][number % 2]();
    snapshots(&make, is_right);
}
