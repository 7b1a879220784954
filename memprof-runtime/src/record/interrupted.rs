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
//! - Bytes are booked before events are counted. An event whose bytes are booked and which is not counted yet is seen by the
//!   next boundary either way.
//!
//! Memory that the hot path may be about to write to stays until the thread ends (`freed`), or is read again after
//! the row was hidden (`frames`).

use super::level::Footer;
use super::memory::count_overhead;
use super::row::Row;
use super::stacks::settle;
use super::thread::{OVERHEAD, Thread};
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

impl Thread {
    /// What `row` is while it is hidden: the thread itself, whose first word is no site's address, as a row's.
    #[inline(always)]
    fn hidden(&self) -> *mut Row {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// Whether a boundary or a cold path of this thread is at work. Asked at its beginning, by the thread itself: whether
    /// the asking code runs in a signal handler that interrupted one.
    #[inline(always)]
    pub(super) fn is_hidden(&self) -> bool {
        std::ptr::eq(self.row.get(), self.hidden())
    }

    /// As `is_hidden`.
    ///
    /// PERF: does not need the thread's address, which the compiler would have at hand before it is needed.
    #[inline(always)]
    pub(super) fn has_no_row(&self) -> bool {
        // SAFETY: a row, which lives as long as the thread, or the thread; both have this word there.
        unsafe { (*self.row.get()).is_thread.get() != 0 }
    }

    /// Hides the row from signal handlers and readers. What is written after it is seen by nobody who does not see this.
    #[inline(always)]
    pub(super) fn hide_row(&self) {
        self.row.set(self.hidden());
        // Partner: the acquire fences of readers, which look at the row again.
        fence(Ordering::Release);
        // And what is read after it was not read before.
        compiler_fence(Ordering::SeqCst);
    }

    /// Ends `hide_row`; the release store of a pointer is the partner of the acquire load of readers.
    #[inline(always)]
    pub(super) fn show_row(&self, row: *const Row) {
        compiler_fence(Ordering::SeqCst);
        self.row.set(row.cast_mut());
    }

    /// Begins work that must not meet itself; `false` when it would.
    #[inline(always)]
    pub(super) fn begin_work(&self) -> bool {
        let row = self.row.get();
        if std::ptr::eq(row, self.hidden()) {
            return false;
        }
        self.hide_row();
        // Readers may still count on it.
        self.work_row.set(row);
        true
    }

    /// Ends `begin_work`.
    #[inline(always)]
    pub(super) fn end_work(&self) {
        self.show_row(self.work_row.get());
        self.work_row.set(std::ptr::null_mut());
    }

    /// Goes over from work to a boundary, during which no reader may count on a row.
    #[inline(always)]
    pub(super) fn turn_to_boundary(&self) {
        self.work_row.set(std::ptr::null_mut());
        fence(Ordering::Release);
    }

    /// Goes over from a boundary, which leads to `row`, to work.
    #[inline(always)]
    pub(super) fn turn_to_work(&self, row: *const Row) {
        self.work_row.set(row.cast_mut());
    }

    /// The row of the current path; `None` in a boundary, in a pause, before the first event and after the end.
    #[inline(always)]
    pub(super) fn current_row(&self) -> Option<&Row> {
        self.row_in_force(self.row.get())
    }

    /// As `current_row`, where `row` was read.
    #[inline(always)]
    pub(super) fn row_in_force(&self, row: *mut Row) -> Option<&Row> {
        let row = match std::ptr::eq(row, self.hidden()) {
            true => self.work_row.get(),
            false => row,
        };
        // SAFETY: null, or a row of this thread, which lives as long as the thread; or the one that stands for none.
        unsafe { row.as_ref() }.filter(|row| !std::ptr::eq(*row, nowhere()))
    }

    /// Whether a boundary is under way, so that nobody knows which row what is pending belongs to.
    #[inline(always)]
    pub(super) fn is_at_boundary(&self) -> bool {
        self.is_hidden() && self.work_row.get().is_null()
    }

    /// A handler that interrupted memprof's work allocated a block, which the words already hold.
    #[cold]
    #[inline(never)]
    pub(super) fn interrupting_allocation(&self, size: u64, footer: Footer) {
        INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
        if footer.is_there() {
            footer.make_own();
            self.headroom.add(size as i64);
            self.pending.allocations.sub(1);
            count_overhead(size as i64);
        }
    }

    /// Such a handler freed a block of `origin`, which nothing holds yet.
    #[cold]
    #[inline(never)]
    pub(super) fn interrupting_free(&self, size: u64, origin: u32) {
        if origin == OVERHEAD {
            return count_overhead(-(size as i64));
        }
        INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
        let origin = settle(origin, size);
        if origin < self.true_freed_length() {
            // SAFETY: below the length.
            unsafe { self.free_of_listed(origin, size) };
        }
        self.headroom.add(size as i64);
        self.credit.sub(size as i64);
        self.pending.deallocations.add(1);
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
