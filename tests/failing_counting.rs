//! An allocation that fails is no event for the counting allocator either.
//!
//! What is promised: where the inner allocator has no memory, the user gets the null, no counter moves, and a
//! block that could not be resized stays as it was.

#[path = "failing/moody.rs"]
mod moody;

use moody::{Moody, check_fails, check_realloc_fails, layout};

#[global_allocator]
static ALLOCATOR: memprof::CountingAllocator<Moody> = memprof::CountingAllocator::new(Moody);

#[test]
fn the_greatest_sizes_fail() {
    for left in 0..=5 {
        let size = isize::MAX as usize - left;
        check_fails(layout(size, 1));
        check_realloc_fails(layout(100, 1), size);
    }
}

#[test]
fn there_is_no_ownership() {
    let report = memprof::snapshot();
    let allocator = &report.run.allocator;
    assert!(allocator.installed && !allocator.ownership);
    assert!(report.paths.iter().all(|row| row.retained_bytes.is_none()));
}
