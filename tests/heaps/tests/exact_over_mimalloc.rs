//! Promise: over mimalloc memprof counts as exactly as over the system's allocator, and mimalloc gets each block
//! back with the layout that it was taken with.
//!
//! Tests run beside each other: each counts what its own thread does.

mod inner;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: memprof::Allocator<MiMalloc> = memprof::Allocator::new(MiMalloc);
static COUNTING: memprof::CountingAllocator<MiMalloc> = memprof::CountingAllocator::new(MiMalloc);

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
