//! The process: its totals over all threads and operations, and what the system says about it.

use serde::{Deserialize, Serialize};

use super::Fragmentation;

/// The figures of the whole process, work outside any operation included.
///
/// ```
/// use memprof_report::Process;
///
/// let process = Process { peak_live_bytes: 4096, peak_error_bytes: 0, ..Default::default() };
/// let is_exact = process.peak_error_bytes == 0;
/// assert!(is_exact && process.rss_bytes.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Allocations, a reallocation being one.
    pub allocations: u64,
    /// Bytes asked for; a reallocation counts with its new size.
    pub allocated_bytes: u64,
    /// Deallocations, a reallocation being one.
    pub deallocations: u64,
    /// Bytes given back; a reallocation counts with its old size.
    pub deallocated_bytes: u64,
    /// Reallocations that succeeded.
    pub reallocations: u64,
    /// Blocks allocated and not yet freed, now.
    pub live_blocks: u64,
    /// Bytes allocated and not yet freed, now.
    pub live_bytes: u64,
    /// The highest that `live_bytes` has been.
    pub peak_live_bytes: u64,
    /// How far the true peak can be from `peak_live_bytes`, in bytes; 0 where that is exact.
    pub peak_error_bytes: u64,
    /// Memory that no allocator sees and that the program declared, now; null where it declared none.
    pub external_bytes: Option<u64>,
    /// The highest that `external_bytes` has been; null where the program declared none.
    #[serde(default)]
    pub peak_external_bytes: Option<u64>,
    /// Resident memory, from the system; null where it does not tell.
    pub rss_bytes: Option<u64>,
    /// The highest resident memory, from the system; null where it does not tell.
    pub peak_rss_bytes: Option<u64>,
    /// memprof's own memory, which is in none of the figures above but the system's.
    pub overhead_bytes: u64,
    /// How much of the resident memory is of no use to the program. Null where the inner allocator does not
    /// tell, or holds too little for it to mean anything.
    pub fragmentation: Option<Fragmentation>,
}
