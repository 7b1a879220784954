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
use std::sync::atomic::{AtomicU64, Ordering, fence};

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
    /// Unique on the thread, rising with the stack; its last two bits are the kind of the frame.
    serial: Count,
    pub(crate) entry_level: Level,
    entry_freed: Level,
    pub(crate) outer_peak: Level,
}

impl Frame {
    pub(crate) const fn new() -> Self {
        Self {
            outer: Pointer::null(),
            serial: Count::new(0),
            entry_level: Level::new(0),
            entry_freed: Level::new(0),
            outer_peak: Level::new(0),
        }
    }
}

/// Kinds of frames: a poll of a future, a call, a measurement.
pub(crate) const POLL: u64 = 0;
const CALL: u64 = 1;
const MEASUREMENT: u64 = 2;

/// The serial of no frame: what entering gives when nothing was entered.
const NOTHING: u64 = u64::MAX;

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

impl Thread {
    /// Enters `site`; the serial of the new frame, which must be left once.
    #[inline(always)]
    pub(crate) fn enter<const KIND: u64>(&self, site: &'static Site) -> u64 {
        let outer = self.row.get();
        let top = self.frames_top.get();
        // PERF: every unusual case goes to one cold function, in tail position, so that the usual one
        // needs no stack frame.
        if outer.is_null() || std::ptr::eq(top, self.frames_end.get()) {
            return self.enter_cold::<KIND>(site);
        }
        // SAFETY: a thread's rows live until the thread is retired, which it is not while it runs this.
        let outer = unsafe { &*outer };
        if !std::ptr::eq(outer.last_site.get(), site) {
            return self.enter_cold::<KIND>(site);
        }
        // SAFETY: set together with `last_site`.
        let inner = unsafe { &*outer.last_child.get() };
        // SAFETY: the stack is not full, so `top` is its next frame.
        unsafe { self.push_frame::<KIND>(top, outer, inner) }
    }

    /// Opens a frame that goes on in `inner`.
    ///
    /// # Safety
    /// The thread is live, its stack is not full, and `top` is what `frames_top` says.
    #[inline(always)]
    unsafe fn push_frame<const KIND: u64>(&self, top: *mut Frame, outer: &Row, inner: &Row) -> u64 {
        // SAFETY: below `frames_end`, so inside the stack's memory, which only this thread replaces.
        let frame = unsafe { &*top };
        let serial = self.serial.get().wrapping_add(4);
        self.serial.set(serial);
        let serial = serial.wrapping_add(KIND).wrapping_sub(CALL);
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
        if top.serial.get() != serial {
            return self.leave_below(serial);
        }
        let level = self.level_mark.get();
        if self.has_pending()
            || level != top.entry_level.get()
            || self.freed_mark.get() != top.entry_freed.get()
        {
            return self.leave_busy_call(top);
        }
        // PERF: nothing was allocated and nothing freed, so there is nothing to record but the call.
        let row = self.row.get();
        self.pop(top, level, top.outer_peak.get());
        // SAFETY: the row was current until now; rows live as long as their thread.
        unsafe { &*row }.finished.add(1);
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
    fn end(&self, top: &Frame) -> Passed {
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
    fn pop(&self, top: &Frame, level: i64, peak: i64) {
        self.hide_frames();
        self.set_peak(level, peak);
        // SAFETY: the outer row is this thread's and lives as long as the thread.
        self.go_to(unsafe { &*top.outer.get() });
        self.show_frames(std::ptr::from_ref(top).cast_mut());
    }

    /// Tells readers that peak and frames do not match for a moment.
    #[inline(always)]
    fn hide_frames(&self) {
        self.frames_top.set(std::ptr::null_mut());
        // Partner: the acquire fence in `steady_frames`.
        fence(Ordering::Release);
    }

    /// Ends `hide_frames`; the release store of a pointer is the partner of the acquire load there.
    #[inline(always)]
    fn show_frames(&self, top: *mut Frame) {
        self.frames_top.set(top);
    }

    #[cold]
    #[inline(never)]
    fn leave_below(&self, serial: u64) {
        if self.heal(serial) {
            self.leave_call(serial);
        }
    }

    /// The frame of `serial` is not on top: its inner guards were leaked or are dropped too late, or it was
    /// itself closed so before. Closes the inner ones; `false` when `serial` is not open any more.
    #[cold]
    #[inline(never)]
    fn heal(&self, serial: u64) -> bool {
        // Serials rise with the stack, so the search ends at the first lower one.
        let mut frame = self.frames_top.get();
        loop {
            // SAFETY: below the first frame lies one that is never left and whose serial is the lowest.
            frame = unsafe { frame.sub(1) };
            // SAFETY: as above.
            let found = unsafe { &*frame }.serial.get();
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
            && !std::ptr::eq(self.frames_top.get(), self.frames.get())
        {
            self.close_top();
            closed += 1;
        }
        closed
    }

    fn close_top(&self) {
        // SAFETY: the stack is not empty, so there is a frame below the top.
        let top = unsafe { &*self.frames_top.get().sub(1) };
        if top.serial.get() % 4 == CALL {
            self.leave_busy_call(top);
        } else {
            self.end(top);
        }
    }

    /// The first entry of a thread, the first on a path, or one for which the stack has to grow.
    #[cold]
    #[inline(never)]
    fn enter_cold<const KIND: u64>(&self, site: &'static Site) -> u64 {
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

    /// The latest serial whose lower half is `low`.
    pub(crate) fn serial_ending_in(&self, low: u32) -> u64 {
        let latest = self.serial.get();
        let behind = (latest as u32).wrapping_sub(low);
        latest.wrapping_sub(u64::from(behind))
    }

    /// Opens a frame on the current path, for a measurement.
    pub(crate) fn enter_same_path(&self) -> u64 {
        let is_full = || std::ptr::eq(self.frames_top.get(), self.frames_end.get());
        if !registry::register(self) || (is_full() && !self.grow_frames()) {
            return NOTHING;
        }
        // SAFETY: the thread is live, so it has a row; the stack has grown if it was full.
        unsafe {
            let row = &*self.row.get();
            self.push_frame::<MEASUREMENT>(self.frames_top.get(), row, row)
        }
    }

    /// Doubles the stack; `false` when that passes its bound or there is no memory.
    fn grow_frames(&self) -> bool {
        let used = self.open_frames();
        let length = (used * 2).max(15);
        if length > MAX_FRAMES {
            return false;
        }
        // One more for the frame below the first.
        let Some(grown) = take_zeroed::<Frame>(length + 1) else {
            return false;
        };
        // Readers walk the frames under the registry's lock.
        let _registry = registry::lock();
        let grown = grown.as_ptr();
        // SAFETY: two different blocks; the old one holds the frame below and `used` frames, the new one
        // more; below the first frame there always is one.
        unsafe { std::ptr::copy_nonoverlapping(self.frames.get().sub(1), grown, used + 1) };
        // SAFETY: the readers hold the lock that is held here.
        unsafe { self.release_frames() };
        // SAFETY: all inside the new block or one past it.
        unsafe {
            self.frames.set(grown.add(1));
            self.frames_top.set(grown.add(1 + used));
            self.frames_end.set(grown.add(1 + length));
        }
        true
    }

    /// How many scopes are open.
    fn open_frames(&self) -> usize {
        // SAFETY: both point into (or one past) the same block, and the top is not below the bottom.
        unsafe { self.frames_top.get().offset_from(self.frames.get()) as usize }
    }

    /// Makes the stack empty and without room: it consists of the frame below the first.
    pub(crate) fn empty_frames(&self) {
        self.below.serial.set(0);
        // SAFETY: one past a field of this thread's words.
        let none = unsafe { std::ptr::from_ref(&self.below).cast_mut().add(1) };
        self.frames.set(none);
        self.frames_top.set(none);
        self.frames_end.set(none);
    }

    /// Gives the stack's memory back, if it has any, and leaves it empty.
    ///
    /// # Safety
    /// Nobody reads the frames: the registry's lock is held, and the thread does not run or is the caller.
    pub(crate) unsafe fn release_frames(&self) {
        let bottom = self.frames.get();
        // SAFETY: both point into (or one past) the same block.
        let length = unsafe { self.frames_end.get().offset_from(bottom) as usize };
        self.empty_frames();
        if length > 0 {
            // SAFETY: `grow_frames` took this block, with one frame more than the length.
            unsafe { give_back(bottom.sub(1), length + 1) };
        }
    }

    /// Calls `each` with every open frame, innermost first, beginning below `top`. The caller is the thread
    /// itself or holds the registry's lock, under which alone the stack's memory is replaced.
    fn each_frame(&self, top: *mut Frame, mut each: impl FnMut(&Frame)) {
        let bottom = self.frames.get();
        let mut frame = top;
        while frame > bottom {
            // SAFETY: above the bottom, so there is a frame below, inside the stack's memory.
            frame = unsafe { frame.sub(1) };
            // SAFETY: as above.
            each(unsafe { &*frame });
        }
    }

    /// The row and the peak so far of every open scope, innermost first. The caller holds the registry's
    /// lock and is paused. Nothing for a thread that is never between two boundaries for long enough.
    pub(crate) fn open_scopes(&self) -> Vec<(*mut Row, u64)> {
        let mut scopes = Vec::new();
        for _ in 0..1_000 {
            let (top, serial) = (self.frames_top.get(), self.serial.get());
            if top.is_null() {
                std::hint::spin_loop();
                continue;
            }
            self.read_scopes(top, &mut scopes);
            // Partner: the release fence in `hide_frames`. A boundary in between either still hides the
            // frames, or has changed the top or the serial.
            fence(Ordering::Acquire);
            if std::ptr::eq(self.frames_top.get(), top) && self.serial.get() == serial {
                return scopes;
            }
        }
        Vec::new()
    }

    fn read_scopes(&self, top: *mut Frame, scopes: &mut Vec<(*mut Row, u64)>) {
        scopes.clear();
        let row = if self.is_paused() {
            &self.saved.row
        } else {
            &self.row
        };
        let (mut row, mut peak) = (row.get(), self.peak.get());
        self.each_frame(top, |frame| {
            let above_entry = peak.wrapping_sub(frame.entry_level.get());
            if frame.serial.get() % 4 != MEASUREMENT {
                scopes.push((row, u64::try_from(above_entry).unwrap_or(0)));
            }
            peak = peak.max(frame.outer_peak.get());
            row = frame.outer.get();
        });
    }

    /// The highest level of this thread so far. Only the thread itself may ask.
    pub(crate) fn highest(&self) -> i64 {
        let mut highest = self.peak.get();
        self.each_frame(self.frames_top.get(), |frame| {
            highest = highest.max(frame.outer_peak.get())
        });
        highest
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state.get() == LIVE
    }
}

#[cold]
fn lose_entry() -> u64 {
    LOST_ENTRIES.fetch_add(1, Ordering::Relaxed);
    NOTHING
}
