//! The budget: what a figure may be, and the sentence for one that is not.
//!
//! A [`Bound`] is the least and the most that is allowed; a [`Limit`] is a bound on a metric; an [`Excess`]
//! is a limit that was not kept, and says so in one line. Who measures, and what then happens (a panic, a
//! violation), is the caller's business.

mod excess;

pub use excess::{Excess, Part};

use crate::Metric;

/// The least and the most that a figure may be.
///
/// ```
/// use memprof_report::Bound;
///
/// assert!(Bound::at_most(12).allows(0));
/// assert!(!Bound::exactly(12).allows(11));
/// assert!(Bound::between(1, 12).allows(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The least; [`i64::MIN`] where only a maximum was given.
    pub least: i64,
    /// The most.
    pub most: i64,
}

impl Bound {
    /// Anything up to `most`.
    pub const fn at_most(most: i64) -> Self {
        Self::between(i64::MIN, most)
    }

    /// This and nothing else.
    pub const fn exactly(figure: i64) -> Self {
        Self::between(figure, figure)
    }

    /// From `least` to `most`, both allowed.
    pub const fn between(least: i64, most: i64) -> Self {
        Self { least, most }
    }

    /// Whether the figure is within.
    pub const fn allows(self, figure: i64) -> bool {
        self.least <= figure && figure <= self.most
    }

    /// Whether one figure alone is allowed.
    pub const fn is_exact(self) -> bool {
        self.least == self.most
    }
}

/// A bound on a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Which figure.
    pub metric: Metric,
    /// What it may be.
    pub bound: Bound,
}

impl Limit {
    /// A limit; `const`, since generated code keeps them in statics.
    pub const fn new(metric: Metric, bound: Bound) -> Self {
        Self { metric, bound }
    }

    /// What the user writes for the metric in `budget(…)`: `peak`, `per_call_allocated`.
    pub fn key(&self) -> &'static str {
        match self.metric {
            Metric::AllocatedBytes => "allocated",
            Metric::DeallocatedBytes => "deallocated",
            Metric::NetBytes => "net",
            Metric::PeakBytes => "peak",
            Metric::RetainedBytes => "retained",
            Metric::MaxCallAllocatedBytes => "per_call_allocated",
            Metric::MaxCallPeakBytes => "per_call_peak",
            other => other.name(),
        }
    }
}
