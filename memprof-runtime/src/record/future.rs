//! A tracked future is an operation that is polled: every poll enters the scope, and so does the drop.
//!
//! A call is one future, from its first poll until it is ready or dropped. Between polls nothing of it is on
//! any thread's stack, so tasks may interleave and move between threads as they like; what earlier polls
//! hold is part of the call's peak.

use super::registry;
use super::scope::{POLL, Passed};
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

/// One call: what its polls did so far.
///
/// PERF: 40 bytes, since each level of nested futures carries one.
#[derive(Debug)]
struct Call {
    site: &'static Site,
    allocated_bytes: u64,
    /// Net of all polls so far; may be negative.
    held_bytes: i64,
    peak_bytes: u64,
    /// The path of the first poll and how far the call is.
    stage: Stage,
    /// While the future is being dropped: the lower half of the open frame's serial.
    dropping: u32,
}

#[derive(Debug, Clone, Copy)]
struct Stage(u32);

impl Stage {
    const NEVER_POLLED: Self = Self(u32::MAX);
    const DONE: Self = Self(u32::MAX - 1);
}

impl Call {
    fn new(site: &'static Site) -> Self {
        Self {
            site,
            allocated_bytes: 0,
            held_bytes: 0,
            peak_bytes: 0,
            stage: Stage::NEVER_POLLED,
            dropping: 0,
        }
    }

    /// Enters for a poll; the first one begins the call.
    fn poll(&mut self) -> Polling<'_> {
        let serial = current(|thread| {
            let serial = thread.enter::<POLL>(self.site);
            if self.stage.0 == Stage::NEVER_POLLED.0 {
                self.stage = thread.begin_call(serial).map_or(Stage::DONE, Stage);
            }
            serial
        });
        Polling {
            call: self,
            serial,
            is_ready: false,
        }
    }

    /// Enters for the drop of the future; `Drop` leaves.
    fn enter(&mut self) {
        self.dropping = current(|thread| thread.enter::<POLL>(self.site)) as u32;
    }

    fn add(&mut self, passed: Passed) {
        let peak = self.held_bytes.saturating_add_unsigned(passed.peak_bytes);
        self.peak_bytes = self.peak_bytes.max(u64::try_from(peak).unwrap_or(0));
        self.held_bytes = self.held_bytes.wrapping_add(passed.net_bytes);
        self.allocated_bytes = self.allocated_bytes.wrapping_add(passed.allocated_bytes);
    }

    fn finish(&mut self) {
        let path = self.stage.0;
        if path < Stage::DONE.0 {
            self.stage = Stage::DONE;
            current(|thread| {
                registry::finish_call(thread, path, self.allocated_bytes, self.peak_bytes);
            });
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // `PinnedDrop` entered, and the future has been dropped since.
        let passed = current(|thread| thread.leave(thread.serial_ending_in(self.dropping)));
        self.add(passed);
        self.finish();
    }
}

/// A poll that is going on; leaves when dropped, also by a panic.
struct Polling<'a> {
    call: &'a mut Call,
    serial: u64,
    is_ready: bool,
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        let passed = current(|thread| thread.leave(self.serial));
        self.call.add(passed);
        if self.is_ready {
            self.call.finish();
        }
    }
}
