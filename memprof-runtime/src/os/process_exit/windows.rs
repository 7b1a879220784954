//! The end of a process on Windows, where `std::process::exit` calls no `atexit` handler.
//!
//! `ExitProcess` first kills all other threads, wherever they are, and then tells the last one: by the callbacks of its
//! fiber-local slots, and by the functions in the section `.CRT$XL…`, which the loader calls. The slot has a value on each
//! thread that memprof knows, but only in the fiber that it met; and some loaders (Wine's) leave out the functions of the
//! executable. So both are asked for, and the first is taken.
//!
//! A lock of ours may be held by a thread that is no more, and nobody will ever let go of it. If any is, there is no report but
//! a word of why. Either way the last thread never waits for a lock from here on, whatever destructors of thread-locals
//! still do: the standard library has them run in `.CRT$XLB`, behind this.

use super::{AtEnd, NOTE, REPORT, ends, note_ends};
use crate::os::errno;
use crate::record;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const PROCESS_DETACH: u32 = 0;
const OUT_OF_INDEXES: u32 = u32::MAX;

#[link(name = "ntdll")]
unsafe extern "system" {
    fn RtlDllShutdownInProgress() -> u8;
}

unsafe extern "system" {
    fn FlsAlloc(callback: Option<unsafe extern "system" fn(*const c_void)>) -> u32;
    fn FlsSetValue(index: u32, data: *const c_void) -> i32;
}

#[cfg(not(miri))]
#[used]
#[unsafe(link_section = ".CRT$XLAA")]
static AT_DETACH: unsafe extern "system" fn(*mut c_void, u32, *mut c_void) = detach;

/// The fiber-local slot, once it is made.
static SLOT: AtomicU32 = AtomicU32::new(OUT_OF_INDEXES);

/// Whether the end was told of.
static IS_TOLD: AtomicBool = AtomicBool::new(false);

impl AtEnd {
    /// Whether it is wanted and was not begun.
    fn is_due(&self) -> bool {
        // Relaxed: there is one thread left.
        self.is_wanted.load(Ordering::Relaxed) && !self.is_done.load(Ordering::Relaxed)
    }
}

/// Makes the slot. Called once, before `main`.
pub(in crate::os) fn make_slot() {
    // SAFETY: the callback is a function of this object, which stays loaded.
    let made = errno::kept(|| unsafe { FlsAlloc(Some(fiber_ends)) });
    // Relaxed: a number and nothing else; the system keeps what belongs to it.
    SLOT.store(made, Ordering::Relaxed);
    note_thread();
}

/// Has the process's end told on the calling thread, if it is the last.
pub(in crate::os) fn note_thread() {
    let slot = SLOT.load(Ordering::Relaxed);
    if slot != OUT_OF_INDEXES {
        // SAFETY: the slot was made by `FlsAlloc` and is never freed. The value is not followed; with null nothing is called.
        errno::kept(|| unsafe { FlsSetValue(slot, std::ptr::without_provenance(1)) });
    }
}

unsafe extern "system" fn fiber_ends(_value: *const c_void) {
    last_thread_is_told();
}

unsafe extern "system" fn detach(_module: *mut c_void, reason: u32, _reserved: *mut c_void) {
    if reason == PROCESS_DETACH {
        last_thread_is_told();
    }
}

fn last_thread_is_told() {
    // Else a fiber or a thread ends, or a library is unloaded (which ours is not: see `os::pin`).
    // SAFETY: takes nothing, and may be called at any time.
    let is_end = unsafe { RtlDllShutdownInProgress() } != 0;
    // Relaxed: there is one thread left.
    if !is_end || IS_TOLD.swap(true, Ordering::Relaxed) {
        return;
    }
    if record::others_were_killed() {
        record::goes_on_alone();
        if REPORT.is_due() {
            crate::collect::process_end_unreported();
        }
        return;
    }
    if REPORT.is_due() {
        ends();
    }
    if NOTE.is_due() {
        note_ends();
    }
    record::goes_on_alone();
}
