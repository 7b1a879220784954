//! Allocates at known places, each with its stack, and prints the report as JSON.
#![forbid(unsafe_code)]
#![allow(clippy::vec_box)] // The boxes are what is counted.

use std::hint::black_box;

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

fn main() {
    let kept = outer();
    let report = memprof::snapshot();
    println!("{}", serde_json::to_string(&report).unwrap_or_default());
    drop(kept);
}

#[inline(never)]
fn outer() -> Vec<Box<[u64; 33]>> {
    let mut kept = Vec::with_capacity(7);
    for _ in 0..5 {
        kept.push(inner()); // called here
    }
    black_box(kept)
}

#[inline(never)]
fn inner() -> Box<[u64; 33]> {
    black_box(inlined())
}

#[inline(always)]
fn inlined() -> Box<[u64; 33]> {
    Box::new(black_box([1; 33])) // allocated here
}
