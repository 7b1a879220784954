//! Temporary blocks are those that are freed within the call that allocated them, by its thread.
//!
//! Only where sizes are asked for. A thread keeps the ends of blocks that it allocated of late, each with the
//! serial of the innermost call; a block whose place is taken by another one while its call is still open may be
//! temporary or not, and is counted as such. A reallocation ends the old block and begins a new one.

use super::detail::Sizes;
use super::frames::{Frame, KINDS, MEASUREMENT};
use super::memory::{give_back, take_zeroed};
use super::switches::sizes;
use super::thread::Thread;
use super::word::{Count, Pointer, Small};

/// Blocks that a thread keeps in view.
const PLACES: usize = 2048;

/// The blocks that a thread allocated of late: null unless asked for.
pub(crate) struct Recent(Pointer<Place>);

/// All-zero bytes are an empty one.
struct Place {
    /// One past the block.
    end: Count,
    serial: Count,
    path: Small,
}

impl Recent {
    pub(crate) const fn new() -> Self {
        Self(Pointer::null())
    }

    /// The place of a block, if there are places.
    fn place(&self, end: u64) -> Option<&Place> {
        let start = self.0.get();
        if start.is_null() {
            return None;
        }
        let spread = (end >> 2).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let at = (spread >> 40) as usize % PLACES;
        // SAFETY: there are so many places, which the thread alone touches.
        Some(unsafe { &*start.add(at) })
    }

    fn make(&self) {
        if let Some(places) = take_zeroed::<Place>(PLACES) {
            self.0.set(places.as_ptr());
        }
    }

    /// Gives the places back.
    ///
    /// # Safety
    /// The thread is the caller or does not run any more.
    pub(super) unsafe fn release(&self) {
        let start = self.0.get();
        if !start.is_null() {
            self.0.set(std::ptr::null_mut());
            // SAFETY: taken with this length; the thread alone knew of them.
            unsafe { give_back(start, PLACES) };
        }
    }
}

impl Thread {
    /// A block that ends at `end` was allocated on the current path. The thread is live.
    pub(super) fn note_block(&self, end: usize) {
        if !sizes() || end == 0 {
            return;
        }
        let Some(serial) = self.innermost_call() else {
            return;
        };
        if self.recent.place(0).is_none() {
            self.recent.make();
        }
        let end = end as u64;
        let Some(place) = self.recent.place(end) else {
            return;
        };
        let is_taken = place.end.get() != 0 && place.end.get() != end;
        if is_taken && self.is_call_open(place.serial.get()) {
            self.on_sizes(place.path.get(), |sizes| sizes.unseen_blocks.add(1));
        }
        place.end.set(end);
        place.serial.set(serial);
        place.path.set(self.origin.get());
    }

    /// As `note_end`, of a block that was reallocated.
    #[inline]
    pub(super) fn note_moved_end(&self, end: usize, size: u64) {
        // A signal handler must not grow the stack of frames meanwhile.
        if sizes() && self.begin_work() {
            self.note_end(end, size);
            self.end_work();
        }
    }

    /// The block of `size` bytes that ends at `end` was freed. The row is hidden.
    pub(super) fn note_end(&self, end: usize, size: u64) {
        if !sizes() || self.is_paused() {
            return;
        }
        let Some(place) = self.recent.place(end as u64) else {
            return;
        };
        if place.end.get() != end as u64 {
            return;
        }
        place.end.set(0);
        if self.is_call_open(place.serial.get()) {
            self.on_sizes(place.path.get(), |sizes| {
                sizes.temporary_blocks.add(1);
                sizes.temporary_bytes.add(size);
            });
        }
    }

    fn on_sizes(&self, path: u32, write: impl FnOnce(&Sizes)) {
        // SAFETY: the thread itself is the caller; null, or a row of its own.
        let row = unsafe { self.row_of(path).as_ref() };
        if let Some(sizes) = row.and_then(|row| row.own_sizes()) {
            write(sizes);
        }
    }

    /// The serial of the innermost frame that is no measurement.
    fn innermost_call(&self) -> Option<u64> {
        let mut frames = self.frames_from_top();
        frames.find(|serial| serial % KINDS != MEASUREMENT)
    }

    fn is_call_open(&self, serial: u64) -> bool {
        // Serials rise with the stack.
        let mut frames = self.frames_from_top().skip_while(|&open| open > serial);
        frames.next() == Some(serial)
    }

    /// The serials of the open frames, innermost first. The thread itself is the caller.
    fn frames_from_top(&self) -> impl Iterator<Item = u64> {
        let (mut frame, bottom) = (self.frames_top.get(), self.bottom());
        std::iter::from_fn(move || {
            let is_open = frame > bottom;
            is_open.then(|| {
                // SAFETY: above the bottom, so there is a frame below, inside the stack's memory.
                let below: &Frame = unsafe {
                    frame = frame.sub(1);
                    &*frame
                };
                below.entered_as()
            })
        })
    }
}
