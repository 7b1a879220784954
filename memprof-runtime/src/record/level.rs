//! The level's cold path: a new peak, a fold into the process's live bytes, a first event, a late event.
//!
//! A thread folds when its level has risen by its room above the last fold, or when it has freed that much since (`rooms`).

use super::late::{Late, late};
use super::peak_watch::PEAK_WATCH;
use super::rooms::{self, MOST_BYTES};
use super::switches::follows_peak;
use super::thread::{NO_FOLD_YET, OVERHEAD, Thread};
use super::{composition, detail, live, registry, timeline};
use std::sync::atomic::AtomicU64;

/// Blocks whose footer was overwritten.
pub(crate) static DAMAGED_FOOTERS: AtomicU64 = AtomicU64::new(0);

/// How far a thread may go until it looks again.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// The level may rise by so many bytes.
    pub(crate) rise: i64,
    /// So many bytes may be freed.
    pub(crate) frees: i64,
}

impl Room {
    /// The most that a thread has.
    pub(crate) const ALL: Self = Self {
        rise: MOST_BYTES,
        frees: MOST_BYTES,
    };
}

/// The footer of a block, where its origin stands; none in blocks of `CountingAllocator`.
#[derive(Clone, Copy)]
pub(crate) struct Footer(*mut u8);

impl Footer {
    pub(crate) const NONE: Self = Self(std::ptr::null_mut());

    /// # Safety
    /// `start` is null, or the calling thread may write four bytes there until the event is over.
    #[cfg_attr(optimised, inline(always))]
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
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn crossed_ceiling(&self, size: u64, footer: Footer) {
        let level = self.ceiling.get().wrapping_sub(self.headroom.get());
        if level <= self.fold_ceiling.get() && !self.is_hidden() {
            self.rise_to_level();
        } else {
            self.crossed_fold(size, footer);
        }
    }

    /// The ceiling was the peak, and is passed.
    #[cfg_attr(optimised, inline(always))]
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
            // A level is never further than twice the most room from the next fold, so every larger block is seen.
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

    /// Brings the process's live bytes up to date and begins a new period. Keeps the level and the peak. The row is hidden.
    ///
    /// PERF: inline, and what is rarer out of line, so that the usual way saves no registers.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn fold_now(&self) {
        // PERF: what call stacks and details need is out of the way where none are wanted.
        if self.is_aiming() || detail::are_on() {
            return self.fold_and_aim();
        }
        self.fold_moved(self.level());
    }

    /// Gives new credit where the level is not far below what is folded, so that there is nothing to fold; `false` where it is,
    /// or more is to be looked at. What limits the level's rise stays as it is.
    ///
    /// PERF: who frees what it allocates comes here whenever it has freed as much as its room.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn renew_credit(&self) -> bool {
        if self.is_hidden() {
            return false;
        }
        let row = self.row.get();
        self.hide_row();
        // Without headroom the level is a new peak, or every event is looked at.
        let headroom = self.headroom.get();
        let level = self.ceiling.get().wrapping_sub(headroom);
        let (drift, room) = (level.wrapping_sub(self.folded.get()), self.room.get());
        let is_near = headroom >= 0 && drift >= -(room >> 1) && self.folds.is_current();
        // A composition that is under way is waited for, or what is freed during it would count as living.
        let is_all = is_near
            && !composition::is_under_way()
            && !self.has_many()
            && !self.is_aiming()
            && !detail::are_on();
        if is_all {
            self.set_credit(room.wrapping_add(drift));
        }
        self.show_row(row);
        is_all
    }

    #[inline(never)]
    fn fold_moved(&self, level: i64) {
        let live = self.fold(level);
        let room = self.renew_room();
        let room = Room {
            rise: room,
            frees: room,
        };
        self.begin_period(level, Some(room), live);
    }

    /// Sets how much may be freed until the next look. Moves both words of the freed bytes by the same.
    #[cfg_attr(optimised, inline(always))]
    fn set_credit(&self, credit: i64) {
        let more = credit.wrapping_sub(self.credit.get());
        self.credit.add(more);
        self.credit_base.add(more);
    }

    /// Keeps what is pending far from the end of its words, on a thread that comes to no boundary.
    #[cfg_attr(optimised, inline(always))]
    fn flush_many(&self) {
        if self.has_many() {
            self.flush_current();
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn has_many(&self) -> bool {
        // SAFETY: these are the calling thread's own words.
        unsafe { self.pending.are_many() }
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
        let aim = self.room(level, self.freed_bytes());
        let aim = aim.filter(|_| !detail::are_on());
        let drift = level.wrapping_sub(self.folded.get());
        let room = self.room.get();
        let limits = aim.unwrap_or(Room { rise: 0, frees: 0 });
        // PERF: not each look folds; the bound is the same.
        let may_stay = self.folds.is_current()
            && drift.saturating_add(limits.rise) <= room
            && limits.frees.saturating_sub(drift) <= room
            && drift <= composition::gap(live::now()) / 2;
        if may_stay {
            return self.begin_period(level, aim, live::now().wrapping_add(drift));
        }
        let live = self.fold(level);
        let room = self.renew_room();
        let aim = aim.map(|aim| Room {
            rise: aim.rise.min(room),
            frees: aim.frees.min(room),
        });
        self.begin_period(level, aim, live);
    }

    /// The process's live bytes then.
    #[cfg_attr(optimised, inline(always))]
    fn fold(&self, level: i64) -> i64 {
        self.flush_many();
        let risen = level.wrapping_sub(self.folded.get());
        let mut live = match composition::is_due(risen) {
            true => composition::fold_and_compose(self, level),
            false => self.fold_in(level),
        };
        if risen > 0 {
            self.note_panicking(risen);
            // What others folded at the same time may have made it due.
            if composition::is_due(0) {
                live = composition::fold_and_compose(self, level);
            }
        }
        if follows_peak() {
            timeline::folded(live);
        }
        PEAK_WATCH.new_peak(live);
        live
    }

    /// Has the process's live bytes hold all of the level; what they are then.
    pub(super) fn fold_in(&self, level: i64) -> i64 {
        match level.wrapping_sub(self.folded.swap(level)) {
            0 => live::now(),
            risen => {
                let (live, has_met) = live::fold_contended(risen);
                let allocations = self.counts.allocations.get();
                let pending = self.pending.allocations.get();
                let allocations = allocations + u64::from(pending);
                self.folds.note(allocations, has_met, self.room.get());
                live
            }
        }
    }

    /// Sets the limits so that the cold path looks when level or freed bytes moved so far, or the process's
    /// `live` bytes may be at a peak that counts; without `room` at the next event.
    #[cfg_attr(optimised, inline(always))]
    fn begin_period(&self, level: i64, room: Option<Room>, live: i64) {
        self.begin_change();
        self.fold_ceiling.set(match room {
            // Beside others a thread cannot know when that is.
            Some(room) if rooms::threads() > 1 => level.wrapping_add(room.rise),
            Some(room) => level.wrapping_add(room.rise.min(composition::gap(live))),
            None => NO_FOLD_YET,
        });
        self.set_credit(room.map_or(-1, |room| room.frees));
        self.set_peak(self.peak.get().max(level));
        self.end_change();
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
        self.folds.forget_room();
    }
}
