//! glibc's `malloc`: `mallinfo2`, looked up by name, since glibc has it only from 2.33 on.

use super::HeapFigures;
use std::mem::transmute;
use std::sync::atomic::{AtomicPtr, Ordering};

type Mallinfo2 = unsafe extern "C" fn() -> libc::mallinfo2;

/// All arenas together; `None` where this glibc cannot tell.
///
/// Blocks that a thread keeps for its next allocations (at most seven of a size) count as in use.
pub(super) fn figures() -> Option<HeapFigures> {
    let mallinfo2 = mallinfo2()?;
    // SAFETY: the function takes nothing and may be called on any thread that holds no lock of `malloc`.
    let info = unsafe { mallinfo2() };
    let mapped = info.hblkhd as u64;
    Some(HeapFigures {
        mapped_blocks: info.hblks as u64,
        held: (info.arena as u64).saturating_add(mapped),
        in_blocks: Some((info.uordblks as u64).saturating_add(mapped)),
    })
}

fn mallinfo2() -> Option<Mallinfo2> {
    /// Where it was found; `ABSENT` where it was not, null before anybody looked.
    static FOUND: AtomicPtr<libc::c_void> = AtomicPtr::new(std::ptr::null_mut());
    const ABSENT: *mut libc::c_void = std::ptr::without_provenance_mut(1);

    // Relaxed: an address that is the same whoever finds it; the function is part of the C library.
    let mut found = FOUND.load(Ordering::Relaxed);
    if found.is_null() {
        // SAFETY: a name that ends in a zero byte.
        found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr()) };
        if found.is_null() {
            found = ABSENT;
        }
        FOUND.store(found, Ordering::Relaxed);
    }
    let is_there = found != ABSENT;
    // SAFETY: the function of this name has this type in every C library that has it (malloc.h).
    is_there.then(|| unsafe { transmute::<*mut libc::c_void, Mallinfo2>(found) })
}
