//! A scope is one live entry into a site.
//!
//! Entering and leaving are where operations cost something; allocations only move the thread's words. A
//! boundary moves what happened since the last one into the row of the path that was current, switches the
//! path, and rebases the peak so that nested peaks are each above their own entry.
//!
//! Open scopes are frames on a stack of the thread's own, not on the user's, so a guard is only a serial
//! number: one that is leaked or dropped out of order is noticed, and heals when an outer scope ends.

use super::call::{Begin, Call};
use super::frames::{CALL, CONTEXT, Frame, KINDS, MEASUREMENT, POLL};
use super::registry;
use super::row::Row;
use super::site::Site;
use super::sizes::LOST_SIZES;
use super::thread::{LIVE, Thread, current};
use std::sync::atomic::{AtomicU64, Ordering};

/// Guards that were leaked or dropped out of order, found when an outer scope ended.
pub(crate) static MISUSED_GUARDS: AtomicU64 = AtomicU64::new(0);

/// Entries that were not recorded because a limit was reached (frames, paths, or memory).
pub(crate) static LOST_ENTRIES: AtomicU64 = AtomicU64::new(0);

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
    thread: *const Thread,
    serial: u64,
}

/// Enters `site` on this thread. Neither allocates through the global allocator nor blocks, except that the
/// first entry on a new path takes a lock for a moment.
#[inline(always)]
pub fn enter(site: &'static Site) -> Guard {
    let (thread, serial) = enter_call(site);
    Guard { thread, serial }
}

impl Drop for Guard {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: made by `enter_call` on this very thread (see the field).
        unsafe { leave_call(self.thread, self.serial) };
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
/// PERF: what it gives back, and the half of the serial that the call keeps, spare `leave_poll` the search
/// for the thread's words; and no way through it but the usual one needs a stack frame.
#[inline(never)]
pub(super) fn enter_poll<B: Begin>(call: &mut Call<B>) -> *const Thread {
    current(|thread| {
        if call.is_begun()
            && let Some(serial) = thread.enter_known::<POLL>(call.site())
        {
            call.opened(serial);
            return std::ptr::from_ref(thread);
        }
        call.enter_cold(thread)
    })
}

/// Ends the poll that `enter_poll` began.
///
/// # Safety
/// `thread` are the words of the calling thread.
#[inline(never)]
pub(super) unsafe fn leave_poll<B: Begin>(thread: *const Thread, call: &mut Call<B>) {
    // SAFETY: by the caller's promise.
    let thread = unsafe { &*thread };
    if !thread.leave_idle_poll(call.low_serial()) {
        call.leave_busy(thread);
    }
}

impl Thread {
    /// Enters `site`; the serial of the new frame, which must be left once.
    ///
    /// PERF: every unusual case goes to one cold function, in tail position, so that the usual one needs no
    /// stack frame.
    #[inline(always)]
    pub(crate) fn enter<const KIND: u64>(&self, site: &'static Site) -> u64 {
        match self.enter_known::<KIND>(site) {
            Some(serial) => serial,
            None => self.enter_cold::<KIND>(site),
        }
    }

    /// Enters `site` if it is what was last entered from here and the stack has room.
    #[inline(always)]
    fn enter_known<const KIND: u64>(&self, site: &'static Site) -> Option<u64> {
        let outer = self.row.get();
        let top = self.frames_top.get();
        // SAFETY: the calling thread's own word.
        if outer.is_null() || top == unsafe { self.frames_end.mine() } {
            return None;
        }
        // SAFETY: a thread's rows live until the thread is retired, which it is not while it runs this.
        let outer = unsafe { &*outer };
        // SAFETY: the calling thread's own row.
        if std::ptr::from_ref(site) != unsafe { outer.last_site.mine() } {
            return None;
        }
        // SAFETY: set together with `last_site`.
        let inner = unsafe { &*outer.last_child.get() };
        // SAFETY: the stack is not full, so `top` is its next frame.
        Some(unsafe { self.push_frame::<KIND>(top, outer, inner) })
    }

    /// Opens a frame that goes on in `inner`.
    ///
    /// # Safety
    /// The thread is live, its stack is not full, and `top` is what `frames_top` says.
    #[inline(always)]
    pub(super) unsafe fn push_frame<const KIND: u64>(
        &self,
        top: *mut Frame,
        outer: &Row,
        inner: &Row,
    ) -> u64 {
        // SAFETY: below `frames_end`, so inside the stack's memory, which only this thread replaces.
        let frame = unsafe { &*top };
        let serial = self.serial.get().wrapping_add(KINDS);
        self.serial.set(serial);
        let serial = serial.wrapping_add(KIND);
        if self.has_pending() {
            self.flush(outer);
        }
        self.hide_frames();
        let level = self.level_mark.get();
        frame.outer.set(std::ptr::from_ref(outer).cast_mut());
        frame.serial.set(serial);
        frame.entry_level.set(level);
        frame.entry_freed.set(self.freed_mark.get());
        frame.outer_peak.set(self.peak.get());
        // The level never exceeds the fold's ceiling, so it can be the new one itself.
        self.peak.set(level);
        self.ceiling.set(level);
        self.headroom.set(0);
        self.go_to(inner);
        // SAFETY: one past a frame inside the stack's memory, at most its end.
        self.show_frames(unsafe { top.add(1) });
        if KIND == CALL {
            inner.calls.add(1);
        }
        serial
    }

    /// Makes `row` the current one.
    #[inline(always)]
    fn go_to(&self, row: &Row) {
        self.row.set(std::ptr::from_ref(row).cast_mut());
        self.origin.set(row.path.get());
    }

    /// Ends the call that `enter` began.
    #[inline(always)]
    fn leave_call(&self, serial: u64) {
        // SAFETY: below the first frame lies one that is never left.
        let top = unsafe { &*self.frames_top.get().sub(1) };
        // SAFETY: the calling thread's own frame.
        if serial != unsafe { top.serial.mine() } {
            return self.leave_below(serial);
        }
        let level = self.level_mark.get();
        if self.was_busy(top, level) {
            return self.leave_busy_call(top);
        }
        // PERF: nothing was allocated and nothing freed, so there is nothing to record but the call.
        let row = self.row.get();
        self.pop(top, level, top.outer_peak.get());
        // SAFETY: the row was current until now; rows live as long as their thread.
        unsafe { &*row }.finished.add(1);
    }

    /// Whether anything was allocated or freed since the top frame was pushed.
    #[inline(always)]
    fn was_busy(&self, top: &Frame, level: i64) -> bool {
        // PERF: each is read where it is compared, so that the compiler makes one instruction of both.
        // SAFETY: the calling thread's own frame.
        if self.has_pending() || level != unsafe { top.entry_level.mine() } {
            return true;
        }
        let freed = self.freed_mark.get();
        // SAFETY: as above.
        freed != unsafe { top.entry_freed.mine() }
    }

    /// Ends a poll in which nothing was allocated or freed, by the lower half of its serial; `false` when
    /// there is more to it.
    #[inline(always)]
    fn leave_idle_poll(&self, low_serial: u32) -> bool {
        // SAFETY: below the first frame lies one that is never left.
        let top = unsafe { &*self.frames_top.get().sub(1) };
        let level = self.level_mark.get();
        // SAFETY: the calling thread's own frame.
        if unsafe { top.serial.mine() } as u32 != low_serial || self.was_busy(top, level) {
            return false;
        }
        self.pop(top, level, top.outer_peak.get());
        true
    }

    #[inline(never)]
    fn leave_busy_call(&self, top: &Frame) {
        let row = self.row.get();
        let passed = self.end(top);
        // SAFETY: the row was current until now; rows live as long as their thread.
        unsafe { &*row }.finish_call(passed.allocated_bytes, passed.peak_bytes);
    }

    /// Ends a frame without ending a call: a poll, or a measurement. All zero when it is not open any more.
    pub(crate) fn leave(&self, serial: u64) -> Passed {
        // SAFETY: below the first frame lies one that is never left.
        let top = unsafe { &*self.frames_top.get().sub(1) };
        if top.serial.get() == serial || self.heal(serial) {
            // SAFETY: as above; the frame of `serial` is on top now.
            return self.end(unsafe { &*self.frames_top.get().sub(1) });
        }
        Passed::default()
    }

    /// Brings the figures up to date, closes the top frame and goes back to the outer path.
    #[inline(always)]
    pub(super) fn end(&self, top: &Frame) -> Passed {
        if self.has_pending() {
            // SAFETY: with an open frame the thread is live and its row set.
            self.flush(unsafe { &*self.row.get() });
        }
        let level = self.level_mark.get();
        let peak = self.peak.get();
        let net = level.wrapping_sub(top.entry_level.get());
        let freed = self.freed_mark.get().wrapping_sub(top.entry_freed.get());
        let passed = Passed {
            allocated_bytes: net.wrapping_add(freed) as u64,
            net_bytes: net,
            peak_bytes: peak.wrapping_sub(top.entry_level.get()) as u64,
        };
        self.pop(top, level, peak.max(top.outer_peak.get()));
        passed
    }

    #[inline(always)]
    pub(super) fn pop(&self, top: &Frame, level: i64, peak: i64) {
        self.hide_frames();
        self.set_peak(level, peak);
        // SAFETY: the outer row is this thread's and lives as long as the thread.
        self.go_to(unsafe { &*top.outer.get() });
        self.show_frames(std::ptr::from_ref(top).cast_mut());
    }

    #[cold]
    #[inline(never)]
    fn leave_below(&self, serial: u64) {
        if self.heal(serial) {
            // SAFETY: `heal` left the frame of `serial` on top.
            let top = unsafe { &*self.frames_top.get().sub(1) };
            self.leave_busy_or_sized(top);
        }
    }

    fn leave_busy_or_sized(&self, top: &Frame) {
        if !top.is_sized() {
            self.leave_busy_call(top);
        } else {
            self.leave_sized_call(top);
        }
    }

    /// The frame of `serial` is not on top: its inner guards were leaked or are dropped too late, or it was
    /// itself closed so before. Closes the inner ones; `false` when `serial` is not open any more.
    #[cold]
    #[inline(never)]
    pub(super) fn heal(&self, serial: u64) -> bool {
        // Serials rise with the stack, so the search ends at the first lower one.
        let mut frame = self.frames_top.get();
        loop {
            // SAFETY: below the first frame lies one that is never left and whose serial is the lowest.
            frame = unsafe { frame.sub(1) };
            // SAFETY: as above.
            let found = unsafe { &*frame }.entered_as();
            if found < serial {
                return false;
            }
            if found == serial {
                break;
            }
        }
        // SAFETY: `frame` is in the stack, so there is a frame below the top.
        while !std::ptr::eq(unsafe { self.frames_top.get().sub(1) }, frame) {
            MISUSED_GUARDS.fetch_add(1, Ordering::Relaxed);
            self.close_top();
        }
        true
    }

    /// Ends all that is still open when the thread is retired; how many that were.
    pub(crate) fn close_all(&self) -> u64 {
        let mut closed = 0;
        // Hidden in the copy that a forked child has of a thread that was at a boundary.
        while !self.frames_top.get().is_null()
            && !std::ptr::eq(self.frames_top.get(), self.bottom())
        {
            self.close_top();
            closed += 1;
        }
        closed
    }

    fn close_top(&self) {
        // SAFETY: the stack is not empty, so there is a frame below the top.
        let top = unsafe { &*self.frames_top.get().sub(1) };
        if top.is_sized() {
            // It did not end by itself, so its figures are not those of its size; and the caller may hold the lock
            // under which sizes are kept.
            LOST_SIZES.fetch_add(1, Ordering::Relaxed);
        }
        match top.kind() {
            CALL => self.leave_busy_call(top),
            CONTEXT => self.end_context(top),
            _ => {
                self.end(top);
            }
        }
    }

    /// The first entry of a thread, the first on a path, or one for which the stack has to grow.
    #[cold]
    #[inline(never)]
    pub(super) fn enter_cold<const KIND: u64>(&self, site: &'static Site) -> u64 {
        if !registry::register(self) {
            // memprof's own work belongs to no operation; on a thread that has ended a call is lost.
            return if self.is_paused() {
                NOTHING
            } else {
                lose_entry()
            };
        }
        if std::ptr::eq(self.frames_top.get(), self.frames_end.get()) && !self.grow_frames() {
            return lose_entry();
        }
        // SAFETY: the thread is live, so it has a row; rows live as long as their thread.
        let outer = unsafe { &*self.row.get() };
        let inner = registry::child_row(self, outer, site);
        if inner.is_null() {
            return lose_entry();
        }
        outer.last_child.set(inner);
        outer.last_site.set(std::ptr::from_ref(site).cast_mut());
        // SAFETY: the row is this thread's; the stack has grown if it was full.
        unsafe { self.push_frame::<KIND>(self.frames_top.get(), outer, &*inner) }
    }

    /// Counts a call whose frames are its polls, the first of which is open as `serial`; its path, or `None` when
    /// nothing was entered.
    pub(crate) fn begin_call(&self, serial: u64) -> Option<u32> {
        if serial == NOTHING {
            return None;
        }
        // SAFETY: something was entered, so the thread is live and its row set.
        let row = unsafe { &*self.row.get() };
        row.calls.add(1);
        Some(row.path.get())
    }

    /// Opens a frame on the current path, for a measurement.
    pub(crate) fn enter_same_path(&self) -> u64 {
        if !self.has_room() {
            return NOTHING;
        }
        // SAFETY: the thread is live, so it has a row; the stack has grown if it was full.
        unsafe {
            let row = &*self.row.get();
            self.push_frame::<MEASUREMENT>(self.frames_top.get(), row, row)
        }
    }

    /// Whether a frame can be pushed: the thread is live, not paused, and its stack has room or was grown.
    pub(super) fn has_room(&self) -> bool {
        let is_full = || std::ptr::eq(self.frames_top.get(), self.frames_end.get());
        registry::register(self) && (!is_full() || self.grow_frames())
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state.get() == LIVE
    }
}

#[cold]
pub(super) fn lose_entry() -> u64 {
    LOST_ENTRIES.fetch_add(1, Ordering::Relaxed);
    NOTHING
}
