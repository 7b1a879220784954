//! Deallocations: their cold paths, and whose blocks were freed.
//!
//! The hot paths come here before anything of the event is in the thread's words: whoever would free more than its credit
//! waits until no composition of the peak is under way (`composition`), so that what is summed up holds still.

use super::interrupted::INTERRUPTING_BLOCKS;
use super::late::late;
use super::level::DAMAGED_FOOTERS;
use super::memory::count_overhead;
use super::stacks::settle;
use super::thread::{ENDED, OVERHEAD, Thread};
use super::{composition, detail, registry};
use std::sync::atomic::{Ordering, fence};

impl Thread {
    /// Books a block of `origin` as freed by this thread.
    pub(crate) fn free_of(&self, origin: u32, size: u64) {
        if origin < self.freed_length.get() && !detail::are_on() {
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(origin, size) };
        } else {
            self.free_of_cold(origin, size);
        }
    }

    /// # Safety
    /// The thread's freed table has an entry for `origin`.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn free_of_listed(&self, origin: u32, size: u64) {
        // SAFETY: by the caller's promise it is inside the table, which stays until the thread ends.
        let freed = unsafe { &*self.freed.get().add(origin as usize) };
        freed.bytes.add(size);
        freed.blocks.add(1);
    }

    #[cold]
    #[inline(never)]
    fn free_of_cold(&self, origin: u32, size: u64) {
        let is_alone = self.begin_work();
        self.free_of_unlisted(origin, size);
        if is_alone {
            self.end_work();
        }
    }

    /// As `free_of`; the row is hidden.
    fn free_of_unlisted(&self, origin: u32, size: u64) {
        if let Some(path) = self.listed_or_late(origin, size) {
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(path, size) };
        }
    }

    /// The path of a block of `origin` that is freed, for which the thread's freed table has an entry. Where there can be none
    /// the block is booked otherwise. The row is hidden.
    pub(super) fn listed_or_late(&self, origin: u32, size: u64) -> Option<u32> {
        if origin == OVERHEAD {
            return None;
        }
        let path = match origin < self.freed_length.get() {
            true => origin,
            false => settle(origin, size),
        };
        if path < self.freed_length.get() || registry::list_origin(self, path) {
            self.note_flow(path, size);
            return Some(path);
        }
        if !late(|late| late.free_of(path, size)) {
            DAMAGED_FOOTERS.fetch_add(1, Ordering::Relaxed);
        }
        None
    }

    /// A block is freed by which the credit would be used up; nothing of it is counted so far. Without ownership.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn deallocate_cold(&self, size: u64) {
        if !(self.renew_credit() && self.deallocate(size as usize)) {
            self.deallocate_colder(size);
        }
    }

    #[inline(never)]
    fn deallocate_colder(&self, size: u64) {
        if !self.begin_work() {
            return self.interrupting_deallocation(size);
        }
        match registry::register(self) {
            true => self.deallocate_live(size, None),
            false => {
                late(|late| late.deallocate(size, None));
            }
        }
        self.end_work();
    }

    /// A block is freed by which the credit would be used up, or whose origin has no entry in the thread's table yet; nothing of
    /// it is counted so far. `end` is one past the block.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn deallocate_owned_cold(&self, size: u64, origin: u32, end: usize) {
        let is_listed = origin < self.freed_length.get();
        if !(is_listed && self.renew_credit() && self.deallocate_owned(size as usize, origin)) {
            self.deallocate_owned_colder(size, origin, end);
        }
    }

    #[inline(never)]
    fn deallocate_owned_colder(&self, size: u64, origin: u32, end: usize) {
        if !self.begin_work() {
            return self.interrupting_free(size, origin);
        }
        if detail::are_on() {
            self.note_end(end, size);
        }
        self.deallocate_in_work(size, settle(origin, size));
        self.end_work();
    }

    fn deallocate_in_work(&self, size: u64, origin: u32) {
        if origin == OVERHEAD {
            // memprof's own block: while paused, `resume` finds it in the level.
            if self.is_paused() {
                self.headroom.add(size as i64);
            } else {
                count_overhead(-(size as i64));
            }
            return;
        }
        if self.is_paused() {
            return self.deallocate_while_paused(size, origin);
        }
        registry::note_allocator(true);
        match registry::register(self) {
            true => self.deallocate_live(size, Some(origin)),
            false => {
                late(|late| late.deallocate(size, Some(origin)));
            }
        }
    }

    /// Counts a block that is freed, and folds if that used up the credit.
    fn deallocate_live(&self, size: u64, origin: Option<u32>) {
        let listed = origin.and_then(|origin| self.listed_or_late(origin, size));
        self.begin_steady_change(size);
        if let Some(path) = listed {
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(path, size) };
        }
        self.credit.sub(size as i64);
        self.headroom.add(size as i64);
        self.pending.deallocations.add(1);
        self.fold_if_far();
        self.end_change();
        if self.credit.get() < 0 {
            self.fold_now();
        }
    }

    /// Begins a change of the thread's figures, by which `size` bytes are freed and of which no composition may see anything:
    /// waits until none is under way.
    pub(super) fn begin_steady_change(&self, size: u64) {
        let is_far = size as i64 > self.room.get();
        // PERF: with many threads what is within the room is within the error.
        let must_wait = is_far || composition::are_few_threads();
        loop {
            self.begin_change();
            // PERF: and it does no harm to see it late.
            if is_far {
                // Partner: the fence in `composition::fold_and_compose`. Either this sees that one is under way, or that
                // sees the change.
                fence(Ordering::SeqCst);
            }
            if !(must_wait && composition::is_under_way()) {
                return;
            }
            self.end_change();
            composition::wait();
        }
    }

    /// Folds what is too far below the last fold for the bound of the process's live bytes, within a steady change.
    pub(super) fn fold_if_far(&self) {
        let level = self.level();
        if level.wrapping_sub(self.folded.get()) < -self.room.get() {
            self.fold_in(level);
        }
    }

    /// The user's block, freed by memprof's hand (a report that the user changed, say): it counts, in the
    /// words that the pause put aside.
    pub(super) fn deallocate_while_paused(&self, size: u64, origin: u32) {
        let saved = &self.saved;
        if self.state.get() == ENDED {
            match self.is_at_lock() {
                true => {
                    INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
                }
                false => late(|late| late.deallocate(size, Some(origin))),
            }
            return;
        }
        if origin < self.true_freed_length() {
            // SAFETY: below the table's true length.
            unsafe { self.free_of_listed(origin, size) };
        } else if self.is_at_lock() {
            // A signal handler, which interrupted who may hold the registry's.
            INTERRUPTING_BLOCKS.fetch_add(1, Ordering::Relaxed);
        } else if !late(|late| late.free_of(origin, size)) {
            DAMAGED_FOOTERS.fetch_add(1, Ordering::Relaxed);
        }
        saved.headroom.add(size as i64);
        saved.credit.sub(size as i64);
        saved.pending.deallocations.add(1);
    }
}
