//! What a forked child inherits: its parent's past, which is none of the child's own.
//!
//! In the child, before it goes on, what every path has counted is noted, and taken off each copy from then on. What has no
//! difference (values of calls, sizes of blocks, stacks) is set to zero in place. The hot path knows nothing of it. Blocks of the
//! parent that the child frees are deallocated by it; none of its own paths retains less for it.

use super::composition;
use super::copy::Copied;
use super::live;
use super::memory::Array;
use super::own::current;
use super::registry::Registry;
use super::row::{Calls, Events, PathFigures, Row};
use super::stacks;
use super::thread::Thread;
use super::timeline;
use super::workers::Workers;
use crate::os;
use std::sync::atomic::{AtomicU64, Ordering};

/// When this process was forked, in nanoseconds of recording; 0 in one that was not.
static FORKED_AT_NS: AtomicU64 = AtomicU64::new(0);

/// For how long the parent had recorded when this process was forked; 0 in one that was not.
pub(crate) fn forked_at_ns() -> u64 {
    // Relaxed: written while there was one thread.
    FORKED_AT_NS.load(Ordering::Relaxed)
}

/// By path, and of the process.
pub(super) struct Inherited {
    paths: Array<PathFigures>,
    live_bytes: i64,
    blocks: u64,
    peak_bytes: i64,
    /// Those that had recorded something, but for the one that forked.
    threads: u64,
}

impl Inherited {
    pub(super) const fn new() -> Self {
        Self {
            paths: Array::new(),
            live_bytes: 0,
            blocks: 0,
            peak_bytes: 0,
            threads: 0,
        }
    }
}

impl Registry {
    /// In a forked child, where only the calling thread is left: what was before is not its own.
    pub(super) fn begin_anew(&mut self) {
        let paths = self.paths.nodes().len();
        // Without memory the child's report holds its parent's past.
        if !self.inherited.paths.grow_to(paths) {
            return;
        }
        let age = u64::try_from(os::process::age().as_nanos()).unwrap_or(u64::MAX);
        FORKED_AT_NS.store(age.max(1), Ordering::Relaxed);
        let mut inherited = std::mem::replace(&mut self.inherited, Inherited::new());
        (inherited.live_bytes, inherited.blocks) = (0, 0);
        for (path, figures) in inherited.paths.as_mut_slice().iter_mut().enumerate() {
            *figures = self.figures_of_one_thread(path);
            inherited.live_bytes = inherited.live_bytes.wrapping_add(figures.net_bytes);
            let blocks = figures.allocations.wrapping_sub(figures.deallocations);
            inherited.blocks = inherited.blocks.wrapping_add(blocks);
        }
        current(|me| {
            me.each_open_peak(|path, peak| {
                if let Some(figures) = inherited.paths.as_mut_slice().get_mut(path) {
                    figures.open_peak = figures.open_peak.max(peak);
                    // It is the child's too; those of the parent's other threads are nobody's.
                    figures.calls = figures.calls.saturating_sub(1);
                }
            });
        });
        for path in 0..paths {
            self.each_row_of(path, Row::begin_anew);
        }
        if self.started > 1 {
            live::begin_anew();
        }
        inherited.peak_bytes = self.peak().bytes;
        inherited.threads = self.started.saturating_sub(self.alive);
        self.inherited = inherited;
        self.ended_workers = Workers::new();
        self.forget_points();
        current(|me| self.forget_flows(me));
        stacks::begin_anew();
        timeline::begin_anew();
        composition::begin_anew();
    }

    /// What all rows of a path, and of frees of its blocks, say.
    fn figures_of_one_thread(&self, path: usize) -> PathFigures {
        let mut figures = PathFigures::default();
        let mut add = |row: &Row, events: Events| {
            figures.add_events(&events);
            figures.add_calls(row, Calls::of_row(row));
        };
        if let Some(row) = self.known_retired_row(path) {
            add(row, Events::of_row(row));
        }
        self.each_thread(|thread| {
            // SAFETY: the lock is held; null, or a row, which stays meanwhile.
            if let Some(row) = unsafe { thread.row_of(path as u32).as_ref() } {
                add(row, thread.events_of(row));
            }
        });
        if let Some(freed) = self.retired_freed.as_slice().get(path) {
            (figures.freed_bytes, figures.freed_blocks) = (freed.bytes, freed.blocks);
        }
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            let (bytes, blocks) = unsafe { thread.freed_tables() }.of_origin(path);
            figures.freed_bytes += bytes;
            figures.freed_blocks += blocks;
        });
        figures
    }

    /// The bytes of so many paths that lived when this process was forked; none in one that was not.
    pub(super) fn inherited_bytes(&self, paths: usize) -> Vec<i64> {
        let paths = self.inherited.paths.as_slice().iter().take(paths);
        paths
            .map(|figures| i64::try_from(figures.retained().1).unwrap_or(i64::MAX))
            .collect()
    }

    /// Takes off a copy what is not this process's own.
    pub(super) fn take_off_inherited(&self, copied: &mut Copied) {
        let inherited = &self.inherited;
        let paths = inherited.paths.as_slice();
        if paths.is_empty() {
            return;
        }
        for (figures, before) in copied.figures.iter_mut().zip(paths) {
            figures.take_off(before);
        }
        for (trend, before) in copied.trends.iter_mut().zip(paths) {
            trend.retain(|point| point.calls > before.finished);
            for point in trend {
                point.calls -= before.finished;
                point.blocks = point.blocks.saturating_sub(before.retained().0);
                point.bytes = point.bytes.saturating_sub(before.retained().1);
            }
        }
        copied.threads_started = copied.threads_started.saturating_sub(inherited.threads);
        copied.inherited_live_bytes = inherited.live_bytes;
        copied.inherited_blocks = inherited.blocks;
        let peak = &mut copied.peak;
        let most = peak.bytes.wrapping_sub(inherited.live_bytes).max(0);
        if peak.bytes > inherited.peak_bytes || self.started > 1 {
            peak.bytes = most;
        } else {
            // The highest was the parent's. What was reached since is not above what was allocated since.
            let allocated = copied.figures.iter().map(|of| of.allocated().min(1 << 62));
            let allocated = allocated.fold(0, u64::saturating_add);
            let allocated = i64::try_from(allocated).unwrap_or(i64::MAX);
            let live: i64 = copied.figures.iter().map(|of| of.net_bytes).sum();
            peak.bytes = live.max(0);
            peak.error += most.min(allocated).saturating_sub(peak.bytes).max(0);
        }
    }
}

impl Thread {
    /// The path and the peak so far of each open scope.
    fn each_open_peak(&self, mut each: impl FnMut(usize, u64)) {
        self.each_open_scope(|row, peak| {
            // SAFETY: rows live as long as their thread.
            if let Some(row) = unsafe { row.as_ref() } {
                each(row.path.get() as usize, peak);
            }
        });
    }
}

impl Row {
    /// Forgets what has no difference.
    fn begin_anew(&self) {
        self.allocated.begin_anew();
        self.peak.begin_anew();
        self.forget_sizes();
        self.largest_block.set(0);
    }
}

impl PathFigures {
    fn allocated(&self) -> u64 {
        self.deallocated_bytes.saturating_add_signed(self.net_bytes)
    }

    /// Blocks and bytes.
    fn retained(&self) -> (u64, u64) {
        (
            self.allocations.saturating_sub(self.freed_blocks),
            self.allocated().saturating_sub(self.freed_bytes),
        )
    }

    fn take_off(&mut self, before: &Self) {
        let (now, then) = (self.retained(), before.retained());
        for (figure, before) in [
            (&mut self.allocations, before.allocations),
            (&mut self.deallocations, before.deallocations),
            (&mut self.deallocated_bytes, before.deallocated_bytes),
            (&mut self.reallocations, before.reallocations),
            (
                &mut self.reallocated_old_bytes,
                before.reallocated_old_bytes,
            ),
            (
                &mut self.reallocated_new_bytes,
                before.reallocated_new_bytes,
            ),
            (&mut self.moved_reallocations, before.moved_reallocations),
            (&mut self.copied_bytes, before.copied_bytes),
            (&mut self.finished, before.finished),
            (&mut self.calls, before.calls),
        ] {
            *figure = figure.saturating_sub(before);
        }
        self.net_bytes = self.net_bytes.wrapping_sub(before.net_bytes);
        // So that what is retained is the child's own.
        let blocks = now.0.saturating_sub(then.0);
        let bytes = now.1.saturating_sub(then.1);
        self.freed_blocks = self.allocations.saturating_sub(blocks);
        self.freed_bytes = self.allocated().saturating_sub(bytes);
        if self.open_peak <= before.open_peak {
            self.open_peak_error = self.open_peak;
            self.open_peak = 0;
        }
    }
}
