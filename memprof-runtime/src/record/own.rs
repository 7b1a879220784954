//! Where the words of a thread are, and how the thread finds them.
//!
//! Others read them, so they must not go before the registry has let go of the thread. `build.rs` says by the target which of
//! three ways that is:
//!
//! - `words_in_place`, glibc: they are thread-local storage, which is part of the thread's stack. The system's notice of the end
//!   comes before the stack goes, whichever destructor first made the thread known (`os::thread_exit`). Reaching them is one
//!   address computation.
//! - `words_keyed`, where the system frees thread-local storage by a key's destructor like ours, and so perhaps before it: they
//!   are memory of memprof's own, and a key of ours leads to it.
//! - Elsewhere: memory of our own, and a thread-local pointer leads to it, one load more for each event.
//!
//! None of these is initialised at run time or has a destructor, so they can be reached at any time of the thread's life, before
//! its first line and after its last thread-local destructor. Where the memory is ours, a thread that does something
//! after its last notice gets words once more; what is left of it then is a page for each such thread.

use super::thread::Thread;
use std::sync::atomic::{Ordering, compiler_fence};

/// The words of the current thread. Valid until the thread ends.
///
/// LLVM believes that allocating touches no memory that the program sees, so where a boundary and an allocation are
/// inlined into one function it might carry a word's value in a register from one side of the allocation to the other.
/// The fences forbid that: whatever is done in `with` stays on its side of every call around it. They are no instruction.
/// They have no partner: other threads are told by the words' own orderings.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn current<R>(with: impl FnOnce(&Thread) -> R) -> R {
    let thread = place::own();
    compiler_fence(Ordering::SeqCst);
    // SAFETY: the thread's words live until the thread ends, which it does not within this call.
    let result = with(unsafe { &*thread });
    compiler_fence(Ordering::SeqCst);
    result
}

pub(crate) use place::{give_back, noticed};

/// What the system's notice of the thread's end means.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(words_in_place, allow(dead_code))]
pub(crate) enum Notice {
    /// There is another one later: the destructors of thread-locals may be still to come.
    Early,
    /// The thread ends; something may follow.
    End,
    /// As `End`, and its words can go.
    Over,
}

#[cfg(words_in_place)]
mod place {
    use super::{Notice, Thread};

    thread_local! {
        static WORDS: Thread = const { Thread::new() };
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn own() -> *const Thread {
        // A thread-local without a destructor is never "destroyed": `with` cannot fail here.
        // PERF: with a closure this small it is always inlined.
        WORDS.with(std::ptr::from_ref)
    }

    /// The only one, after the destructors of all thread-locals.
    pub(crate) fn noticed(_: &Thread) -> Notice {
        Notice::Over
    }

    /// They go with the thread.
    ///
    /// # Safety
    /// None is needed.
    pub(crate) unsafe fn give_back(_: *const Thread) {}
}

#[cfg(not(words_in_place))]
mod place {
    use super::{Notice, Thread};
    use crate::os::{pages, thread_exit};
    use crate::record::memory::count_recorder;
    use std::ptr::null;

    /// What leads to the words.
    #[cfg(words_keyed)]
    mod slot {
        pub(super) use super::thread_exit::{own, watch as set_own};
    }

    /// What leads to the words.
    #[cfg(not(words_keyed))]
    mod slot {
        use super::Thread;
        use std::cell::Cell;
        use std::ptr::null;

        thread_local! {
            static WORDS: Cell<*const Thread> = const { Cell::new(null()) };
        }

        #[cfg_attr(optimised, inline(always))]
        pub(super) fn own() -> *const Thread {
            WORDS.with(Cell::get)
        }

        pub(super) fn set_own(thread: *const Thread) -> bool {
            WORDS.with(|words| words.set(thread));
            true
        }
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn own() -> *const Thread {
        let known = slot::own();
        if known.is_null() { first() } else { known }
    }

    #[repr(transparent)]
    struct Nowhere(Thread);

    // SAFETY: all words are atomic but for those that belong to a thread which the registry knows; this one never is.
    unsafe impl Sync for Nowhere {}

    /// The words of all threads that the system has no memory for. They are as those of one that has ended, so what happens is
    /// booked late; where two are at work at a time, some of it is lost.
    static NOWHERE: Nowhere = Nowhere(Thread::ended());

    #[cold]
    fn first() -> *const Thread {
        let Some(start) = pages::take(size_of::<Thread>()) else {
            return &NOWHERE.0;
        };
        let words: *mut Thread = start.as_ptr().cast();
        // SAFETY: what was taken is aligned for it, there is room for it, and nobody else knows it.
        unsafe { words.write(Thread::new()) };
        let met = slot::own();
        if met.is_null() && slot::set_own(words) {
            count_recorder(size_of::<Thread>() as i64);
            return words;
        }
        // SAFETY: taken above, and nobody has it.
        unsafe { pages::give_back(start.as_ptr(), size_of::<Thread>()) };
        // Either a signal handler came in between, or the system has no key left.
        if met.is_null() { &NOWHERE.0 } else { met }
    }

    /// The first one is early: the destructors of thread-locals may be still to come, since the standard library has a key for
    /// them on some systems, and keys are destroyed in any order.
    pub(crate) fn noticed(thread: &Thread) -> Notice {
        thread.notices.add(1);
        match (thread_exit::IS_REPEATED, thread.notices.get()) {
            (true, 1) => Notice::Early,
            (true, 2) => Notice::End,
            _ => Notice::Over,
        }
    }

    /// # Safety
    /// They are the calling thread's own and retired, or those of a thread that does not run any more.
    pub(crate) unsafe fn give_back(thread: *const Thread) {
        if std::ptr::eq(thread, &NOWHERE.0) {
            return;
        }
        if std::ptr::eq(thread, slot::own()) {
            slot::set_own(null());
            thread_exit::watch(null());
        }
        count_recorder(-(size_of::<Thread>() as i64));
        // SAFETY: taken by `first`; by the caller's promise nobody uses them any more.
        unsafe { pages::give_back(thread.cast_mut().cast(), size_of::<Thread>()) };
    }
}
