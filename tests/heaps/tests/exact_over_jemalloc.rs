//! Promise: over jemalloc memprof counts as exactly as over the system's allocator, and jemalloc gets each block
//! back with the layout that it was taken with.
//!
//! Tests run beside each other: each counts what its own thread does.

mod inner;

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: memprof::Allocator<Jemalloc> = memprof::Allocator::new(Jemalloc);
static COUNTING: memprof::CountingAllocator<Jemalloc> = memprof::CountingAllocator::new(Jemalloc);

#[test]
fn owning_is_exact() {
    inner::is_exact_over(&ALLOCATOR);
}

#[test]
fn counting_is_exact() {
    inner::is_exact_over(&COUNTING);
}

#[test]
fn operations_are_exact() {
    inner::operations_are_exact();
}
