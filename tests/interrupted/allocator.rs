//! The global allocator of the test: memprof's over one that is safe in signal handlers, under one that knows what happened.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static ALLOCATOR: Witness = Witness;

static MEMPROF: memprof::Allocator<Arena> = memprof::Allocator::new(Arena);

/// Whether events are memprof's own, not the program's.
static IS_OWN: AtomicBool = AtomicBool::new(false);

pub(super) static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
pub(super) static ALLOCATED_BYTES: AtomicU64 = AtomicU64::new(0);
pub(super) static DEALLOCATIONS: AtomicU64 = AtomicU64::new(0);
pub(super) static DEALLOCATED_BYTES: AtomicU64 = AtomicU64::new(0);

/// Runs what memprof does for itself.
pub(super) fn of_memprof<R>(work: impl FnOnce() -> R) -> R {
    IS_OWN.store(true, Relaxed);
    let result = work();
    IS_OWN.store(false, Relaxed);
    result
}

/// Events of handlers that interrupt what memprof does for itself, where nobody can tell them apart.
pub(super) static HIDDEN_EVENTS: AtomicU64 = AtomicU64::new(0);

/// Runs what the program does, perhaps in the midst of that.
pub(super) fn of_program(work: impl FnOnce()) {
    let events = || ALLOCATIONS.load(Relaxed) + DEALLOCATIONS.load(Relaxed);
    let is_own = IS_OWN.swap(false, Relaxed);
    let before = events();
    work();
    if is_own {
        HIDDEN_EVENTS.fetch_add(events() - before, Relaxed);
    }
    IS_OWN.store(is_own, Relaxed);
}

/// Counts what the program does.
struct Witness;

fn allocated(size: usize) {
    if !IS_OWN.load(Relaxed) {
        ALLOCATIONS.fetch_add(1, Relaxed);
        ALLOCATED_BYTES.fetch_add(size as u64, Relaxed);
    }
}

fn deallocated(size: usize) {
    if !IS_OWN.load(Relaxed) {
        DEALLOCATIONS.fetch_add(1, Relaxed);
        DEALLOCATED_BYTES.fetch_add(size as u64, Relaxed);
    }
}

// SAFETY: all is passed on.
unsafe impl GlobalAlloc for Witness {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size());
        // SAFETY: passed on.
        unsafe { MEMPROF.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size());
        // SAFETY: passed on.
        unsafe { MEMPROF.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        deallocated(layout.size());
        // SAFETY: passed on.
        unsafe { MEMPROF.dealloc(block, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        deallocated(layout.size());
        allocated(new_size);
        // SAFETY: passed on.
        unsafe { MEMPROF.realloc(block, layout, new_size) }
    }
}

const ARENA_BYTES: usize = 8 << 30;
static START: AtomicUsize = AtomicUsize::new(0);
static USED: AtomicUsize = AtomicUsize::new(0);

/// Hands out address space and takes nothing back: a signal handler may come at any time.
struct Arena;

impl Arena {
    fn start() -> usize {
        if START.load(Relaxed) == 0 {
            // SAFETY: a new mapping of this process's own.
            let made = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    ARENA_BYTES,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            let _ = START.compare_exchange(0, made as usize, Relaxed, Relaxed);
        }
        START.load(Relaxed)
    }
}

// SAFETY: blocks are parts of one mapping that nobody else has, each handed out once.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let room = layout.size() + layout.align();
        let offset = USED.fetch_add(room, Relaxed);
        if offset + room > ARENA_BYTES {
            return std::ptr::null_mut();
        }
        (Self::start() + offset).next_multiple_of(layout.align()) as *mut u8
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
