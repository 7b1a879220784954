//! A tracked stream: a call goes from its first poll to its end, `None`, or its drop.
//!
//! The wrapper is that of futures. A stream that yields, or waits, goes on with the same call.

use super::call::Begin;
use super::future::Polled;
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};

impl<S: Stream, B: Begin> Stream for Polled<S, B> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        // SAFETY: what is pinned with it is `inner` alone, which nothing moves out of it.
        let this = unsafe { self.get_unchecked_mut() };
        let poll = this.call.poll();
        // SAFETY: as above.
        let result = unsafe { Pin::new_unchecked(&mut this.inner) }.poll_next(context);
        poll.end(matches!(result, Poll::Ready(None)));
        result
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}
