//! dhat's allocator as an inner one: whatever dhat does inside an allocation is memprof's own work.
//!
//! The pauses are here, so nobody else pays for them.

use super::pause::Pause;
use std::alloc::{GlobalAlloc, Layout};

/// dhat's allocator, made to stand under memprof's: `Allocator::new(memprof::dhat::Alloc)`.
///
/// It is `dhat::Alloc`, over the system's allocator; what dhat itself allocates while it records a block (the
/// call stack, its tables) counts for no operation, but as memprof's own `overhead_bytes`. Every allocation
/// takes dhat's lock, and a call stack while a [`Profiler`](crate::dhat::Profiler) is alive: expect a program that
/// mostly allocates to be a hundred times slower.
///
/// ```
/// # use memprof_runtime as memprof;
/// #[global_allocator]
/// static ALLOC: memprof::Allocator<memprof::dhat::Alloc> =
///     memprof::Allocator::new(memprof::dhat::Alloc);
///
/// assert!(memprof::snapshot().run.allocator.installed);
/// ```
#[derive(Debug, Default, Clone, Copy)]
pub struct Alloc;

// SAFETY: every method forwards to dhat's allocator, which is one.
unsafe impl GlobalAlloc for Alloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _pause = Pause::new();
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { dhat::Alloc.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let _pause = Pause::new();
        // SAFETY: passed on.
        unsafe { dhat::Alloc.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let _pause = Pause::new();
        // SAFETY: passed on.
        unsafe { dhat::Alloc.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let _pause = Pause::new();
        // SAFETY: passed on.
        unsafe { dhat::Alloc.realloc(block, layout, new_size) }
    }
}
