//! The lone thread: the only one that there was until a second came. Until then the peak is known exactly.
//!
//! It has more room than its share will be, and keeps it until its next fold. So the second thread, when it registers, folds
//! for it, and notes how far it had come: what it has not done when it takes its share is no error of the peak.

use super::live::{self, Peak};
use super::registry::Registry;
use super::rooms::MOST_BYTES;
use super::thread::Thread;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU64, Ordering};

/// Where the lone thread was when the second came.
struct Left {
    /// Null before, and once the thread has taken its share. Release and acquire: who sees it sees the rest.
    thread: AtomicPtr<Thread>,
    room: AtomicI64,
    allocated: AtomicI64,
    freed: AtomicI64,
    shifts: AtomicU64,
}

static LEFT: Left = Left {
    thread: AtomicPtr::new(std::ptr::null_mut()),
    room: AtomicI64::new(0),
    allocated: AtomicI64::new(0),
    freed: AtomicI64::new(0),
    shifts: AtomicU64::new(0),
};

impl Left {
    /// What of its room the thread, which is at this level now and has freed so much, has certainly not used.
    fn idle(&self, shifts: u64, (level, freed): (i64, i64)) -> i64 {
        let allocated = level.wrapping_add(freed);
        let risen = allocated.wrapping_sub(self.allocated.load(Ordering::Relaxed));
        let sunk = freed.wrapping_sub(self.freed.load(Ordering::Relaxed));
        // A context that was left meanwhile has moved its numbers.
        let is_known = shifts == self.shifts.load(Ordering::Relaxed) && risen.min(sunk) >= 0;
        match is_known {
            true => (self.room.load(Ordering::Relaxed) - risen.max(sunk)).max(0),
            false => 0,
        }
    }
}

impl Registry {
    /// A second thread comes; `first` is there still.
    pub(super) fn leave_alone_no_more(&mut self, first: &Thread) {
        let shifts = first.shifts.get();
        if let Some(highest) = first.highest_for_others()
            && shifts == 0
        {
            live::know_peak(highest);
        }
        let folded = first.folded.get();
        let (level, freed) = first.consistent(Thread::level_and_freed);
        // If it has folded meanwhile, that is as good.
        if first.folded.replace(folded, level) {
            live::fold(level.wrapping_sub(folded));
        }
        let rise = first.fold_ceiling.get().saturating_sub(level);
        let room = rise.max(first.credit.get()).clamp(0, 2 * MOST_BYTES);
        first.set_room(room);
        LEFT.room.store(room, Ordering::Relaxed);
        LEFT.allocated
            .store(level.wrapping_add(freed), Ordering::Relaxed);
        LEFT.freed.store(freed, Ordering::Relaxed);
        LEFT.shifts.store(shifts, Ordering::Relaxed);
        let first = std::ptr::from_ref(first).cast_mut();
        LEFT.thread.store(first, Ordering::Release);
    }

    /// The only thread that there was ends.
    pub(super) fn end_lone(&self, thread: &Thread) {
        if self.started == 1 && thread.shifts.get() == 0 {
            live::know_peak(thread.highest());
        }
    }

    /// The process's peak so far, as several threads know it.
    pub(super) fn peak_of_threads(&self) -> Peak {
        let left = LEFT.thread.load(Ordering::Acquire);
        let mut idle = 0;
        self.each_thread(|thread| {
            if std::ptr::eq(thread, left) {
                let now = thread.consistent(Thread::level_and_freed);
                idle = LEFT.idle(thread.shifts.get(), now);
            }
        });
        let mut peak = live::peak();
        // Unless it took its share meanwhile.
        if std::ptr::eq(LEFT.thread.load(Ordering::Acquire), left) {
            peak.error = (peak.error - idle).max(0);
        }
        peak
    }
}

impl Thread {
    /// The thread takes a new room: if it is the one that was alone, what it had is no error of the peak any more but for what
    /// it used. The row is hidden.
    #[cold]
    pub(super) fn settle_lone_room(&self) {
        if std::ptr::eq(LEFT.thread.load(Ordering::Relaxed), self) {
            let idle = LEFT.idle(self.shifts.get(), (self.level(), self.freed_bytes()));
            LEFT.thread.store(std::ptr::null_mut(), Ordering::Release);
            live::take_back(idle);
        }
    }
}
