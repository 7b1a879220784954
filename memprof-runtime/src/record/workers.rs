//! Workers: threads that entered no operation and allocated outside of any, while they freed blocks of operations. An operation
//! hands its jobs to such threads without its context, so what they do for it counts nowhere.
//!
//! The first thread is none: what `main` does between operations is its own.

use super::paths::ROOT;
use super::registry::Registry;
use super::thread::Thread;

/// What the workers did, all together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Workers {
    pub(crate) threads: u64,
    /// Allocated outside any operation.
    pub(crate) bytes: u64,
    /// The path whose blocks one of them freed most of, and how many.
    pub(crate) path: u32,
    blocks: u64,
}

impl Workers {
    pub(super) const fn new() -> Self {
        Self {
            threads: 0,
            bytes: 0,
            path: ROOT,
            blocks: 0,
        }
    }

    /// Adds a thread, if it is one.
    ///
    /// # Safety
    /// The registry's lock is held, and the thread is linked or is being retired under it.
    pub(super) unsafe fn add(&mut self, thread: &Thread, has_ended: bool) {
        if thread.number.get() == 1 {
            return;
        }
        // SAFETY: by the caller's promise.
        let (rows, freed) = unsafe { (thread.rows(), thread.freed_tables()) };
        if rows.iter().skip(1).any(|row| !row.is_null()) {
            return;
        }
        let paths = freed.all().map(<[_]>::len).max().unwrap_or(0);
        let blocks = (1..paths).map(|path| (freed.of_origin(path).1, path as u32));
        let Some((blocks, path)) = blocks.max().filter(|most| most.0 > 0) else {
            return;
        };
        let events = match has_ended {
            true => thread.events_of(&thread.root),
            false => thread.consistent(|thread| thread.events_of(&thread.root)),
        };
        let bytes = events
            .net_bytes
            .saturating_add_unsigned(events.deallocated_bytes);
        self.threads += 1;
        self.bytes += u64::try_from(bytes).unwrap_or(0);
        if blocks > self.blocks {
            (self.path, self.blocks) = (path, blocks);
        }
    }
}

impl Registry {
    /// Those that have ended, and those that are alive.
    pub(super) fn workers(&self) -> Workers {
        let mut workers = self.ended_workers;
        // SAFETY: the lock is held, and the threads are linked.
        self.each_thread(|thread| unsafe { workers.add(thread, false) });
        workers
    }
}
