//! The options: how much worse a figure may be before it is called a regression.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Metric;

/// What a comparison lets pass. The default lets nothing pass: exact figures are compared exactly.
///
/// A figure that is not exact has its own error besides, see [`Change::error`](crate::Change::error).
///
/// ```
/// use memprof_report::{Allowance, DiffOptions, Metric};
///
/// let mut options = DiffOptions::default();
/// options.tolerance = 0.01;
/// options.metrics.insert(Metric::PeakBytes, Allowance { share: 0.05, slack: 4096 });
/// // Calls are shown and never gated.
/// options.metrics.insert(Metric::Calls, Allowance::ANY);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DiffOptions {
    /// How much worse a figure may be, as a share of the old one: 0.05 is 5 %.
    pub tolerance: f64,
    /// How much worse a figure in bytes may be; the larger of this and the share counts.
    pub slack_bytes: u64,
    /// What holds for a metric in place of the two above.
    pub metrics: BTreeMap<Metric, Allowance>,
    /// Whether the figures of the whole process can be a regression too. They hold what is outside any
    /// operation, the environment and the harness, and are only shown otherwise.
    pub gate_process: bool,
}

/// How much worse figures of a metric may be: by a share of the old one or by a number, whichever is more.
///
/// ```
/// use memprof_report::{Allowance, DiffOptions, Metric};
///
/// let mut options = DiffOptions::default();
/// // 5 % or 4 KiB, whichever is more.
/// options.metrics.insert(Metric::PeakBytes, Allowance { share: 0.05, slack: 4096 });
/// assert_eq!(options.metrics.len(), 1);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// A share of the old figure: 0.05 is 5 %. Below zero, or not a number, is zero.
    pub share: f64,
    /// In the unit of the metric.
    pub slack: u64,
}

impl Allowance {
    /// Lets everything pass.
    ///
    /// ```
    /// use memprof_report::{Allowance, DiffOptions, Metric};
    ///
    /// let mut options = DiffOptions::default();
    /// options.metrics.insert(Metric::Calls, Allowance::ANY);
    /// assert_eq!(Allowance::ANY.slack, u64::MAX);
    /// ```
    pub const ANY: Self = Self {
        share: f64::MAX,
        slack: u64::MAX,
    };

    /// The difference that passes.
    pub(crate) fn of(self, old: i128) -> u128 {
        // A share of nothing is nothing, also of an endless one.
        let share = match old.unsigned_abs() {
            0 => 0,
            // The conversion ends at the bounds of the integer and makes zero of what is no number.
            old => (old as f64 * self.share).floor() as u128,
        };
        share.max(self.slack.into())
    }
}

impl DiffOptions {
    pub(crate) fn allowance(&self, metric: Metric) -> Allowance {
        let default = Allowance {
            share: self.tolerance,
            slack: if metric.is_bytes() {
                self.slack_bytes
            } else {
                0
            },
        };
        self.metrics.get(&metric).copied().unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_of_share_and_slack_passes() {
        let allowance = Allowance {
            share: 0.05,
            slack: 10,
        };
        assert_eq!(allowance.of(1000), 50);
        assert_eq!(allowance.of(-1000), 50);
        assert_eq!(allowance.of(199), 10);
        assert_eq!(allowance.of(0), 10);
    }

    #[test]
    fn no_share_is_out_of_bounds() {
        for share in [f64::NAN, -1.0, f64::NEG_INFINITY, 0.0] {
            assert_eq!(Allowance { share, slack: 0 }.of(u64::MAX.into()), 0);
        }
        let share = f64::INFINITY;
        assert_eq!(Allowance { share, slack: 0 }.of(1), u128::MAX);
        assert_eq!(Allowance { share, slack: 0 }.of(0), 0);
    }

    #[test]
    fn slack_in_bytes_is_for_bytes() {
        let mut options = DiffOptions {
            slack_bytes: 64,
            ..Default::default()
        };
        assert_eq!(options.allowance(Metric::PeakBytes).of(0), 64);
        assert_eq!(options.allowance(Metric::Calls).of(0), 0);
        options.metrics.insert(Metric::Calls, Allowance::ANY);
        assert_eq!(options.allowance(Metric::Calls).of(0), u64::MAX.into());
    }
}
