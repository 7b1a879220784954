//! Notice of a thread's end, as late as the system gives it.
//!
//! On Unix: a pthread key, whose destructor runs after all thread-local destructors of Rust and C++ on Linux with glibc. On
//! Windows: what the loader calls when a thread ends, behind the standard library's own. What happens still later on the
//! thread is booked late. Elsewhere threads are taken never to end. Never a thread-local with a destructor: registering one
//! may allocate, and `watch` is called from inside the allocator.

use crate::record::Thread;

#[cfg(all(unix, not(words_in_place)))]
pub(crate) use unix::IS_REPEATED;
#[cfg(all(unix, words_keyed))]
pub(crate) use unix::own;
#[cfg(unix)]
pub(crate) use unix::watch;

#[cfg(unix)]
mod unix {
    use super::Thread;
    #[cfg(words_in_place)]
    use crate::record::own::current;
    use crate::record::thread_ends;
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Whether the thread is told again in the system's next round of destructors, of which there are at least four. So it is
    /// where the words do not go with the thread: the first round may be before the destructors of thread-locals.
    pub(crate) const IS_REPEATED: bool = cfg!(not(words_in_place));

    /// 0: not made yet; otherwise the key + 1.
    static KEY: AtomicU64 = AtomicU64::new(0);

    /// Arranges that `thread_ends(thread)` is called when the calling thread, whose words `thread` is,
    /// ends; with null, that nothing is. `false` when the system has no key left.
    pub(crate) fn watch(thread: *const Thread) -> bool {
        let Some(key) = key() else {
            return false;
        };
        // SAFETY: the key was made by `pthread_key_create` and is never deleted.
        unsafe { libc::pthread_setspecific(key, thread.cast()) == 0 }
    }

    /// What the calling thread watches; null if it does not.
    #[cfg(words_keyed)]
    pub(crate) fn own() -> *const Thread {
        let Some(key) = known_key() else {
            return std::ptr::null();
        };
        // SAFETY: the key was made by `pthread_key_create` and is never deleted.
        unsafe { libc::pthread_getspecific(key) }.cast()
    }

    fn known_key() -> Option<libc::pthread_key_t> {
        // Acquire: partner of the release in `publish`; who sees the number may use the key.
        let known = KEY.load(Ordering::Acquire).checked_sub(1)?;
        // The key's type differs from system to system; none is wider.
        libc::pthread_key_t::try_from(known).ok()
    }

    /// Makes `made` the key in the place of `known`; the one that is.
    fn publish(
        known: Option<libc::pthread_key_t>,
        made: libc::pthread_key_t,
    ) -> libc::pthread_key_t {
        let number = |key| key as u64 + 1;
        let seen = known.map_or(0, number);
        // Release: partner of the acquire loads.
        match KEY.compare_exchange(seen, number(made), Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(theirs) => {
                delete(made);
                (theirs - 1) as libc::pthread_key_t
            }
        }
    }

    fn create() -> Option<libc::pthread_key_t> {
        let mut made: libc::pthread_key_t = 0;
        // SAFETY: `made` is a valid place; the destructor is a function of this program.
        let status = unsafe { libc::pthread_key_create(&mut made, Some(ends)) };
        (status == 0).then_some(made)
    }

    fn delete(key: libc::pthread_key_t) {
        // SAFETY: made by `create`, and given to nobody.
        unsafe { libc::pthread_key_delete(key) };
    }

    #[cfg(not(words_in_place))]
    fn key() -> Option<libc::pthread_key_t> {
        known_key().or_else(|| create().map(|made| publish(None, made)))
    }

    /// The key that glibc destroys last, so that no thread is left without notice.
    ///
    /// The memory of a thread's words goes when the thread does, so the registry must be told of every thread that it knows. A
    /// destructor of another key may be the first on its thread that allocates, in the last of the rounds that the system makes;
    /// then ours must be still to come in that very round. glibc gives out the lowest free key and destroys by rising keys
    /// (`nptl/pthread_key_create.c`, `nptl/nptl_deallocate_tsd.c`, the same since 1998). So ours is at the end of the keys
    /// that are in use: that of a block of 32, for the first of which each thread has room from its start.
    #[cfg(words_in_place)]
    fn key() -> Option<libc::pthread_key_t> {
        let known = known_key();
        // Where no key is left, nothing is known of those behind ours.
        let Some(probe) = create() else {
            return known;
        };
        if known.is_some_and(|known| probe < known) {
            delete(probe);
            return known;
        }
        Some(publish(known, last_of_block(probe)))
    }

    /// The last key that is free of the block of `first`, which is taken for it.
    #[cfg(words_in_place)]
    fn last_of_block(first: libc::pthread_key_t) -> libc::pthread_key_t {
        let end = first | 31;
        let mut keys = [first; 32];
        let mut last = 0;
        while keys[last] < end && last + 1 < keys.len() {
            let Some(next) = create() else { break };
            if next > end || next < keys[last] {
                delete(next);
                break;
            }
            last += 1;
            keys[last] = next;
        }
        keys[..last].iter().for_each(|key| delete(*key));
        keys[last]
    }

    extern "C" fn ends(thread: *mut c_void) {
        // The system has taken it from the key; what follows may ask for it.
        if IS_REPEATED {
            watch(thread.cast());
        }
        // A second libc of the process (`dlmopen`) gives out the same keys, and stores in them what is not ours.
        #[cfg(words_in_place)]
        if !current(|own| std::ptr::eq(own, thread.cast())) {
            return;
        }
        // At once, not in a later round: a thread may have met us in any of them.
        // SAFETY: `watch` was called on this thread with its own words.
        unsafe { thread_ends(thread.cast()) };
    }
}

#[cfg(all(windows, words_keyed))]
pub(crate) use windows::own;
#[cfg(windows)]
pub(crate) use windows::{IS_REPEATED, watch};

#[cfg(windows)]
mod windows;

#[cfg(not(any(unix, windows)))]
pub(crate) use elsewhere::{IS_REPEATED, watch};

/// Threads are taken never to end.
#[cfg(not(any(unix, windows)))]
mod elsewhere {
    use super::Thread;

    pub(crate) const IS_REPEATED: bool = false;

    pub(crate) fn watch(_thread: *const Thread) -> bool {
        true
    }
}
