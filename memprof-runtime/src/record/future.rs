//! A tracked future is an operation that is polled: every poll enters the scope, and so does the drop.
//!
//! A call is one future, from its first poll until it is ready or dropped. Between polls nothing of it is on
//! any thread's stack, so tasks may interleave and move between threads as they like; what earlier polls
//! hold is part of the call's peak. The same wrapper serves streams.

use super::call::{Begin, Call, Fresh};
use super::handover::Handover;
use super::site::Site;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future (or stream) whose every poll, and whose drop, enters a site.
///
/// `inner` is pinned where this is: nothing here moves it. Written by hand, since each function that a macro would make is there
/// once for each future in debug builds.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Polled<F, B>
where
    B: Begin,
{
    // Dropped in this order: the future, then the call, which ends the scope that `Drop` opens.
    pub(super) inner: F,
    pub(super) call: Call<B>,
}

impl<F, B: Begin> Drop for Polled<F, B> {
    fn drop(&mut self) {
        self.call.enter_for_drop();
    }
}

/// A future that is an operation of its own. Made by `#[track]` on an `async fn`.
pub(super) type Tracked<F> = Polled<F, Fresh>;

/// Called by generated code, as a function of its own: it takes the compiler less time than to look for an associated one.
#[doc(hidden)]
pub fn tracked<F>(site: &'static Site, inner: F) -> Tracked<F> {
    Polled {
        inner,
        call: Call::new(site, Fresh),
    }
}

/// Called by generated code, where it is never reached: it says what a block returns.
#[doc(hidden)]
pub fn never<T>() -> T {
    unreachable!("this is for the compiler alone")
}

/// A future that goes on with the call of the function that made it.
pub(super) type Rest<F> = Polled<F, Handover>;

impl<F> Rest<F> {
    pub(super) fn after(site: &'static Site, handover: Handover, inner: F) -> Self {
        Self {
            inner,
            call: Call::new(site, handover),
        }
    }
}

impl<F: Future, B: Begin> Future for Polled<F, B> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: what is pinned with it is `inner` alone, which nothing moves out of it.
        let this = unsafe { self.get_unchecked_mut() };
        let poll = this.call.poll();
        // SAFETY: as above.
        let result = unsafe { Pin::new_unchecked(&mut this.inner) }.poll(context);
        poll.end(matches!(result, Poll::Ready(_)));
        result
    }
}
