//! Notice of the process's end: `atexit`, which runs after `main` returns and in `std::process::exit`,
//! while the main thread's thread-locals are still in memory.

use std::sync::atomic::{AtomicBool, Ordering};

/// Arranges that `collect::process_ends` is called once at the process's end. Called at the first tracked
/// call; neither blocks nor allocates through the global allocator.
pub(crate) fn install() {
    static IS_INSTALLED: AtomicBool = AtomicBool::new(false);
    // Relaxed: only one thread may see `false`; nothing else hangs on it.
    if !IS_INSTALLED.load(Ordering::Relaxed) && !IS_INSTALLED.swap(true, Ordering::Relaxed) {
        crate::collect::process_end_arranged();
        register(ends);
    }
}

/// Arranges that `collect::process_table_ends` is called once at the process's end, behind `collect::process_ends` where that
/// is arranged. Called once, before `main`.
pub(crate) fn table_end() {
    register(table_ends);
}

/// Arranges that `collect::process_note_ends` is called once at the process's end, behind the report. Called once, before
/// `main`.
pub(crate) fn note_end() {
    register(note_ends);
}

extern "C" fn ends() {
    crate::collect::process_ends();
}

extern "C" fn table_ends() {
    crate::collect::process_table_ends();
}

extern "C" fn note_ends() {
    crate::collect::process_note_ends();
}

#[cfg(any(unix, windows))]
fn register(at_exit: extern "C" fn()) {
    // SAFETY: a function of this program that takes no argument and does not unwind. If the system refuses,
    // there is no report at the end; nothing else hangs on it.
    unsafe { libc::atexit(at_exit) };
}

#[cfg(not(any(unix, windows)))]
fn register(_at_exit: extern "C" fn()) {}
