//! Promise: what the destructors of a thread's thread-locals do counts for the operations that they call, whether these
//! thread-locals were made before or after the thread's first allocation.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const THREADS: u64 = 20;

fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("at the end")]
fn at_the_end(bytes: usize) {
    let _held = buffer(300);
    drop(buffer(bytes));
}

struct Tracked(Cell<usize>);

impl Drop for Tracked {
    fn drop(&mut self) {
        at_the_end(self.0.get());
    }
}

thread_local! {
    static EARLY: Tracked = const { Tracked(Cell::new(11)) };
    static LATE: Tracked = const { Tracked(Cell::new(1)) };
}

#[memprof::track("in the midst")]
fn in_the_midst() {
    drop(buffer(50));
    LATE.with(|late| late.0.set(13));
}

#[test]
fn what_they_do_counts_for_what_they_call() {
    for _ in 0..THREADS {
        let work = || {
            EARLY.with(|_| ());
            in_the_midst();
        };
        std::thread::spawn(work).join().unwrap();
    }
    let report = memprof::snapshot();
    let row = report.operation("at the end").unwrap();
    let bytes = THREADS * (300 + 11 + 300 + 13);
    assert_eq!(
        (row.calls, row.allocated_bytes, row.deallocated_bytes),
        (2 * THREADS, bytes, bytes)
    );
    assert_eq!((row.peak_bytes, row.retained_bytes), (313, Some(0)));
    let codes: Vec<_> = report.warnings.iter().map(|it| it.code.as_str()).collect();
    assert!(
        !codes.iter().any(|code| code.starts_with("entries")),
        "{codes:?}"
    );
}
