//! What the figures of a checked call leave out: the work of threads that it started or handed work to, and that did not carry
//! its context.
//!
//! What is known to be the call's own is judged with it. What may be its own does not fail it, since it may be another
//! test's: that is a line on stderr and a warning of the report.

use crate::collect::say::{counted, say};
use crate::record::company::{Company, Outside};
use crate::record::lock::Lock;
use memprof_report::{Bound, Excess, Limit, Metric, Stats, Warning};
use std::collections::BTreeSet;

/// The remedy.
const REMEDY: &str = "start it by `memprof::thread` or `memprof::tokio`, or hand it `memprof::Context`; with rayon, take \
                      `memprof::rayon` (feature `rayon`)";

/// Harnesses allocate so much themselves on the threads of other tests.
const OF_HARNESS: u64 = 64 << 10;

/// The calls that kept their limits without all being known.
static UNSURE: Lock<Unsure> = Lock::new(Unsure {
    told: BTreeSet::new(),
    untold: BTreeSet::new(),
});

struct Unsure {
    /// Of threads that had to do with the call.
    told: BTreeSet<String>,
    /// Of threads of which nobody knows whose they were.
    untold: BTreeSet<String>,
}

/// What a call leaves out, by how sure it is that it is its own.
#[derive(Debug, Default)]
pub(super) struct Uncounted {
    /// Its own.
    sure: Outside,
    /// Of threads that took something of it.
    maybe: Outside,
    /// Of threads that had nothing to do with it as far as is known.
    unknown: Outside,
    /// Threads that began meanwhile, are its own as far as is known, and still run.
    running: u64,
    /// What the call itself freed of blocks that are not its own.
    returned_bytes: u64,
}

/// How a limit is kept.
pub(super) enum Verdict {
    Kept,
    /// What is known passes it.
    Passed(i64),
    /// What may be the call's own passes it.
    MayBePassed(i64),
    /// What others did meanwhile would.
    NotKnown,
}

impl Uncounted {
    /// `is_fresh` where nothing of an earlier call lived under the operation: what is freed of it is the call's.
    pub(super) fn of(company: &Company, own: &Stats, is_fresh: bool) -> Self {
        let mut uncounted = Self::default();
        let freed_own = company.own_freed_bytes.unwrap_or(u64::MAX);
        uncounted.returned_bytes = own.deallocated_bytes.saturating_sub(freed_own);
        uncounted.running = company.alive.threads;
        match is_fresh {
            true => uncounted.sure.add(&company.ended),
            false => uncounted.maybe.add(&company.ended),
        }
        uncounted.unknown = company.strangers_older;
        let began = [company.strangers_ended, company.strangers_alive];
        if is_only_test() {
            uncounted.sure.add(&company.alive);
            began.iter().for_each(|part| uncounted.sure.add(part));
            uncounted.running = company.started_alive;
        } else {
            // A pool that it started may be at work for others.
            uncounted.maybe.add(&company.alive);
            began.iter().for_each(|part| uncounted.unknown.add(part));
        }
        uncounted.maybe.add(&company.older);
        uncounted
    }

    /// Whether `actual`, which is within the limit, would still be with what is left out.
    pub(super) fn judge(&self, limit: &Limit, actual: i64) -> Verdict {
        let (metric, bound) = (limit.metric, limit.bound);
        let least = least(metric, actual, &self.sure);
        if !bound.allows(least) {
            return Verdict::Passed(least);
        }
        let mut known = self.sure;
        known.add(&self.maybe);
        let most = |of: &Outside| most(metric, actual, of, self.returned_bytes);
        if exceeds(bound, most(&known)) {
            return Verdict::MayBePassed(most(&known));
        }
        known.add(&self.unknown);
        let is_much = self.unknown.allocated_bytes > OF_HARNESS;
        match is_much && exceeds(bound, most(&known)) {
            true => Verdict::NotKnown,
            false => Verdict::Kept,
        }
    }

    /// What is said of it beside a limit that is passed.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.sure.allocations > 0 {
            notes.push(format!(
                "{} that it started allocated {} in {} without its context: {REMEDY}",
                counted(self.sure.threads, "thread"),
                counted(self.sure.allocated_bytes, "byte"),
                counted(self.sure.allocations, "allocation"),
            ));
        }
        if self.running > 0 {
            notes.push(format!(
                "{} that began meanwhile still {}: the start-up of a pool counts for whoever uses it first, so use it once \
                 before the budget begins",
                counted(self.running, "thread"),
                if self.running == 1 { "runs" } else { "run" },
            ));
        }
        notes
    }

    /// What others allocated that is told of in `notes`.
    pub(super) fn sure_bytes(&self) -> i64 {
        i64::try_from(self.sure.allocated_bytes).unwrap_or(i64::MAX)
    }

    /// Says that a limit was kept by what was counted and may not be by what was not.
    pub(super) fn tell(&self, excess: &Excess) {
        let mut known = self.sure;
        known.add(&self.maybe);
        let name = excess.name.clone().unwrap_or_default();
        if UNSURE.lock().told.insert(name) {
            say(&format!(
                "this budget was kept by what it counted, but may be passed: {excess}; {} that took part in it allocated {} \
                 in {} without its context: {REMEDY}",
                counted(known.threads, "thread"),
                counted(known.allocated_bytes, "byte"),
                counted(known.allocations, "allocation"),
            ));
        }
    }
}

/// Remembers a call that kept its limits while other threads worked of which nobody knows whose they were.
pub(super) fn remember(name: String) {
    UNSURE.lock().untold.insert(name);
}

/// What the report says of budgets that were kept without all being known.
pub(in crate::collect) fn warnings() -> Vec<Warning> {
    let unsure = UNSURE.lock();
    let warning = |names: &BTreeSet<String>, what: &str| {
        let first = names.first()?;
        let others = match names.len() - 1 {
            0 => String::new(),
            others => format!(" (and {})", counted(others as u64, "other")),
        };
        Some(Warning {
            code: "budget-incomplete".to_owned(),
            message: format!(
                "the budget of \"{first}\"{others} was kept by what it counted, but {what}"
            ),
        })
    };
    let told = warning(
        &unsure.told,
        &format!(
            "threads that took part allocated without its context, and with that it may be passed: {REMEDY}"
        ),
    );
    let untold = warning(
        &unsure.untold,
        "other threads allocated meanwhile, which may be work of its own, more than it allows: run the \
         test alone, as nextest does, to have them counted",
    );
    told.into_iter().chain(untold).collect()
}

/// No call adds itself while the process forks.
pub(in crate::collect) fn before_fork() {
    UNSURE.acquire();
}

pub(in crate::collect) fn after_fork() {
    UNSURE.release();
}

/// Whether this process runs one test alone, as nextest has it, so that no thread that begins is another's. A thread is known
/// from its first event on, which may be long after it was started: that no other allocated meanwhile does not tell it.
fn is_only_test() -> bool {
    std::env::var("NEXTEST_EXECUTION_MODE").is_ok_and(|mode| mode == "process-per-test")
}

fn exceeds(bound: Bound, most: i64) -> bool {
    most > bound.most
}

/// The figure with what is known to be the call's: peaks need not have been at the same time.
fn least(metric: Metric, actual: i64, sure: &Outside) -> i64 {
    match metric {
        Metric::Allocations => actual.saturating_add_unsigned(sure.allocations),
        Metric::DeallocatedBytes => actual.saturating_add_unsigned(sure.deallocated_bytes),
        Metric::NetBytes => actual.saturating_add(sure.net_bytes),
        Metric::PeakBytes | Metric::MaxCallPeakBytes => actual.max(signed(sure.peak_bytes)),
        // Who holds what they left is not known.
        Metric::RetainedBytes => actual,
        _ => actual.saturating_add_unsigned(sure.allocated_bytes),
    }
}

/// The most that the figure can be with `others`.
fn most(metric: Metric, actual: i64, others: &Outside, returned_bytes: u64) -> i64 {
    match metric {
        Metric::PeakBytes | Metric::MaxCallPeakBytes => {
            actual.saturating_add_unsigned(others.peaks_bytes)
        }
        Metric::RetainedBytes => {
            let held = others.held_bytes.saturating_sub_unsigned(returned_bytes);
            actual.saturating_add(held.max(0))
        }
        _ => least(metric, actual, others),
    }
}

fn signed(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}
