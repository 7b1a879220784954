//! The stats: what one measured piece of work did. No part of the report; its fields bear the same names.

use serde::{Deserialize, Serialize};

/// What the calling thread did during `memprof::measure`.
///
/// ```
/// use memprof_report::Stats;
///
/// let stats = Stats { allocations: 1, allocated_bytes: 64, net_bytes: 64, peak_bytes: 64, ..Default::default() };
/// assert_eq!(stats.net_bytes, 64);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Allocations, a reallocation being one.
    pub allocations: u64,
    /// Bytes asked for; a reallocation counts with its new size.
    pub allocated_bytes: u64,
    /// Deallocations, a reallocation being one.
    pub deallocations: u64,
    /// Bytes given back, whoever allocated them; a reallocation counts with its old size.
    pub deallocated_bytes: u64,
    /// `allocated_bytes` − `deallocated_bytes`; negative where it frees what others allocated.
    pub net_bytes: i64,
    /// Reallocations that succeeded.
    pub reallocations: u64,
    /// The sizes that blocks had before their reallocation, in bytes.
    pub reallocated_old_bytes: u64,
    /// The sizes that blocks had after their reallocation, in bytes.
    pub reallocated_new_bytes: u64,
    /// The highest growth above the level at the beginning, in bytes.
    pub peak_bytes: u64,
}
