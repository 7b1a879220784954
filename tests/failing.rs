//! An allocation that fails is no event.
//!
//! What is promised: where the inner allocator has no memory, or where a size leaves no room for the footer, the
//! user gets the null, no counter moves, and a block that could not be resized stays as it was.

#[path = "failing/moody.rs"]
mod moody;

use moody::{Moody, check_fails, check_realloc_fails, failing, layout, take};
use std::alloc::{dealloc, realloc};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator<Moody> = memprof::Allocator::new(Moody);

#[test]
fn sizes_without_room_for_the_footer_fail() {
    // With three bytes or fewer up to the greatest size there is no room; with four the inner allocator refuses.
    for left in 0..=5 {
        let size = isize::MAX as usize - left;
        check_fails(layout(size, 1));
        check_realloc_fails(layout(100, 1), size);
    }
    let greatest_aligned = (isize::MAX as usize - 4_095) & !4_095;
    check_fails(layout(greatest_aligned, 4_096));
    check_realloc_fails(layout(100, 4_096), greatest_aligned);
}

#[test]
fn what_an_operation_could_not_allocate_is_not_retained() {
    let kept = {
        let _scope = memprof::scope!("fails");
        assert!(failing(|| take(layout(100, 1))).is_null());
        let kept = take(layout(30, 1));
        // SAFETY: the block is alive, and stays so.
        assert!(failing(|| unsafe { black_box(realloc(kept, layout(30, 1), 60)) }).is_null());
        kept
    };
    let report = memprof::snapshot();
    let row = report.operation("fails").unwrap();
    assert_eq!(
        (row.allocations, row.deallocations, row.reallocations),
        (1, 0, 0)
    );
    assert_eq!(
        (row.retained_bytes, row.retained_blocks),
        (Some(30), Some(1))
    );
    assert_eq!((row.allocated_bytes, row.peak_bytes), (30, 30));
    // SAFETY: taken with this layout.
    unsafe { dealloc(kept, layout(30, 1)) };
    let report = memprof::snapshot();
    assert_eq!(report.operation("fails").unwrap().retained_bytes, Some(0));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}
