//! Fragmentation: of what the resident memory consists, so that one sees what of it is of no use.
//!
//! The allocator *holds* memory of the system. Of that, part is live, part memprof's own, part lost to rounding,
//! part in blocks of others who use the same allocator, part unused. What is resident beyond that is code, stacks and mapped files; what is held and not resident
//! was never touched, or given back while the allocator keeps the addresses.

use serde::{Deserialize, Serialize};

/// How resident memory relates to live bytes, by what the inner allocator tells of itself.
///
/// ```
/// use memprof_report::Fragmentation;
///
/// let unused_share = |memory: &Fragmentation| memory.now.unused_bytes as f64 / memory.now.held_bytes as f64;
/// let mut memory = Fragmentation { allocator: "glibc".into(), ..Default::default() };
/// (memory.now.held_bytes, memory.now.unused_bytes) = (4000, 1000);
/// assert_eq!(unused_share(&memory), 0.25);
/// ```
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
/// Two sums hold: live, overhead, rounding, other and unused are what is held; held and outside, less absent, are what
/// is resident.
///
/// ```
/// use memprof_report::MemoryParts;
///
/// let parts = MemoryParts {
///     rss_bytes: Some(1250),
///     held_bytes: 1000,
///     live_bytes: 700,
///     overhead_bytes: 50,
///     rounding_bytes: Some(60),
///     other_bytes: Some(40),
///     unused_bytes: 150,
///     outside_bytes: Some(300),
///     absent_bytes: Some(50),
/// };
/// assert_eq!(parts.held_bytes, 700 + 50 + 60 + 40 + 150);
/// assert_eq!(parts.rss_bytes, Some(1000 + 300 - 50));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryParts {
    /// Resident memory; null where the system does not tell.
    pub rss_bytes: Option<u64>,
    /// What the allocator holds of the system.
    pub held_bytes: u64,
    /// Of that, what the program asked for and has not given back.
    pub live_bytes: u64,
    /// Of that, memprof's own, but for its footers. The recorder's tables are not here where they have a heap apart.
    pub overhead_bytes: u64,
    /// Of that, what blocks take beyond what was asked for: size classes, headers, footers. At most what so many blocks
    /// can take. Null where the allocator does not tell it from what is unused.
    pub rounding_bytes: Option<u64>,
    /// Of that, what blocks take that were not asked for through memprof's allocator: C code's `malloc`, what the
    /// allocator keeps in reserve for each thread, and what over-aligned blocks take. Null where it is not told from
    /// rounding, or from what is unused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_bytes: Option<u64>,
    /// Of that, what is in no block.
    pub unused_bytes: u64,
    /// Resident, but not held by the allocator: code, stacks, mapped files,
    /// memprof's tables. Null without `rss_bytes`.
    pub outside_bytes: Option<u64>,
    /// Held, but not resident. The least that it can be. Null without `rss_bytes`.
    pub absent_bytes: Option<u64>,
}
