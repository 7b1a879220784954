//! Fragmentation: of what the resident memory consists, so that one sees what of it is of no use.
//!
//! The allocator *holds* memory of the system. Of that, part is live, part memprof's own, part lost to rounding,
//! part unused. What is resident beyond that is code, stacks and mapped files; what is held and not resident
//! was never touched, or given back while the allocator keeps the addresses.

use serde::{Deserialize, Serialize};

/// How resident memory relates to live bytes, by what the inner allocator tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fragmentation {
    /// The inner allocator: `glibc`, `jemalloc` or `mimalloc`.
    pub allocator: String,
    /// When the report was made.
    pub now: MemoryParts,
    /// When live bytes were at their highest, or close below; null where nobody looked then. The resident bytes
    /// are the highest there were, and need not be of the same moment.
    pub at_peak: Option<MemoryParts>,
}

/// The parts of resident memory, in bytes.
///
/// Two sums hold: live, overhead, rounding and unused are what is held; held and outside, less absent, are what
/// is resident.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryParts {
    /// Resident memory; null where the system does not tell.
    pub rss_bytes: Option<u64>,
    /// What the allocator holds of the system.
    pub held_bytes: u64,
    /// Of that, what the program asked for and has not given back.
    pub live_bytes: u64,
    /// Of that, memprof's own, but for its footers.
    pub overhead_bytes: u64,
    /// Of that, what blocks take beyond what was asked for: size classes, headers, footers. Null where the
    /// allocator does not tell it from what is unused.
    pub rounding_bytes: Option<u64>,
    /// Of that, what is in no block.
    pub unused_bytes: u64,
    /// Resident, but not held by the allocator: code, stacks, mapped files. Null without `rss_bytes`.
    pub outside_bytes: Option<u64>,
    /// Held, but not resident. The least that it can be. Null without `rss_bytes`.
    pub absent_bytes: Option<u64>,
}
