//! Promise: an allocator that cannot be asked is not told of by the figures of another that is there too.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

const ARENA_BYTES: usize = 64 << 20;

/// Gives out its arena once.
struct Once {
    arena: UnsafeCell<[u8; ARENA_BYTES]>,
    next: AtomicUsize,
}

// SAFETY: each byte is given out once.
unsafe impl Sync for Once {}

// SAFETY: blocks lie in the arena, are aligned, and overlap no other.
unsafe impl GlobalAlloc for &Once {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let room = layout.size() + layout.align();
        let start = self.next.fetch_add(room, Ordering::Relaxed);
        if start + room > ARENA_BYTES {
            return std::ptr::null_mut();
        }
        let place = self.arena.get().cast::<u8>().wrapping_add(start);
        place.wrapping_add(place.align_offset(layout.align()))
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

static ONCE: Once = Once {
    arena: UnsafeCell::new([0; ARENA_BYTES]),
    next: AtomicUsize::new(0),
};

#[global_allocator]
static ALLOCATOR: memprof::Allocator<&Once> = memprof::Allocator::new(&ONCE);

#[test]
fn the_heap_of_an_unknown_allocator() {
    let block = std::hint::black_box(vec![1_u8; 8 << 20]);
    let process = memprof::snapshot().process;
    assert!(process.live_bytes >= 8 << 20);
    assert_eq!(process.fragmentation, None);
    drop(block);
}
