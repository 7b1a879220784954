//! The allocators: they forward to an inner one and move the thread's words. Nothing else happens here.
//!
//! `Allocator` asks the inner one for four bytes more and keeps the block's origin there, behind the block
//! (the *footer*, unaligned): pointer, alignment and page offset stay those of the inner allocator, and
//! whoever frees the block knows which path it came from. `CountingAllocator` has no footer.
//!
//! All four methods are forwarded to their like, so `alloc_zeroed` keeps lazy pages and `realloc` keeps
//! growth in place. What fails moves no counter.

use super::level::Footer;
use super::opaque;
use super::own::current;
use super::thread::{OVERHEAD, Thread};
use std::alloc::{GlobalAlloc, Layout, System};

const FOOTER_BYTES: usize = size_of::<u32>();

/// The alignment that usual allocators give without being asked.
const USUAL_ALIGN: usize = 2 * size_of::<usize>();

/// Blocks above this take the cold way in, where the footer is checked to fit.
const USUAL_BYTES: usize = 1 << 30;

/// Counts what each operation allocates, and remembers for each block which operation made it.
///
/// Wraps any allocator. Costs four bytes a block. Install it once, as the global allocator:
///
/// ```
/// # use memprof_runtime as memprof;
/// #[global_allocator]
/// static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// # fn main() { assert_eq!(Box::new(1) , Box::new(1)) }
/// ```
///
/// Allocating neither blocks nor calls the system more than the inner allocator does, except on cold paths. These are a short
/// lock at a thread's first event, and one whenever the process's live bytes are 1 % above all before: then what lives is
/// summed up, path by path, and threads that free more than a little wait for it. And they are looks at the clock for the
/// timeline, at most every 4 KiB (both: `heap_analysis.track_peak_usage`). Call stacks and fragmentation, where asked
/// for, ask the system more.
#[derive(Debug, Default, Clone, Copy)]
pub struct Allocator<A = System> {
    inner: A,
}

/// Counts what each operation allocates, without remembering who made which block.
///
/// Wraps any allocator and asks it for nothing more than the program does; `retained` figures are then not
/// available. Use [`Allocator`] unless these four bytes a block matter.
///
/// ```
/// # use memprof_runtime as memprof;
/// #[global_allocator]
/// static ALLOC: memprof::CountingAllocator = memprof::CountingAllocator::system();
///
/// let measured = memprof::measure(|| vec![1_u8; 1000].len());
/// assert_eq!(measured.stats.allocated_bytes, 1000);
/// assert!(!memprof::snapshot().run.allocator.ownership);
/// ```
#[derive(Debug, Default, Clone, Copy)]
pub struct CountingAllocator<A = System> {
    inner: A,
}

impl Allocator<System> {
    /// Over the system's allocator.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// #[global_allocator]
    /// static ALLOC: memprof::Allocator = memprof::Allocator::system();
    ///
    /// assert!(memprof::snapshot().run.allocator.ownership);
    /// ```
    #[must_use]
    pub const fn system() -> Self {
        Self::new(System)
    }
}

impl<A> Allocator<A> {
    /// Over `inner`.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use std::alloc::System;
    ///
    /// // In the place of `System` may stand `MiMalloc`, `Jemalloc`, or any other allocator.
    /// #[global_allocator]
    /// static ALLOC: memprof::Allocator<System> = memprof::Allocator::new(System);
    ///
    /// assert!(memprof::snapshot().run.allocator.installed);
    /// ```
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

impl CountingAllocator<System> {
    /// Over the system's allocator.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// #[global_allocator]
    /// static ALLOC: memprof::CountingAllocator = memprof::CountingAllocator::system();
    ///
    /// assert!(memprof::snapshot().run.allocator.installed);
    /// ```
    #[must_use]
    pub const fn system() -> Self {
        Self::new(System)
    }
}

impl<A> CountingAllocator<A> {
    /// Over `inner`.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use std::alloc::System;
    ///
    /// #[global_allocator]
    /// static ALLOC: memprof::CountingAllocator<System> = memprof::CountingAllocator::new(System);
    ///
    /// assert!(memprof::snapshot().run.allocator.installed);
    /// ```
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

// SAFETY: every method forwards to the inner allocator, whose contract is the same, and changes neither the
// pointer nor the layout.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !is_usual(layout) {
            // SAFETY: the caller's promise about `layout` is passed on.
            return unsafe { self.alloc_unusual(layout) };
        }
        let size = opaque::number(layout.size());
        // SAFETY: as above.
        let block = unsafe { self.inner.alloc(layout) };
        current(|thread| thread.allocate::<false>(block, size, Footer::NONE));
        block
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        current(|thread| thread.allocate::<false>(block, layout.size(), Footer::NONE));
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !current(|thread| thread.deallocate(layout.size())) {
            // SAFETY: passed on.
            return unsafe { self.dealloc_unusual(block, layout) };
        }
        // SAFETY: `block` came from the inner allocator with this layout.
        unsafe { self.inner.dealloc(block, layout) };
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: `block` came from the inner allocator with this layout.
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        if !moved.is_null() {
            let (old, new) = (layout.size() as u64, new_size as u64);
            current(|thread| {
                thread.reallocate(old, new, None, Footer::NONE);
                if moved != block {
                    thread.note_move(old.min(new));
                }
            });
        }
        moved
    }
}

impl<A: GlobalAlloc> CountingAllocator<A> {
    /// The way out for a block after which the thread must fold, or be registered.
    ///
    /// # Safety
    /// As `GlobalAlloc::dealloc`.
    #[cold]
    #[inline(never)]
    unsafe fn dealloc_unusual(&self, block: *mut u8, layout: Layout) {
        current(|thread| thread.deallocate_cold(layout.size() as u64));
        // SAFETY: passed on.
        unsafe { self.inner.dealloc(block, layout) };
    }

    /// # Safety
    /// As `GlobalAlloc::alloc`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_unusual(&self, layout: Layout) -> *mut u8 {
        // SAFETY: passed on.
        let block = unsafe { self.inner.alloc(layout) };
        current(|thread| thread.allocate::<false>(block, layout.size(), Footer::NONE));
        block
    }
}

// SAFETY: blocks come from the inner allocator with at least the size and just the alignment asked for, and
// go back to it with the layout that they were taken with (`with_footer` is a function of the layout).
unsafe impl<A: GlobalAlloc> GlobalAlloc for Allocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !is_usual(layout) || layout.size() > USUAL_BYTES {
            // SAFETY: the caller's promise about `layout` is passed on.
            return unsafe { self.alloc_unusual(layout) };
        }
        // SAFETY: far below the greatest size, and not zero.
        let block = unsafe { self.inner.alloc(taken_with(layout)) };
        // SAFETY: the block, if any, has room for the footer.
        unsafe { own(block, layout.size()) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(longer) = with_footer(layout) else {
            return std::ptr::null_mut();
        };
        // SAFETY: the size is not zero.
        let block = unsafe { self.inner.alloc_zeroed(longer) };
        // SAFETY: the block, if any, has room for the footer.
        unsafe { own(block, layout.size()) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let block = opaque::pointer(block);
        // SAFETY: the block was made by us, so its footer stands behind it.
        let origin = unsafe { footer(block, layout.size()) };
        if !current(|thread| thread.deallocate_owned(layout.size(), origin)) {
            // SAFETY: passed on.
            return unsafe { dealloc_unusual(block, layout.size(), layout.align(), origin, self) };
        }
        // SAFETY: the block was taken with this very layout.
        unsafe { self.inner.dealloc(block, taken_with(layout)) };
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let fits = Layout::from_size_align(new_size, layout.align())
            .ok()
            .and_then(with_footer);
        let (Some(longer), Some(new)) = (with_footer(layout), fits) else {
            return std::ptr::null_mut();
        };
        let block = opaque::pointer(block);
        // SAFETY: the block was made by us, so its footer stands behind it.
        let origin = unsafe { footer(block, layout.size()) };
        // SAFETY: the block was taken with `longer`; the new size is checked.
        let moved = unsafe { self.inner.realloc(block, longer, new.size()) };
        if !moved.is_null() {
            current(|thread| {
                thread.note_moved_end(block.addr() + layout.size(), layout.size() as u64);
                // SAFETY: the block has room for the footer behind `new_size` bytes.
                unsafe { set_footer(moved, new_size, thread.origin.get()) };
                // SAFETY: as above.
                let footer = unsafe { Footer::new(moved.add(new_size)) };
                thread.reallocate(layout.size() as u64, new_size as u64, Some(origin), footer);
                if moved != block && origin != OVERHEAD {
                    thread.note_move(layout.size().min(new_size) as u64);
                }
            });
        }
        opaque::pointer(moved)
    }
}

impl<A: GlobalAlloc> Allocator<A> {
    /// # Safety
    /// As `GlobalAlloc::alloc`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_unusual(&self, layout: Layout) -> *mut u8 {
        let Some(longer) = with_footer(layout) else {
            return std::ptr::null_mut();
        };
        // SAFETY: the size is not zero.
        let block = unsafe { self.inner.alloc(longer) };
        // SAFETY: the block, if any, has room for the footer.
        unsafe { own(block, layout.size()) }
    }
}

/// The way out of `allocator` for a block whose origin the thread has not listed, or after which it must fold.
///
/// PERF: takes its arguments as the language's own `dealloc` does, so that the usual way moves none.
///
/// # Safety
/// As `GlobalAlloc::dealloc`, with a layout of `size` and `align`; `origin` is what the block's footer says.
#[cold]
#[inline(never)]
unsafe fn dealloc_unusual<A: GlobalAlloc>(
    block: *mut u8,
    size: usize,
    align: usize,
    origin: u32,
    allocator: &Allocator<A>,
) {
    current(|thread| {
        let end = block.addr() + size;
        thread.deallocate_owned_cold(size as u64, origin, end);
    });
    // SAFETY: by the caller's promise these were a layout's.
    let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
    // SAFETY: the block was taken with this very layout.
    unsafe { allocator.inner.dealloc(block, taken_with(layout)) };
}

/// The layout that a block of `layout` was taken with.
///
/// # Safety
/// `layout` with the footer does not exceed the greatest size: it is checked, or such a block exists.
#[cfg_attr(optimised, inline(always))]
unsafe fn taken_with(layout: Layout) -> Layout {
    // SAFETY: by the caller's promise; the alignment is that of a layout.
    unsafe { Layout::from_size_align_unchecked(layout.size() + FOOTER_BYTES, layout.align()) }
}

/// PERF: the same test that `System` makes; having passed it here, the compiler drops it there, and the
/// way for unusual layouts, with its stack frame, is out of line.
#[cfg_attr(optimised, inline(always))]
fn is_usual(layout: Layout) -> bool {
    layout.align() <= USUAL_ALIGN && layout.align() <= layout.size()
}

/// The layout with room for the footer; `None` when that exceeds the greatest size there can be.
#[cfg_attr(optimised, inline(always))]
fn with_footer(layout: Layout) -> Option<Layout> {
    let size = layout.size().checked_add(FOOTER_BYTES)?;
    Layout::from_size_align(size, layout.align()).ok()
}

/// Counts a block and writes its footer, if there is a block; what the program gets.
///
/// # Safety
/// `block` is null or has room for the footer behind `size` bytes.
#[cfg_attr(optimised, inline(always))]
unsafe fn own(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        return block;
    }
    current(|thread| {
        // SAFETY: by the caller's promise.
        unsafe { set_footer(block, size, thread.origin.get()) };
        // SAFETY: as above.
        let footer = unsafe { Footer::new(block.add(size)) };
        thread.allocate::<true>(block, size, footer);
    });
    opaque::pointer(block)
}

/// # Safety
/// `block` has room for the footer behind `size` bytes.
#[cfg_attr(optimised, inline(always))]
unsafe fn set_footer(block: *mut u8, size: usize, origin: u32) {
    // SAFETY: by the caller's promise; unaligned.
    unsafe { block.add(size).cast::<u32>().write_unaligned(origin) };
}

/// # Safety
/// `block` has a footer behind `size` bytes.
#[cfg_attr(optimised, inline(always))]
unsafe fn footer(block: *mut u8, size: usize) -> u32 {
    // SAFETY: by the caller's promise; unaligned.
    unsafe { block.add(size).cast::<u32>().read_unaligned() }
}

impl Thread {
    /// Counts an allocation, or, when `block` is null, nothing.
    #[cfg_attr(optimised, inline(always))]
    fn allocate<const OWNS: bool>(&self, block: *mut u8, size: usize, footer: Footer) {
        self.headroom.sub(size as i64);
        self.pending.allocations.add(1);
        // PERF: one branch for "no block" and "no headroom": both make a number negative. Where addresses
        // have their highest bit set this only takes the cold way more often.
        let no_block = if OWNS {
            0
        } else {
            (block as i64).wrapping_sub(1)
        };
        // SAFETY: these are the calling thread's own words.
        if (no_block | unsafe { self.headroom.mine() }) < 0 {
            if block.is_null() {
                self.headroom.add(size as i64);
                self.pending.allocations.sub(1);
            } else if self.headroom.get() < 0 {
                self.crossed_ceiling(size as u64, footer);
            }
        }
    }

    /// Counts a deallocation; `false` when nothing was counted and `deallocate_cold` has to be called for it.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn deallocate(&self, size: usize) -> bool {
        // SAFETY: these are the calling thread's own words.
        if size as i64 > unsafe { self.credit.mine() } {
            return false;
        }
        self.count_deallocation(size);
        true
    }

    /// Counts the deallocation of a block of `origin`; `false` when nothing was counted and `deallocate_owned_cold` has to
    /// be called for it.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn deallocate_owned(&self, size: usize, origin: u32) -> bool {
        // SAFETY: these are the calling thread's own words.
        if origin >= unsafe { self.freed_length.mine() } {
            return false;
        }
        // SAFETY: as above.
        if size as i64 > unsafe { self.credit.mine() } {
            return false;
        }
        // SAFETY: the origin is listed.
        unsafe { self.free_of_listed(origin, size as u64) };
        self.count_deallocation(size);
        true
    }

    #[cfg_attr(optimised, inline(always))]
    fn count_deallocation(&self, size: usize) {
        self.credit.sub(size as i64);
        self.headroom.add(size as i64);
        self.pending.deallocations.add(1);
    }
}
