//! A tracked future is an operation that is polled: every poll enters the scope, and so does the drop.
//!
//! A call is one future, from its first poll until it is ready or dropped. Between polls nothing of it is on
//! any thread's stack, so tasks may interleave and move between threads as they like; what earlier polls
//! hold is part of the call's peak. The same wrapper serves streams.

use super::call::{Begin, Call, Fresh};
use super::handover::Handover;
use super::site::Site;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A future (or stream) whose every poll, and whose drop, enters a site.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Polled<F, B>
    where
        B: Begin,
    {
        // Dropped in this order: the future, then the call, which ends the scope that `PinnedDrop` opens.
        #[pin]
        pub(super) inner: F,
        pub(super) call: Call<B>,
    }

    impl<F, B> PinnedDrop for Polled<F, B>
    where
        B: Begin,
    {
        fn drop(this: Pin<&mut Self>) {
            this.project().call.enter_for_drop();
        }
    }
}

/// A future that is an operation of its own. Made by `#[track]` on an `async fn`.
pub type Tracked<F> = Polled<F, Fresh>;

/// A future that goes on with the call of the function that made it.
pub(super) type Rest<F> = Polled<F, Handover>;

impl<F> Tracked<F> {
    /// Called by generated code.
    #[doc(hidden)]
    pub fn new(site: &'static Site, inner: F) -> Self {
        Self {
            inner,
            call: Call::new(site, Fresh),
        }
    }
}

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
        let this = self.project();
        let poll = this.call.poll();
        let result = this.inner.poll(context);
        poll.end(result.is_ready());
        result
    }
}
