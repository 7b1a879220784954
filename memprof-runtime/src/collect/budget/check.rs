//! The check of a call of a `#[budget]` function: what it did against its limits, once it has ended.
//!
//! Sums are those of all threads under the call's operation, so work that carried its context is in them;
//! the peak is that of the call itself, on the thread (or in the future) that it is. A call that panics, or of
//! which it is known that it gave an error, is not judged: that failure is the one to tell.

use super::sample::{Sample, place};
use super::slot::Slot;
use super::{CROWDED, require_allocator, require_ownership};
use crate::record::copy::copy;
use crate::record::pause::Pause;
use crate::record::site::Site;
use memprof_report::{Excess, Limit, Metric, Stats};
use std::thread::panicking;

/// A call that goes on, and what was done under its operation before.
///
/// It may go from thread to thread with its future.
#[derive(Debug)]
pub struct Check {
    slot: Slot,
    limits: &'static [Limit],
    /// None when it is not judged.
    before: Option<Box<Before>>,
}

#[derive(Debug)]
struct Before {
    sample: Sample,
    /// What all threads allocated, whatever under.
    by_all: i64,
}

impl Check {
    /// Begins one, before the operation is entered. Only enforced where the program is built for tests.
    ///
    /// # Panics
    /// When no allocator is installed: zeroes would keep every limit.
    pub fn begin(site: &'static Site, limits: &'static [Limit], is_enforced: bool) -> Self {
        if !is_enforced || panicking() {
            return Self {
                slot: Slot::unchecked(site),
                limits,
                before: None,
            };
        }
        let _pause = Pause::new();
        require_allocator("`#[memprof::budget]`");
        let is_of_ownership = limits.iter().any(is_of_ownership);
        if is_of_ownership {
            require_ownership("`#[memprof::budget]`");
        }
        let (slot, copied) = Slot::take(site, is_of_ownership);
        let before = Before {
            sample: Sample::of_site(&copied, slot.site),
            by_all: Sample::allocated_by_all(&copied),
        };
        Self {
            slot,
            limits,
            before: Some(Box::new(before)),
        }
    }

    /// The operation that the call has to enter.
    pub fn site(&self) -> &'static Site {
        self.slot.site
    }

    /// Whether the call will be judged.
    pub(super) fn is_judged(&self) -> bool {
        self.before.is_some()
    }

    /// Judges the call by what it did itself, `own`, and what was done under its context; unless it
    /// `failed`.
    ///
    /// # Panics
    /// When a limit was not kept.
    pub fn end(&mut self, own: &Stats, failed: bool) {
        let message = {
            let _pause = Pause::new();
            let before = self.before.take();
            match before {
                Some(before) if !failed && !panicking() => self.message(&before, own),
                _ => None,
            }
        };
        if let Some(message) = message {
            panic!("{message}");
        }
    }

    /// A line for each limit that was not kept.
    fn message(&self, before: &Before, own: &Stats) -> Option<String> {
        let copied = copy();
        let after = Sample::of_site(&copied, self.slot.site);
        let call = Call {
            own,
            before: &before.sample,
            after: &after,
            is_alone: self.slot.is_alone,
        };
        let notes = call.notes(Sample::allocated_by_all(&copied) - before.by_all);
        let line = |limit: &Limit| {
            let actual = call.figure(limit.metric);
            (!limit.bound.allows(actual)).then(|| {
                let excess = Excess {
                    limit: *limit,
                    actual,
                    name: Some(self.slot.site.name()),
                    place: Some(place(self.slot.site)),
                    largest: after.largest(&before.sample, limit.metric),
                    notes: notes.clone(),
                };
                excess.to_string()
            })
        };
        let lines: Vec<String> = self.limits.iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        let _pause = Pause::new();
        self.before = None;
    }
}

fn is_of_ownership(limit: &Limit) -> bool {
    limit.metric == Metric::RetainedBytes
}

/// One call, ended.
struct Call<'a> {
    own: &'a Stats,
    before: &'a Sample,
    after: &'a Sample,
    is_alone: bool,
}

impl Call<'_> {
    fn figure(&self, metric: Metric) -> i64 {
        match metric {
            Metric::PeakBytes | Metric::MaxCallPeakBytes => signed(self.own.peak_bytes),
            Metric::MaxCallAllocatedBytes => signed(self.own.allocated_bytes),
            Metric::RetainedBytes if self.is_alone => self.sum(metric).max(0),
            _ if self.is_alone => self.sum(metric),
            Metric::Allocations => signed(self.own.allocations),
            Metric::DeallocatedBytes => signed(self.own.deallocated_bytes),
            Metric::NetBytes => self.own.net_bytes,
            Metric::RetainedBytes => self.own.net_bytes.max(0),
            _ => signed(self.own.allocated_bytes),
        }
    }

    /// Of all threads, under the call's operation.
    fn sum(&self, metric: Metric) -> i64 {
        self.after.since(self.before, metric)
    }

    /// What the reader has to know of other threads, where all together allocated `by_all` meanwhile.
    fn notes(&self, by_all: i64) -> Vec<String> {
        let mut notes = Vec::new();
        let under_it = self.sum(Metric::AllocatedBytes);
        let carried = under_it - signed(self.own.allocated_bytes);
        if !self.is_alone {
            notes.push(CROWDED.to_owned());
        } else if carried > 0 {
            notes.push(format!(
                "{carried} bytes were allocated elsewhere under its context, and are in every figure but peaks"
            ));
        }
        let elsewhere = by_all - under_it;
        if elsewhere > 0 {
            notes.push(format!(
                "not counted: {elsewhere} bytes that other threads allocated meanwhile without its context"
            ));
        }
        notes
    }
}

fn signed(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}
