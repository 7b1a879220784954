//! Cases of tracked futures: a whole life, and one poll of many.

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Pending at `polls - 1` polls, then ready.
fn ready_at(polls: u64) -> impl Future<Output = ()> {
    let mut left = polls;
    poll_fn(move |_| {
        left -= 1;
        if black_box(left) == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

async fn plain(polls: u64) {
    ready_at(polls).await;
}

#[memprof::track]
async fn tracked(polls: u64) {
    ready_at(polls).await;
}

/// An executor's part: it does not know which future it polls, hence nothing is inlined into it.
#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn finish(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    while poll(future.as_mut()).is_pending() {}
}

/// Makes a future, polls it twice, drops it.
pub(crate) fn plain_future(rounds: u64) {
    (0..rounds).for_each(|_| finish(plain(2)));
}

pub(crate) fn tracked_future(rounds: u64) {
    (0..rounds).for_each(|_| finish(tracked(2)));
}

/// Polls one future, which is ready at the last round.
pub(crate) fn plain_polls(rounds: u64) {
    finish(plain(rounds));
}

pub(crate) fn tracked_polls(rounds: u64) {
    finish(tracked(rounds));
}
