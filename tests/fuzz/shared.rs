//! What workers hand to each other: blocks, tasks, and where they are. Nothing here allocates.

use super::figures::Place;
use super::task::Task;
use memprof::Context;
use std::alloc::Layout;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Clone, Copy)]
pub(crate) struct Block {
    start: usize,
    pub(crate) layout: Layout,
    /// Where it was allocated.
    pub(crate) of: Place,
}

impl Block {
    pub(crate) fn new(start: *mut u8, layout: Layout, of: Place) -> Self {
        Self {
            start: start.expose_provenance(),
            layout,
            of,
        }
    }

    pub(crate) fn start(self) -> *mut u8 {
        std::ptr::with_exposed_provenance_mut(self.start)
    }
}

pub(crate) struct Shared {
    /// Of what the runtime allocates for a panic.
    pub(crate) panic_bytes: usize,
    blocks: [Mutex<Option<Block>>; Self::BLOCKS],
    tasks: [Mutex<Option<Task>>; Self::TASKS],
    contexts: [Mutex<(Context, Place)>; Self::WORKERS],
}

impl Shared {
    pub(crate) const WORKERS: usize = 4;
    pub(crate) const BLOCKS: usize = 64;
    const TASKS: usize = 16;

    pub(crate) fn new(panic_bytes: usize) -> Self {
        Self {
            panic_bytes,
            blocks: [const { Mutex::new(None) }; Self::BLOCKS],
            tasks: [const { Mutex::new(None) }; Self::TASKS],
            contexts: std::array::from_fn(|_| Mutex::new((Context::default(), Place::OUTSIDE))),
        }
    }

    pub(crate) fn swap_block(&self, at: usize, block: Option<Block>) -> Option<Block> {
        std::mem::replace(&mut lock(&self.blocks[at % Self::BLOCKS]), block)
    }

    /// Gives it back if there is no room.
    pub(crate) fn put_task(&self, task: Task) -> Option<Task> {
        let mut task = Some(task);
        for room in &self.tasks {
            let mut room = lock(room);
            if room.is_none() {
                std::mem::swap(&mut *room, &mut task);
                return None;
            }
        }
        task
    }

    pub(crate) fn take_task(&self, at: usize) -> Option<Task> {
        lock(&self.tasks[at % Self::TASKS]).take()
    }

    pub(crate) fn take_any_task(&self) -> Option<Task> {
        self.tasks.iter().find_map(|room| lock(room).take())
    }

    /// A worker is here.
    pub(crate) fn note_context(&self, worker: usize, place: Place) {
        *lock(&self.contexts[worker]) = (Context::current(), place);
    }

    pub(crate) fn context(&self, whose: usize) -> (Context, Place) {
        *lock(&self.contexts[whose % Self::WORKERS])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
