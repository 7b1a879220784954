//! Reallocations: one event that frees a block and makes one, told by the words at once.

use super::interrupted::nowhere;
use super::late::late;
use super::level::Footer;
use super::memory::count_overhead;
use super::registry;
use super::row::Row;
use super::stacks::settle;
use super::thread::{NEW, OVERHEAD, Thread};

impl Thread {
    /// Counts one reallocation that succeeded. The words tell its net effect at once, so it never shows
    /// both blocks as live.
    #[inline]
    pub(crate) fn reallocate(&self, old: u64, new: u64, freed: Option<u32>, footer: Footer) {
        let row = self.row.get();
        if self.is_hidden() || std::ptr::eq(row, nowhere()) {
            return self.reallocate_cold(old, new, freed, footer);
        }
        if freed == Some(OVERHEAD) {
            return self.adopt(old, new, footer);
        }
        if self.credit.get() < old as i64 {
            return self.reallocate_to_limit(old, new, freed, footer);
        }
        if let Some(origin) = freed {
            self.free_of(origin, old);
        }
        // SAFETY: a thread's current row lives as long as the thread.
        self.count_reallocation(unsafe { &*row }, old, new);
        if self.headroom.get() < 0 {
            self.crossed_ceiling(new, footer);
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn count_reallocation(&self, row: &Row, old: u64, new: u64) {
        row.reallocations.add(1);
        row.reallocated_old_bytes.add(old);
        row.reallocated_new_bytes.add(new);
        self.counts.reallocations.add(1);
        self.counts.reallocated_old_bytes.add(old);
        self.counts.reallocated_new_bytes.add(new);
        self.credit.sub(old as i64);
        self.headroom.sub((new as i64).wrapping_sub(old as i64));
        self.pending.allocations.add(1);
        self.pending.deallocations.add(1);
        row.see_block(new);
    }

    /// The old block would use up the credit. Both limits count towards the next call stack, so one look sees both.
    #[inline(never)]
    fn reallocate_to_limit(&self, old: u64, new: u64, freed: Option<u32>, footer: Footer) {
        if !self.begin_work() {
            return self.interrupting_reallocation(old, new, freed, footer);
        }
        let listed = freed.and_then(|origin| self.listed_or_late(origin, old));
        self.begin_steady_change(old);
        if let Some(row) = self.current_row() {
            self.count_reallocation(row, old, new);
        }
        if let Some(path) = listed {
            // SAFETY: the origin is listed.
            unsafe { self.free_of_listed(path, old) };
        }
        self.fold_if_far();
        self.end_change();
        self.look(new, footer);
        self.end_work();
    }

    #[cold]
    #[inline(never)]
    fn reallocate_cold(&self, old: u64, new: u64, freed: Option<u32>, footer: Footer) {
        if !self.begin_work() {
            return self.interrupting_reallocation(old, new, freed, footer);
        }
        registry::note_allocator(footer.is_there());
        let is_ready = self.reallocate_in_work(old, new, freed);
        self.end_work();
        if is_ready {
            self.reallocate(old, new, freed, footer);
        }
    }

    /// Counts a reallocation where there is no current row; `true` when there is one now.
    fn reallocate_in_work(&self, old: u64, new: u64, freed: Option<u32>) -> bool {
        if self.is_paused() {
            // The new block is memprof's; its level is what `resume` adds to the overhead.
            self.headroom.sub(new as i64);
            match freed {
                None | Some(OVERHEAD) => self.headroom.add(old as i64),
                Some(origin) => self.deallocate_while_paused(old, settle(origin, old)),
            }
            return false;
        }
        if self.state.get() == NEW && registry::register(self) {
            return true;
        }
        if freed == Some(OVERHEAD) {
            count_overhead(-(old as i64));
            late(|late| late.allocate(new));
        } else {
            let path = freed.map(|origin| settle(origin, old));
            late(|late| late.reallocate(old, new, path));
        }
        false
    }

    /// The last reallocation put the block elsewhere; at most `bytes` were copied.
    #[cold]
    pub(crate) fn note_move(&self, bytes: u64) {
        if let Some(row) = self.current_row() {
            row.moved_reallocations.add(1);
            row.copied_bytes.add(bytes);
        }
    }

    /// memprof's own block became the user's: the user made a part of a report grow, say. To the user it is
    /// a new block.
    #[cold]
    #[inline(never)]
    fn adopt(&self, old: u64, new: u64, footer: Footer) {
        count_overhead(-(old as i64));
        self.headroom.sub(new as i64);
        self.pending.allocations.add(1);
        if self.headroom.get() < 0 {
            self.crossed_ceiling(new, footer);
        }
    }
}
