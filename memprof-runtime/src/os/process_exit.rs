//! Notice of the process's end: `atexit`, which runs after `main` and after `std::process::exit`, before
//! the thread-locals of the main thread are gone from memory.

/// Calls `at_exit` once when the process ends by returning from `main` or by `exit`; `false` when the
/// system refused. `at_exit` must not unwind.
#[cfg(any(unix, windows))]
pub(crate) fn register(at_exit: extern "C" fn()) -> bool {
    // SAFETY: a function of this program that takes no argument and, by its type, does not unwind.
    unsafe { libc::atexit(at_exit) == 0 }
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn register(_at_exit: extern "C" fn()) -> bool {
    false
}
