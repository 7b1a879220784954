//! A pause is the time in which a thread does memprof's own work, which never counts as the user's.
//!
//! The allocator tests no flag for it. A pause puts the thread's hot words aside and gives it others with
//! boundless limits; whatever is allocated meanwhile moves only those, is marked as overhead in its footer,
//! and is added to `overhead_bytes` when the pause ends. A paused thread never takes the recorder's cold
//! path, so it may allocate while it holds the registry's lock.

use super::memory::count_overhead;
use super::thread::{NEW, OVERHEAD, Thread, current};
use super::{detail, registry};
use std::marker::PhantomData;
use std::sync::atomic::{Ordering, fence};

/// Far from every limit: no run allocates this much within one pause.
const BOUNDLESS: i64 = i64::MAX / 4;

/// Ends the pause of its thread when dropped.
#[must_use]
pub(crate) struct Pause {
    not_send: PhantomData<*mut ()>,
}

impl Pause {
    pub(crate) fn new() -> Self {
        pause();
        Self {
            not_send: PhantomData,
        }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        resume();
    }
}

/// Begins a pause of this thread, or one more within it.
pub(crate) fn pause() {
    current(|thread| {
        if thread.state.get() == NEW {
            registry::register(thread);
        }
        if thread.is_paused() {
            thread.pauses.add(1);
        } else {
            thread.put_aside();
        }
    });
}

/// Ends what the last `pause` of this thread began; without one it does nothing.
pub(crate) fn resume() {
    current(|thread| match thread.pauses.get() {
        0 => {}
        1 => thread.take_back(),
        pauses => thread.pauses.set(pauses - 1),
    });
}

impl Thread {
    /// Ends all pauses of a thread that ends itself.
    pub(crate) fn end_pauses(&self) {
        if self.is_paused() {
            self.take_back();
        }
    }

    fn put_aside(&self) {
        let saved = &self.saved;
        self.begin_change();
        saved.headroom.set(self.headroom.get());
        saved.allocations.set(self.allocations.get());
        saved.deallocations.set(self.deallocations.get());
        saved.credit.set(self.credit.get());
        saved.origin.set(self.origin.get());
        saved.freed_length.set(self.freed_length.get());
        saved.row.set(self.row.get());
        // From here on a copy of this thread in a forked child is restored from what is saved. The fences keep
        // the order of the stores; a child's memory is a copy of this one at some instant.
        fence(Ordering::Release);
        self.pauses.set(1);
        fence(Ordering::Release);
        self.headroom.set(BOUNDLESS);
        self.credit.set(BOUNDLESS);
        self.origin.set(OVERHEAD);
        // The user's blocks then take the cold path when memprof frees one.
        self.freed_length.set(0);
        self.row.set(std::ptr::null_mut());
        self.end_change();
    }

    fn take_back(&self) {
        let saved = &self.saved;
        // A forked child may have a copy of a thread whose words are half put aside or half restored.
        if !self.is_changing() {
            let held = BOUNDLESS.wrapping_sub(self.headroom.get());
            // PERF: the sum is shared by all threads, and most pauses around a span's entry allocate nothing.
            if held != 0 {
                count_overhead(held);
            }
        }
        self.begin_change();
        self.headroom.set(saved.headroom.get());
        self.allocations.set(saved.allocations.get());
        self.deallocations.set(saved.deallocations.get());
        self.credit.set(saved.credit.get());
        self.origin.set(saved.origin.get());
        self.freed_length.set(saved.freed_length.get());
        self.row.set(saved.row.get());
        fence(Ordering::Release);
        self.pauses.set(0);
        self.end_change();
        // The user's blocks that memprof freed meanwhile; or call stacks or details are wanted from now on.
        let is_asked = self.has_new_plan() || detail::are_on();
        if self.is_live() && (self.credit.get() < 0 || is_asked) {
            self.fold_now();
        }
    }
}
