//! The weight: which figure of a report an output shows.
//!
//! A weight knows where its figure stands in the rows of the report and what it is called. Whether the
//! report has it at all is asked here, so that nobody takes a missing figure for a zero.

use std::fmt;

use super::FormatError;
use super::error::Kind;
use crate::{PathReport, Report, StackReport};

/// A figure that can be shown over the call tree of operations.
///
/// ```
/// use memprof_report::formats::Weight;
///
/// assert_eq!(Weight::ALL.map(Weight::unit), ["bytes", "allocations", "bytes", "blocks", "bytes"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Weight {
    /// Bytes asked for over the whole run.
    AllocatedBytes,
    /// Allocations over the whole run.
    Allocations,
    /// Bytes that still live. Only with ownership.
    RetainedBytes,
    /// Blocks that still live. Only with ownership.
    RetainedBlocks,
    /// Bytes that lived at the process's peak, within 1 %. Only where a composition was taken; known for
    /// paths, not for the call stacks below them.
    AtPeakBytes,
}

impl Weight {
    /// All weights.
    ///
    /// ```
    /// # use memprof_report::formats::Weight;
    /// assert_eq!(Weight::ALL[0], Weight::AllocatedBytes);
    /// ```
    pub const ALL: [Self; 5] = [
        Self::AllocatedBytes,
        Self::Allocations,
        Self::RetainedBytes,
        Self::RetainedBlocks,
        Self::AtPeakBytes,
    ];

    /// What one of it is: `bytes`, `allocations` or `blocks`.
    ///
    /// ```
    /// use memprof_report::formats::Weight;
    ///
    /// assert_eq!(Weight::RetainedBytes.unit(), "bytes");
    /// assert_eq!(Weight::RetainedBytes.to_string(), "retained bytes");
    /// ```
    pub fn unit(self) -> &'static str {
        match self {
            Self::AllocatedBytes | Self::RetainedBytes | Self::AtPeakBytes => "bytes",
            Self::Allocations => "allocations",
            Self::RetainedBlocks => "blocks",
        }
    }

    /// Whether the report has this figure.
    ///
    /// ```
    /// use memprof_report::{Report, formats::Weight};
    ///
    /// let mut report = Report::default();
    /// assert!(!Weight::AllocatedBytes.is_in(&report)); // no allocator was installed
    /// report.run.allocator.installed = true;
    /// assert!(Weight::AllocatedBytes.is_in(&report));
    /// assert!(!Weight::RetainedBytes.is_in(&report));
    /// ```
    pub fn is_in(self, report: &Report) -> bool {
        self.of_paths(report).is_ok()
    }

    /// The figure of every path, in the order of the rows.
    pub(super) fn of_paths(self, report: &Report) -> Result<Vec<u64>, FormatError> {
        if !report.run.allocator.installed {
            return Err(Kind::NotInstalled.into());
        }
        let paths = report.paths.iter();
        let figures: Option<Vec<u64>> = paths.map(|path| self.of_path(path)).collect();
        match figures {
            // Without a row there is none in which the figure could lack.
            Some(figures) if !figures.is_empty() || !self.is_optional() => Ok(figures),
            _ => Err(Kind::NoData(self).into()),
        }
    }

    /// The figure of a call stack; none where it is not known.
    pub(super) fn of_stack(self, stack: &StackReport) -> Option<u64> {
        match self {
            Self::AllocatedBytes => Some(stack.allocated_bytes),
            Self::Allocations => Some(stack.allocations),
            Self::RetainedBytes => stack.retained_bytes,
            Self::RetainedBlocks => stack.retained_blocks,
            Self::AtPeakBytes => None,
        }
    }

    fn of_path(self, path: &PathReport) -> Option<u64> {
        match self {
            Self::AllocatedBytes => Some(path.allocated_bytes),
            Self::Allocations => Some(path.allocations),
            Self::RetainedBytes => path.retained_bytes,
            Self::RetainedBlocks => path.retained_blocks,
            Self::AtPeakBytes => path.at_peak_bytes,
        }
    }

    fn is_optional(self) -> bool {
        !matches!(self, Self::AllocatedBytes | Self::Allocations)
    }

    /// With a capital, for headings.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::AllocatedBytes => "Allocated bytes",
            Self::Allocations => "Allocations",
            Self::RetainedBytes => "Retained bytes",
            Self::RetainedBlocks => "Retained blocks",
            Self::AtPeakBytes => "Bytes at peak",
        }
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AllocatedBytes => "allocated bytes",
            Self::Allocations => "allocations",
            Self::RetainedBytes => "retained bytes",
            Self::RetainedBlocks => "retained blocks",
            Self::AtPeakBytes => "bytes at peak",
        })
    }
}
