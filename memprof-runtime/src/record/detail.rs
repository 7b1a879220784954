//! Details are what is recorded of each single event where the settings ask for it: the sizes of blocks, and who
//! frees whose.
//!
//! Off, they cost nothing. On, every thread's limits are set so that each event takes the cold path, which here
//! books it: some 40 instructions more for each. A thread begins at its next fold, which is at the latest after
//! 64 KiB; the thread that switches them on, and threads that start later, at once.

use super::memory::{give_back, take_zeroed};
use super::registry::{self, Registry};
use super::row::Row;
use super::switches::{details, flows, sizes};
use super::thread::Thread;
use super::word::{Count, Pointer, Small};
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// Freed blocks whose pair of paths found no room or memory. Relaxed: a count.
pub(crate) static LOST_FLOWS: AtomicU64 = AtomicU64::new(0);

/// Sizes are below 2⁶⁴.
const CLASSES: usize = 64;
/// The least and the most pairs of paths that a table has room for.
const FIRST_CELLS: usize = 64;
const MOST_CELLS: usize = 1 << 16;

/// Allocations of a path by the power of two of their size. All-zero bytes are an empty one.
pub(crate) struct Sizes {
    classes: [Count; CLASSES],
    /// Freed within the call that allocated them.
    pub(super) temporary_blocks: Count,
    pub(super) temporary_bytes: Count,
    /// Lost from view while their call was open.
    pub(super) unseen_blocks: Count,
}

/// Sizes copied out, summed over threads.
#[derive(Clone)]
pub(crate) struct SizesCopy {
    pub(crate) classes: [u64; CLASSES],
    pub(crate) temporary_blocks: u64,
    pub(crate) temporary_bytes: u64,
    pub(crate) unseen_blocks: u64,
}

impl SizesCopy {
    const fn new() -> Self {
        Self {
            classes: [0; CLASSES],
            temporary_blocks: 0,
            temporary_bytes: 0,
            unseen_blocks: 0,
        }
    }
}

/// What was freed of the blocks of `from` while `to` was the current path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) blocks: u64,
    pub(crate) bytes: u64,
}

/// The flow of a thread, which alone writes it, or of those that have ended. Open addressing; a cell without
/// blocks is free.
pub(crate) struct Flows {
    cells: Pointer<Cell>,
    length: Small,
    used: Small,
}

struct Cell {
    from: Small,
    to: Small,
    blocks: Count,
    bytes: Count,
}

#[inline]
pub(super) fn are_on() -> bool {
    details()
}

impl Thread {
    /// A block of `size` bytes was allocated on the current path. The row is hidden.
    pub(super) fn note_size(&self, size: u64) {
        if sizes()
            && let Some(row) = self.current_row()
        {
            row.count_size(size);
        }
    }

    /// A block of `origin` was freed on the current path. The row is hidden.
    pub(super) fn note_flow(&self, origin: u32, size: u64) {
        if !flows() {
            return;
        }
        let Some(to) = self.current_row().map(|row| row.path.get()) else {
            return;
        };
        let flow = Flow {
            from: origin,
            to,
            blocks: 1,
            bytes: size,
        };
        self.flows.add(flow, false);
    }
}

impl Row {
    fn count_size(&self, size: u64) {
        if let Some(sizes) = self.own_sizes() {
            sizes.classes[class_of(size)].add(1);
        }
    }

    /// The sizes of the row, made if need be; `None` without memory. Called by its owner.
    pub(super) fn own_sizes(&self) -> Option<&Sizes> {
        if self.sizes.get().is_null() {
            self.sizes.set(take_zeroed::<Sizes>(1)?.as_ptr());
        }
        // SAFETY: published sizes live as long as their row.
        unsafe { self.sizes.get().as_ref() }
    }

    /// Adds the sizes of `other`. Called by the owner of `self`.
    pub(super) fn merge_sizes(&self, other: &Row) {
        if other.sizes.get().is_null() {
            return;
        }
        let Some(sizes) = self.own_sizes() else {
            return;
        };
        let mut more = SizesCopy::new();
        other.add_sizes_to(&mut more);
        for (class, count) in sizes.classes.iter().zip(more.classes) {
            class.add(count);
        }
        sizes.temporary_blocks.add(more.temporary_blocks);
        sizes.temporary_bytes.add(more.temporary_bytes);
        sizes.unseen_blocks.add(more.unseen_blocks);
    }

    /// A copy for the reader.
    fn add_sizes_to(&self, copy: &mut SizesCopy) {
        // SAFETY: null, or published sizes, which live as long as their row.
        if let Some(sizes) = unsafe { self.sizes.get().as_ref() } {
            for (copy, count) in copy.classes.iter_mut().zip(&sizes.classes) {
                *copy += count.get();
            }
            copy.temporary_blocks += sizes.temporary_blocks.get();
            copy.temporary_bytes += sizes.temporary_bytes.get();
            copy.unseen_blocks += sizes.unseen_blocks.get();
        }
    }

    /// Forgets all sizes, in place.
    pub(super) fn forget_sizes(&self) {
        // SAFETY: null, or published sizes, which live as long as their row.
        if let Some(sizes) = unsafe { self.sizes.get().as_ref() } {
            sizes.classes.iter().for_each(|class| class.set(0));
            sizes.temporary_blocks.set(0);
            sizes.temporary_bytes.set(0);
            sizes.unseen_blocks.set(0);
        }
    }

    /// # Safety
    /// Nobody reads or writes this row any more.
    pub(super) unsafe fn release_sizes(&self) {
        let sizes = self.sizes.get();
        if !sizes.is_null() {
            self.sizes.set(std::ptr::null_mut());
            // SAFETY: taken with length 1, not reachable any more.
            unsafe { give_back(sizes, 1) };
        }
    }
}

fn class_of(size: u64) -> usize {
    size.max(1).ilog2() as usize
}

impl Flows {
    pub(crate) const fn new() -> Self {
        Self {
            cells: Pointer::null(),
            length: Small::new(0),
            used: Small::new(0),
        }
    }

    fn cells(&self) -> &[Cell] {
        let start = self.cells.get();
        if start.is_null() {
            return &[];
        }
        // SAFETY: `length` cells, replaced under the registry's lock by the thread itself alone.
        unsafe { std::slice::from_raw_parts(start, self.length.get() as usize) }
    }

    /// Adds to the cell of its pair. What finds no room or memory is counted as lost.
    fn add(&self, flow: Flow, is_locked: bool) {
        if let Some(cell) = self.known(&flow) {
            cell.bytes.add(flow.bytes);
            cell.blocks.add(flow.blocks);
            return;
        }
        let is_full = self.used.get() * 4 >= self.length.get() * 3;
        if is_full && !self.grow(is_locked) {
            LOST_FLOWS.fetch_add(flow.blocks, Ordering::Relaxed);
            return;
        }
        let cell = place(self.cells(), flow.from, flow.to);
        cell.from.set(flow.from);
        cell.to.set(flow.to);
        cell.bytes.set(flow.bytes);
        // Partner: the acquire fence in `each`. Who sees that there are blocks sees whose they are.
        fence(Ordering::Release);
        cell.blocks.set(flow.blocks);
        self.used.add(1);
    }

    /// The cell of the flow's pair, if it has one.
    fn known(&self, flow: &Flow) -> Option<&Cell> {
        let cells = self.cells();
        // `place` needs a cell to look at.
        let cell = cells.first().map(|_| place(cells, flow.from, flow.to))?;
        (cell.blocks.get() > 0).then_some(cell)
    }

    #[cold]
    fn grow(&self, is_locked: bool) -> bool {
        let old_length = self.length.get() as usize;
        let length = (old_length * 2).max(FIRST_CELLS);
        if length > MOST_CELLS {
            return false;
        }
        let Some(wider) = take_zeroed::<Cell>(length) else {
            return false;
        };
        // SAFETY: just taken, zeroed, and all-zero is a valid cell; nobody else knows them yet.
        let cells = unsafe { std::slice::from_raw_parts(wider.as_ptr(), length) };
        for old in self.cells().iter().filter(|cell| cell.blocks.get() > 0) {
            let cell = place(cells, old.from.get(), old.to.get());
            cell.from.set(old.from.get());
            cell.to.set(old.to.get());
            cell.bytes.set(old.bytes.get());
            cell.blocks.set(old.blocks.get());
        }
        // Readers hold the lock.
        let _registry = (!is_locked).then(registry::lock);
        let old = self.cells.get();
        self.cells.set(wider.as_ptr());
        self.length.set(length as u32);
        if !old.is_null() {
            // SAFETY: taken with `old_length`; readers hold the lock that is held here.
            unsafe { give_back(old, old_length) };
        }
        true
    }

    /// The registry's lock is held, or the caller is the thread itself.
    fn each(&self, mut each: impl FnMut(Flow)) {
        for cell in self.cells().iter().filter(|cell| cell.blocks.get() > 0) {
            // Partner: the release fence in `add`.
            fence(Ordering::Acquire);
            each(Flow {
                from: cell.from.get(),
                to: cell.to.get(),
                blocks: cell.blocks.get(),
                bytes: cell.bytes.get(),
            });
        }
    }
}

/// The cell of the pair, or the one where it belongs. There is a free one.
fn place(cells: &[Cell], from: u32, to: u32) -> &Cell {
    let mask = cells.len() - 1;
    let key = (u64::from(from) << 32) | u64::from(to);
    let mut slot = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
    loop {
        let cell = &cells[slot];
        if cell.blocks.get() == 0 || (cell.from.get() == from && cell.to.get() == to) {
            return cell;
        }
        slot = (slot + 1) & mask;
    }
}

impl Registry {
    /// Takes over the flow of a thread that ends, and its memory.
    ///
    /// # Safety
    /// The thread is the caller or does not run any more.
    pub(super) unsafe fn retire_flow(&mut self, thread: &Thread) {
        thread.flows.each(|flow| self.retired_flows.add(flow, true));
        let (start, length) = (thread.flows.cells.get(), thread.flows.length.get());
        thread.flows.length.set(0);
        thread.flows.used.set(0);
        thread.flows.cells.set(std::ptr::null_mut());
        if !start.is_null() {
            // SAFETY: taken with `length`, and reachable from here alone now.
            unsafe { give_back(start, length as usize) };
        }
    }

    /// Forgets who freed whose blocks so far. The caller is the only thread that there is.
    pub(super) fn forget_flows(&mut self, thread: &Thread) {
        // What a signal handler interrupted goes on with its table.
        if !thread.is_changing() && !thread.is_at_boundary() {
            // SAFETY: the thread is the caller.
            unsafe { self.retire_flow(thread) };
        }
        for cell in self.retired_flows.cells() {
            cell.bytes.set(0);
            cell.blocks.set(0);
        }
        self.retired_flows.used.set(0);
    }

    /// All flows so far, a pair maybe several times.
    pub(super) fn flows(&self) -> Vec<Flow> {
        let mut flows = Vec::new();
        self.retired_flows.each(|flow| flows.push(flow));
        self.each_thread(|thread| thread.flows.each(|flow| flows.push(flow)));
        flows
    }

    /// The sizes of a path.
    pub(super) fn sizes_of(&self, path: usize) -> SizesCopy {
        let mut sizes = SizesCopy::new();
        self.each_row_of(path, |row| row.add_sizes_to(&mut sizes));
        sizes
    }
}
