//! A pause is the time in which a thread does memprof's own work, which never counts as the user's.
//!
//! The allocator tests no flag for it. A pause puts the thread's hot words aside and gives it others with
//! boundless limits; whatever is allocated meanwhile moves only those, is marked as overhead in its footer,
//! and is added to `overhead_bytes` when the pause ends. A paused thread never takes the recorder's cold
//! path, so it may allocate while it holds the registry's lock.

use super::interrupted::nowhere;
use super::memory::count_overhead;
use super::own::current;
#[cfg(windows)]
use super::thread::ENDED;
use super::thread::{CLOSED, NEW, OVERHEAD, Thread};
#[cfg(windows)]
use super::{composition, lock};
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
        if thread.state.get() == NEW && thread.begin_work() {
            registry::register(thread);
            thread.end_work();
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
        _ => thread.pauses.sub(1),
    });
}

/// All other threads were killed, wherever they were. Whether one of them was in the midst of memprof's work, so that its
/// figures must not be read, and a lock may stay held for ever.
#[cfg(windows)]
pub(crate) fn others_were_killed() -> bool {
    composition::forget_others();
    lock::is_any_held()
}

/// From here on the calling thread, which is the last, counts nothing and waits for no lock.
#[cfg(windows)]
pub(crate) fn goes_on_alone() {
    current(|thread| {
        // Not made known to the registry, which takes its lock.
        if thread.state.get() == NEW {
            thread.state.set(ENDED);
        }
        // As a signal handler that interrupted who holds the lock, for the blocks that a pause leaves to it.
        thread.locks.add(1);
        if thread.is_paused() {
            thread.pauses.add(1);
        } else {
            thread.put_aside();
        }
    });
}

impl Thread {
    /// Ends all pauses of a thread that ends itself.
    pub(crate) fn end_pauses(&self) {
        if self.is_paused() {
            self.take_back();
        }
    }

    /// Lets each event of a signal handler come to the cold path, where it finds the row hidden and leaves the words as they
    /// were.
    fn close_hot_path(&self) {
        self.freed_length.set(0);
        self.headroom.sub(CLOSED);
        self.credit.sub(CLOSED);
    }

    /// As `close_hot_path`; level and freed bytes stay what they are.
    pub(super) fn close_for_good(&self) {
        self.close_hot_path();
        self.ceiling.sub(CLOSED);
        self.credit_base.sub(CLOSED);
    }

    /// Begun at rest, or in memprof's own work with the row hidden.
    fn put_aside(&self) {
        let saved = &self.saved;
        let row = self.row.get();
        let is_at_rest = self.begin_work();
        self.begin_change();
        self.close_hot_path();
        saved.headroom.set(self.headroom.get().wrapping_add(CLOSED));
        saved.pending.set(&self.pending);
        saved.credit.set(self.credit.get().wrapping_add(CLOSED));
        saved.origin.set(self.origin.get());
        saved.row.set(row);
        // From here on a copy of this thread in a forked child is restored from what is saved. The fences keep
        // the order of the stores; a child's memory is a copy of this one at some instant.
        fence(Ordering::Release);
        self.pauses.set(1);
        fence(Ordering::Release);
        // The user's blocks still take the cold path when memprof frees one.
        self.credit.set(BOUNDLESS);
        self.origin.set(OVERHEAD);
        self.headroom.set(BOUNDLESS);
        self.pay();
        self.show_row(nowhere());
        if is_at_rest {
            self.work_row.set(std::ptr::null_mut());
        }
        self.end_change();
    }

    fn take_back(&self) {
        let saved = &self.saved;
        let row = saved.row.get();
        // A forked child may have a copy of a thread whose words are half put aside or half restored.
        let is_whole = !self.is_changing();
        self.begin_change();
        self.hide_row();
        self.close_hot_path();
        if is_whole {
            let held = BOUNDLESS.wrapping_sub(self.headroom.get().wrapping_add(CLOSED));
            // PERF: the sum is shared by all threads, and most pauses around a span's entry allocate nothing.
            if held != 0 {
                count_overhead(held);
            }
        }
        self.pending.set(&saved.pending);
        self.origin.set(saved.origin.get());
        // What is allocated from here on is the user's again, and then what is freed.
        self.headroom.set(saved.headroom.get());
        self.credit.set(saved.credit.get());
        self.freed_length.set(self.true_freed_length());
        fence(Ordering::Release);
        self.pauses.set(0);
        self.pay();
        self.show_row(row);
        self.end_change();
        // The user's blocks that memprof freed meanwhile; or call stacks or details are wanted from now on.
        let is_asked = self.has_new_plan() || detail::are_on();
        if self.is_live() && (self.credit.get() < 0 || is_asked) && self.begin_work() {
            self.fold_now();
            self.end_work();
        }
    }
}
