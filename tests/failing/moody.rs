//! An allocator that fails when it is told to, and the tests that are the same over it, whether or not blocks
//! have a footer.

use memprof::{Stats, measure};
use std::alloc::{GlobalAlloc, Layout, System, alloc, alloc_zeroed, dealloc, realloc};
use std::cell::Cell;
use std::hint::black_box;

/// The system's allocator, except on a thread that is `failing`, and for what fits into no address space. The system refuses
/// that too where addresses have 64 bits; a program with addresses of 32 bits may get half of them in one block.
pub(crate) struct Moody;

const GREATEST: usize = isize::MAX as usize - 8_192;

fn refuses(size: usize) -> bool {
    HAS_NO_MEMORY.get() || size > GREATEST
}

thread_local! {
    static HAS_NO_MEMORY: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: forwards to the system's allocator, or gives null, which every caller must expect.
unsafe impl GlobalAlloc for Moody {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if refuses(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if refuses(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if refuses(new_size) {
            return std::ptr::null_mut();
        }
        // SAFETY: passed on.
        unsafe { System.realloc(block, layout, new_size) }
    }
}

/// Runs `work` while this thread has no memory.
pub(crate) fn failing<T>(work: impl FnOnce() -> T) -> T {
    HAS_NO_MEMORY.set(true);
    let value = work();
    HAS_NO_MEMORY.set(false);
    value
}

pub(crate) fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

/// A block as the program gets it; the optimizer does not see where it comes from.
pub(crate) fn take(layout: Layout) -> *mut u8 {
    // SAFETY: no test asks for zero bytes.
    black_box(unsafe { alloc(black_box(layout)) })
}

fn take_zeroed(layout: Layout) -> *mut u8 {
    // SAFETY: no test asks for zero bytes.
    black_box(unsafe { alloc_zeroed(black_box(layout)) })
}

/// Both ways to allocate give null and count nothing.
pub(crate) fn check_fails(layout: Layout) {
    let measured = measure(|| (take(layout), take_zeroed(layout)));
    assert!(measured.value.0.is_null() && measured.value.1.is_null());
    assert_eq!(measured.stats, Stats::default());
}

/// Resizing a block of `layout` to `new_size` gives null, counts nothing, and leaves the block as it was.
pub(crate) fn check_realloc_fails(layout: Layout, new_size: usize) {
    let block = take(layout);
    // SAFETY: the block has room for its layout, is alive until the end, and is freed as it was taken.
    unsafe {
        block.write_bytes(0x5A, layout.size());
        let measured = measure(|| black_box(realloc(block, layout, black_box(new_size))));
        assert!(measured.value.is_null());
        assert_eq!(measured.stats, Stats::default());
        assert!((0..layout.size()).all(|at| block.add(at).read() == 0x5A));
        let freed = measure(|| dealloc(block, layout));
        assert_eq!(freed.stats.deallocations, 1);
        assert_eq!(freed.stats.net_bytes, -(layout.size() as i64));
    }
}

#[test]
fn no_memory_counts_nothing() {
    for size in [1, 16, 100, 4_096, 1 << 20, (1 << 30) + 1] {
        for align in [1, 8, 64, 4_096] {
            failing(|| check_fails(layout(size, align)));
        }
    }
}

#[test]
fn a_reallocation_without_memory_counts_nothing() {
    for (old, new) in [(1, 2), (100, 1 << 20), (1 << 20, 100), (64, 64)] {
        for align in [1, 8, 4_096] {
            let layout = layout(old, align);
            let block = take(layout);
            let measured = measure(|| {
                // SAFETY: the block is alive and has this layout.
                failing(|| unsafe { black_box(realloc(block, layout, new)) })
            });
            assert!(measured.value.is_null());
            assert_eq!(measured.stats, Stats::default());
            // SAFETY: it failed, so the block is still of this layout.
            let freed = measure(|| unsafe { dealloc(block, layout) });
            assert_eq!(freed.stats.deallocated_bytes, old as u64);
        }
    }
}

#[test]
fn failures_between_successes_leave_the_figures_exact() {
    let measured = measure(|| {
        for size in 1..=1_000 {
            let layout = layout(size, 1);
            assert!(failing(|| take(layout)).is_null());
            let block = take(layout);
            assert!(failing(|| take_zeroed(layout)).is_null());
            // SAFETY: taken with this layout.
            unsafe { dealloc(block, layout) };
        }
    });
    assert_eq!(
        measured.stats,
        Stats {
            allocations: 1_000,
            allocated_bytes: 500_500,
            deallocations: 1_000,
            deallocated_bytes: 500_500,
            peak_bytes: 1_000,
            ..Stats::default()
        }
    );
}

#[test]
fn the_program_is_told() {
    let told = failing(|| Vec::<u8>::new().try_reserve(black_box(1_000)));
    assert!(told.is_err());
    let mut held = vec![1_u8; 100];
    assert!(failing(|| held.try_reserve_exact(black_box(10_000))).is_err());
    assert_eq!(held, [1; 100]);
}
