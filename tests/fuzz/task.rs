//! Futures that are polled and dropped by any worker, wherever it is.

use super::figures::Place;
use super::operations::FUTURE;
use super::worker::Worker;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::ptr::null_mut;
use std::task::{Context, Poll, Waker};

thread_local! {
    /// The worker that polls.
    static POLLING: Cell<*mut ()> = const { Cell::new(null_mut()) };
}

pub(crate) struct Task {
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Where it was made.
    pub(crate) of: Place,
    /// Where its bytes were allocated: in its first poll.
    begun: Option<Place>,
    is_done: bool,
}

impl Task {
    /// What one holds from its first poll until it ends.
    pub(crate) const HELD_BYTES: usize = 100;

    pub(crate) fn new(polls: usize, of: Place) -> Self {
        Self {
            future: Box::pin(steps(polls)),
            of,
            begun: None,
            is_done: false,
        }
    }

    /// Of its own block.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.future)
    }

    /// Where the bytes that it holds were allocated, if it holds any.
    pub(crate) fn held(&self) -> Option<Place> {
        self.begun.filter(|_| !self.is_done)
    }

    /// Whether it is done. Each poll is of its operation, wherever the worker is.
    pub(crate) fn poll(&mut self, worker: &mut Worker<'_>) -> bool {
        let outer = worker.place;
        let is_first = self.begun.is_none();
        worker.place = outer.inside(FUTURE);
        let begun = *self.begun.get_or_insert(worker.place);
        if is_first {
            worker.tally.enter(FUTURE);
            worker.tally.allocate(begun, Self::HELD_BYTES);
        }
        let other = POLLING.replace(std::ptr::from_mut(worker).cast());
        let mut context = Context::from_waker(Waker::noop());
        self.is_done = self.future.as_mut().poll(&mut context).is_ready();
        POLLING.set(other);
        if self.is_done {
            worker.tally.free(worker.place, begun, Self::HELD_BYTES);
        }
        worker.place = outer;
        self.is_done
    }
}

#[memprof::track("6")]
async fn steps(polls: usize) {
    let held = Vec::<u8>::with_capacity(Task::HELD_BYTES);
    for _ in 0..polls {
        with_worker(|worker| {
            for _ in 0..worker.below(4) {
                worker.step();
            }
        });
        Yield(false).await;
    }
    drop(std::hint::black_box(held));
}

fn with_worker(work: impl FnOnce(&mut Worker<'_>)) {
    let worker: *mut Worker<'_> = POLLING.get().cast();
    // SAFETY: set by `poll`, which has the worker to itself and does not touch it meanwhile.
    work(unsafe { &mut *worker });
}

struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match std::mem::replace(&mut self.0, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}
