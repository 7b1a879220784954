//! mimalloc, which tells what it has committed, and in its usual build not how much of that is in blocks.

use super::HeapFigures;
use std::ptr::null_mut;

pub(super) fn figures() -> HeapFigures {
    let mut committed = 0;
    let (none, committed_at) = (null_mut(), &raw mut committed);
    // SAFETY: every place may be null, and the one that is not is valid for a `size_t`.
    unsafe {
        libmimalloc_sys::mi_process_info(none, none, none, none, none, committed_at, none, none);
    }
    HeapFigures {
        held: committed as u64,
        in_blocks: None,
        mapped_blocks: 0,
    }
}

pub(super) fn owns(block: *const u8) -> bool {
    // SAFETY: takes any address and does not read there.
    unsafe { libmimalloc_sys::mi_is_in_heap_region(block.cast()) }
}
