//! The level's cold path: a new peak, a fold into the process's live bytes, a first event, a late event.
//!
//! The process's live bytes are the sum of what the threads folded in. A thread folds when its level has
//! risen `DRIFT_BYTES` above the last fold, or when it has freed that much since; so the sum is at no
//! moment further than `threads × DRIFT_BYTES` from the truth, and neither is the peak taken from it.

use super::late::{Late, late};
use super::memory::count_overhead;
use super::peak_watch::PEAK_WATCH;
use super::stacks::settle;
use super::thread::{DRIFT_BYTES, ENDED, LIVE, NEW, NO_FOLD_YET, OVERHEAD, Thread};
use super::{detail, peak, registry};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Live bytes of the process, as far as folded.
static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);
/// The highest that `LIVE_BYTES` was.
static PEAK_BYTES: AtomicI64 = AtomicI64::new(0);
/// Blocks whose footer was overwritten.
pub(crate) static DAMAGED_FOOTERS: AtomicU64 = AtomicU64::new(0);

/// Adds to the process's live bytes; what they are then. All orderings here are relaxed: sums and maxima that nothing else is
/// inferred from.
pub(crate) fn fold(bytes: i64) -> i64 {
    let live = LIVE_BYTES
        .fetch_add(bytes, Ordering::Relaxed)
        .wrapping_add(bytes);
    if live > PEAK_BYTES.load(Ordering::Relaxed) {
        PEAK_BYTES.fetch_max(live, Ordering::Relaxed);
        PEAK_WATCH.new_peak(live);
    }
    live
}

/// The highest live bytes of the process that a fold has seen.
pub(crate) fn folded_peak() -> i64 {
    PEAK_BYTES.load(Ordering::Relaxed)
}

/// How far a thread may go until it looks again.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// The level may rise by so many bytes.
    pub(crate) rise: i64,
    /// So many bytes may be freed.
    pub(crate) frees: i64,
}

impl Room {
    /// What keeps the process's live bytes within their bound.
    pub(crate) const ALL: Self = Self {
        rise: DRIFT_BYTES,
        frees: DRIFT_BYTES,
    };
}

/// The footer of a block, where its origin stands; none in blocks of `CountingAllocator`.
#[derive(Clone, Copy)]
pub(crate) struct Footer(*mut u8);

impl Footer {
    pub(crate) const NONE: Self = Self(std::ptr::null_mut());

    /// # Safety
    /// `start` is null, or the calling thread may write four bytes there until the event is over.
    #[inline(always)]
    pub(crate) unsafe fn new(start: *mut u8) -> Self {
        Self(start)
    }

    /// Makes `origin` the block's.
    #[cfg(feature = "stacks")]
    pub(crate) fn write(self, origin: u32) {
        if !self.0.is_null() {
            // SAFETY: by the promise of `new`; unaligned.
            unsafe { self.0.cast::<u32>().write_unaligned(origin) };
        }
    }

    /// One past the block; 0 without a footer.
    fn address(self) -> usize {
        self.0.addr()
    }

    fn is_there(self) -> bool {
        !self.0.is_null()
    }
}

impl Thread {
    /// The level rose above its ceiling by an allocation of `size` bytes, which the words already hold.
    ///
    /// PERF: a new peak inside a scope is common, so that case is decided here, inline, in a few
    /// instructions.
    #[inline(always)]
    pub(crate) fn crossed_ceiling(&self, size: u64, footer: Footer) {
        let level = self.level();
        if level <= self.fold_ceiling.get() {
            // The ceiling was the peak.
            self.peak.set(level);
            self.ceiling.set(level);
            self.headroom.set(0);
        } else {
            self.crossed_fold(size, footer);
        }
    }

    #[cold]
    #[inline(never)]
    fn crossed_fold(&self, size: u64, footer: Footer) {
        registry::note_allocator(footer.is_there());
        match self.state.get() {
            LIVE => self.look(size, footer),
            NEW if registry::register(self) => self.look(size, footer),
            _ => return self.book_late(|late| late.allocate(size)),
        }
        // A level is never further than twice the drift from the next fold, so every larger block is seen.
        // SAFETY: a live thread's current row.
        unsafe { &*self.row.get() }.see_block(size);
    }

    /// A limit was passed by an allocation of `size` bytes, which the words already hold: takes its call
    /// stack if it is its turn, and folds.
    fn look(&self, size: u64, footer: Footer) {
        if self.is_sampling() {
            self.sample(size, footer);
        }
        self.note_size(size);
        self.note_block(footer.address());
        self.fold_now();
    }

    /// More was freed than the credit, by an event which the words already hold.
    #[cold]
    #[inline(never)]
    pub(crate) fn credit_used_up(&self, size: u64) {
        match self.state.get() {
            LIVE => self.fold_now(),
            NEW if registry::register(self) => self.fold_now(),
            _ => self.book_late(|late| late.deallocate(size, None)),
        }
    }

    /// Brings the process's live bytes up to date and begins a new period. Keeps the level and the peak.
    ///
    /// PERF: inline, and what is rarer out of line, so that the usual way saves no registers.
    #[inline(always)]
    pub(crate) fn fold_now(&self) {
        // PERF: what call stacks and details need is out of the way where none are wanted.
        if self.is_aiming() || detail::are_on() {
            return self.fold_and_aim();
        }
        let level = self.level();
        // PERF: who frees what it allocates has nothing to fold. Without headroom the level is a new peak, or every
        // event is looked at.
        if level == self.folded.get() && self.headroom.get() >= 0 {
            return self.renew_credit();
        }
        self.fold_moved(level);
    }

    #[inline(never)]
    fn fold_moved(&self, level: i64) {
        let live = self.fold(level);
        self.begin_period(level, Some(Room::ALL), live);
    }

    /// Begins a new period where the old one left the level; what limits its rise stays as it is.
    #[inline(always)]
    fn renew_credit(&self) {
        let freed = self.freed_bytes();
        self.begin_change();
        self.credit_base.set(freed.wrapping_add(DRIFT_BYTES));
        self.credit.set(DRIFT_BYTES);
        self.end_change();
    }

    /// As `fold_now`, where limits are set for call stacks and details too.
    #[cold]
    #[inline(never)]
    fn fold_and_aim(&self) {
        let level = self.level();
        let room = self.room(level, self.freed_bytes());
        let room = room.filter(|_| !detail::are_on());
        let live = LIVE_BYTES.load(Ordering::Relaxed);
        let drift = level.wrapping_sub(self.folded.get());
        let farthest = room.map_or(0, |room| room.rise.max(room.frees));
        // PERF: not each look folds; the bound is the same.
        let may_stay =
            drift.saturating_abs() <= DRIFT_BYTES - farthest && drift <= peak::room(live) / 2;
        if may_stay {
            self.begin_period(level, room, live.wrapping_add(drift));
        } else {
            let live = self.fold(level);
            self.begin_period(level, room, live);
        }
    }

    /// The process's live bytes then.
    #[inline(always)]
    fn fold(&self, level: i64) -> i64 {
        let live = fold(level.wrapping_sub(self.folded.get()));
        self.folded.set(level);
        peak::folded(live);
        live
    }

    /// Sets the limits so that the cold path looks when level or freed bytes moved so far, or the process's
    /// `live` bytes may be at a peak that counts; without `room` at the next event.
    #[inline(always)]
    fn begin_period(&self, level: i64, room: Option<Room>, live: i64) {
        let freed = self.freed_bytes();
        self.begin_change();
        self.fold_ceiling.set(match room {
            Some(room) => level.wrapping_add(room.rise.min(peak::room(live))),
            None => NO_FOLD_YET,
        });
        let credit = room.map_or(-1, |room| room.frees);
        self.credit_base.set(freed.wrapping_add(credit));
        self.credit.set(credit);
        self.set_peak(level, self.peak.get().max(level));
        self.end_change();
    }

    /// Counts one reallocation that succeeded. The words tell its net effect at once, so it never shows
    /// both blocks as live.
    #[inline]
    pub(crate) fn reallocate(&self, old: u64, new: u64, freed: Option<u32>, footer: Footer) {
        let row = self.row.get();
        if row.is_null() {
            return self.reallocate_cold(old, new, freed, footer);
        }
        if freed == Some(OVERHEAD) {
            return self.adopt(old, new, footer);
        }
        // SAFETY: a thread's current row lives as long as the thread.
        let row = unsafe { &*row };
        row.reallocations.add(1);
        row.reallocated_old_bytes.add(old);
        row.reallocated_new_bytes.add(new);
        self.counts.reallocations.add(1);
        self.counts.reallocated_old_bytes.add(old);
        self.counts.reallocated_new_bytes.add(new);
        if let Some(origin) = freed {
            self.free_of(origin, old);
        }
        self.allocations.add(1);
        self.deallocations.add(1);
        self.headroom.sub((new as i64).wrapping_sub(old as i64));
        self.credit.sub(old as i64);
        row.see_block(new);
        // Both limits count towards the next call stack, so one look sees both.
        if self.credit.get() < 0 {
            self.look(new, footer);
        } else if self.headroom.get() < 0 {
            self.crossed_ceiling(new, footer);
        }
    }

    #[cold]
    #[inline(never)]
    fn reallocate_cold(&self, old: u64, new: u64, freed: Option<u32>, footer: Footer) {
        registry::note_allocator(footer.is_there());
        if self.is_paused() {
            // The new block is memprof's; its level is what `resume` adds to the overhead.
            self.headroom.sub(new as i64);
            match freed {
                None | Some(OVERHEAD) => self.headroom.add(old as i64),
                Some(origin) => self.deallocate_while_paused(old, settle(origin, old)),
            }
        } else if freed == Some(OVERHEAD) && self.state.get() != NEW {
            count_overhead(-(old as i64));
            late(|late| late.allocate(new));
        } else if self.state.get() == NEW && registry::register(self) {
            self.reallocate(old, new, freed, footer);
        } else {
            let path = freed.map(|origin| settle(origin, old));
            late(|late| late.reallocate(old, new, path));
        }
    }

    /// The last reallocation put the block elsewhere; at most `bytes` were copied.
    #[cold]
    pub(crate) fn note_move(&self, bytes: u64) {
        // SAFETY: null, or a thread's current row, which lives as long as the thread.
        if let Some(row) = unsafe { self.row.get().as_ref() } {
            row.moved_reallocations.add(1);
            row.copied_bytes.add(bytes);
        }
    }

    /// memprof's own block became the user's: the user made a part of a report grow, say. To the user it is
    /// a new block.
    #[cold]
    #[inline(never)]
    fn adopt(&self, old: u64, new: u64, footer: Footer) {
        count_overhead(-(old as i64));
        self.allocations.add(1);
        self.headroom.sub(new as i64);
        if self.headroom.get() < 0 {
            self.crossed_ceiling(new, footer);
        }
    }

    /// Books a block of `origin` as freed by this thread.
    pub(crate) fn free_of(&self, origin: u32, size: u64) {
        if origin < self.freed_length.get() {
            self.note_flow(origin, size);
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(origin, size) };
        } else {
            self.free_of_unlisted(origin, size);
        }
    }

    /// # Safety
    /// The thread's freed table has an entry for `origin`.
    #[inline(always)]
    pub(crate) unsafe fn free_of_listed(&self, origin: u32, size: u64) {
        // SAFETY: by the caller's promise it is inside the table, which only this thread replaces.
        let freed = unsafe { &*self.freed.get().add(origin as usize) };
        freed.bytes.add(size);
        freed.blocks.add(1);
    }

    #[cold]
    #[inline(never)]
    fn free_of_unlisted(&self, origin: u32, size: u64) {
        if origin == OVERHEAD {
            return;
        }
        let path = settle(origin, size);
        if path != origin {
            return self.free_of(path, size);
        }
        if registry::list_origin(self, origin) {
            self.free_of(origin, size);
        } else if !late(|late| late.free_of(origin, size)) {
            DAMAGED_FOOTERS.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A block was freed after which the thread must fold, or whose origin has no entry in its table yet;
    /// in the latter case nothing is counted so far.
    /// `end` is one past the block.
    pub(crate) fn deallocate_owned_cold(&self, size: u64, origin: u32, end: usize) {
        let is_listed = origin < self.freed_length.get();
        if detail::are_on() {
            self.note_end(end, size);
            if is_listed {
                self.note_flow(origin, size);
            }
        }
        if is_listed {
            self.fold_now();
        } else {
            self.deallocate_unlisted(size, settle(origin, size));
        }
    }

    fn deallocate_unlisted(&self, size: u64, origin: u32) {
        if origin == OVERHEAD {
            // memprof's own block: while paused, `resume` finds it in the level.
            if self.is_paused() {
                self.headroom.add(size as i64);
            } else {
                count_overhead(-(size as i64));
            }
            return;
        }
        if self.is_paused() {
            return self.deallocate_while_paused(size, origin);
        }
        registry::note_allocator(true);
        match self.state.get() {
            LIVE => self.deallocate_live(size, origin),
            NEW if registry::register(self) => self.deallocate_live(size, origin),
            _ => {
                late(|late| late.deallocate(size, Some(origin)));
            }
        }
    }

    fn deallocate_live(&self, size: u64, origin: u32) {
        self.free_of(origin, size);
        self.headroom.add(size as i64);
        self.deallocations.add(1);
        self.credit.sub(size as i64);
        if self.credit.get() < 0 {
            self.fold_now();
        }
    }

    /// The user's block, freed by memprof's hand (a report that the user changed, say): it counts, in the
    /// words that the pause put aside.
    fn deallocate_while_paused(&self, size: u64, origin: u32) {
        let saved = &self.saved;
        if self.state.get() == ENDED {
            late(|late| late.deallocate(size, Some(origin)));
            return;
        }
        if origin < saved.freed_length.get() {
            // SAFETY: below the table's true length.
            unsafe { self.free_of_listed(origin, size) };
        } else if !late(|late| late.free_of(origin, size)) {
            DAMAGED_FOOTERS.fetch_add(1, Ordering::Relaxed);
        }
        saved.headroom.add(size as i64);
        saved.deallocations.add(1);
        saved.credit.sub(size as i64);
    }

    /// The thread has ended or could not be registered: takes the event back out of the words, whose limits
    /// stay so that the next event comes here too, and books it under the lock.
    fn book_late(&self, book: impl FnOnce(&mut Late<'_>)) {
        self.never_fast();
        late(book);
    }

    /// Sets the words so that every event takes the cold path.
    pub(crate) fn never_fast(&self) {
        self.allocations.set(0);
        self.deallocations.set(0);
        self.ceiling.set(0);
        self.headroom.set(0);
        self.credit.set(0);
        self.credit_base.set(0);
        self.fold_ceiling.set(NO_FOLD_YET);
    }
}
