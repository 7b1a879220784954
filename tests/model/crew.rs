//! The crew: the threads that run a program in lock-step, and the driver's side of it.
//!
//! One counter says whose turn it is. Waiting is yielding: it allocates nothing. Blocks come from plain
//! `std::alloc` calls, and nothing else that a worker does between its first and last step allocates.

use super::program::{Action, SITES, Step, THREADS};
use memprof::Context;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

pub(crate) struct Crew<'a> {
    steps: &'a [Step],
    threads: usize,
    ready: AtomicUsize,
    /// The next step. Written by the thread whose turn it is; every hand-over is release and acquire.
    next: AtomicUsize,
    /// The step before which all have to stop.
    limit: AtomicUsize,
    is_stopped: AtomicBool,
    is_damaged: AtomicBool,
    /// The path that each thread was on after its last step.
    contexts: [Mutex<Context>; THREADS],
    blocks: Vec<AtomicPtr<u8>>,
}

impl<'a> Crew<'a> {
    pub(crate) fn new(steps: &'a [Step]) -> Self {
        let threads = steps.iter().map(|step| step.thread + 1).max();
        Self {
            steps,
            threads: threads.unwrap_or(0),
            ready: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
            limit: AtomicUsize::new(0),
            is_stopped: AtomicBool::new(false),
            is_damaged: AtomicBool::new(false),
            contexts: Default::default(),
            // No program has more blocks than steps.
            blocks: steps.iter().map(|_| AtomicPtr::new(null_mut())).collect(),
        }
    }

    pub(crate) fn members(&'a self) -> impl Iterator<Item = Member<'a>> {
        (0..self.threads).map(|thread| Member { crew: self, thread })
    }

    /// Until then threads start, which allocates.
    pub(crate) fn wait_until_ready(&self) {
        while self.ready.load(Ordering::Acquire) < self.threads {
            std::thread::yield_now();
        }
    }

    /// Lets the crew run all steps before `end`. Neither allocates nor panics.
    pub(crate) fn run_until(&self, end: usize) {
        self.limit.store(end, Ordering::Release);
        while self.next.load(Ordering::Acquire) < end {
            std::thread::yield_now();
        }
    }

    /// Lets all workers leave their scopes and end when it is dropped, by a panic too.
    pub(crate) fn stop_at_end(&'a self) -> Stop<'a> {
        Stop(self)
    }

    /// Whether blocks kept what was written into them.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.is_damaged.load(Ordering::Acquire) {
            true => Err("a block was null, misaligned, not zeroed, or lost its contents".into()),
            false => Ok(()),
        }
    }

    fn done(&self) {
        self.next.fetch_add(1, Ordering::Release);
    }

    fn require(&self, is_right: bool) {
        if !is_right {
            self.is_damaged.store(true, Ordering::Release);
        }
    }

    /// Takes the block of a slot, whose contents must be those of the slot.
    fn take(&self, slot: usize, layout: Layout) -> *mut u8 {
        let block = self.blocks[slot].swap(null_mut(), Ordering::Relaxed);
        self.require(is_stamped(block, layout.size(), slot));
        block
    }

    fn put(&self, slot: usize, block: *mut u8, layout: Layout) {
        self.require(!block.is_null() && block.addr().is_multiple_of(layout.align()));
        stamp(block, layout.size(), slot);
        self.blocks[slot].store(block, Ordering::Relaxed);
    }

    fn allocate(&self, slot: usize, layout: Layout, is_zeroed: bool) {
        // SAFETY: the size is not zero.
        let block = unsafe {
            match is_zeroed {
                true => alloc_zeroed(layout),
                false => alloc(layout),
            }
        };
        if is_zeroed && !block.is_null() {
            // SAFETY: a block of this size, initialised to zero.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            let zero = [0; 4096];
            self.require(bytes.chunks(4096).all(|part| part == &zero[..part.len()]));
        }
        self.put(slot, block, layout);
    }

    fn reallocate(&self, slot: usize, layout: Layout, bytes: usize) {
        let block = self.take(slot, layout);
        // SAFETY: a block of this layout, which nobody else has now; the new size is not zero.
        let moved = unsafe { realloc(block, layout, bytes) };
        let kept = edge(layout.size().min(bytes));
        self.require(!moved.is_null() && has(moved, kept, slot));
        self.put(slot, moved, super::program::layout(bytes, layout.align()));
    }

    pub(crate) fn free(&self, slot: usize, layout: Layout) {
        let block = self.take(slot, layout);
        // SAFETY: a block of this layout, which nobody else has now.
        unsafe { dealloc(block, layout) };
    }
}

pub(crate) struct Stop<'a>(&'a Crew<'a>);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.is_stopped.store(true, Ordering::Release);
    }
}

/// One thread of the crew.
pub(crate) struct Member<'a> {
    crew: &'a Crew<'a>,
    thread: usize,
}

impl Member<'_> {
    pub(crate) fn work(&self) {
        self.crew.ready.fetch_add(1, Ordering::Release);
        self.run();
    }

    /// Runs this thread's steps until the exit from the current scope, or the end.
    fn run(&self) {
        while let Some(action) = self.turn() {
            match action {
                Action::Exit => return,
                Action::Enter { site } => {
                    ENTER[site](self);
                    // Here the scope has ended.
                    if self.crew.is_stopped.load(Ordering::Acquire) {
                        return;
                    }
                }
                Action::Attach { from } => {
                    {
                        let _attached = self.context(from).attach();
                        self.go_on();
                    }
                    if self.crew.is_stopped.load(Ordering::Acquire) {
                        return;
                    }
                }
                Action::Allocate {
                    slot,
                    layout,
                    is_zeroed,
                } => {
                    self.crew.allocate(slot, layout, is_zeroed);
                }
                Action::Reallocate {
                    slot,
                    layout,
                    bytes,
                } => {
                    self.crew.reallocate(slot, layout, bytes);
                }
                Action::Free { slot, layout } => self.crew.free(slot, layout),
            }
            self.done();
        }
    }

    /// Inside a scope that was just entered.
    fn go_on(&self) {
        self.done();
        self.run();
    }

    fn done(&self) {
        *self.crew.contexts[self.thread].lock().expect("no panic") = Context::current();
        self.crew.done();
    }

    /// The path that a thread is on. It waits for its turn.
    fn context(&self, thread: usize) -> Context {
        *self.crew.contexts[thread].lock().expect("no panic")
    }

    /// Waits for this thread's turn; `None` when there will be none.
    fn turn(&self) -> Option<Action> {
        loop {
            if self.crew.is_stopped.load(Ordering::Acquire) {
                return None;
            }
            let next = self.crew.next.load(Ordering::Acquire);
            if next < self.crew.limit.load(Ordering::Acquire) {
                let step = &self.crew.steps[next];
                if step.thread == self.thread {
                    return Some(step.action);
                }
            }
            std::thread::yield_now();
        }
    }
}

/// The names of the sites, which are their numbers.
const ENTER: [fn(&Member<'_>); SITES] = [zero, one, two, three, four, five];

#[memprof::track("0")]
fn zero(member: &Member<'_>) {
    member.go_on();
}

#[memprof::track("1")]
fn one(member: &Member<'_>) {
    member.go_on();
}

#[memprof::track("2")]
fn two(member: &Member<'_>) {
    member.go_on();
}

fn three(member: &Member<'_>) {
    let _scope = memprof::scope!("3");
    member.go_on();
}

fn four(member: &Member<'_>) {
    let _scope = memprof::scope!("4");
    member.go_on();
}

fn five(member: &Member<'_>) {
    let _scope = memprof::scope!("5");
    member.go_on();
}

/// How many bytes at each end of a block say whose it is.
fn edge(size: usize) -> usize {
    size.min(16)
}

fn tag(slot: usize) -> u8 {
    slot as u8 ^ 0xA5
}

/// A null block is left alone.
fn stamp(block: *mut u8, size: usize, slot: usize) {
    if !block.is_null() {
        // SAFETY: both ends are inside the block.
        unsafe {
            block.write_bytes(tag(slot), edge(size));
            block
                .add(size - edge(size))
                .write_bytes(tag(slot), edge(size));
        }
    }
}

fn is_stamped(block: *mut u8, size: usize, slot: usize) -> bool {
    // A null block has no end either.
    let end = block.wrapping_add(size - edge(size));
    !block.is_null() && has(block, edge(size), slot) && has(end, edge(size), slot)
}

fn has(block: *mut u8, length: usize, slot: usize) -> bool {
    // SAFETY: inside the block, and initialised by `stamp`.
    let bytes = unsafe { std::slice::from_raw_parts(block, length) };
    bytes.iter().all(|byte| *byte == tag(slot))
}
