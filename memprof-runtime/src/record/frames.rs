//! The stack of open scopes of a thread: frames in memory of its own, and how others read it.
//!
//! A frame says what to go back to when its scope ends. The thread alone pushes and pops; readers walk the
//! stack under the registry's lock, under which alone its memory is replaced. While a boundary changes peak
//! and frames together the thread's row is hidden, so a reader never joins a new peak to an old frame.

use super::memory::{give_back, take_zeroed};
use super::registry;
use super::row::Row;
use super::thread::Thread;
use super::word::{Count, Level, Pointer};
use std::ptr::NonNull;
use std::sync::atomic::{Ordering, fence};

/// More open scopes than this on one thread are not told apart; reaching it takes leaked guards in a loop.
const MAX_FRAMES: usize = 1 << 20;

/// Frames that a thread has room for from its first event on.
const FIRST_FRAMES: usize = 15;

/// The stack of a thread without memory for one: the frame that lies below the first, and the place that the first has not.
/// Both stay zero.
pub(super) static NO_FRAMES: [Frame; 2] = [const { Frame::new() }; 2];

/// An open scope: what to go back to when it ends.
pub(crate) struct Frame {
    /// The row of the path that was current before.
    pub(crate) outer: Pointer<Row>,
    /// Unique on the thread, rising with the stack; its last bits are the kind of the frame.
    pub(super) serial: Count,
    pub(super) entry_level: Level,
    pub(super) entry_freed: Level,
    pub(super) outer_peak: Level,
    /// Where the serial says that it is sized: the size of the call's input, and the thread's allocations
    /// when it was told.
    pub(super) size: Count,
    pub(super) allocations_before: Count,
}

impl Frame {
    /// The serial that entering it gave, whatever it was told since.
    pub(super) fn entered_as(&self) -> u64 {
        self.serial.get() & !(SIZED | BUSY)
    }

    pub(super) fn kind(&self) -> u64 {
        self.entered_as() % KINDS
    }

    /// Notes that something was allocated or freed in it, or may have been.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn note_busy(&self) {
        self.serial.set(self.serial.get() | BUSY);
    }

    pub(super) fn is_sized(&self) -> bool {
        self.serial.get() & SIZED != 0
    }

    pub(crate) const fn new() -> Self {
        Self {
            outer: Pointer::null(),
            serial: Count::new(0),
            entry_level: Level::new(0),
            entry_freed: Level::new(0),
            outer_peak: Level::new(0),
            size: Count::new(0),
            allocations_before: Count::new(0),
        }
    }
}

/// Kinds of frames: a poll of a future, a call, a measurement, an attached context.
pub(crate) const POLL: u64 = 0;
pub(super) const CALL: u64 = 1;
pub(super) const MEASUREMENT: u64 = 2;
pub(super) const CONTEXT: u64 = 3;
/// Added to the kind, and so to the serial, when the size of the call's input is known: whoever leaves the frame
/// by its first serial then takes the cold way, where the size is seen.
pub(super) const SIZED: u64 = 4;
/// Added likewise when something that happened in the frame was moved into its row before it is left.
const BUSY: u64 = 8;
/// Serials go up by this: their last bits are the frame's kind, and never all ones, which is what
/// "nothing was entered" ends in.
pub(super) const KINDS: u64 = 16;

/// Memory for so many frames and the one below the first; `None` above the bound or without memory.
fn take_frames(length: usize) -> Option<NonNull<Frame>> {
    if length > MAX_FRAMES {
        return None;
    }
    take_zeroed::<Frame>(length + 1)
}

impl Thread {
    /// Doubles the stack, up to its bound; `false` where it has that or there is no memory.
    pub(super) fn grow_frames(&self) -> bool {
        let open = self.open_frames();
        if open >= MAX_FRAMES {
            return false;
        }
        let length = (open * 2).clamp(FIRST_FRAMES, MAX_FRAMES);
        let Some(grown) = take_frames(length) else {
            return false;
        };
        // Readers walk the frames under the registry's lock.
        let _registry = registry::lock();
        // SAFETY: the lock is held.
        unsafe { self.move_frames(grown, length) };
        true
    }

    /// Gives a new thread room for its first frames, if there is memory.
    ///
    /// # Safety
    /// The thread is the caller, its stack is empty, and no reader knows it: the registry does not.
    pub(super) unsafe fn take_first_frames(&self) {
        if let Some(grown) = take_frames(FIRST_FRAMES) {
            // SAFETY: by the caller's promise.
            unsafe { self.move_frames(grown, FIRST_FRAMES) };
        }
    }

    /// Moves the stack to `grown`, which has room for `length` frames and the one below the first.
    ///
    /// # Safety
    /// Nobody reads the frames: the registry's lock is held, or no reader knows the thread.
    unsafe fn move_frames(&self, grown: NonNull<Frame>, length: usize) {
        let used = self.open_frames();
        let grown = grown.as_ptr();
        // SAFETY: two different blocks; the old one holds the frame below and `used` frames, the new one
        // more; below the first frame there always is one.
        unsafe { std::ptr::copy_nonoverlapping(self.frames.get(), grown, used + 1) };
        // SAFETY: by the caller's promise.
        unsafe { self.release_frames() };
        // SAFETY: all inside the new block or one past it.
        unsafe {
            self.frames.set(grown);
            self.frames_top.set(grown.add(1 + used));
            self.frames_end.set(grown.add(1 + length));
        }
    }

    /// The first frame of the stack, above the one that is never left.
    pub(super) fn bottom(&self) -> *mut Frame {
        self.frames.get().wrapping_add(1)
    }

    /// How many scopes are open.
    fn open_frames(&self) -> usize {
        // SAFETY: both point into (or one past) the same block, and the top is not below the bottom.
        unsafe { self.frames_top.get().offset_from(self.bottom()) as usize }
    }

    /// Makes the stack empty and without room: it consists of the frame below the first.
    fn empty_frames(&self) {
        self.frames.set(NO_FRAMES.as_ptr().cast_mut());
        let none = self.bottom();
        self.frames_top.set(none);
        self.frames_end.set(none);
    }

    /// Gives the stack's memory back, if it has any, and leaves it empty.
    ///
    /// # Safety
    /// Nobody reads the frames: the registry's lock is held, and the thread does not run or is the caller.
    pub(crate) unsafe fn release_frames(&self) {
        let (start, bottom) = (self.frames.get(), self.bottom());
        // SAFETY: both point into (or one past) the same block.
        let length = unsafe { self.frames_end.get().offset_from(bottom) as usize };
        self.empty_frames();
        if length > 0 {
            // SAFETY: `grow_frames` took this block, with one frame more than the length.
            unsafe { give_back(start, length + 1) };
        }
    }

    /// The frame on top; below the first one lies one that is never left.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn top_frame(&self) -> &Frame {
        // SAFETY: by the above. The stack's memory is replaced by this thread alone, where it grows.
        unsafe { &*self.frames_top.get().sub(1) }
    }

    /// The latest serial whose lower half is `low`.
    pub(super) fn serial_ending_in(&self, low: u32) -> u64 {
        // The kind is in the frame's serial alone.
        let latest = self.serial.get() | (KINDS - 1);
        let behind = (latest as u32).wrapping_sub(low);
        latest.wrapping_sub(u64::from(behind))
    }

    /// Whether the frame of `serial` is open. Only the thread itself may ask.
    #[cfg(feature = "tracing")]
    pub(super) fn is_open(&self, serial: u64) -> bool {
        let (bottom, open) = (self.bottom(), self.open_frames());
        // SAFETY: at most the number of open frames above the bottom, inside the stack's memory.
        let serial_at = |at: usize| unsafe { &*bottom.add(at) }.entered_as();
        // Serials rise with the stack.
        let (mut low, mut high) = (0, open);
        while low < high {
            // The top first: it is mostly the one.
            let middle = if high == open {
                open - 1
            } else {
                low.midpoint(high)
            };
            match serial_at(middle).cmp(&serial) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }

    /// Calls `each` with every open frame, innermost first, beginning below `top`. The caller is the thread
    /// itself or holds the registry's lock, under which alone the stack's memory is replaced.
    fn each_frame(&self, top: *mut Frame, mut each: impl FnMut(&Frame)) {
        let bottom = self.bottom();
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
        let scopes = self.between_boundaries(|row, top| {
            let mut scopes = Vec::new();
            self.read_scopes(row, top, |row, peak| scopes.push((row, peak)));
            scopes
        });
        scopes.unwrap_or_default()
    }

    /// Has `read` given the row and the top of the stack until no boundary came between. `None` for a thread that never rests
    /// that long. The caller holds the registry's lock.
    fn between_boundaries<R>(&self, mut read: impl FnMut(*mut Row, *mut Frame) -> R) -> Option<R> {
        let row_word = match self.is_paused() {
            true => &self.saved.row,
            false => &self.row,
        };
        for _ in 0..1_000 {
            let row = row_word.get();
            let (top, serial) = (self.frames_top.get(), self.serial.get());
            if self.is_at_boundary() {
                std::hint::spin_loop();
                continue;
            }
            let value = read(row, top);
            // Partner: the release fence in `hide_row`. A boundary in between either still hides the
            // row, or has changed the top or the serial.
            fence(Ordering::Acquire);
            if !self.is_at_boundary()
                && std::ptr::eq(self.frames_top.get(), top)
                && self.serial.get() == serial
            {
                return Some(value);
            }
        }
        None
    }

    /// As `open_scopes`, of the calling thread, which rests. Allocates nothing.
    pub(super) fn each_open_scope(&self, each: impl FnMut(*mut Row, u64)) {
        let row = match self.is_paused() {
            true => self.saved.row.get(),
            false => self.row.get(),
        };
        self.read_scopes(row, self.frames_top.get(), each);
    }

    fn read_scopes(&self, row: *mut Row, top: *mut Frame, mut each: impl FnMut(*mut Row, u64)) {
        let row = self
            .row_in_force(row)
            .map_or(std::ptr::null(), std::ptr::from_ref);
        let (mut row, mut peak) = (row.cast_mut(), self.peak.get());
        self.each_frame(top, |frame| {
            let above_entry = peak.wrapping_sub(frame.entry_level.get());
            let kind = frame.kind();
            if kind == CALL || kind == POLL {
                each(row, u64::try_from(above_entry).unwrap_or(0));
            }
            let outer_peak = frame.outer_peak.get();
            // What a context does rises above none of the scopes that it interrupts.
            peak = if kind == CONTEXT {
                outer_peak
            } else {
                peak.max(outer_peak)
            };
            row = frame.outer.get();
        });
    }

    /// The highest level of this thread so far. Only the thread itself may ask.
    pub(crate) fn highest(&self) -> i64 {
        self.highest_below(self.frames_top.get())
    }

    /// As `highest`, asked by who holds the registry's lock; `None` where the thread does not rest.
    pub(super) fn highest_for_others(&self) -> Option<i64> {
        self.between_boundaries(|_, top| self.highest_below(top))
    }

    fn highest_below(&self, top: *mut Frame) -> i64 {
        let mut highest = self.peak.get();
        self.each_frame(top, |frame| highest = highest.max(frame.outer_peak.get()));
        highest
    }
}
