//! The exact pass of one bench: what single iterations did, whether all did the same, and what nested
//! operations had of it.

use super::{Bench, Bencher};
use crate::collect::budget::Sample;
use crate::record::context::Context;
use crate::record::pause::Pause;
use memprof_report::{Excess, Limit, Metric, Stats};
use std::fmt;

/// What the single iterations of a bench did.
#[derive(Debug)]
pub(super) struct Memory {
    /// Empty where the bench ran no routine.
    pub(super) runs: Vec<Stats>,
    /// A line for each limit that was not kept.
    pub(super) passed: Vec<String>,
}

impl Memory {
    /// Runs the pass with the argument of an index.
    pub(super) fn of(bench: &Bench, index: usize, name: &str) -> Self {
        let before = {
            let _pause = Pause::new();
            Sample::of_thread(Context::current().path())
        };
        let runs = Bencher::measure(|bencher| (bench.run)(bencher, index));
        let _pause = Pause::new();
        let largest = |metric| {
            let after = Sample::of_thread(Context::current().path());
            after.largest_nested(&before, metric)
        };
        let excess = |limit: &Limit| {
            let figures = runs.iter().map(|stats| figure(stats, limit.metric));
            let actual = figures
                .filter(|actual| !limit.bound.allows(*actual))
                .max()?;
            let mut part = largest(limit.metric);
            if let Some(part) = &mut part {
                // One iteration more was run than is told of: the one to warm up.
                part.figure /= 1 + i64::try_from(runs.len()).unwrap_or(0);
            }
            let excess = Excess {
                limit: *limit,
                actual,
                name: Some(name.to_owned()),
                place: Some(format!("{}:{}", bench.file, bench.line)),
                largest: part,
                notes: Vec::new(),
            };
            Some(excess.to_string())
        };
        Self {
            passed: bench.limits.iter().filter_map(excess).collect(),
            runs,
        }
    }

    /// What every iteration did, if all did the same.
    pub(super) fn exact(&self) -> Option<&Stats> {
        let first = self.runs.first()?;
        self.runs.iter().all(|run| run == first).then_some(first)
    }
}

/// Its line: exact, or from the least to the most.
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stats) = self.exact() {
            return write!(f, "{stats} (exact)");
        }
        let by_bytes = |stats: &&Stats| stats.allocated_bytes;
        let (least, most) = (
            self.runs.iter().min_by_key(by_bytes),
            self.runs.iter().max_by_key(by_bytes),
        );
        match (least, most) {
            (Some(least), Some(most)) => {
                write!(f, "from [{least}] to [{most}] (iterations differ)")
            }
            _ => f.write_str("no iteration was run"),
        }
    }
}

/// The figure of one iteration that a limit is about; of what it allocated, all that it leaves is retained.
fn figure(stats: &Stats, metric: Metric) -> i64 {
    let unsigned = match metric {
        Metric::Allocations => stats.allocations,
        Metric::DeallocatedBytes => stats.deallocated_bytes,
        Metric::NetBytes => return stats.net_bytes,
        Metric::RetainedBytes => return stats.net_bytes.max(0),
        Metric::PeakBytes | Metric::MaxCallPeakBytes => stats.peak_bytes,
        _ => stats.allocated_bytes,
    };
    i64::try_from(unsigned).unwrap_or(i64::MAX)
}
