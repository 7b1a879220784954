//! Notice of a thread's end, as late as the system gives it.
//!
//! On Unix: a pthread key, whose destructor runs after all thread-local destructors of Rust and C++ on Linux.
//! On Windows: a fiber-local slot's callback. What happens still later on the thread is booked late. Elsewhere
//! threads are taken never to end. Never a thread-local with a destructor: registering one may allocate, and
//! `watch` is called from inside the allocator.

use crate::record::Thread;

#[cfg(unix)]
pub(crate) use unix::watch;

#[cfg(unix)]
mod unix {
    use super::Thread;
    use crate::record::thread_ends;
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// 0: not made yet; otherwise the key + 1.
    static KEY: AtomicU64 = AtomicU64::new(0);

    /// Arranges that `thread_ends(thread)` is called when the calling thread, whose words `thread` is,
    /// ends. `false` when the system has no key left.
    pub(crate) fn watch(thread: *const Thread) -> bool {
        let Some(key) = key() else {
            return false;
        };
        // SAFETY: the key was made by `pthread_key_create` and is never deleted.
        unsafe { libc::pthread_setspecific(key, thread.cast()) == 0 }
    }

    fn key() -> Option<libc::pthread_key_t> {
        // Acquire: partner of the release in the exchange below; who sees the number may use the key.
        let known = KEY.load(Ordering::Acquire);
        if known != 0 {
            return libc::pthread_key_t::try_from(known - 1).ok();
        }
        let mut made: libc::pthread_key_t = 0;
        // SAFETY: `made` is a valid place; the destructor is a function of this program.
        if unsafe { libc::pthread_key_create(&mut made, Some(ends)) } != 0 {
            return None;
        }
        // The key's type differs from system to system; none is wider.
        match KEY.compare_exchange(0, made as u64 + 1, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Some(made),
            Err(theirs) => {
                // SAFETY: made above and given to nobody.
                unsafe { libc::pthread_key_delete(made) };
                libc::pthread_key_t::try_from(theirs - 1).ok()
            }
        }
    }

    extern "C" fn ends(thread: *mut c_void) {
        // At once, not in a later round: a thread may have met us in any of them.
        // SAFETY: `watch` was called on this thread with its own words.
        unsafe { thread_ends(thread.cast()) };
    }
}

#[cfg(windows)]
pub(crate) use windows::watch;

#[cfg(windows)]
mod windows {
    use super::Thread;
    use crate::record::thread_ends;
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicU64, Ordering};

    unsafe extern "system" {
        fn FlsAlloc(callback: Option<unsafe extern "system" fn(*const c_void)>) -> u32;
        fn FlsFree(index: u32) -> i32;
        fn FlsSetValue(index: u32, data: *const c_void) -> i32;
    }

    const OUT_OF_INDEXES: u32 = u32::MAX;

    /// 0: not made yet; otherwise the slot + 1.
    static SLOT: AtomicU64 = AtomicU64::new(0);

    /// As on Unix.
    pub(crate) fn watch(thread: *const Thread) -> bool {
        // SAFETY: the slot was made by `FlsAlloc` and is never freed.
        slot().is_some_and(|slot| unsafe { FlsSetValue(slot, thread.cast()) != 0 })
    }

    fn slot() -> Option<u32> {
        // Acquire: partner of the release in the exchange below; who sees the number may use the slot.
        let known = SLOT.load(Ordering::Acquire);
        if known != 0 {
            return u32::try_from(known - 1).ok();
        }
        // SAFETY: the callback is a function of this program.
        let made = unsafe { FlsAlloc(Some(ends)) };
        if made == OUT_OF_INDEXES {
            return None;
        }
        match SLOT.compare_exchange(0, u64::from(made) + 1, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Some(made),
            Err(theirs) => {
                // SAFETY: made above and given to nobody.
                unsafe { FlsFree(made) };
                u32::try_from(theirs - 1).ok()
            }
        }
    }

    unsafe extern "system" fn ends(thread: *const c_void) {
        if !thread.is_null() {
            // SAFETY: `watch` was called on this thread with its own words.
            unsafe { thread_ends(thread.cast()) };
        }
    }
}

/// Threads are taken never to end.
#[cfg(not(any(unix, windows)))]
pub(crate) fn watch(_thread: *const Thread) -> bool {
    true
}
