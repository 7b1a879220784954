//! The path: one node of the call tree of operations.
//!
//! A path is the chain of distinct operations in their order of entry. Entering an operation that is
//! already on it stays on the same chain; such a row says with `reentered` which one is current again.

use serde::{Deserialize, Serialize};

/// What was done with exactly this path as the current one. Figures are self figures.
///
/// ```
/// use memprof_report::{PathReport, Report};
///
/// let mut report = Report::default();
/// for (path, allocated_bytes) in [(vec![], 10), (vec!["Index".into()], 64)] {
///     report.paths.push(PathReport { path, allocated_bytes, ..Default::default() });
/// }
/// // Rows of paths hold self figures: they add up to the process's.
/// assert_eq!(report.paths.iter().map(|row| row.allocated_bytes).sum::<u64>(), 74);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathReport {
    /// The names of its operations, outermost first. Empty for the root: work outside any operation.
    pub path: Vec<String>,
    /// The same operations as indexes into [`Report::operations`](crate::Report::operations).
    pub operations: Vec<usize>,
    /// The operation of the path that was entered once more and is the current one; null for the last one
    /// of the path.
    pub reentered: Option<String>,
    /// How often this path was entered, open calls included.
    pub calls: u64,
    /// Calls that have been entered and not yet left.
    pub open_calls: u64,
    /// Allocations, a reallocation being one.
    pub allocations: u64,
    /// Bytes asked for; a reallocation counts with its new size.
    pub allocated_bytes: u64,
    /// Deallocations, a reallocation being one.
    pub deallocations: u64,
    /// Bytes given back, whoever allocated them; a reallocation counts with its old size.
    pub deallocated_bytes: u64,
    /// `allocated_bytes` − `deallocated_bytes`.
    pub net_bytes: i64,
    /// Reallocations that succeeded.
    pub reallocations: u64,
    /// The sizes that blocks had before their reallocation, in bytes.
    pub reallocated_old_bytes: u64,
    /// The sizes that blocks had after their reallocation, in bytes.
    pub reallocated_new_bytes: u64,
    /// Blocks allocated here that still live. Null without ownership.
    pub retained_blocks: Option<u64>,
    /// Bytes allocated here that still live. Null without ownership.
    pub retained_bytes: Option<u64>,
    /// Bytes allocated here that lived when the process's live bytes were at their highest. Over all paths
    /// they are what lived at that moment, which is within 1 % of the process's `peak_live_bytes`, or within its
    /// `peak_error_bytes` where that is more. Null where no such composition was taken.
    pub at_peak_bytes: Option<u64>,
}
