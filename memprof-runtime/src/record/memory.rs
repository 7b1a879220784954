//! The recorder's own memory: arrays and boxes from a heap of its own.
//!
//! The recorder runs inside the user's global allocator, so nothing here may ever go through it. Nor, where there are
//! signals, through the system's: a handler may have interrupted that. What is
//! taken is added to `overhead_bytes` and given back from it. When the system has no memory left, the call
//! says so with `None` or `false`; the recorder then counts less and warns, it never panics.

use std::alloc::Layout;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, Ordering};

const CACHE_LINE_BYTES: usize = 64;

/// Bytes that memprof holds for itself, now.
static OVERHEAD_BYTES: AtomicI64 = AtomicI64::new(0);
/// Of these, what the recorder's arrays and boxes take.
static RECORDER_BYTES: AtomicI64 = AtomicI64::new(0);

pub(super) use heap::{after_fork, before_fork};

/// Pages of the system, cut up. Whoever holds the lock is not interrupted by who wants it: that is work (see
/// `record::interrupted`).
#[cfg(all(any(target_os = "linux", target_os = "macos"), not(miri)))]
mod heap {
    use crate::os;
    use crate::record::lock::Lock;
    use crate::record::own::current;
    use dlmalloc::Dlmalloc;
    use std::alloc::Layout;

    /// Whether it is no part of the system allocator's heap.
    pub(super) const IS_APART: bool = true;

    static HEAP: Lock<Dlmalloc> = Lock::new(Dlmalloc::new());

    fn with<R>(work: impl FnOnce(&mut Dlmalloc) -> R) -> R {
        current(|thread| {
            let is_outermost = thread.begin_work();
            let result = os::errno::kept(|| work(&mut HEAP.lock()));
            if is_outermost {
                thread.end_work();
            }
            result
        })
    }

    /// # Safety
    /// The size is not zero.
    pub(super) unsafe fn take_zeroed(layout: Layout) -> *mut u8 {
        // SAFETY: passed on.
        with(|heap| unsafe { heap.calloc(layout.size(), layout.align()) })
    }

    /// # Safety
    /// `start` was taken with this layout and is given back once.
    pub(super) unsafe fn give_back(start: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        with(|heap| unsafe { heap.free(start, layout.size(), layout.align()) });
    }

    /// The child of a fork starts with a whole heap.
    pub(crate) fn before_fork() {
        HEAP.acquire();
    }

    pub(crate) fn after_fork() {
        HEAP.release();
    }
}

#[cfg(not(all(any(target_os = "linux", target_os = "macos"), not(miri))))]
mod heap {
    use std::alloc::{GlobalAlloc, Layout, System};

    pub(super) const IS_APART: bool = false;

    /// # Safety
    /// The size is not zero.
    pub(super) unsafe fn take_zeroed(layout: Layout) -> *mut u8 {
        // SAFETY: passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    /// # Safety
    /// `start` was taken with this layout and is given back once.
    pub(super) unsafe fn give_back(start: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(start, layout) };
    }

    pub(crate) fn before_fork() {}

    pub(crate) fn after_fork() {}
}

/// Adds `bytes` (negative: given back) to what memprof holds for itself.
pub(crate) fn count_overhead(bytes: i64) {
    // Relaxed: a sum that nothing else is inferred from.
    OVERHEAD_BYTES.fetch_add(bytes, Ordering::Relaxed);
}

/// Bytes that memprof holds for itself, now.
pub(crate) fn overhead_bytes() -> u64 {
    u64::try_from(OVERHEAD_BYTES.load(Ordering::Relaxed)).unwrap_or(0)
}

/// Of these, what lies in the heap of an allocator: reports, symbols and settings. The recorder's own arrays do not, where
/// they have a heap apart.
pub(crate) fn overhead_in_heap_bytes() -> u64 {
    let all = OVERHEAD_BYTES.load(Ordering::Relaxed);
    let apart = match heap::IS_APART {
        true => RECORDER_BYTES.load(Ordering::Relaxed),
        false => 0,
    };
    u64::try_from(all.saturating_sub(apart)).unwrap_or(0)
}

/// Adds to what the recorder has taken.
pub(super) fn count_recorder(bytes: i64) {
    RECORDER_BYTES.fetch_add(bytes, Ordering::Relaxed);
    count_overhead(bytes);
}

/// Takes zeroed memory for `length` values of `T`; `None` when there is none or the size overflows.
///
/// All-zero bytes must be a valid `T`: the types that are used here consist of words and pointers.
pub(crate) fn take_zeroed<T>(length: usize) -> Option<NonNull<T>> {
    let layout = layout_of::<T>(length)?;
    if layout.size() == 0 {
        return None;
    }
    // SAFETY: the layout's size is not zero.
    let start = NonNull::new(unsafe { heap::take_zeroed(layout) })?;
    count_recorder(layout.size() as i64);
    Some(start.cast())
}

/// Gives back what `take_zeroed` took.
///
/// # Safety
/// - `start` came from `take_zeroed::<T>(length)` with this same `length` and was not given back before.
/// - Nobody reads it any more.
pub(crate) unsafe fn give_back<T>(start: *mut T, length: usize) {
    let Some(layout) = layout_of::<T>(length) else {
        return;
    };
    debug_assert!(!start.is_null());
    // SAFETY: by the caller's promise the block is one of ours with just this layout.
    unsafe { heap::give_back(start.cast(), layout) };
    count_recorder(-(layout.size() as i64));
}

/// Whole cache lines: what one thread writes at every event shares none with another thread's.
fn layout_of<T>(length: usize) -> Option<Layout> {
    let layout = Layout::array::<T>(length)
        .ok()?
        .align_to(CACHE_LINE_BYTES)
        .ok()?;
    Some(layout.pad_to_align())
}

/// A growable array of plain values, for use under the registry's lock or by one thread alone.
pub(crate) struct Array<T: Copy> {
    start: *mut T,
    length: usize,
    capacity: usize,
}

impl<T: Copy> Array<T> {
    pub(crate) const fn new() -> Self {
        Self {
            start: std::ptr::null_mut(),
            length: 0,
            capacity: 0,
        }
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        if self.start.is_null() {
            return &[];
        }
        // SAFETY: the first `length` of `capacity` values are initialised (zeroed or written).
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.start.is_null() {
            return &mut [];
        }
        // SAFETY: as in `as_slice`, and `&mut self` makes it the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.length) }
    }

    /// Makes the array at least `length` long, new values all zero; `false` when there is no memory.
    pub(crate) fn grow_to(&mut self, length: usize) -> bool {
        if length > self.capacity && !self.reserve(length) {
            return false;
        }
        self.length = self.length.max(length);
        true
    }

    /// Appends a value; `false` when there is no memory, and the array stays as it was.
    pub(crate) fn push(&mut self, value: T) -> bool {
        let end = self.length;
        if !self.grow_to(end + 1) {
            return false;
        }
        self.as_mut_slice()[end] = value;
        true
    }

    /// Whether the next `push` takes other memory.
    pub(crate) fn is_full(&self) -> bool {
        self.length == self.capacity
    }

    /// Takes the last value off.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.as_slice().last().copied()?;
        self.length -= 1;
        Some(last)
    }

    fn reserve(&mut self, length: usize) -> bool {
        let capacity = length.max(self.capacity * 2).max(16);
        let Some(start) = take_zeroed::<T>(capacity) else {
            return false;
        };
        if !self.start.is_null() {
            // SAFETY: two different blocks; the old one has `length` values, the new one holds more.
            unsafe { std::ptr::copy_nonoverlapping(self.start, start.as_ptr(), self.length) };
            // SAFETY: taken with `self.capacity`; `&mut self` proves that nobody reads it.
            unsafe { give_back(self.start, self.capacity) };
        }
        self.start = start.as_ptr();
        self.capacity = capacity;
        true
    }
}

impl<T: Copy> Drop for Array<T> {
    fn drop(&mut self) {
        if !self.start.is_null() {
            // SAFETY: taken with `self.capacity`; dropped once.
            unsafe { give_back(self.start, self.capacity) };
        }
    }
}

// SAFETY: the array owns its block, as a `Vec` does.
unsafe impl<T: Copy + Send> Send for Array<T> {}
