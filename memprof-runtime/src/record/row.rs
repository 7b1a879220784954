//! A row is what one thread counted for one path: its self figures, its calls, and what each call had.
//!
//! Rows are written by their thread alone and read by whoever holds the registry's lock.

use super::detail::Sizes;
use super::histogram::{Metric, MetricCopy};
use super::site::Site;
use super::trend;
use super::word::{Count, Level, Pointer, Small};
use std::sync::atomic::{Ordering, fence};

#[repr(C)]
pub(crate) struct Row {
    /// PERF: the child that was entered last, so that most entries need no lookup. Its site comes first, where a thread has
    /// none (see `record::interrupted`).
    pub(crate) last_site: Pointer<Site>,
    /// Not 0 in what stands for a row that is hidden, such as a thread, which also begins with these two words.
    pub(crate) is_hidden: Small,
    pub(crate) path: Small,
    pub(crate) last_child: Pointer<Row>,
    /// The chain of this path (see `record::paths`).
    pub(crate) chain: Small,

    pub(crate) allocations: Count,
    pub(crate) deallocations: Count,
    pub(crate) deallocated_bytes: Count,
    /// Allocated − deallocated; allocated bytes are this and the deallocated ones together.
    pub(crate) net_bytes: Level,
    pub(crate) reallocations: Count,
    pub(crate) reallocated_old_bytes: Count,
    pub(crate) reallocated_new_bytes: Count,

    /// Reallocations after which the block was elsewhere, and the bytes that they kept.
    pub(crate) moved_reallocations: Count,
    pub(crate) copied_bytes: Count,
    /// Allocations by size, or null: see `detail`.
    pub(crate) sizes: Pointer<Sizes>,
    /// The largest single block, exact above twice `MOST_BYTES` (smaller ones may go unseen).
    pub(crate) largest_block: Count,
    /// Entries, and those that ended; the difference is open now.
    pub(crate) calls: Count,
    pub(crate) finished: Count,
    /// At how many of them the path's trend is looked at next; the thread's own.
    pub(crate) look_at: Count,
    /// Of the finished calls, those that the path's trend was told of.
    pub(crate) told: Count,
    pub(crate) allocated: Metric,
    pub(crate) peak: Metric,
}

impl Row {
    pub(crate) const fn new() -> Self {
        Self {
            last_site: Pointer::null(),
            is_hidden: Small::new(0),
            path: Small::new(0),
            last_child: Pointer::null(),
            chain: Small::new(0),
            allocations: Count::new(0),
            deallocations: Count::new(0),
            deallocated_bytes: Count::new(0),
            net_bytes: Level::new(0),
            reallocations: Count::new(0),
            reallocated_old_bytes: Count::new(0),
            reallocated_new_bytes: Count::new(0),
            moved_reallocations: Count::new(0),
            copied_bytes: Count::new(0),
            sizes: Pointer::null(),
            largest_block: Count::new(0),
            calls: Count::new(0),
            finished: Count::new(0),
            look_at: Count::new(0),
            told: Count::new(0),
            allocated: Metric::new(),
            peak: Metric::new(),
        }
    }

    /// One that stands for a row that is hidden.
    pub(super) const fn hidden() -> Self {
        Self {
            is_hidden: Small::new(1),
            ..Self::new()
        }
    }

    /// Ends one call that allocated `allocated` bytes and rose `peak` bytes above its entry.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn finish_call(&self, allocated: u64, peak: u64) {
        // A call can only rise by allocating. Those that did not are what the metrics lack of `finished`.
        if allocated != 0 {
            self.allocated.record(allocated);
            self.peak.record(peak);
        }
        // Partner: the acquire fence in `Calls::of_row`; who sees the call as finished sees its values.
        fence(Ordering::Release);
        self.finished.add(1);
        if self.finished.get() >= self.look_at.get() {
            trend::look(self);
        }
    }

    /// Keeps the largest block in view.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn see_block(&self, size: u64) {
        if size > self.largest_block.get() {
            self.largest_block.set(size);
        }
    }

    /// Adds all that `other` holds. Called by the owner of `self`.
    pub(crate) fn merge(&self, other: &Row) {
        self.allocations.add(other.allocations.get());
        self.deallocations.add(other.deallocations.get());
        self.deallocated_bytes.add(other.deallocated_bytes.get());
        self.net_bytes.add(other.net_bytes.get());
        self.reallocations.add(other.reallocations.get());
        self.reallocated_old_bytes
            .add(other.reallocated_old_bytes.get());
        self.reallocated_new_bytes
            .add(other.reallocated_new_bytes.get());
        self.moved_reallocations
            .add(other.moved_reallocations.get());
        self.copied_bytes.add(other.copied_bytes.get());
        self.merge_sizes(other);
        self.see_block(other.largest_block.get());
        self.calls.add(other.calls.get());
        self.finished.add(other.finished.get());
        self.told.add(other.told.get());
        self.allocated.merge(&other.allocated);
        self.peak.merge(&other.peak);
    }

    /// Gives back the memory of the metrics and sizes.
    ///
    /// # Safety
    /// Nobody reads or writes this row any more.
    pub(crate) unsafe fn release(&self) {
        // SAFETY: by the caller's promise.
        unsafe {
            self.allocated.release();
            self.peak.release();
            self.release_sizes();
        }
    }
}

/// The figures of one path, copied out and summed over threads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PathFigures {
    pub(crate) allocations: u64,
    pub(crate) deallocations: u64,
    pub(crate) deallocated_bytes: u64,
    pub(crate) net_bytes: i64,
    pub(crate) reallocations: u64,
    pub(crate) reallocated_old_bytes: u64,
    pub(crate) reallocated_new_bytes: u64,
    pub(crate) moved_reallocations: u64,
    pub(crate) copied_bytes: u64,
    pub(crate) largest_block: u64,
    pub(crate) calls: u64,
    pub(crate) finished: u64,
    pub(crate) freed_bytes: u64,
    pub(crate) freed_blocks: u64,
    /// The highest peak of calls that are open now.
    pub(crate) open_peak: u64,
    /// By how much it may have been more.
    pub(crate) open_peak_error: u64,
}

/// What the finished calls of one site had, on all paths and threads.
#[derive(Clone, Default)]
pub(crate) struct PerCallCopy {
    pub(crate) allocated: MetricCopy,
    pub(crate) peak: MetricCopy,
}

impl PerCallCopy {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.allocated.merge(&other.allocated);
        self.peak.merge(&other.peak);
    }

    pub(crate) fn add(&mut self, row: &Row) {
        if !row.allocated.is_empty() {
            row.allocated.add_to(&mut self.allocated);
            row.peak.add_to(&mut self.peak);
        }
    }
}

impl PathFigures {
    /// Adds what boundaries moved into a row, or what is still to be moved.
    pub(crate) fn add_events(&mut self, events: &Events) {
        self.allocations += events.allocations;
        self.deallocations += events.deallocations;
        self.deallocated_bytes += events.deallocated_bytes;
        self.net_bytes += events.net_bytes;
    }

    /// Replaces what `add_events` added.
    pub(crate) fn set_events(&mut self, events: &Events) {
        (self.allocations, self.deallocations) = (0, 0);
        (self.deallocated_bytes, self.net_bytes) = (0, 0);
        self.add_events(events);
    }

    /// Adds the rest of a row, of which `calls` were read, but what its calls had.
    pub(crate) fn add_calls(&mut self, row: &Row, calls: Calls) {
        self.reallocations += row.reallocations.get();
        self.reallocated_old_bytes += row.reallocated_old_bytes.get();
        self.reallocated_new_bytes += row.reallocated_new_bytes.get();
        self.moved_reallocations += row.moved_reallocations.get();
        self.copied_bytes += row.copied_bytes.get();
        self.largest_block = self.largest_block.max(row.largest_block.get());
        self.finished += calls.finished;
        self.calls += calls.entered;
    }
}

/// How many calls of a row were entered, and how many of them ended.
#[derive(Clone, Copy)]
pub(crate) struct Calls {
    entered: u64,
    finished: u64,
}

impl Calls {
    /// Of a thread that runs they are of one moment only where no boundary came between (`Thread::consistent`).
    pub(crate) fn of_row(row: &Row) -> Self {
        let finished = row.finished.get();
        fence(Ordering::Acquire);
        // After the finished ones, so that there are never fewer.
        let entered = row.calls.get();
        Self { entered, finished }
    }
}

/// The figures that boundaries move from a thread's words into the current row.
#[derive(Clone, Copy, Default)]
pub(crate) struct Events {
    pub(crate) allocations: u64,
    pub(crate) deallocations: u64,
    pub(crate) deallocated_bytes: u64,
    pub(crate) net_bytes: i64,
}

impl Events {
    pub(crate) fn add(&mut self, other: &Self) {
        self.allocations += other.allocations;
        self.deallocations += other.deallocations;
        self.deallocated_bytes += other.deallocated_bytes;
        self.net_bytes += other.net_bytes;
    }

    pub(crate) fn of_row(row: &Row) -> Self {
        Self {
            allocations: row.allocations.get(),
            deallocations: row.deallocations.get(),
            deallocated_bytes: row.deallocated_bytes.get(),
            net_bytes: row.net_bytes.get(),
        }
    }
}
