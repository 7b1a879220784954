//! The metric: a figure of a report that can be compared, by its stable name.
//!
//! Names are those of the report's fields; a figure of `per_call` puts `call` and what it is of the calls
//! before it: `max_call_peak_bytes`. This file says what each is called, how it is shown and in which
//! direction it is worse. Where its numbers come from stands in `diff/figures.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A figure that [`Diff`](crate::Diff), [`Baseline`](crate::Baseline) and [`Growth`](crate::Growth) can be
/// about.
///
/// `Display`, `FromStr` and serde have its stable name:
///
/// ```
/// use memprof_report::Metric;
///
/// assert_eq!(Metric::PeakBytes.to_string(), "peak_bytes");
/// assert_eq!("net_bytes".parse(), Ok(Metric::NetBytes));
/// assert!("netto".parse::<Metric>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// How often an operation was entered.
    Calls,
    /// Allocations, a reallocation being one.
    Allocations,
    /// Bytes asked for.
    AllocatedBytes,
    /// Bytes given back. Shown, but neither worse nor better: what it means is in `net_bytes`.
    DeallocatedBytes,
    /// Allocated − deallocated bytes.
    NetBytes,
    /// The highest growth above its entry level that a call reached.
    PeakBytes,
    /// Blocks that it allocated and that still live.
    RetainedBlocks,
    /// Bytes that it allocated and that still live.
    RetainedBytes,
    /// The least that a call allocated.
    MinCallAllocatedBytes,
    /// The most that a call allocated.
    MaxCallAllocatedBytes,
    /// What half of the calls allocated at most; not exact.
    P50CallAllocatedBytes,
    /// What 95 of 100 calls allocated at most; not exact.
    P95CallAllocatedBytes,
    /// What 99 of 100 calls allocated at most; not exact.
    P99CallAllocatedBytes,
    /// The lowest peak of a call.
    MinCallPeakBytes,
    /// The highest peak of a finished call.
    MaxCallPeakBytes,
    /// What the peak of half of the calls was at most; not exact.
    P50CallPeakBytes,
    /// What the peak of 95 of 100 calls was at most; not exact.
    P95CallPeakBytes,
    /// What the peak of 99 of 100 calls was at most; not exact.
    P99CallPeakBytes,
    /// Of the process: blocks allocated and not yet freed.
    LiveBlocks,
    /// Of the process: bytes allocated and not yet freed.
    LiveBytes,
    /// Of the process: the highest that its live bytes have been; exact with one thread.
    PeakLiveBytes,
}

/// A name that is none of those that can stand in its place.
///
/// Its message names them.
///
/// ```
/// use memprof_report::Metric;
///
/// let unknown = "peek_bytes".parse::<Metric>().unwrap_err();
/// assert!(unknown.to_string().contains("peak_bytes"), "{unknown}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    pub(crate) noun: &'static str,
    pub(crate) found: String,
    pub(crate) valid: String,
}

impl Metric {
    /// Every metric, in the order in which they are shown.
    ///
    /// ```
    /// # use memprof_report::Metric;
    /// assert!(Metric::ALL.iter().all(|metric| metric.name().parse() == Ok(*metric)));
    /// ```
    pub const ALL: [Self; 21] = [
        Self::Calls,
        Self::Allocations,
        Self::AllocatedBytes,
        Self::DeallocatedBytes,
        Self::NetBytes,
        Self::PeakBytes,
        Self::RetainedBlocks,
        Self::RetainedBytes,
        Self::MinCallAllocatedBytes,
        Self::MaxCallAllocatedBytes,
        Self::P50CallAllocatedBytes,
        Self::P95CallAllocatedBytes,
        Self::P99CallAllocatedBytes,
        Self::MinCallPeakBytes,
        Self::MaxCallPeakBytes,
        Self::P50CallPeakBytes,
        Self::P95CallPeakBytes,
        Self::P99CallPeakBytes,
        Self::LiveBlocks,
        Self::LiveBytes,
        Self::PeakLiveBytes,
    ];

    /// Its stable name, e.g. `peak_bytes`.
    ///
    /// ```
    /// assert_eq!(memprof_report::Metric::MaxCallPeakBytes.name(), "max_call_peak_bytes");
    /// ```
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// What it is called in a table, e.g. `peak`.
    ///
    /// ```
    /// assert_eq!(memprof_report::Metric::PeakBytes.label(), "peak");
    /// ```
    pub fn label(self) -> &'static str {
        self.names().1
    }

    /// Whether its unit is the byte.
    ///
    /// ```
    /// # use memprof_report::Metric;
    /// assert!(Metric::PeakBytes.is_bytes());
    /// assert!(!Metric::Allocations.is_bytes());
    /// ```
    pub fn is_bytes(self) -> bool {
        self.name().ends_with("_bytes")
    }

    /// Whether more of it is worse, so that it decides about a verdict.
    pub(crate) fn gates(self) -> bool {
        self != Self::DeallocatedBytes
    }

    /// Whether it can be below zero.
    pub(crate) fn is_signed(self) -> bool {
        self == Self::NetBytes
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Calls => ("calls", "calls"),
            Self::Allocations => ("allocations", "allocations"),
            Self::AllocatedBytes => ("allocated_bytes", "allocated"),
            Self::DeallocatedBytes => ("deallocated_bytes", "deallocated"),
            Self::NetBytes => ("net_bytes", "net"),
            Self::PeakBytes => ("peak_bytes", "peak"),
            Self::RetainedBlocks => ("retained_blocks", "retained blocks"),
            Self::RetainedBytes => ("retained_bytes", "retained"),
            Self::MinCallAllocatedBytes => ("min_call_allocated_bytes", "min call allocated"),
            Self::MaxCallAllocatedBytes => ("max_call_allocated_bytes", "max call allocated"),
            Self::P50CallAllocatedBytes => ("p50_call_allocated_bytes", "p50 call allocated"),
            Self::P95CallAllocatedBytes => ("p95_call_allocated_bytes", "p95 call allocated"),
            Self::P99CallAllocatedBytes => ("p99_call_allocated_bytes", "p99 call allocated"),
            Self::MinCallPeakBytes => ("min_call_peak_bytes", "min call peak"),
            Self::MaxCallPeakBytes => ("max_call_peak_bytes", "max call peak"),
            Self::P50CallPeakBytes => ("p50_call_peak_bytes", "p50 call peak"),
            Self::P95CallPeakBytes => ("p95_call_peak_bytes", "p95 call peak"),
            Self::P99CallPeakBytes => ("p99_call_peak_bytes", "p99 call peak"),
            Self::LiveBlocks => ("live_blocks", "live blocks"),
            Self::LiveBytes => ("live_bytes", "live"),
            Self::PeakLiveBytes => ("peak_live_bytes", "peak live"),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Metric {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|metric| metric.name() == text);
        found.ok_or_else(|| UnknownName {
            noun: "metric",
            found: text.to_owned(),
            valid: Self::ALL.map(Self::name).join(", "),
        })
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { noun, found, valid } = self;
        write!(f, "`{found}` is no {noun}, use one of: {valid}")
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_there_once_in_their_order() {
        assert!(Metric::ALL.is_sorted());
        let mut all = Metric::ALL.to_vec();
        all.dedup();
        assert_eq!(all.len(), Metric::ALL.len());
        // The last of the enum: a new one behind it has to come into the list.
        assert_eq!(Metric::PeakLiveBytes as usize + 1, Metric::ALL.len());
    }

    #[test]
    fn serde_and_text_have_one_name() {
        for metric in Metric::ALL {
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(json, format!("\"{metric}\""));
            assert_eq!(serde_json::from_str::<Metric>(&json).unwrap(), metric);
            assert_eq!(metric.name().parse(), Ok(metric));
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let error = "peak".parse::<Metric>().unwrap_err().to_string();
        assert!(
            error.starts_with("`peak` is no metric, use one of: calls, allocations,"),
            "{error}"
        );
        assert!(error.ends_with(", peak_live_bytes"), "{error}");
    }
}
