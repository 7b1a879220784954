//! The level's cold path: a new peak, a fold into the process's live bytes, a first event, a late event.
//!
//! The process's live bytes are the sum of what the threads folded in. A thread folds when its level has
//! risen `DRIFT_BYTES` above the last fold, or when it has freed that much since; so the sum is at no
//! moment further than `threads × DRIFT_BYTES` from the truth, and neither is the peak taken from it.

use super::late::{Late, late};
use super::memory::count_overhead;
use super::peak_watch::PEAK_WATCH;
use super::stacks::settle;
use super::thread::{DRIFT_BYTES, ENDED, NO_FOLD_YET, OVERHEAD, Thread};
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

    /// Makes the block one of memprof's own.
    pub(super) fn make_own(self) {
        // SAFETY: there is a footer, and by the promise of `new`; unaligned.
        unsafe { self.0.cast::<u32>().write_unaligned(OVERHEAD) };
    }

    /// One past the block; 0 without a footer.
    fn address(self) -> usize {
        self.0.addr()
    }

    pub(super) fn is_there(self) -> bool {
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
        let level = self.ceiling.get().wrapping_sub(self.headroom.get());
        if level <= self.fold_ceiling.get() && !self.is_hidden() {
            self.rise_to_level();
        } else {
            self.crossed_fold(size, footer);
        }
    }

    /// The ceiling was the peak, and is passed.
    #[inline(always)]
    fn rise_to_level(&self) {
        let row = self.row.get();
        self.hide_row_on_hot_path();
        let level = self.lower_ceiling();
        self.peak.set(self.peak.get().max(level));
        self.show_row(row);
    }

    #[cold]
    #[inline(never)]
    fn crossed_fold(&self, size: u64, footer: Footer) {
        if !self.begin_work() {
            return self.interrupting_allocation(size, footer);
        }
        registry::note_allocator(footer.is_there());
        if registry::register(self) {
            self.look(size, footer);
            // A level is never further than twice the drift from the next fold, so every larger block is seen.
            if let Some(row) = self.current_row() {
                row.see_block(size);
            }
        } else {
            self.book_late(|late| late.allocate(size));
        }
        self.end_work();
    }

    /// A limit was passed by an allocation of `size` bytes, which the words already hold: takes its call
    /// stack if it is its turn, and folds.
    pub(super) fn look(&self, size: u64, footer: Footer) {
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
        if self.renew_credit() {
            return;
        }
        if !self.begin_work() {
            return self.interrupting_deallocation(size);
        }
        match registry::register(self) {
            true => self.fold_now(),
            false => self.book_late(|late| late.deallocate(size, None)),
        }
        self.end_work();
    }

    /// Brings the process's live bytes up to date and begins a new period. Keeps the level and the peak. The row is hidden.
    ///
    /// PERF: inline, and what is rarer out of line, so that the usual way saves no registers.
    #[inline(always)]
    pub(crate) fn fold_now(&self) {
        // PERF: what call stacks and details need is out of the way where none are wanted.
        if self.is_aiming() || detail::are_on() {
            return self.fold_and_aim();
        }
        self.fold_moved(self.level());
    }

    /// Begins a new period where the old one left the level, so that there is nothing to fold; `false` where it did not, or
    /// more is to be looked at. What limits the level's rise stays as it is.
    ///
    /// PERF: who frees what it allocates comes here after every 64 KiB.
    #[inline(always)]
    fn renew_credit(&self) -> bool {
        if self.is_hidden() {
            return false;
        }
        let row = self.row.get();
        self.hide_row();
        // Without headroom the level is a new peak, or every event is looked at.
        let headroom = self.headroom.get();
        let level = self.ceiling.get().wrapping_sub(headroom);
        let is_level = level == self.folded.get() && headroom >= 0;
        let is_all = is_level && !self.pending.are_many() && !self.is_aiming() && !detail::are_on();
        if is_all {
            self.set_credit(DRIFT_BYTES);
        }
        self.show_row(row);
        is_all
    }

    #[inline(never)]
    fn fold_moved(&self, level: i64) {
        let live = self.fold(level);
        self.begin_period(level, Some(Room::ALL), live);
    }

    /// Sets how much may be freed until the next look. Moves both words of the freed bytes by the same.
    #[inline(always)]
    fn set_credit(&self, credit: i64) {
        let more = credit.wrapping_sub(self.credit.get());
        self.credit.add(more);
        self.credit_base.add(more);
    }

    /// Keeps what is pending far from the end of its words, on a thread that comes to no boundary.
    #[inline(always)]
    fn flush_many(&self) {
        if self.pending.are_many() {
            self.flush_current();
        }
    }

    #[cold]
    #[inline(never)]
    fn flush_current(&self) {
        if let Some(row) = self.current_row() {
            self.shut_hot_path();
            self.flush(row);
            self.open_hot_path();
        }
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
        self.flush_many();
        let live = fold(level.wrapping_sub(self.folded.get()));
        self.folded.set(level);
        peak::folded(live);
        live
    }

    /// Sets the limits so that the cold path looks when level or freed bytes moved so far, or the process's
    /// `live` bytes may be at a peak that counts; without `room` at the next event.
    #[inline(always)]
    fn begin_period(&self, level: i64, room: Option<Room>, live: i64) {
        self.begin_change();
        self.fold_ceiling.set(match room {
            Some(room) => level.wrapping_add(room.rise.min(peak::room(live))),
            None => NO_FOLD_YET,
        });
        self.set_credit(room.map_or(-1, |room| room.frees));
        self.set_peak(self.peak.get().max(level));
        self.end_change();
    }

    /// Books a block of `origin` as freed by this thread.
    pub(crate) fn free_of(&self, origin: u32, size: u64) {
        if origin < self.freed_length.get() && !detail::are_on() {
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(origin, size) };
        } else {
            self.free_of_cold(origin, size);
        }
    }

    /// # Safety
    /// The thread's freed table has an entry for `origin`.
    #[inline(always)]
    pub(crate) unsafe fn free_of_listed(&self, origin: u32, size: u64) {
        // SAFETY: by the caller's promise it is inside the table, which stays until the thread ends.
        let freed = unsafe { &*self.freed.get().add(origin as usize) };
        freed.bytes.add(size);
        freed.blocks.add(1);
    }

    #[cold]
    #[inline(never)]
    fn free_of_cold(&self, origin: u32, size: u64) {
        let is_alone = self.begin_work();
        self.free_of_unlisted(origin, size);
        if is_alone {
            self.end_work();
        }
    }

    /// As `free_of`; the row is hidden.
    fn free_of_unlisted(&self, origin: u32, size: u64) {
        if origin == OVERHEAD {
            return;
        }
        let path = match origin < self.freed_length.get() {
            true => origin,
            false => settle(origin, size),
        };
        if path < self.freed_length.get() || registry::list_origin(self, path) {
            self.note_flow(path, size);
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(path, size) };
        } else if !late(|late| late.free_of(path, size)) {
            DAMAGED_FOOTERS.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A block was freed after which the thread must fold, or whose origin has no entry in its table yet;
    /// in the latter case nothing is counted so far.
    /// `end` is one past the block.
    #[inline(always)]
    pub(crate) fn deallocate_owned_cold(&self, size: u64, origin: u32, end: usize) {
        let is_listed = origin < self.freed_length.get();
        if !is_listed || !self.renew_credit() {
            self.deallocate_owned_colder(size, origin, end);
        }
    }

    #[inline(never)]
    fn deallocate_owned_colder(&self, size: u64, origin: u32, end: usize) {
        let is_listed = origin < self.freed_length.get();
        if !self.begin_work() {
            return match is_listed {
                true => self.interrupting_deallocation(size),
                false => self.interrupting_free(size, origin),
            };
        }
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
        self.end_work();
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
        match registry::register(self) {
            true => self.deallocate_live(size, origin),
            false => {
                late(|late| late.deallocate(size, Some(origin)));
            }
        }
    }

    fn deallocate_live(&self, size: u64, origin: u32) {
        self.free_of_unlisted(origin, size);
        self.credit.sub(size as i64);
        self.headroom.add(size as i64);
        self.pending.deallocations.add(1);
        if self.credit.get() < 0 {
            self.fold_now();
        }
    }

    /// The user's block, freed by memprof's hand (a report that the user changed, say): it counts, in the
    /// words that the pause put aside.
    pub(super) fn deallocate_while_paused(&self, size: u64, origin: u32) {
        let saved = &self.saved;
        if self.state.get() == ENDED {
            late(|late| late.deallocate(size, Some(origin)));
            return;
        }
        if origin < self.true_freed_length() {
            // SAFETY: below the table's true length.
            unsafe { self.free_of_listed(origin, size) };
        } else if !late(|late| late.free_of(origin, size)) {
            DAMAGED_FOOTERS.fetch_add(1, Ordering::Relaxed);
        }
        saved.headroom.add(size as i64);
        saved.credit.sub(size as i64);
        saved.pending.deallocations.add(1);
    }

    /// The thread has ended or could not be registered: takes the event back out of the words, whose limits
    /// stay so that the next event comes here too, and books it under the lock.
    fn book_late(&self, book: impl FnOnce(&mut Late<'_>)) {
        self.never_fast();
        late(book);
    }

    /// Sets the words so that every event takes the cold path. The row is hidden.
    pub(crate) fn never_fast(&self) {
        self.pending.clear();
        self.ceiling.set(0);
        self.headroom.set(0);
        self.credit.set(0);
        self.credit_base.set(0);
        self.fold_ceiling.set(NO_FOLD_YET);
    }
}
