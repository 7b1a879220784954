//! On Windows the loader calls the functions in the section `.CRT$XL…` when a thread ends, in the order of the sections' names.
//!
//! The standard library destroys thread-locals in `.CRT$XLB`, the C runtime those of C++ in `.CRT$XLD`. Ours comes behind
//! both, so what destructors allocate is counted as on any other thread. A fiber-local slot's callback comes before them,
//! and is also called when a fiber is deleted.
//!
//! At the end of the process the loader calls them too, on the last thread. `os::process_exit` sees to that.

use super::Thread;
use crate::os::{errno, process_exit};
use crate::record::thread_ends;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};

unsafe extern "system" {
    fn TlsAlloc() -> u32;
    fn TlsFree(index: u32) -> i32;
    fn TlsGetValue(index: u32) -> *mut c_void;
    fn TlsSetValue(index: u32, data: *const c_void) -> i32;
}

const OUT_OF_INDEXES: u32 = u32::MAX;
const THREAD_DETACH: u32 = 3;

/// The loader calls once.
pub(crate) const IS_REPEATED: bool = false;

/// 0: not made yet; otherwise the slot + 1.
static SLOT: AtomicU64 = AtomicU64::new(0);

#[cfg(not(miri))]
#[used]
#[unsafe(link_section = ".CRT$XLY")]
static AT_DETACH: unsafe extern "system" fn(*mut c_void, u32, *mut c_void) = detach;

/// As on Unix.
pub(crate) fn watch(thread: *const Thread) -> bool {
    if !thread.is_null() {
        process_exit::note_thread();
    }
    // SAFETY: the slot was made by `TlsAlloc` and is never freed.
    slot().is_some_and(|slot| errno::kept(|| unsafe { TlsSetValue(slot, thread.cast()) != 0 }))
}

/// What the calling thread watches; null if it does not.
#[cfg_attr(not(words_keyed), allow(dead_code))]
pub(crate) fn own() -> *const Thread {
    let Some(slot) = known_slot() else {
        return std::ptr::null();
    };
    // SAFETY: as in `watch`.
    errno::kept(|| unsafe { TlsGetValue(slot) })
        .cast_const()
        .cast()
}

fn known_slot() -> Option<u32> {
    // Acquire: partner of the release in `slot`; who sees the number may use the slot.
    u32::try_from(SLOT.load(Ordering::Acquire).checked_sub(1)?).ok()
}

fn slot() -> Option<u32> {
    if let Some(known) = known_slot() {
        return Some(known);
    }
    // SAFETY: takes nothing.
    let made = errno::kept(|| unsafe { TlsAlloc() });
    if made == OUT_OF_INDEXES {
        return None;
    }
    // Release: partner of the acquire loads.
    match SLOT.compare_exchange(0, u64::from(made) + 1, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => Some(made),
        Err(theirs) => {
            // SAFETY: made above and given to nobody.
            errno::kept(|| unsafe { TlsFree(made) });
            u32::try_from(theirs - 1).ok()
        }
    }
}

unsafe extern "system" fn detach(_module: *mut c_void, reason: u32, _reserved: *mut c_void) {
    if reason != THREAD_DETACH {
        return;
    }
    let thread = own();
    if !thread.is_null() {
        // SAFETY: `watch` was called on this thread with its own words.
        unsafe { thread_ends(thread) };
    }
}
