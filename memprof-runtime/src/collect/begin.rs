//! What had happened when a profiler began: its report is of what came since.
//!
//! A report of that moment is kept, and taken off that of the end: recording knows nothing of it. A forked child begins
//! anew, so what a profiler of its parent began with means nothing there.

use super::settings::Settings;
use super::snapshot::{self, Taken};
use crate::record::lock::Lock;
use memprof_report::Report;
use std::sync::Arc;

/// A moment.
#[derive(Debug)]
pub(super) struct Begin {
    pub(super) report: Report,
    /// The largest block of each path so far, by its number.
    pub(super) largest_blocks: Vec<u64>,
    process: u32,
}

/// Those of the profilers that are alive, by the address of their settings.
static BEGINS: Lock<Vec<(usize, Arc<Begin>)>> = Lock::new(Vec::new());

/// The profiler of these settings begins. The caller is paused.
pub(super) fn note(settings: &'static Settings) {
    let Taken {
        report,
        largest_blocks,
    } = snapshot::take(settings, None);
    let begin = Arc::new(Begin {
        report,
        largest_blocks,
        process: std::process::id(),
    });
    BEGINS.lock().push((address(settings), begin));
}

/// What the profiler of these settings began with; nothing where its report is of the whole process. The caller is
/// paused, also when it lets go of it.
pub(super) fn of(settings: &Settings) -> Option<Arc<Begin>> {
    let begins = BEGINS.lock();
    let mut begins = begins.iter();
    let (_, begin) = begins.find(|(of, _)| *of == address(settings))?;
    (begin.process == std::process::id()).then(|| Arc::clone(begin))
}

/// The profiler of these settings has ended. The caller is paused.
pub(super) fn forget(settings: &Settings) {
    BEGINS.lock().retain(|(of, _)| *of != address(settings));
}

fn address(settings: &Settings) -> usize {
    std::ptr::from_ref(settings).addr()
}

pub(super) fn before_fork() {
    BEGINS.acquire();
}

pub(super) fn after_fork() {
    BEGINS.release();
}
