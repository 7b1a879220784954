//! The inner allocator of the counted programs: every event costs the same number of instructions.
//!
//! `System` does not: what `malloc` executes depends on the size and on what was freed before, and memprof's
//! four bytes a block would shift that. Hence this is `System` as it is on Unix, down to the code around the
//! calls, with other functions in the place of `malloc` and its like: their blocks are *slots* of one size out
//! of a static pool, the one given back last being taken first.
//!
//! These functions stand in another crate than the global allocator, as `free` does: within one crate the
//! compiler would jump to them by the branch that ends memprof's part, and save what no program saves.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

const SLOT_BYTES: usize = 16 * 1024;
const SLOTS: usize = 64;

/// What `malloc` gives without being asked.
const USUAL_ALIGN: usize = 2 * size_of::<usize>();

/// Up to so many bytes a zeroed block takes the same time, with memprof's four bytes or without.
const ZEROED_BYTES: usize = 128;

/// An allocator of constant cost for blocks of up to 16 KiB.
#[derive(Debug)]
pub struct Fixed;

#[repr(C, align(4096))]
struct Pool {
    bytes: UnsafeCell<[[u8; SLOT_BYTES]; SLOTS]>,
    /// Numbers of the free slots: the first `free` of these.
    numbers: UnsafeCell<[usize; SLOTS]>,
    free: UnsafeCell<usize>,
    is_locked: AtomicBool,
}

// SAFETY: `numbers` and `free` are reached under the lock alone; a slot belongs to whoever took it.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool {
    bytes: UnsafeCell::new([[0; SLOT_BYTES]; SLOTS]),
    numbers: UnsafeCell::new(all_numbers()),
    free: UnsafeCell::new(SLOTS),
    is_locked: AtomicBool::new(false),
};

const fn all_numbers() -> [usize; SLOTS] {
    let mut numbers = [0; SLOTS];
    let mut at = 0;
    while at < SLOTS {
        numbers[at] = at;
        at += 1;
    }
    numbers
}

impl Pool {
    /// Calls `with` with the list of free slots and its length. Never contended in a counted program, which
    /// has one thread.
    #[inline(always)]
    fn locked<R>(&self, with: impl FnOnce(&mut [usize; SLOTS], &mut usize) -> R) -> R {
        // Acquire: pairs with the release below.
        while self.is_locked.swap(true, Ordering::Acquire) {
            std::hint::spin_loop();
        }
        // SAFETY: the lock is held, and `with` cannot come back here: it is one of the two below.
        let result = unsafe { with(&mut *self.numbers.get(), &mut *self.free.get()) };
        // Release: pairs with the acquire above.
        self.is_locked.store(false, Ordering::Release);
        result
    }

    fn take(&self) -> Option<*mut u8> {
        let number = self.locked(|numbers, free| {
            *free = free.checked_sub(1)?;
            Some(numbers[*free % SLOTS])
        })?;
        Some(self.start().wrapping_add(number * SLOT_BYTES))
    }

    /// The number of the slot that starts at `block`, if it is one of the pool.
    fn number(&self, block: *mut u8) -> Option<usize> {
        let offset = (block as usize).wrapping_sub(self.start() as usize);
        (offset < SLOTS * SLOT_BYTES).then_some(offset / SLOT_BYTES)
    }

    fn give(&self, number: usize) {
        self.locked(|numbers, free| {
            numbers[*free % SLOTS] = number;
            *free += 1;
        });
    }

    fn start(&self) -> *mut u8 {
        self.bytes.get().cast()
    }
}

// SAFETY: a block is a slot, which is long enough, aligned to 16 bytes and more, and nobody else's until it
// is given back; or it is `System`'s, and then never given back. Its address tells which.
unsafe impl GlobalAlloc for Fixed {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_usual(layout) {
            take(layout.size())
        } else {
            // SAFETY: the caller's promise about `layout` is passed on.
            unsafe { System.alloc(layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_usual(layout) {
            take_zeroed(layout.size())
        } else {
            // SAFETY: the caller's promise about `layout` is passed on.
            unsafe { System.alloc_zeroed(layout) }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        give(block);
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's block, of this layout.
        unsafe { resize(block, layout, new_size) }
    }
}

/// The same test as in `System`.
#[inline(always)]
fn is_usual(layout: Layout) -> bool {
    layout.align() <= USUAL_ALIGN && layout.align() <= layout.size()
}

/// In the place of `malloc`.
#[inline(never)]
fn take(size: usize) -> *mut u8 {
    if size <= SLOT_BYTES
        && let Some(slot) = POOL.take()
    {
        return slot;
    }
    let Ok(layout) = Layout::from_size_align(size, USUAL_ALIGN) else {
        return std::ptr::null_mut();
    };
    // SAFETY: a usual block's size is at least its alignment, hence not zero.
    unsafe { System.alloc(layout) }
}

/// In the place of `calloc`.
#[inline(never)]
fn take_zeroed(size: usize) -> *mut u8 {
    let block = take(size);
    if size <= ZEROED_BYTES && POOL.number(block).is_some() {
        // SAFETY: a slot is as long as that.
        unsafe { block.cast::<[u8; ZEROED_BYTES]>().write([0; ZEROED_BYTES]) };
    } else if !block.is_null() {
        // SAFETY: the block has `size` bytes.
        unsafe { block.write_bytes(0, size) };
    }
    block
}

/// In the place of `free`, hence told no size. What is no slot is left behind: counted programs are short.
#[inline(never)]
fn give(block: *mut u8) {
    if let Some(number) = POOL.number(block) {
        POOL.give(number);
    }
}

/// In the place of `realloc`. In place where there is room.
///
/// # Safety
/// As `GlobalAlloc::realloc`.
#[inline(never)]
unsafe fn resize(block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
    if new_size <= SLOT_BYTES && POOL.number(block).is_some() {
        return block;
    }
    let Ok(new) = Layout::from_size_align(new_size, layout.align()) else {
        return std::ptr::null_mut();
    };
    // SAFETY: the new size is not zero.
    let moved = unsafe { Fixed.alloc(new) };
    if !moved.is_null() {
        // SAFETY: two different blocks, both at least so long.
        unsafe { moved.copy_from_nonoverlapping(block, layout.size().min(new_size)) };
        give(block);
    }
    moved
}
