//! Notice of the process's end: `atexit`, which runs after `main` returns and in `std::process::exit`,
//! while the main thread's thread-locals are still in memory. Not so in `std::process::exit` on Windows, which has a notice of
//! its own.

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(super) use windows::{make_slot, note_thread};

use std::sync::atomic::{AtomicBool, Ordering};

/// Something that is done once at the end, if it was asked for.
struct AtEnd {
    is_wanted: AtomicBool,
    #[cfg(windows)]
    is_done: AtomicBool,
}

static REPORT: AtEnd = AtEnd::new();
static NOTE: AtEnd = AtEnd::new();

impl AtEnd {
    const fn new() -> Self {
        Self {
            is_wanted: AtomicBool::new(false),
            #[cfg(windows)]
            is_done: AtomicBool::new(false),
        }
    }

    /// `true` for the first who wants it.
    fn want(&self) -> bool {
        // Relaxed: only one thread may see `false`; nothing else hangs on it.
        !self.is_wanted.load(Ordering::Relaxed) && !self.is_wanted.swap(true, Ordering::Relaxed)
    }

    /// Notes that it begins.
    fn begin(&self) {
        #[cfg(windows)]
        self.is_done.store(true, Ordering::Relaxed);
    }
}

/// Arranges that `collect::process_ends` is called once at the process's end. Called at the first tracked
/// call; neither blocks nor allocates through the global allocator.
pub(crate) fn install() {
    if REPORT.want() {
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
    if NOTE.want() {
        register(note_ends);
    }
}

extern "C" fn ends() {
    REPORT.begin();
    crate::collect::process_ends();
}

extern "C" fn table_ends() {
    crate::collect::process_table_ends();
}

extern "C" fn note_ends() {
    NOTE.begin();
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
