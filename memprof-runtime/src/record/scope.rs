//! A scope is one live entry into a site.
//!
//! Entering and leaving are where operations cost something; allocations only move the thread's words. A
//! boundary moves what happened since the last one into the row of the path that was current, switches the
//! path, and rebases the peak so that nested peaks are each above their own entry.
//!
//! Open scopes are frames on a stack of the thread's own, not on the user's, so a guard is only a serial
//! number: one that is leaked or dropped out of order is noticed, and heals when an outer scope ends.

use super::memory::{give_back, take_zeroed};
use super::registry;
use super::row::Row;
use super::site::Site;
use super::thread::{LIVE, Thread, current};
use super::word::{Count, Level, Pointer};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

/// More open scopes than this on one thread are not told apart; reaching it takes leaked guards in a loop.
const MAX_FRAMES: usize = 1 << 20;

/// Guards that were leaked or dropped out of order, found when an outer scope ended.
pub(crate) static MISUSED_GUARDS: AtomicU64 = AtomicU64::new(0);

/// Entries that were not recorded because a limit was reached (frames, paths, or memory).
pub(crate) static LOST_ENTRIES: AtomicU64 = AtomicU64::new(0);

/// An open scope: what to go back to when it ends.
pub(crate) struct Frame {
    /// The row of the path that was current before.
    pub(crate) outer: Pointer<Row>,
    /// Unique on the thread, never 0; odd when the frame is a call, even for a poll or a measurement.
    serial: Count,
    pub(crate) entry_level: Level,
    entry_allocated: Level,
    pub(crate) outer_peak: Level,
}

/// What happened on the thread between entry and exit.
#[derive(Clone, Copy)]
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
    serial: u64,
    not_send: PhantomData<*mut ()>,
}

/// Enters `site` on this thread. Neither allocates through the global allocator nor blocks, except that the
/// first entry on a new path takes a lock for a moment.
#[inline]
pub fn enter(site: &'static Site) -> Guard {
    Guard { serial: current(|thread| thread.enter(site, true)), not_send: PhantomData }
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        current(|thread| thread.leave_call(self.serial));
    }
}

impl Thread {
    /// Enters `site`; the serial of the new frame, or 0 when nothing was entered.
    #[inline]
    pub(crate) fn enter(&self, site: &'static Site, is_call: bool) -> u64 {
        let outer = self.row.get();
        if outer.is_null() {
            return self.enter_first(site, is_call);
        }
        // SAFETY: a thread's rows live until the thread is retired, which it is not while it runs this.
        let outer = unsafe { &*outer };
        let inner = if std::ptr::eq(outer.last_site.get(), site) {
            outer.last_child.get()
        } else {
            self.find_child(outer, site)
        };
        if inner.is_null() {
            return self.lose_entry();
        }
        // SAFETY: as above.
        let inner = unsafe { &*inner };
        let serial = self.push_frame(outer, inner, is_call);
        if is_call && serial != 0 {
            inner.calls.add(1);
        }
        serial
    }

    /// Opens a frame that goes on in `inner`.
    #[inline(always)]
    pub(crate) fn push_frame(&self, outer: &Row, inner: &Row, is_call: bool) -> u64 {
        let top = self.frames_top.get();
        if std::ptr::eq(top, self.frames_end.get()) && !self.grow_frames() {
            return self.lose_entry();
        }
        let top = self.frames_top.get();
        // SAFETY: below `frames_end`, so inside the stack's memory, which only this thread replaces.
        let frame = unsafe { &*top };
        self.serial.add(2);
        let serial = self.serial.get() | u64::from(is_call);

        self.begin_change();
        if self.has_pending() {
            self.flush(outer);
        }
        let level = self.level_mark.get();
        frame.outer.set(std::ptr::from_ref(outer).cast_mut());
        frame.serial.set(serial);
        frame.entry_level.set(level);
        frame.entry_allocated.set(level.wrapping_add(self.freed_mark.get()));
        frame.outer_peak.set(self.peak.get());
        // The level never exceeds the fold's ceiling, so it can be the new one itself.
        self.peak.set(level);
        self.ceiling.set(level);
        self.headroom.set(0);
        self.go_to(inner);
        // SAFETY: one past a frame inside the stack's memory, at most its end.
        self.frames_top.set(unsafe { top.add(1) });
        self.end_change();
        serial
    }

    /// Makes `row` the current one.
    #[inline(always)]
    fn go_to(&self, row: &Row) {
        self.row.set(std::ptr::from_ref(row).cast_mut());
        self.origin.set(row.path.get());
    }

    /// Ends the call that `enter` began.
    #[inline]
    pub(crate) fn leave_call(&self, serial: u64) {
        let Some(frame) = self.frame_to_leave(serial) else {
            return;
        };
        let row = self.row.get();
        let passed = self.pop(frame);
        // SAFETY: the row was current until now; rows live as long as their thread.
        unsafe { &*row }.finish_call(passed.allocated_bytes, passed.peak_bytes);
    }

    /// Ends a frame without ending a call: a poll, or a measurement.
    pub(crate) fn leave(&self, serial: u64) -> Option<Passed> {
        let frame = self.frame_to_leave(serial)?;
        Some(self.pop(frame))
    }

    /// The top frame when `serial` names it, after healing when it lies below.
    #[inline(always)]
    fn frame_to_leave(&self, serial: u64) -> Option<*mut Frame> {
        let top = self.frames_top.get();
        if std::ptr::eq(top, self.frames.get()) {
            return None;
        }
        // SAFETY: the stack is not empty, so there is a frame below the top.
        let frame = unsafe { top.sub(1) };
        // SAFETY: inside the stack's memory.
        if unsafe { &*frame }.serial.get() == serial {
            return Some(frame);
        }
        self.heal(serial)
    }

    /// Closes the frame and goes back to the outer path.
    #[inline(always)]
    fn pop(&self, frame: *mut Frame) -> Passed {
        self.begin_change();
        if self.has_pending() {
            // SAFETY: with an open frame the thread is live and its row set.
            self.flush(unsafe { &*self.row.get() });
        }
        // SAFETY: the top frame, inside the stack's memory.
        let top = unsafe { &*frame };
        let level = self.level_mark.get();
        let peak = self.peak.get();
        let allocated = level.wrapping_add(self.freed_mark.get());
        let passed = Passed {
            allocated_bytes: allocated.wrapping_sub(top.entry_allocated.get()) as u64,
            net_bytes: level.wrapping_sub(top.entry_level.get()),
            peak_bytes: peak.wrapping_sub(top.entry_level.get()) as u64,
        };
        self.set_peak(level, peak.max(top.outer_peak.get()));
        // SAFETY: the outer row is this thread's and lives as long as the thread.
        self.go_to(unsafe { &*top.outer.get() });
        self.frames_top.set(frame);
        self.end_change();
        passed
    }

    /// The frame of `serial` is not on top: its inner guards were leaked or are dropped too late, or it was
    /// itself closed so before. Closes the inner ones; `None` when `serial` is not open any more.
    #[cold]
    #[inline(never)]
    fn heal(&self, serial: u64) -> Option<*mut Frame> {
        let bottom = self.frames.get();
        let mut frame = self.frames_top.get();
        loop {
            if std::ptr::eq(frame, bottom) {
                return None;
            }
            // SAFETY: above the bottom, so there is a frame below.
            frame = unsafe { frame.sub(1) };
            // SAFETY: inside the stack's memory.
            if unsafe { &*frame }.serial.get() == serial {
                break;
            }
        }
        loop {
            // SAFETY: the stack holds at least the frame that was found.
            let top = unsafe { self.frames_top.get().sub(1) };
            if std::ptr::eq(top, frame) {
                return Some(frame);
            }
            MISUSED_GUARDS.fetch_add(1, Ordering::Relaxed);
            self.close(top);
        }
    }

    /// Ends all that is still open when the thread is retired.
    pub(crate) fn close_all(&self) {
        while !std::ptr::eq(self.frames_top.get(), self.frames.get()) {
            // SAFETY: the stack is not empty, so there is a frame below the top.
            let top = unsafe { self.frames_top.get().sub(1) };
            self.close(top);
        }
    }

    fn close(&self, top: *mut Frame) {
        // SAFETY: inside the stack's memory.
        let is_call = unsafe { &*top }.serial.get() % 2 == 1;
        let row = self.row.get();
        let passed = self.pop(top);
        if is_call {
            // SAFETY: rows live as long as their thread.
            unsafe { &*row }.finish_call(passed.allocated_bytes, passed.peak_bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn enter_first(&self, site: &'static Site, is_call: bool) -> u64 {
        if registry::register(self) { self.enter(site, is_call) } else { 0 }
    }

    #[cold]
    #[inline(never)]
    fn find_child(&self, outer: &Row, site: &'static Site) -> *mut Row {
        let child = registry::child_row(self, outer, site);
        if !child.is_null() {
            outer.last_child.set(child);
            outer.last_site.set(std::ptr::from_ref(site).cast_mut());
        }
        child
    }

    #[cold]
    #[inline(never)]
    fn lose_entry(&self) -> u64 {
        LOST_ENTRIES.fetch_add(1, Ordering::Relaxed);
        0
    }

    #[cold]
    #[inline(never)]
    fn grow_frames(&self) -> bool {
        let bottom = self.frames.get();
        // The stack is full: its end is its top.
        let used = self.open_frames();
        let length = (used * 2).max(16);
        if length > MAX_FRAMES {
            return false;
        }
        let Some(grown) = take_zeroed::<Frame>(length) else {
            return false;
        };
        let grown = grown.as_ptr();
        // Readers walk the frames under the registry's lock.
        let _registry = registry::lock();
        if !bottom.is_null() {
            // SAFETY: two different blocks; the old one is full with `used` frames.
            unsafe { std::ptr::copy_nonoverlapping(bottom, grown, used) };
        }
        self.frames.set(grown);
        // SAFETY: `used` < `length`; the end is one past the block.
        unsafe {
            self.frames_top.set(grown.add(used));
            self.frames_end.set(grown.add(length));
        }
        if !bottom.is_null() {
            // SAFETY: taken with length `used`; readers hold the lock that is held here.
            unsafe { give_back(bottom, used) };
        }
        true
    }

    /// How many scopes are open.
    fn open_frames(&self) -> usize {
        let bottom = self.frames.get();
        if bottom.is_null() {
            return 0;
        }
        // SAFETY: both point into (or one past) the same block, and the top is not below the bottom.
        unsafe { self.frames_top.get().offset_from(bottom) as usize }
    }

    /// Gives the stack's memory back when the thread is retired.
    ///
    /// # Safety
    /// The thread does not run any more, or is the caller.
    pub(crate) unsafe fn release_frames(&self) {
        let bottom = self.frames.get();
        if bottom.is_null() {
            return;
        }
        // SAFETY: both point into (or one past) the same block.
        let length = unsafe { self.frames_end.get().offset_from(bottom) } as usize;
        self.frames.set(std::ptr::null_mut());
        self.frames_top.set(std::ptr::null_mut());
        self.frames_end.set(std::ptr::null_mut());
        // SAFETY: taken with this length; nobody reads it (the registry's lock is held).
        unsafe { give_back(bottom, length) };
    }

    /// Calls `each` with the row and the peak so far of every open frame, innermost first.
    ///
    /// The caller holds the registry's lock. Frames of a running thread may be in motion: the peak may be
    /// one that just ended.
    pub(crate) fn each_open_frame(&self, peak_now: i64, mut each: impl FnMut(*mut Row, u64)) {
        let bottom = self.frames.get();
        let mut frame = self.frames_top.get();
        let mut row = self.row.get();
        let mut peak = peak_now;
        while !std::ptr::eq(frame, bottom) {
            // SAFETY: above the bottom; the block stays while the lock is held.
            frame = unsafe { frame.sub(1) };
            // SAFETY: inside the stack's memory.
            let open = unsafe { &*frame };
            each(row, u64::try_from(peak.wrapping_sub(open.entry_level.get())).unwrap_or(0));
            peak = peak.max(open.outer_peak.get());
            row = open.outer.get();
        }
    }

    /// Calls `each` with the peak that every open frame put aside. Only the thread itself may ask.
    pub(crate) fn each_outer_peak(&self, mut each: impl FnMut(i64)) {
        let bottom = self.frames.get();
        let mut frame = self.frames_top.get();
        while !std::ptr::eq(frame, bottom) {
            // SAFETY: above the bottom, so there is a frame below, inside the stack's memory.
            frame = unsafe { frame.sub(1) };
            // SAFETY: as above.
            each(unsafe { &*frame }.outer_peak.get());
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state.get() == LIVE
    }
}
