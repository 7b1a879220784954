//! The two parts of a call, wherever each is and whichever ends first: what generated code is built on.

use crate::{block_on, buffer, poll};
use memprof::__private::{open, rest, site};
use memprof::OperationReport;
use std::sync::Barrier;
use std::thread;

fn row(name: &str) -> OperationReport {
    let report = memprof::snapshot();
    let row = report.operation(name).expect("an operation of this name");
    row.clone()
}

#[test]
fn a_second_future_enters_without_a_call_of_its_own() {
    site!(SITE, "two futures");
    let opening = open(&SITE);
    let first = rest(&opening, async { buffer(10).capacity() });
    let second = rest(&opening, async { buffer(200).capacity() });
    drop(opening);
    assert_eq!(block_on(second) + block_on(first), 210);
    let row = row("two futures");
    assert_eq!(
        (row.calls, row.open_calls, row.allocated_bytes),
        (1, 0, 210)
    );
    let allocated = row.per_call.expect("a finished call").allocated_bytes;
    assert_eq!((allocated.min, allocated.max), (10, 10));
}

#[test]
fn an_opening_without_a_future_is_a_call() {
    site!(SITE, "no future");
    drop(open(&SITE));
    let row = row("no future");
    assert_eq!((row.calls, row.open_calls), (1, 0));
    assert!(row.per_call.is_some());
}

#[test]
fn a_leaked_opening_leaves_an_open_call() {
    site!(SITE, "leaked opening");
    let outer = memprof::scope!("around");
    let opening = open(&SITE);
    let future = rest(&opening, async { buffer(10).capacity() });
    std::mem::forget(opening);
    // Ends the leaked scope, which no future can tell.
    drop(outer);
    assert_eq!(block_on(future), 10);
    let row = row("leaked opening");
    assert_eq!((row.calls, row.open_calls, row.allocated_bytes), (1, 1, 10));
}

/// Both parts end at the same moment, on two threads, many times: each call ends once.
#[test]
fn parts_may_end_at_once() {
    const ROUNDS: u64 = 2_000;
    site!(SITE, "at once");
    let barrier = Barrier::new(2);
    for round in 0..ROUNDS {
        let opening = open(&SITE);
        let mut future = Box::pin(rest(&opening, async { buffer(10).capacity() }));
        thread::scope(|threads| {
            threads.spawn(|| {
                barrier.wait();
                if round % 2 == 0 {
                    assert!(poll(future.as_mut()).is_ready());
                }
                drop(future);
            });
            barrier.wait();
            drop(opening);
        });
    }
    let row = row("at once");
    assert_eq!((row.calls, row.open_calls), (ROUNDS, 0));
}
