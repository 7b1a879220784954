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
    ///
    /// ```
    /// # use memprof_report::Bound;
    /// assert!(Bound::at_most(12).allows(-1));
    /// assert!(!Bound::at_most(12).allows(13));
    /// ```
    pub const fn at_most(most: i64) -> Self {
        Self::between(i64::MIN, most)
    }

    /// This and nothing else.
    ///
    /// ```
    /// # use memprof_report::Bound;
    /// assert!(!Bound::exactly(12).allows(11));
    /// ```
    pub const fn exactly(figure: i64) -> Self {
        Self::between(figure, figure)
    }

    /// From `least` to `most`, both allowed.
    ///
    /// ```
    /// # use memprof_report::Bound;
    /// let bound = Bound::between(1, 12);
    /// assert!(bound.allows(1) && bound.allows(12) && !bound.allows(0));
    /// ```
    pub const fn between(least: i64, most: i64) -> Self {
        Self { least, most }
    }

    /// Whether the figure is within.
    ///
    /// ```
    /// # use memprof_report::Bound;
    /// assert!(Bound::exactly(0).allows(0));
    /// ```
    pub const fn allows(self, figure: i64) -> bool {
        self.least <= figure && figure <= self.most
    }

    /// Whether one figure alone is allowed.
    ///
    /// ```
    /// # use memprof_report::Bound;
    /// assert!(Bound::between(3, 3).is_exact());
    /// assert!(!Bound::at_most(3).is_exact());
    /// ```
    pub const fn is_exact(self) -> bool {
        self.least == self.most
    }
}

/// A bound on a metric.
///
/// ```
/// use memprof_report::{Bound, Limit, Metric};
///
/// let limit = Limit { metric: Metric::PeakBytes, bound: Bound::at_most(2 << 20) };
/// assert!(!limit.bound.allows(3 << 20));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Which figure.
    pub metric: Metric,
    /// What it may be.
    pub bound: Bound,
}

impl Limit {
    /// A limit; `const`, since generated code keeps them in statics.
    ///
    /// ```
    /// # use memprof_report::{Bound, Limit, Metric};
    /// static NO_ALLOCATIONS: Limit = Limit::new(Metric::Allocations, Bound::exactly(0));
    /// assert!(NO_ALLOCATIONS.bound.is_exact());
    /// ```
    pub const fn new(metric: Metric, bound: Bound) -> Self {
        Self { metric, bound }
    }

    /// What the user writes for the metric in `budget(…)`: `peak`, `per_call_allocated`.
    ///
    /// ```
    /// # use memprof_report::{Bound, Limit, Metric};
    /// let limit = Limit::new(Metric::MaxCallAllocatedBytes, Bound::at_most(100));
    /// assert_eq!(limit.key(), "per_call_allocated");
    /// ```
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
