//! A signal handler may run memprof's code while memprof's code on the same thread is interrupted, at any instruction.
//!
//! Nothing can be waited for then: the interrupted code goes on only when the handler has returned. What keeps the figures
//! whole is this:
//!
//! - *Events* of the allocator are additions to words, one instruction each (`word`). Everything that rests on such
//!   a word moves it by a difference, never by a value that was read before. So the sums hold whatever comes between.
//! - *Boundaries*, and the cold paths, hide the row of the current path while they are at it. What a handler enters then
//!   finds no row, is lost, and is counted here. What it allocates then, if it comes to the cold path, is made memprof's
//!   own, so that its bytes count neither here nor where it is freed.
//! - While a pause puts the words aside or takes them back they may not be added to: what a handler does then is *owed* to
//!   them, and paid at the end.
//! - Bytes are booked before events are counted. An event whose bytes are booked and which is not counted yet is seen by the
//!   next boundary either way.
//!
//! Memory that the hot path may be about to write to stays until the thread ends (`freed`), or is read again after
//! the row was hidden (`frames`).

use super::level::Footer;
use super::memory::count_overhead;
use super::pending::Pending;
use super::row::Row;
use super::stacks::settle;
use super::thread::{OVERHEAD, SHUT, Thread};
use super::word::Level;
use std::sync::atomic::{AtomicU64, Ordering, compiler_fence, fence};

/// Entries that a signal handler made while memprof's own work on its thread was interrupted. Relaxed, as the next: counts.
pub(crate) static INTERRUPTING_ENTRIES: AtomicU64 = AtomicU64::new(0);
/// Blocks that it allocated or freed then and that count less.
pub(crate) static INTERRUPTING_BLOCKS: AtomicU64 = AtomicU64::new(0);

/// The row of a thread that is on no path of its own: before its first event, in a pause, after its end.
static NOWHERE: Row = Row::new();

/// A thread's current row before anything was entered.
pub(super) const fn nowhere() -> &'static Row {
    &NOWHERE
}

/// A row that is hidden otherwise than by the thread.
static HIDDEN: Row = Row::hidden();

#[cfg_attr(optimised, inline(always))]
fn stands_for_hidden(row: *mut Row) -> bool {
    // SAFETY: a row, which lives as long as its thread, or a thread; both have this word there. Who asks is the thread, or
    // holds the registry's lock, under which alone threads end.
    unsafe { (*row).is_hidden.get() != 0 }
}

/// What signal handlers did while the words could not be added to.
pub(crate) struct Owed {
    pub(super) level: Level,
    pub(super) freed: Level,
    pub(super) pending: Pending,
}

impl Owed {
    pub(super) const fn new() -> Self {
        Self {
            level: Level::new(0),
            freed: Level::new(0),
            pending: Pending::new(),
        }
    }

    /// Whether there is any. Asked by the thread itself.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn is_any(&self) -> bool {
        // SAFETY: the calling thread's own words.
        unsafe { self.pending.is_any() }
    }
}

impl Thread {
    /// What `row` is while it is hidden: the thread itself, whose first word is no site's address, as a row's.
    #[cfg_attr(optimised, inline(always))]
    fn hidden(&self) -> *mut Row {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// Whether a boundary or a cold path of this thread is at work. Asked at its beginning, by the thread itself: whether
    /// the asking code runs in a signal handler that interrupted one.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn is_hidden(&self) -> bool {
        stands_for_hidden(self.row.get())
    }

    /// As `hide_row`, to move the ceiling on the hot path.
    ///
    /// PERF: does not need the thread's address, which the compiler would have at hand before it is needed.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn hide_row_on_hot_path(&self) {
        self.row.set(std::ptr::from_ref(&HIDDEN).cast_mut());
        // Partner: as in `hide_row`.
        fence(Ordering::Release);
        compiler_fence(Ordering::SeqCst);
    }

    /// Hides the row from signal handlers and readers. What is written after it is seen by nobody who does not see this.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn hide_row(&self) {
        self.row.set(self.hidden());
        // Partner: the acquire fences of readers, which look at the row again.
        fence(Ordering::Release);
        // And what is read after it was not read before.
        compiler_fence(Ordering::SeqCst);
    }

    /// Ends `hide_row`; the release store of a pointer is the partner of the acquire load of readers.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn show_row(&self, row: *const Row) {
        compiler_fence(Ordering::SeqCst);
        self.row.set(row.cast_mut());
    }

    /// Begins work that must not meet itself; `false` when it would.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn begin_work(&self) -> bool {
        let row = self.row.get();
        if stands_for_hidden(row) {
            return false;
        }
        self.hide_row();
        // Readers may still count on it.
        self.work_row.set(row);
        true
    }

    /// Ends `begin_work`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn end_work(&self) {
        if self.owed.is_any() {
            self.pay();
        }
        self.show_row(self.work_row.get());
        self.work_row.set(std::ptr::null_mut());
    }

    /// Goes over from work to a boundary, during which no reader may count on a row.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn turn_to_boundary(&self) {
        self.work_row.set(std::ptr::null_mut());
        fence(Ordering::Release);
    }

    /// Goes over from a boundary, which leads to `row`, to work.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn turn_to_work(&self, row: *const Row) {
        self.work_row.set(row.cast_mut());
    }

    /// The row of the current path; `None` in a boundary, in a pause, before the first event and after the end.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn current_row(&self) -> Option<&Row> {
        self.row_in_force(self.row.get())
    }

    /// As `current_row`, where `row` was read.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn row_in_force(&self, row: *mut Row) -> Option<&Row> {
        let row = match stands_for_hidden(row) {
            true => self.work_row.get(),
            false => row,
        };
        // SAFETY: null, or a row of this thread, which lives as long as the thread; or the one that stands for none.
        unsafe { row.as_ref() }.filter(|row| !std::ptr::eq(*row, nowhere()))
    }

    /// Whether a boundary is under way, so that nobody knows which row what is pending belongs to.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn is_at_boundary(&self) -> bool {
        self.is_hidden() && self.work_row.get().is_null()
    }

    /// A handler that interrupted memprof's work allocated a block, which the words already hold.
    #[cold]
    #[inline(never)]
    pub(super) fn interrupting_allocation(&self, size: u64, footer: Footer) {
        let size = size as i64;
        if footer.is_there() {
            INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
            footer.make_own();
            count_overhead(size);
        } else if self.is_closed() {
            self.owed.level.add(size);
            self.owed.pending.allocations.add(1);
        } else {
            return;
        }
        self.headroom.add(size);
        self.pending.allocations.sub(1);
    }

    /// Such a handler freed a block, which nothing holds yet.
    pub(super) fn interrupting_deallocation(&self, size: u64) {
        let size = size as i64;
        if self.is_closed() {
            self.owed.level.sub(size);
            self.owed.freed.add(size);
            self.owed.pending.deallocations.add(1);
        } else {
            self.headroom.add(size);
            self.credit.sub(size);
            self.pending.deallocations.add(1);
        }
    }

    /// As `interrupting_deallocation`, of a block of `origin`.
    #[cold]
    #[inline(never)]
    pub(super) fn interrupting_free(&self, size: u64, origin: u32) {
        if origin == OVERHEAD {
            return count_overhead(-(size as i64));
        }
        let origin = settle(origin, size);
        if origin < self.true_freed_length() {
            // SAFETY: below the length.
            unsafe { self.free_of_listed(origin, size) };
        } else {
            INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
        }
        self.interrupting_deallocation(size);
    }

    /// Whether the words are being moved, put aside or taken back, so that none may be added to.
    fn is_closed(&self) -> bool {
        self.freed_length.get() == 0 || self.credit.get() < -SHUT / 2
    }

    /// Adds to the words what is owed to them, in a pause to those that are put aside.
    #[cold]
    #[inline(never)]
    pub(super) fn pay(&self) {
        let saved = &self.saved;
        match self.is_paused() {
            true => self.pay_to(&saved.headroom, &saved.credit, &saved.pending),
            false => self.pay_to(&self.headroom, &self.credit, &self.pending),
        }
    }

    /// As `pay`, to words like these.
    pub(super) fn pay_to(&self, headroom: &Level, credit: &Level, pending: &Pending) {
        let owed = &self.owed;
        let (level, freed) = (owed.level.get(), owed.freed.get());
        owed.level.sub(level);
        owed.freed.sub(freed);
        headroom.sub(level);
        credit.sub(freed);
        let blocks = owed.pending.allocations.get();
        owed.pending.allocations.sub(blocks);
        pending.allocations.add(blocks);
        let blocks = owed.pending.deallocations.get();
        owed.pending.deallocations.sub(blocks);
        pending.deallocations.add(blocks);
    }

    /// Such a handler reallocated a block.
    #[cold]
    #[inline(never)]
    pub(super) fn interrupting_reallocation(
        &self,
        old: u64,
        new: u64,
        freed: Option<u32>,
        footer: Footer,
    ) {
        match freed {
            Some(OVERHEAD) => count_overhead(-(old as i64)),
            Some(origin) => self.interrupting_free(old, origin),
            // Without owners the level alone is kept.
            None => self.headroom.sub((new as i64).wrapping_sub(old as i64)),
        }
        if footer.is_there() {
            footer.make_own();
            count_overhead(new as i64);
        }
        INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
    }
}

#[cold]
pub(super) fn lose_interrupting_entry() -> u64 {
    INTERRUPTING_ENTRIES.fetch_add(1, Ordering::Relaxed);
    super::scope::NOTHING
}
