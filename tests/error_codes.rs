//! Promise: tracked calls, and blocks that are allocated and freed, leave the system's last error (`errno`, `GetLastError`) as
//! the program found it, also where memprof takes memory of its own or waits for a lock.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::io::{Error, ErrorKind};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const THREADS: usize = 4;
const DEPTH: usize = 9;

/// Each way down is a path that the thread has not met.
fn calls(depth: usize) {
    if depth > 0 {
        left(depth - 1);
        right(depth - 1);
    }
    drop(black_box(vec![1_u8; 1 << depth]));
}

#[memprof::track]
fn left(depth: usize) {
    calls(depth);
    let _inner = memprof::scope!("inner left");
    drop(black_box(vec![1_u8; 50_000 * depth]));
}

#[memprof::track]
fn right(depth: usize) {
    let _inner = memprof::scope!("inner right");
    calls(depth);
}

#[test]
fn the_last_error_stays() {
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let failed = std::fs::metadata("no such file").unwrap_err();
                assert_eq!(failed.kind(), ErrorKind::NotFound);
                calls(DEPTH);
                let now = Error::last_os_error();
                assert_eq!(now.raw_os_error(), failed.raw_os_error());
            });
        }
    });
}
