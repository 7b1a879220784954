//! A scope is one live entry into a site.
//!
//! Entering and leaving are where operations cost something; allocations only move the thread's words. A
//! boundary moves what happened since the last one into the row of the path that was current, switches the
//! path, and rebases the peak so that nested peaks are each above their own entry.
//!
//! Open scopes are frames on a stack of the thread's own, not on the user's, so a guard is only a serial
//! number: one that is leaked or dropped out of order is noticed, and heals when an outer scope ends.
//!
//! Each boundary first hides the row of the current path, from signal handlers and readers, and at its end shows the row that
//! it leads to (see `record::interrupted`).

use super::call::{Begin, Call};
use super::frames::{CALL, CONTEXT, Frame, KINDS, MEASUREMENT, POLL};
use super::interrupted::lose_interrupting_entry;
use super::own::current;
use super::registry;
use super::row::Row;
use super::site::Site;
use super::sizes::LOST_SIZES;
use super::thread::{ENDED, LIVE, ThisThread, Thread};
use std::sync::atomic::{AtomicU64, Ordering};

/// Guards that were leaked or dropped out of order, found when an outer scope ended.
pub(crate) static MISUSED_GUARDS: AtomicU64 = AtomicU64::new(0);

/// Guards that ended on another thread than they began on, at least: it is looked for only where the usual way is left anyway.
pub(crate) static MOVED_GUARDS: AtomicU64 = AtomicU64::new(0);

/// Entries that were not recorded because a limit was reached (frames, paths, or memory).
pub(crate) static LOST_ENTRIES: AtomicU64 = AtomicU64::new(0);

/// Entries that were not recorded because their thread had ended, by the notice that memprof has of it.
pub(crate) static LATE_ENTRIES: AtomicU64 = AtomicU64::new(0);

/// The serial of no frame: what entering gives when nothing was entered.
pub(super) const NOTHING: u64 = u64::MAX;

/// What happened on the thread between entry and exit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passed {
    pub(crate) allocated_bytes: u64,
    pub(crate) net_bytes: i64,
    pub(crate) peak_bytes: u64,
}

/// Ends its scope when dropped. Made by `#[track]` and `scope!`.
///
/// It stays on its thread (`!Send`). Leaking it, or dropping it after an outer one, is noticed, heals when
/// the next outer scope ends, and is counted in the report's warnings.
#[must_use = "a scope ends when its guard is dropped; bind it: `let _scope = memprof::scope!(…);`"]
#[derive(Debug)]
pub struct Guard {
    /// The words of the guard's thread. They live until the thread ends, which no value of its outlives;
    /// as a raw pointer it also makes the guard `!Send`.
    thread: *const ThisThread,
    serial: u64,
}

/// Enters `site` on this thread. Neither allocates through the global allocator nor blocks, except that the
/// first entry on a new path takes a lock for a moment.
#[cfg_attr(optimised, inline(always))]
pub fn enter(site: &'static Site) -> Guard {
    let (thread, serial) = enter_call(site);
    Guard {
        thread: thread.cast(),
        serial,
    }
}

impl Drop for Guard {
    #[cfg_attr(optimised, inline(always))]
    fn drop(&mut self) {
        // SAFETY: made by `enter_call` on this very thread (see the field).
        unsafe { leave_call(self.thread.cast(), self.serial) };
    }
}

/// PERF: a function of its own, so that a tracked function holds one call and not its body; what it gives
/// back stays in two registers.
#[inline(never)]
fn enter_call(site: &'static Site) -> (*const Thread, u64) {
    current(|thread| (std::ptr::from_ref(thread), thread.enter::<CALL>(site)))
}

/// # Safety
/// `thread` are the words of the calling thread.
#[inline(never)]
unsafe fn leave_call(thread: *const Thread, serial: u64) {
    // SAFETY: by the caller's promise.
    unsafe { &*thread }.leave_call(serial);
}

/// Enters the site of `call` for one more poll; its first one begins it.
///
/// PERF: the caller has found the thread's words and keeps them for `leave_poll`, and the call keeps half of the serial; so no
/// way through it but the unusual one needs a stack frame.
///
/// # Safety
/// `thread` are the words of the calling thread.
#[inline(never)]
pub(super) unsafe fn enter_poll<B: Begin>(call: &mut Call<B>, thread: *const Thread) {
    // SAFETY: by the caller's promise.
    let thread = unsafe { &*thread };
    match thread.enter_known::<POLL>(call.known_site()) {
        Some(serial) => call.opened(serial),
        None => call.enter_cold(thread),
    }
}

/// Ends the poll that `enter_poll` began.
///
/// PERF: takes its arguments as `leave_busy` does.
///
/// # Safety
/// `thread` are the words of the calling thread.
#[inline(never)]
pub(super) unsafe fn leave_poll<B: Begin>(call: &mut Call<B>, thread: *const Thread) {
    // SAFETY: by the caller's promise.
    let thread = unsafe { &*thread };
    if !thread.leave_idle_poll(|| call.low_serial()) {
        call.leave_busy(thread);
    }
}

impl Thread {
    /// Enters `site`; the serial of the new frame, which must be left once.
    ///
    /// PERF: every unusual case goes to one cold function, in tail position, so that the usual one needs no
    /// stack frame.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn enter<const KIND: u64>(&self, site: &'static Site) -> u64 {
        match self.enter_known::<KIND>(std::ptr::from_ref(site)) {
            Some(serial) => serial,
            None => self.enter_cold::<KIND>(site),
        }
    }

    /// Enters `site` if it is what was last entered from here and the stack has room.
    #[cfg_attr(optimised, inline(always))]
    fn enter_known<const KIND: u64>(&self, site: *const Site) -> Option<u64> {
        let row = self.row.get();
        self.hide_row();
        let top = self.frames_top.get();
        // SAFETY: a row, which lives until the thread is retired, which it is not while it runs this; or, hidden,
        // the thread. Both begin with such a word, and the thread's is null.
        let last_site = unsafe { &(*row).last_site };
        // SAFETY: the calling thread's own words.
        let is_known =
            unsafe { top != self.frames_end.mine() && site == last_site.mine().cast_const() };
        if !is_known {
            self.show_row(row);
            return None;
        }
        // SAFETY: it has a last site, so it is a row.
        let outer = unsafe { &*row };
        // SAFETY: the child was set together with the site.
        let inner = || unsafe { &*outer.last_child.get() };
        // SAFETY: the row is hidden; the stack is not full, so `top` is its next frame.
        Some(unsafe { self.push_frame::<KIND>(top, outer, inner) })
    }

    /// Opens a frame that goes on in `inner`, which is asked for late.
    ///
    /// # Safety
    /// The thread is live and at a boundary, its stack is not full, and `top` is what `frames_top` says.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn push_frame<'a, const KIND: u64>(
        &self,
        top: *mut Frame,
        outer: &Row,
        inner: impl FnOnce() -> &'a Row,
    ) -> u64 {
        // SAFETY: below `frames_end`, so inside the stack's memory, which only this thread replaces.
        let frame = unsafe { &*top };
        self.serial.add(KINDS);
        // SAFETY: the calling thread's own word.
        let serial = unsafe { self.serial.mine() }.wrapping_add(KIND);
        // The level never exceeds the fold's ceiling, so it can be the new one itself.
        let (level, freed) = self.bring_up_to_date(outer);
        frame.outer.set(std::ptr::from_ref(outer).cast_mut());
        frame.serial.set(serial);
        frame.entry_level.set(level);
        frame.entry_freed.set(freed);
        frame.outer_peak.set(self.peak.get());
        self.peak.set(level);
        // PERF: not before, so that the above needs no more registers than there are to use freely.
        let inner = inner();
        self.origin.set(inner.path.get());
        self.open_hot_path();
        // SAFETY: one past a frame inside the stack's memory, at most its end.
        self.frames_top.set(unsafe { top.add(1) });
        self.show_row(inner);
        if KIND == CALL {
            inner.calls.add(1);
        }
        serial
    }

    /// Moves into `row`, the hidden one, what is still to be moved; level and freed bytes. From here on, until the hot path is
    /// open again, a handler that allocates comes to the cold path.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn bring_up_to_date(&self, row: &Row) -> (i64, i64) {
        let headroom = self.headroom.get();
        self.headroom.sub(headroom);
        // PERF: of both in one the compiler would make no single instruction.
        self.shut_hot_path();
        // The row is hidden, so nobody comes between and moves the ceiling.
        let level = self.ceiling.get().wrapping_sub(headroom);
        self.ceiling.set(level);
        // SAFETY: these are the calling thread's own words, or those of one that does not run.
        unsafe {
            let freed = self.credit_base.get().wrapping_sub(self.credit.mine());
            match self.mark_of(level, freed) == self.mark.mine() {
                true => (level, freed),
                false => self.flush(row),
            }
        }
    }

    /// Ends the call that `enter` began.
    #[cfg_attr(optimised, inline(always))]
    fn leave_call(&self, serial: u64) {
        let row = self.row.get();
        self.hide_row();
        self.shut_hot_path();
        let top = self.top_frame();
        // A frame in which something was moved into its row has another serial by now.
        // SAFETY: the calling thread's own frame.
        if serial != unsafe { top.serial.mine() } {
            self.open_hot_path();
            self.show_row(row);
            return self.leave_below(serial);
        }
        // SAFETY: with an open frame the thread is live and its row one of its own; rows live as long as their
        // thread.
        let row = unsafe { &*row };
        if self.has_pending() {
            self.open_hot_path();
            return self.leave_busy_call(top, row);
        }
        // PERF: nothing was allocated and nothing freed, so there is nothing to record but the call.
        self.show_row(self.pop(top, top.outer_peak.get()));
        row.finished.add(1);
    }

    /// Ends a poll in which nothing was allocated or freed, by the lower half of its serial; `false` when
    /// there is more to it.
    #[cfg_attr(optimised, inline(always))]
    fn leave_idle_poll(&self, low_serial: impl FnOnce() -> u32) -> bool {
        let row = self.row.get();
        self.hide_row();
        self.shut_hot_path();
        let top = self.top_frame();
        // SAFETY: the calling thread's own frame.
        if unsafe { top.serial.mine() } as u32 != low_serial() || self.has_pending() {
            self.open_hot_path();
            self.show_row(row);
            return false;
        }
        self.show_row(self.pop(top, top.outer_peak.get()));
        true
    }

    /// Ends the call of the top frame, whose `row` is hidden.
    #[inline(never)]
    fn leave_busy_call(&self, top: &Frame, row: &Row) {
        let (passed, outer) = self.close(top, row);
        self.turn_to_work(outer);
        row.finish_call(passed.allocated_bytes, passed.peak_bytes);
        self.end_work();
    }

    /// Ends a frame without ending a call: a poll, or a measurement. All zero when it is not open any more.
    pub(crate) fn leave(&self, serial: u64) -> Passed {
        self.close_open(serial, |row| {
            let (passed, outer) = self.close(self.top_frame(), row);
            self.show_row(outer);
            passed
        })
        .unwrap_or_default()
    }

    /// Has the frame of `serial` closed, when it is open, once it is on top and its row hidden. `close` shows the row that
    /// it leads to.
    pub(super) fn close_open<R>(&self, serial: u64, close: impl FnOnce(&Row) -> R) -> Option<R> {
        if serial == NOTHING || !self.begin_work() {
            return None;
        }
        let Some(row) = self.current_row() else {
            self.end_work();
            return None;
        };
        self.turn_to_boundary();
        let (row, is_open) = self.heal(serial, row);
        if !is_open {
            self.show_row(row);
            return None;
        }
        Some(close(row))
    }

    /// Brings the figures up to date and closes the top frame, whose `row` is hidden; what passed in it, and the outer row.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn close(&self, top: &Frame, row: &Row) -> (Passed, &Row) {
        let (level, freed) = self.bring_up_to_date(row);
        let peak = self.peak.get().max(level);
        let net = level.wrapping_sub(top.entry_level.get());
        let freed = freed.wrapping_sub(top.entry_freed.get());
        let passed = Passed {
            allocated_bytes: net.wrapping_add(freed) as u64,
            net_bytes: net,
            peak_bytes: peak.wrapping_sub(top.entry_level.get()) as u64,
        };
        let outer = self.pop(top, peak.max(top.outer_peak.get()));
        self.top_frame().note_busy();
        (passed, outer)
    }

    /// Goes back to where the top frame was pushed, with the hot path shut, and opens it; the row there, which is still to be
    /// shown.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn pop(&self, top: &Frame, peak: i64) -> &Row {
        // SAFETY: the outer row is this thread's and lives as long as the thread.
        let outer = unsafe { &*top.outer.get() };
        self.origin.set(outer.path.get());
        self.set_peak(peak);
        self.open_hot_path();
        self.frames_top.set(std::ptr::from_ref(top).cast_mut());
        outer
    }

    #[cold]
    #[inline(never)]
    fn leave_below(&self, serial: u64) {
        if !current(|me| std::ptr::eq(me, self)) {
            MOVED_GUARDS.fetch_add(1, Ordering::Relaxed);
        }
        self.close_open(serial, |row| {
            let top = self.top_frame();
            match top.is_sized() {
                false => self.leave_busy_call(top, row),
                true => self.leave_sized_call(top, row),
            }
        });
    }

    /// Where the frame of `serial` is not on top, its inner guards were leaked or are dropped too late, or it was
    /// itself closed so before. Closes the inner ones, with the row of the top one being `row` and hidden; the row of the
    /// one that is on top then, and whether that is the one of `serial`.
    #[inline(never)]
    fn heal<'a>(&'a self, serial: u64, mut row: &'a Row) -> (&'a Row, bool) {
        // Serials rise with the stack, so the search ends at the first lower one.
        let mut frame = self.frames_top.get();
        loop {
            // SAFETY: below the first frame lies one that is never left and whose serial is the lowest.
            frame = unsafe { frame.sub(1) };
            // SAFETY: as above.
            let found = unsafe { &*frame }.entered_as();
            if found < serial {
                return (row, false);
            }
            if found == serial {
                break;
            }
        }
        while !std::ptr::eq(self.top_frame(), frame) {
            MISUSED_GUARDS.fetch_add(1, Ordering::Relaxed);
            row = self.close_top(row);
        }
        (row, true)
    }

    /// Ends all that is still open when the thread is retired; how many that were. Hides the row.
    pub(crate) fn close_all(&self) -> u64 {
        // In the copy that a forked child has of a thread that was at a boundary there is none.
        let Some(mut row) = self.current_row() else {
            return 0;
        };
        self.hide_row();
        self.turn_to_boundary();
        let mut closed = 0;
        while !std::ptr::eq(self.frames_top.get(), self.bottom()) {
            row = self.close_top(row);
            closed += 1;
        }
        self.turn_to_work(row);
        closed
    }

    /// Closes the top frame, whose `row` is hidden; the outer row, hidden.
    fn close_top(&self, row: &Row) -> &Row {
        let top = self.top_frame();
        if top.is_sized() {
            // It did not end by itself, so its figures are not those of its size; and the caller may hold the lock
            // under which sizes are kept.
            LOST_SIZES.fetch_add(1, Ordering::Relaxed);
        }
        if top.kind() == CONTEXT {
            return self.close_context(top, row);
        }
        let kind = top.kind();
        let (passed, outer) = self.close(top, row);
        if kind == CALL {
            self.turn_to_work(outer);
            row.finish_call(passed.allocated_bytes, passed.peak_bytes);
            self.turn_to_boundary();
        }
        outer
    }

    /// The first entry of a thread, the first on a path, or one for which the stack has to grow.
    #[cold]
    #[inline(never)]
    pub(super) fn enter_cold<const KIND: u64>(&self, site: &'static Site) -> u64 {
        if !self.begin_work() {
            return lose_interrupting_entry();
        }
        let Some((outer, inner)) = self.find_inner(site) else {
            // memprof's own work belongs to no operation: in a pause it is a signal handler that enters.
            let serial = match self.is_paused() {
                true => lose_interrupting_entry(),
                false => self.lose_entry(),
            };
            self.end_work();
            return serial;
        };
        outer.last_child.set(std::ptr::from_ref(inner).cast_mut());
        outer.last_site.set(std::ptr::from_ref(site).cast_mut());
        self.turn_to_boundary();
        // SAFETY: the row is this thread's; the stack has room.
        unsafe { self.push_frame::<KIND>(self.frames_top.get(), outer, || inner) }
    }

    /// The current row and its child for `site`, made if need be, once the stack has room; `None` when a limit or the memory
    /// is reached, or there is no current row.
    fn find_inner(&self, site: &'static Site) -> Option<(&Row, &Row)> {
        if !self.has_room() {
            return None;
        }
        let outer = self.current_row()?;
        // SAFETY: null, or a row of this thread, which lives as long as the thread.
        let inner = unsafe { registry::child_row(self, outer, site).as_ref() }?;
        Some((outer, inner))
    }

    /// Counts a call whose frames are its polls, the first of which is open as `serial`; its path, or `None` when
    /// nothing was entered.
    pub(crate) fn begin_call(&self, serial: u64) -> Option<u32> {
        if serial == NOTHING {
            return None;
        }
        let row = self.current_row()?;
        row.calls.add(1);
        Some(row.path.get())
    }

    /// Opens a frame on the current path, for a measurement.
    pub(crate) fn enter_same_path(&self) -> u64 {
        if !self.begin_work() {
            return lose_interrupting_entry();
        }
        let row = self.has_room().then(|| self.current_row()).flatten();
        let Some(row) = row else {
            self.end_work();
            return NOTHING;
        };
        self.turn_to_boundary();
        // SAFETY: the stack has room.
        unsafe { self.push_frame::<MEASUREMENT>(self.frames_top.get(), row, || row) }
    }

    /// Whether a frame can be pushed: the thread is live, not paused, and its stack has room or was grown. The row is
    /// hidden.
    pub(super) fn has_room(&self) -> bool {
        let is_full = || std::ptr::eq(self.frames_top.get(), self.frames_end.get());
        registry::register(self) && (!is_full() || self.grow_frames())
    }

    /// Counts an entry that is not recorded.
    #[cold]
    pub(super) fn lose_entry(&self) -> u64 {
        let entries = match self.state.get() {
            ENDED => &LATE_ENTRIES,
            _ => &LOST_ENTRIES,
        };
        entries.fetch_add(1, Ordering::Relaxed);
        NOTHING
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state.get() == LIVE
    }
}
