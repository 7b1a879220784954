//! How other threads read the words of one that goes on: until nothing came between. And what they read of them: what a row
//! holds with what is still to be moved into it, and the level.

use super::row::{Events, Row};
use super::thread::{SHUT, Thread};
use super::word::Level;
use std::sync::atomic::{Ordering, fence};

impl Thread {
    /// Reads words that a boundary changes together, again until no boundary came between. A thread that
    /// never rests that long is read as it is: its figures are then apart by the events in flight.
    pub(crate) fn consistent<R>(&self, read: impl Fn(&Self) -> R) -> R {
        for attempt in 0..1_000 {
            if let Some(value) = self.consistent_at_once(&read, attempt > 500) {
                return value;
            }
            if attempt % 10 == 9 {
                std::thread::yield_now();
            }
        }
        read(self)
    }

    /// As `consistent`, for a reader that must not wait: `None` when a boundary came between every time.
    pub(crate) fn soon_consistent<R>(&self, read: impl Fn(&Self) -> R) -> Option<R> {
        (0..64).find_map(|_| self.consistent_at_once(&read, false))
    }

    /// `None` when something came between. At a boundary, where the thread may have been stopped for long, what is about to be
    /// moved is read only with `is_urgent`: its bytes may be halfway between two words.
    #[inline]
    fn consistent_at_once<R>(&self, read: impl Fn(&Self) -> R, is_urgent: bool) -> Option<R> {
        let before = self.stamp();
        let is_moving = || self.is_at_boundary() && self.has_pending_for_others();
        if !before.0.is_multiple_of(2) || !is_urgent && is_moving() {
            return None;
        }
        fence(Ordering::Acquire);
        let value = read(self);
        fence(Ordering::Acquire);
        (self.stamp() == before).then_some(value)
    }

    /// Differs when a boundary, or a change, came between two readings of it.
    #[inline]
    fn stamp(&self) -> (u64, *mut Row, u64) {
        (self.version.get(), self.row.get(), self.serial.get())
    }

    /// As `has_pending`, asked by a reader.
    fn has_pending_for_others(&self) -> bool {
        self.pending.allocations.get() | self.pending.deallocations.get() != 0
    }

    /// What `row` holds, and what is still to be moved into it when it is the current one.
    pub(super) fn events_of(&self, row: &Row) -> Events {
        let mut events = Events::of_row(row);
        let (current, pending, origin) = match self.is_paused() {
            true => (&self.saved.row, &self.saved.pending, &self.saved.origin),
            false => (&self.row, &self.pending, &self.origin),
        };
        // At a boundary no row is in force. What is pending then is of the path that blocks are made of. Each word is read once:
        // work begins and ends with the same row, so a reader that saw a bit of both could not tell that anything came between.
        let is_current = match self.row_in_force(current.get()) {
            Some(current) => std::ptr::eq(current, row),
            None => row.path.get() == origin.get(),
        };
        let owed = &self.owed;
        let allocations = pending.allocations.get() + owed.pending.allocations.get();
        let deallocations = pending.deallocations.get() + owed.pending.deallocations.get();
        // Also because a boundary where nothing happened changes the level's two words unannounced.
        if !is_current || allocations | deallocations == 0 {
            return events;
        }
        fence(Ordering::Acquire);
        let (level, freed) = self.level_and_freed();
        events.add(&Events {
            allocations: allocations.into(),
            deallocations: deallocations.into(),
            deallocated_bytes: u64::try_from(freed.wrapping_sub(self.freed_mark.get()))
                .unwrap_or(0),
            net_bytes: level.wrapping_sub(self.level_mark.get()),
        });
        events
    }

    /// Level and freed bytes, as another thread reads them.
    pub(super) fn level_and_freed(&self) -> (i64, i64) {
        let (headroom, credit) = match self.is_paused() {
            true => (&self.saved.headroom, &self.saved.credit),
            false => (&self.headroom, &self.credit),
        };
        // At a boundary the hot path may be shut. In memprof's other work a large block may be about to be counted, which looks
        // alike. A boundary in which nothing happened leaves no trace by which a reader could tell that one came between.
        let open = |room: &Level| {
            let is_at_work = || !self.work_row.get().is_null();
            let mut read = (is_at_work(), room.get());
            for _ in 0..8 {
                fence(Ordering::Acquire);
                let again = (is_at_work(), room.get());
                if again == read {
                    break;
                }
                read = again;
            }
            match !read.0 && (-2 * SHUT..-SHUT / 2).contains(&read.1) {
                true => read.1.wrapping_add(SHUT),
                false => read.1,
            }
        };
        let owed = &self.owed;
        let level = self.ceiling.get().wrapping_sub(open(headroom));
        let freed = self.credit_base.get().wrapping_sub(open(credit));
        (
            level.wrapping_add(owed.level.get()),
            freed.wrapping_add(owed.freed.get()),
        )
    }
}
