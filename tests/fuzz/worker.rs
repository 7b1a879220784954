//! A thread that does what its generator says, and keeps what the model says of it.

use super::figures::{Figures, Place, Tally};
use super::operations::{CALLS, ENTER, FUTURE};
use super::shared::{Block, Shared};
use super::task::Task;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Blocks that a worker keeps for itself at most.
const KEPT: usize = 256;
const DEEPEST: u32 = 24;

pub(crate) struct Worker<'a> {
    shared: &'a Shared,
    number: usize,
    generator: u64,
    /// Steps that are left to do.
    left: u64,
    depth: u32,
    /// Calls that catch a panic.
    catching: u32,
    attachments: u64,
    pub(crate) place: Place,
    pub(crate) tally: Tally,
    blocks: [Option<Block>; KEPT],
}

impl<'a> Worker<'a> {
    pub(crate) fn new(shared: &'a Shared, number: usize, seed: u64, steps: u64) -> Self {
        Self {
            shared,
            number,
            generator: seed | 1,
            left: steps,
            depth: 0,
            catching: 0,
            attachments: 0,
            place: Place::OUTSIDE,
            tally: Tally::default(),
            blocks: [None; KEPT],
        }
    }

    /// Does all its steps, and leaves its blocks to others; what it did.
    pub(crate) fn work(mut self) -> Tally {
        while self.left > 0 {
            self.run();
        }
        for kept in 0..KEPT {
            self.free(kept);
        }
        self.tally
    }

    /// Steps until it is to leave the operation that it is in.
    pub(crate) fn run(&mut self) {
        self.depth += 1;
        while self.left > 0 {
            self.left -= 1;
            let kept = self.below(KEPT);
            match self.below(100) {
                0..30 => self.allocate(kept),
                30..50 => self.free(kept),
                50..58 => self.reallocate(kept),
                58..63 => self.give(kept),
                63..68 => self.take(kept),
                68..80 if self.depth < DEEPEST => self.call(),
                80..82 if self.depth < DEEPEST => self.attach(),
                82..84 if self.depth < DEEPEST => self.measure(),
                84 if self.depth < DEEPEST => self.catch(),
                85 => self.panic(),
                86..88 => self.make_task(),
                88..91 => self.poll_task(),
                91 => drop_task(self),
                _ => break,
            }
        }
        self.depth -= 1;
    }

    /// Steps that enter nothing, as a future does in a poll.
    pub(crate) fn step(&mut self) {
        let kept = self.below(KEPT);
        match self.below(3) {
            0 => self.allocate(kept),
            1 => self.free(kept),
            _ => self.reallocate(kept),
        }
    }

    /// Xorshift64*.
    fn next(&mut self) -> u64 {
        self.generator ^= self.generator >> 12;
        self.generator ^= self.generator << 25;
        self.generator ^= self.generator >> 27;
        self.generator.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    /// Mostly small, at times large, seldom with a large alignment.
    fn layout(&mut self) -> Layout {
        let size = match self.below(1_000) {
            0 => 1 + self.below(1 << 20),
            1..50 => 1 + self.below(1 << 14),
            _ => 1 + self.below(512),
        };
        let align = match self.below(50) {
            0 => 1 << self.below(13),
            _ => 1 << self.below(5),
        };
        Layout::from_size_align(size, align).expect("a small block")
    }

    fn allocate(&mut self, kept: usize) {
        if self.blocks[kept].is_some() {
            return self.free(kept);
        }
        let layout = self.layout();
        let is_zeroed = self.below(4) == 0;
        // SAFETY: the size is not zero.
        let start = unsafe {
            match is_zeroed {
                true => alloc_zeroed(layout),
                false => alloc(layout),
            }
        };
        assert!(!start.is_null());
        // SAFETY: inside the block.
        unsafe { start.write(self.number as u8) };
        self.tally.allocate(self.place, layout.size());
        self.blocks[kept] = Some(Block::new(start, layout, self.place));
    }

    fn free(&mut self, kept: usize) {
        let Some(block) = self.blocks[kept].take() else {
            return;
        };
        // SAFETY: a block of this layout, which nobody else has.
        unsafe { dealloc(block.start(), block.layout) };
        self.tally.free(self.place, block.of, block.layout.size());
    }

    fn reallocate(&mut self, kept: usize) {
        let Some(block) = self.blocks[kept].take() else {
            return;
        };
        let size = self.layout().size();
        // SAFETY: a block of this layout, which nobody else has; the size is not zero.
        let start = unsafe { realloc(block.start(), block.layout, size) };
        assert!(!start.is_null());
        let layout = Layout::from_size_align(size, block.layout.align()).expect("a small block");
        self.tally
            .reallocate(self.place, block.of, block.layout.size(), size);
        self.blocks[kept] = Some(Block::new(start, layout, self.place));
    }

    fn give(&mut self, kept: usize) {
        let at = self.next() as usize;
        let given = self.blocks[kept].take();
        self.blocks[kept] = self.shared.swap_block(at, given);
    }

    fn take(&mut self, kept: usize) {
        if self.blocks[kept].is_none() {
            let at = self.next() as usize;
            self.blocks[kept] = self.shared.swap_block(at, None);
        }
    }

    fn call(&mut self) {
        let operation = self.below(CALLS);
        let outer = self.place;
        self.shared.note_context(self.number, outer);
        self.tally.enter(operation);
        self.place = outer.inside(operation);
        ENTER[operation](self);
        self.place = outer;
    }

    /// Goes on where some thread was.
    fn attach(&mut self) {
        let whose = self.next() as usize;
        let (context, place) = self.shared.context(whose);
        let outer = std::mem::replace(&mut self.place, place);
        self.attachments += 1;
        {
            let _attached = context.attach();
            self.run();
        }
        self.place = outer;
    }

    fn measure(&mut self) {
        let (before, attachments) = (self.tally.totals, self.attachments);
        let stats = memprof::measure(|| self.run()).stats;
        // What is done in a context is not the measurement's own.
        if self.attachments != attachments {
            return;
        }
        let did = self.tally.totals - before;
        let told = [
            stats.allocations as i64,
            stats.allocated_bytes as i64,
            stats.deallocations as i64,
            stats.deallocated_bytes as i64,
        ];
        let right = [
            did.allocations,
            did.allocated_bytes,
            did.deallocations,
            did.deallocated_bytes,
        ];
        assert_eq!(told, right, "measured");
    }

    fn catch(&mut self) {
        let (outer, depth, catching) = (self.place, self.depth, self.catching);
        self.catching += 1;
        let result = catch_unwind(AssertUnwindSafe(|| self.call()));
        (self.place, self.depth, self.catching) = (outer, depth, catching);
        if let Err(payload) = result {
            let at = payload.downcast::<Panicked>().expect("our own");
            // The panic's own block is freed where it is caught, and what it carries here.
            let of = at.of;
            drop(at);
            self.tally.free(outer, of, self.shared.panic_bytes);
            self.tally.free(outer, of, size_of::<Panicked>());
        }
    }

    fn panic(&mut self) {
        if self.catching == 0 {
            return;
        }
        self.tally.allocate(self.place, size_of::<Panicked>());
        self.tally.allocate(self.place, self.shared.panic_bytes);
        resume_unwind(Box::new(Panicked { of: self.place }));
    }

    fn make_task(&mut self) {
        let polls = self.below(6);
        let task = Task::new(polls, self.place);
        self.tally.allocate(self.place, task.bytes());
        if let Some(task) = self.shared.put_task(task) {
            self.drop(task);
        }
    }

    fn poll_task(&mut self) {
        let at = self.next() as usize;
        let Some(mut task) = self.shared.take_task(at) else {
            return;
        };
        let catching = std::mem::take(&mut self.catching);
        let is_done = task.poll(self);
        self.catching = catching;
        if is_done {
            self.drop(task);
        } else if let Some(task) = self.shared.put_task(task) {
            self.drop(task);
        }
    }

    pub(crate) fn drop(&mut self, task: Task) {
        let (bytes, of) = (task.bytes(), task.of);
        if let Some(held) = task.held() {
            // A drop is of the future's operation too.
            let at = self.place.inside(FUTURE);
            self.tally.free(at, held, Task::HELD_BYTES);
        }
        drop(task);
        self.tally.free(self.place, of, bytes);
    }
}

fn drop_task(worker: &mut Worker<'_>) {
    let at = worker.next() as usize;
    if let Some(task) = worker.shared.take_task(at) {
        worker.drop(task);
    }
}

/// What a panic carries: where it was.
struct Panicked {
    of: Place,
}

/// What the runtime allocates for a panic by itself: one block.
pub(crate) fn panic_bytes() -> usize {
    let thrown = || {
        let result = catch_unwind(|| resume_unwind(Box::new(())));
        assert!(result.is_err());
    };
    thrown();
    let stats = memprof::measure(thrown).stats;
    assert_eq!((stats.allocations, stats.deallocations), (1, 1));
    stats.allocated_bytes as usize
}

/// Frees what nobody took, outside of any operation.
pub(crate) fn free_rest(shared: &Shared, tally: &mut Tally) {
    let mut worker = Worker::new(shared, 0, 1, 0);
    for at in 0..Shared::BLOCKS {
        worker.blocks[0] = shared.swap_block(at, None);
        worker.free(0);
    }
    while let Some(task) = shared.take_any_task() {
        worker.drop(task);
    }
    *tally += worker.tally;
    assert_ne!(worker.tally.totals, Figures::default());
}
