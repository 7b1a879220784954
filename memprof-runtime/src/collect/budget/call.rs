//! How generated code begins and ends a checked call: a guard in a plain function, a future in an `async`
//! one; and how it asks whether the call gave an error, whatever its type.

use super::check::Check;
use crate::record::measure::Open;
use crate::record::scope::{self, Guard};
use crate::record::site::Site;
use memprof_report::{Limit, Stats};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A call of a function that is not `async`; judged when dropped.
#[must_use = "the call ends when it is dropped"]
#[derive(Debug)]
pub struct Budgeted {
    check: Check,
    guard: Option<Guard>,
    own: Option<Open>,
    failed: bool,
    /// What a call does that passed a limit: panics, at a place in the code that has the budget.
    exceeded: fn(&str) -> !,
}

/// Panics with the message, where it is called.
#[track_caller]
pub fn exceeded(message: &str) -> ! {
    panic!("{message}")
}

impl Budgeted {
    /// Begins the check and enters the operation.
    #[track_caller]
    pub fn enter(
        site: &'static Site,
        limits: &'static [Limit],
        is_enforced: bool,
        exceeded: fn(&str) -> !,
    ) -> Self {
        let check = Check::begin(site, limits, is_enforced);
        let guard = Some(scope::enter(check.site()));
        let own = check.is_judged().then(Open::new);
        Self {
            check,
            guard,
            own,
            failed: false,
            exceeded,
        }
    }

    /// Says whether the call gave an error.
    pub fn gave(&mut self, failed: bool) {
        self.failed = failed;
    }
}

impl Drop for Budgeted {
    fn drop(&mut self) {
        let own = self.own.take().map(Open::end).unwrap_or_default();
        self.guard = None;
        if let Some(message) = self.check.judge(&own, self.failed) {
            (self.exceeded)(&message);
        }
    }
}

pin_project! {
    /// The body of an `async` function; gives its value and what its polls did.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Polls<F> {
        #[pin]
        inner: F,
        stats: Stats,
    }
}

impl<F> Polls<F> {
    /// Of a body.
    pub fn new(inner: F) -> Self {
        Self {
            inner,
            stats: Stats::default(),
        }
    }
}

impl<F: Future> Future for Polls<F> {
    type Output = (F::Output, Stats);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let own = Open::new();
        let result = this.inner.poll(context);
        add(this.stats, &own.end());
        result.map(|value| (value, *this.stats))
    }
}

/// Adds a poll; what earlier ones hold is part of its peak.
fn add(sum: &mut Stats, poll: &Stats) {
    let peak = sum.net_bytes.saturating_add_unsigned(poll.peak_bytes);
    sum.peak_bytes = sum.peak_bytes.max(u64::try_from(peak).unwrap_or(0));
    sum.allocations += poll.allocations;
    sum.allocated_bytes += poll.allocated_bytes;
    sum.deallocations += poll.deallocations;
    sum.deallocated_bytes += poll.deallocated_bytes;
    sum.net_bytes += poll.net_bytes;
}

/// A value of which generated code asks whether it is an error: a `Result` is found before anything else.
#[derive(Debug)]
pub struct Outcome<'a, T>(pub &'a T);

/// See [`Outcome`].
pub trait OutcomeOfResult {
    /// Whether it is an error.
    fn failed(&self) -> bool;
}

/// See [`Outcome`].
pub trait OutcomeOfAny {
    /// No error.
    fn failed(&self) -> bool {
        false
    }
}

impl<T, E> OutcomeOfResult for Outcome<'_, Result<T, E>> {
    fn failed(&self) -> bool {
        self.0.is_err()
    }
}

impl<T> OutcomeOfAny for &Outcome<'_, T> {}
