//! The note that a process leaves in the directory of its run: that it began, and at its end what it has of memprof.
//!
//! By it `cargo memprof` tells a program that was killed from one that was never built, has no allocator or no tracked
//! function. Written only below a run id, as `PID.process`: lines of a key and a value.

use super::files::run_directory;
use super::probe::is_allocator_installed;
use super::sites::sites;
use std::fs;
use std::io::Write as _;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// The process that wrote its beginning; a forked child does not write the end of its parent.
static BEGUN_IN: AtomicU32 = AtomicU32::new(0);

/// Called before `main`, paused.
pub(super) fn begins() {
    let Some(path) = path() else { return };
    let executable = std::env::current_exe().unwrap_or_default();
    let directory = path.parent().map(fs::create_dir_all);
    let text = format!("executable {}\n", executable.display());
    // A note that cannot be written is missed by nothing but a message.
    if directory.is_none_or(|made| made.is_ok()) && fs::write(path, text).is_ok() {
        BEGUN_IN.store(std::process::id(), Ordering::Relaxed);
        crate::os::process_exit::note_end();
    }
}

/// Called once at the end of the process. Never unwinds.
pub(crate) fn process_note_ends() {
    // Nothing is left to tell if even this fails.
    let _ = catch_unwind(|| {
        let _pause = crate::record::pause::Pause::new();
        ends();
    });
}

fn ends() {
    let is_own = BEGUN_IN.load(Ordering::Relaxed) == std::process::id();
    let Some(path) = path().filter(|_| is_own) else {
        return;
    };
    let (allocator, sites) = (is_allocator_installed(), sites().len());
    let mut copies = crate::os::copies::versions();
    copies.sort_unstable();
    let copies = copies.join(", ");
    let text = format!("allocator {allocator}\nsites {sites}\ncopies {copies}\nended true\n");
    let file = fs::OpenOptions::new().append(true).open(path);
    // As above.
    let _ = file.and_then(|mut file| file.write_all(text.as_bytes()));
}

fn path() -> Option<PathBuf> {
    Some(run_directory()?.join(format!("{}.process", std::process::id())))
}
