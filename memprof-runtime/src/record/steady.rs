//! How other threads read the words of one that goes on: until nothing came between.

use super::row::Row;
use super::thread::Thread;
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
}
