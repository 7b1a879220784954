//! The check of a call of a `#[budget]` function: what it did against its limits, once it has ended.
//!
//! Sums are those of all threads under the call's operation, so work that carried its context is in them;
//! the peak is that of the call itself, on the thread (or in the future) that it is. A call that panics, or of
//! which it is known that it gave an error, is not judged: that failure is the one to tell.

use super::company::{self, Uncounted, Verdict};
use super::sample::{Sample, place};
use super::slot::Slot;
use super::{CROWDED, require_allocator, require_ownership};
use crate::collect::say::{counted, were};
use crate::record::company::{Company, Watched};
use crate::record::copy::copy;
use crate::record::panicking::risen_in_panics;
use crate::record::pause::Pause;
use crate::record::site::Site;
use memprof_report::{Excess, Limit, Metric, Stats};
use std::thread::{panicking, sleep};
use std::time::Duration;

/// So often a call waits a millisecond for threads that are about to end: the end of `std::thread::scope` comes before that
/// of its threads.
const MOST_WAITS: u32 = 100;

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
    /// What panics had allocated.
    in_panics: u64,
    /// Whether nothing of an earlier call lived under its operation.
    is_fresh: bool,
    /// None where the operation is not the call's alone.
    watched: Option<Watched>,
}

impl Check {
    /// Begins one, before the operation is entered. Only enforced where the program is built for tests.
    ///
    /// # Panics
    /// When no allocator is installed: zeroes would keep every limit.
    #[track_caller]
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
        let sample = Sample::of_site(&copied, slot.site);
        let before = Before {
            is_fresh: sample.all.allocations == sample.all.freed_blocks,
            sample,
            by_all: Sample::allocated_by_all(&copied),
            in_panics: risen_in_panics().0,
            watched: slot.is_alone.then(|| Watched::begin(slot.site)).flatten(),
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
    #[track_caller]
    pub fn end(&mut self, own: &Stats, failed: bool) {
        if let Some(message) = self.judge(own, failed) {
            panic!("{message}");
        }
    }

    /// What `end` panics with.
    pub(super) fn judge(&mut self, own: &Stats, failed: bool) -> Option<String> {
        let _pause = Pause::new();
        let before = self.before.take();
        match before {
            Some(before) if !failed && !panicking() => self.message(&before, own),
            _ => None,
        }
    }

    /// A line for each limit that was not kept.
    fn message(&self, before: &Before, own: &Stats) -> Option<String> {
        let company = self.company(before, own);
        let uncounted = Uncounted::of(&company, own, before.is_fresh);
        let copied = copy();
        let after = Sample::of_site(&copied, self.slot.site);
        let call = Call {
            own,
            before: &before.sample,
            after: &after,
            is_alone: self.slot.is_alone,
        };
        let mut notes = uncounted.notes();
        let by_all = Sample::allocated_by_all(&copied) - before.by_all;
        notes.extend(call.notes(by_all - uncounted.sure_bytes()));
        let in_panics = risen_in_panics().0 - before.in_panics;
        if in_panics >= 64 << 10 {
            notes.push(format!(
                "{} {} allocated while a thread panicked, by backtraces (RUST_BACKTRACE) or destructors",
                counted(in_panics, "byte"),
                were(in_panics),
            ));
        }
        let excess = |limit: &Limit, actual, notes| Excess {
            limit: *limit,
            actual,
            name: Some(self.slot.site.name()),
            place: Some(place(self.slot.site)),
            largest: after.largest(&before.sample, limit.metric),
            notes,
        };
        let line = |limit: &Limit| {
            let actual = call.figure(limit.metric);
            let actual = match uncounted.judge(limit, actual) {
                _ if !limit.bound.allows(actual) => actual,
                Verdict::Passed(actual) => actual,
                Verdict::MayBePassed(most) => {
                    uncounted.tell(&excess(limit, most, Vec::new()));
                    return None;
                }
                Verdict::NotKnown => {
                    company::remember(self.slot.site.name());
                    return None;
                }
                Verdict::Kept => return None,
            };
            Some(excess(limit, actual, notes.clone()).to_string())
        };
        let lines: Vec<String> = self.limits.iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The call's company, once threads that are about to end have done so.
    fn company(&self, before: &Before, own: &Stats) -> Company {
        let Some(watched) = &before.watched else {
            return Company::default();
        };
        let mut company = watched.company();
        for _ in 0..MOST_WAITS {
            let uncounted = Uncounted::of(&company, own, before.is_fresh);
            let is_open = |limit: &Limit| {
                let actual = own_figure(own, limit.metric);
                let verdict = uncounted.judge(limit, actual);
                limit.bound.allows(actual)
                    && matches!(verdict, Verdict::MayBePassed(_) | Verdict::NotKnown)
            };
            let is_anyone_there = company.alive.threads + company.strangers_alive.threads > 0;
            if !is_anyone_there || !self.limits.iter().any(is_open) {
                break;
            }
            sleep(Duration::from_millis(1));
            company = watched.company();
        }
        company
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
            Metric::PeakBytes | Metric::MaxCallPeakBytes | Metric::MaxCallAllocatedBytes => {
                own_figure(self.own, metric)
            }
            Metric::RetainedBytes if self.is_alone => self.sum(metric).max(0),
            _ if self.is_alone => self.sum(metric),
            _ => own_figure(self.own, metric),
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
                "{} {} allocated elsewhere under its context, and {} in every figure but peaks",
                counted(carried.unsigned_abs(), "byte"),
                were(carried.unsigned_abs()),
                if carried == 1 { "is" } else { "are" },
            ));
        }
        let elsewhere = by_all - under_it;
        if elsewhere > 0 {
            notes.push(format!(
                "not counted: {} that other threads allocated meanwhile without its context",
                counted(elsewhere.unsigned_abs(), "byte"),
            ));
        }
        notes
    }
}

/// The figure of what the call did itself.
fn own_figure(own: &Stats, metric: Metric) -> i64 {
    match metric {
        Metric::PeakBytes | Metric::MaxCallPeakBytes => signed(own.peak_bytes),
        Metric::Allocations => signed(own.allocations),
        Metric::DeallocatedBytes => signed(own.deallocated_bytes),
        Metric::NetBytes => own.net_bytes,
        Metric::RetainedBytes => own.net_bytes.max(0),
        _ => signed(own.allocated_bytes),
    }
}

fn signed(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}
