//! The assertions: a closure's figures on this thread against a bound.
//!
//! What each says in its panic is the limit, the actual figure, the difference, where it stands, and which
//! nested operation allocated most. Its own work is no part of the figures.

use super::sample::Sample;
use super::slot::Slot;
use super::{CROWDED, require_allocator, require_ownership};
use crate::record::context::Context;
use crate::record::copy::copy;
use crate::record::measure::measure;
use crate::record::pause::Pause;
use crate::record::scope;
use crate::record::site::Site;
use memprof_report::{Bound, Excess, Limit, Metric};
use std::panic::Location;

/// Called by `assert_allocations!` and `assert_no_allocations!`.
#[track_caller]
pub fn assert_allocations<T>(bound: Bound, work: impl FnOnce() -> T) -> T {
    assert(
        "assert_allocations!",
        Limit::new(Metric::Allocations, bound),
        work,
    )
}

/// Called by `assert_peak!`.
#[track_caller]
pub fn assert_peak<T>(bound: Bound, work: impl FnOnce() -> T) -> T {
    assert("assert_peak!", Limit::new(Metric::PeakBytes, bound), work)
}

#[track_caller]
fn assert<T>(name: &str, limit: Limit, work: impl FnOnce() -> T) -> T {
    let from = Context::current().path();
    let before = {
        let _pause = Pause::new();
        require_allocator(name);
        Sample::of_thread(from)
    };
    let measured = measure(work);
    let actual = match limit.metric {
        Metric::Allocations => measured.stats.allocations,
        _ => measured.stats.peak_bytes,
    };
    let actual = i64::try_from(actual).unwrap_or(i64::MAX);
    judge(limit, actual, before, || Sample::of_thread(from), "");
    measured.value
}

/// Called by `assert_retained!`. The closure is an operation of its own, `site`: so it is known which of the
/// blocks that live are its own.
#[track_caller]
pub fn assert_retained<T>(site: &'static Site, bound: Bound, work: impl FnOnce() -> T) -> T {
    let (slot, before) = {
        let _pause = Pause::new();
        require_allocator("assert_retained!");
        require_ownership("assert_retained!");
        let (slot, copied) = Slot::take(site, true);
        let before = Sample::of_site(&copied, slot.site);
        (slot, before)
    };
    let measured = {
        let _guard = scope::enter(slot.site);
        measure(work)
    };
    let limit = Limit::new(Metric::RetainedBytes, bound);
    let sample = || Sample::of_site(&copy(), slot.site);
    let (actual, note) = if slot.is_alone {
        let _pause = Pause::new();
        (sample().since(&before, limit.metric), "")
    } else {
        (measured.stats.net_bytes, CROWDED)
    };
    judge(limit, actual.max(0), before, sample, note);
    measured.value
}

#[track_caller]
fn judge(limit: Limit, actual: i64, before: Sample, after: impl FnOnce() -> Sample, note: &str) {
    let place = Location::caller();
    let message = {
        let _pause = Pause::new();
        let before = before;
        (!limit.bound.allows(actual)).then(|| {
            Excess {
                limit,
                actual,
                name: None,
                place: Some(format!("{}:{}", place.file(), place.line())),
                largest: after().largest(&before, limit.metric),
                notes: Some(note.to_owned())
                    .filter(|note| !note.is_empty())
                    .into_iter()
                    .collect(),
            }
            .to_string()
        })
    };
    if let Some(message) = message {
        panic!("{message}");
    }
}

/// Used by generated code; not for programs. A limit in any of its forms, and the closure.
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_assert {
    ($name:ident $(@ $site:expr)?, == $limit:literal, $work:expr $(,)?) => {
        $crate::__private::$name(
            $($site,)?
            $crate::__private::Bound::exactly($crate::__private::Literal::number($limit)),
            $work,
        )
    };
    ($name:ident $(@ $site:expr)?, == $limit:expr, $work:expr $(,)?) => {
        $crate::__private::$name(
            $($site,)?
            $crate::__private::Bound::exactly($crate::__private::Allowed::bound($limit).most),
            $work,
        )
    };
    ($name:ident $(@ $site:expr)?, $limit:literal, $work:expr $(,)?) => {
        $crate::__private::$name(
            $($site,)?
            $crate::__private::Bound::at_most($crate::__private::Literal::number($limit)),
            $work,
        )
    };
    ($name:ident $(@ $site:expr)?, $limit:expr, $work:expr $(,)?) => {
        $crate::__private::$name($($site,)? $crate::__private::Allowed::bound($limit), $work)
    };
}
