//! Late events are those of threads that have ended, or whose end could not be observed: they are booked under
//! the registry's lock, straight into the retired rows, for the root path.

use super::live::fold;
use super::paths::ROOT;
use super::pending::Pending;
use super::registry::{self, Registry};
use super::row::Row;
use super::thread::Thread;
use super::word::Level;

/// Books an event of a thread that has ended, or that could not be registered.
pub(crate) fn late<R>(book: impl FnOnce(&mut Late<'_>) -> R) -> R {
    book(&mut Late {
        registry: &mut registry::lock(),
    })
}

/// Events of threads that have ended: they go straight into the retired rows, to the root path.
pub(crate) struct Late<'a> {
    registry: &'a mut Registry,
}

impl Late<'_> {
    pub(crate) fn allocate(&mut self, size: u64) {
        self.on_root(|row| {
            row.see_block(size);
            row.allocations.add(1);
            row.net_bytes.add(size as i64);
        });
        fold(size as i64);
    }

    pub(crate) fn deallocate(&mut self, size: u64, origin: Option<u32>) {
        self.on_root(|row| {
            row.deallocations.add(1);
            row.deallocated_bytes.add(size);
            row.net_bytes.sub(size as i64);
        });
        fold(-(size as i64));
        if let Some(origin) = origin {
            self.free_of(origin, size);
        }
    }

    pub(crate) fn reallocate(&mut self, old: u64, new: u64, origin: Option<u32>) {
        self.on_root(|row| {
            row.see_block(new);
            row.allocations.add(1);
            row.deallocations.add(1);
            row.deallocated_bytes.add(old);
            row.net_bytes.add((new as i64).wrapping_sub(old as i64));
            row.reallocations.add(1);
            row.reallocated_old_bytes.add(old);
            row.reallocated_new_bytes.add(new);
        });
        fold((new as i64).wrapping_sub(old as i64));
        if let Some(origin) = origin {
            self.free_of(origin, old);
        }
    }

    /// `false` when there is no such path.
    pub(crate) fn free_of(&mut self, origin: u32, size: u64) -> bool {
        self.registry.free_retired(origin as usize, size, 1)
    }

    fn on_root(&mut self, write: impl FnOnce(&Row)) {
        self.registry.paths.plant_root();
        if let Some(row) = self.registry.retired_row(ROOT) {
            // SAFETY: retired rows are never given back, and the lock makes this the only writer.
            write(unsafe { &*row });
        }
    }
}

impl Registry {
    /// Books what signal handlers did on `thread` while it was retired.
    pub(super) fn book_owed(&mut self, thread: &Thread) {
        let (level, freed, pending) = (Level::new(0), Level::new(0), Pending::new());
        thread.pay_to(&level, &freed, &pending);
        // What is paid goes down by what was allocated, as a thread's headroom does.
        let net = level.get().wrapping_neg();
        Late { registry: self }.on_root(|row| {
            row.allocations.add(pending.allocations.get().into());
            row.deallocations.add(pending.deallocations.get().into());
            row.deallocated_bytes.add(freed.get().wrapping_neg() as u64);
            row.net_bytes.add(net);
        });
        fold(net);
    }
}
