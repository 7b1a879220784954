//! The distribution: how a figure spreads over the finished calls of an operation.
//!
//! Minimum, maximum and mean are exact; in the report of a part of a process's time minimum and maximum are within the
//! error of the percentiles where the extremes may have been before. Percentiles come out of the recorder's histogram and carry the
//! bound of their error with them. In the merged report of several processes they are upper bounds: the larger one
//! of two processes, while the true one lies somewhere between. A warning `percentiles-merged` says so.

use serde::{Deserialize, Serialize};

/// What one call of an operation takes, over its finished calls.
///
/// ```
/// use memprof_report::{OperationReport, PerCall};
///
/// let largest = |row: &OperationReport| row.per_call.as_ref().map(|per_call| per_call.peak_bytes.max);
/// let mut row = OperationReport::default();
/// assert_eq!(largest(&row), None, "no call has finished");
/// row.per_call = Some(PerCall::default());
/// assert_eq!(largest(&row), Some(0));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PerCall {
    /// Bytes allocated by a call, nested operations included.
    pub allocated_bytes: Distribution,
    /// The highest growth above its entry level that a call reached, in bytes.
    pub peak_bytes: Distribution,
}

/// How a figure spreads. Its unit is that of the field that holds it.
///
/// ```
/// use memprof_report::Distribution;
///
/// let always = Distribution { min: 64, max: 64, mean: 64.0, p50: 64, p95: 64, p99: 64, exact: true, max_relative_error: 0.0 };
/// assert!(always.exact && always.p99 == always.min);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// The lowest value, exact; within `max_relative_error` in a report of a part of a process's time.
    pub min: u64,
    /// The highest value, exact; within `max_relative_error` in a report of a part of a process's time.
    pub max: u64,
    /// The mean, a finite number.
    pub mean: f64,
    /// The median, within `max_relative_error`; an upper bound where the report warns of `percentiles-merged`.
    pub p50: u64,
    /// Of 100 calls, 95 have no more than this, within `max_relative_error`.
    pub p95: u64,
    /// Of 100 calls, 99 have no more than this, within `max_relative_error`.
    pub p99: u64,
    /// Whether all values are equal, so that every figure here is exact.
    pub exact: bool,
    /// How far a percentile can be from the true one, as a part of it: 0.0 where `exact`, else at most 0.125. Where
    /// the report warns of `percentiles-merged` it can be further below.
    pub max_relative_error: f64,
}
