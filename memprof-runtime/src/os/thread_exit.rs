//! Notice of a thread's end, as late as the system gives it.
//!
//! On Unix: a pthread key, whose destructor runs after all thread-local destructors of Rust and C++ on
//! Linux. It re-arms itself for the later rounds, so that other keys' destructors still count; what comes
//! even later is booked late. Elsewhere: a thread-local with a destructor, armed at the thread's first
//! event, which therefore runs after those armed later.

use crate::record::Thread;

#[cfg(unix)]
pub(crate) use unix::watch;

#[cfg(unix)]
mod unix {
    use super::Thread;
    use crate::record::thread_ends;
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

    /// 0: not made yet; otherwise the key + 1.
    static KEY: AtomicU64 = AtomicU64::new(0);
    /// Rounds of destructors that the system runs at least (POSIX).
    const ROUNDS: u32 = 4;

    thread_local! {
        static ROUND: AtomicU32 = const { AtomicU32::new(0) };
    }

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
        // Acquire/release: the key is usable by whoever sees its number.
        let known = KEY.load(Ordering::Acquire);
        if known != 0 {
            return libc::pthread_key_t::try_from(known - 1).ok();
        }
        let mut made: libc::pthread_key_t = 0;
        // SAFETY: `made` is a valid place; the destructor is a function of this program.
        if unsafe { libc::pthread_key_create(&mut made, Some(ends)) } != 0 {
            return None;
        }
        match KEY.compare_exchange(0, u64::from(made) + 1, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Some(made),
            Err(theirs) => {
                // SAFETY: made above and given to nobody.
                unsafe { libc::pthread_key_delete(made) };
                libc::pthread_key_t::try_from(theirs - 1).ok()
            }
        }
    }

    extern "C" fn ends(thread: *mut c_void) {
        let round = ROUND.with(|round| round.fetch_add(1, Ordering::Relaxed)) + 1;
        if round < ROUNDS && watch(thread.cast()) {
            return;
        }
        // SAFETY: `watch` was called on this thread with its own words.
        unsafe { thread_ends(thread.cast()) };
    }
}

#[cfg(not(unix))]
pub(crate) use fallback::watch;

#[cfg(not(unix))]
mod fallback {
    use super::Thread;
    use crate::record::thread_ends;
    use std::cell::Cell;

    struct AtEnd(Cell<*const Thread>);

    impl Drop for AtEnd {
        fn drop(&mut self) {
            if !self.0.get().is_null() {
                // SAFETY: `watch` was called on this thread with its own words, which have no destructor.
                unsafe { thread_ends(self.0.get()) };
            }
        }
    }

    thread_local! {
        static AT_END: AtEnd = const { AtEnd(Cell::new(std::ptr::null())) };
    }

    /// As on Unix; `false` when the thread's destructors have already run.
    pub(crate) fn watch(thread: *const Thread) -> bool {
        AT_END.try_with(|at_end| at_end.0.set(thread)).is_ok()
    }
}
