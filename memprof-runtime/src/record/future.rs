//! A tracked future is an operation that is polled: every poll enters the scope, and so does the drop.
//!
//! A call is one future, from its first poll until it is ready or dropped. Between polls nothing of it is on
//! any thread's stack, so tasks may interleave and move between threads as they like; what earlier polls
//! hold is part of the call's peak.

use super::registry;
use super::scope::Passed;
use super::site::Site;
use super::thread::current;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A future whose every poll, and whose drop, enters a site. Made by `#[track]` on an `async fn`.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Tracked<F> {
        // Dropped in this order: the future, then the call, which ends the scope that `PinnedDrop` opens.
        #[pin]
        inner: F,
        call: Call,
    }

    impl<F> PinnedDrop for Tracked<F> {
        fn drop(this: Pin<&mut Self>) {
            this.project().call.enter();
        }
    }
}

impl<F> Tracked<F> {
    /// Called by generated code.
    #[doc(hidden)]
    pub fn new(site: &'static Site, inner: F) -> Self {
        Self {
            inner,
            call: Call::new(site),
        }
    }
}

impl<F: Future> Future for Tracked<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut poll = this.call.poll();
        let result = this.inner.poll(context);
        poll.is_ready = result.is_ready();
        result
    }
}

/// The serial of a call that is not being polled.
const NOT_OPEN: u64 = 0;

/// One call: what its polls did so far.
#[derive(Debug)]
struct Call {
    site: &'static Site,
    /// The frame of the poll that is going on.
    serial: u64,
    allocated_bytes: u64,
    /// Net of all polls so far; may be negative.
    held_bytes: i64,
    peak_bytes: u64,
    /// The path of the first poll.
    path: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    NeverPolled,
    Pending,
    Done,
}

impl Call {
    fn new(site: &'static Site) -> Self {
        Self {
            site,
            serial: NOT_OPEN,
            allocated_bytes: 0,
            held_bytes: 0,
            peak_bytes: 0,
            path: 0,
            state: State::NeverPolled,
        }
    }

    /// Enters for a poll; the first one begins the call.
    fn poll(&mut self) -> Polling<'_> {
        if self.state == State::NeverPolled {
            self.state = State::Pending;
            current(|thread| {
                self.serial = thread.enter::<false>(self.site);
                self.path = thread.begin_call(self.serial);
            });
        } else {
            self.enter();
        }
        Polling {
            call: self,
            is_ready: false,
        }
    }

    fn enter(&mut self) {
        self.serial = current(|thread| thread.enter::<false>(self.site));
    }

    fn leave(&mut self) {
        let passed = current(|thread| thread.leave(self.serial));
        self.serial = NOT_OPEN;
        self.add(passed);
    }

    fn add(&mut self, passed: Passed) {
        let peak = self.held_bytes.saturating_add_unsigned(passed.peak_bytes);
        self.peak_bytes = self.peak_bytes.max(u64::try_from(peak).unwrap_or(0));
        self.held_bytes = self.held_bytes.wrapping_add(passed.net_bytes);
        self.allocated_bytes = self.allocated_bytes.wrapping_add(passed.allocated_bytes);
    }

    fn finish(&mut self) {
        if self.state == State::Pending {
            self.state = State::Done;
            current(|thread| {
                registry::finish_call(thread, self.path, self.allocated_bytes, self.peak_bytes);
            });
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // `PinnedDrop` entered, and the future has been dropped since.
        self.leave();
        self.finish();
    }
}

/// A poll that is going on; leaves when dropped, also by a panic.
struct Polling<'a> {
    call: &'a mut Call,
    is_ready: bool,
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.call.leave();
        if self.is_ready {
            self.call.finish();
        }
    }
}
