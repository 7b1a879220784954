//! The sizes: how large the blocks of an operation are, how many of them live no longer than the call that made
//! them, and what reallocations had to copy.

use serde::{Deserialize, Serialize};

/// The sizes of what an operation allocated by itself.
///
/// ```
/// use memprof_report::{SizeClass, SizesReport};
///
/// let row = SizesReport {
///     temporary_blocks: 9,
///     classes: vec![SizeClass { least_bytes: 16, allocations: 12 }],
///     ..Default::default()
/// };
/// let allocations: u64 = row.classes.iter().map(|class| class.allocations).sum();
/// assert_eq!(allocations - row.temporary_blocks, 3, "so many outlived their call");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizesReport {
    /// The operation, as an index into [`Report::operations`](crate::Report::operations); null for work outside
    /// any.
    pub operation: Option<usize>,
    /// Reallocations after which the block was elsewhere.
    pub moved_reallocations: u64,
    /// Bytes that these had to keep: the lesser of old and new size. What they copied at most, since large
    /// blocks may be moved page by page.
    pub copied_bytes: u64,
    /// Of the allocations, those whose blocks were freed within the same call, by its thread; what a
    /// reallocation replaces is such a block too. 0 unless `heap_analysis.block_sizes` is on.
    pub temporary_blocks: u64,
    /// Their bytes.
    pub temporary_bytes: u64,
    /// How many more blocks may have been temporary: those lost from view while their call was open.
    pub temporary_error_blocks: u64,
    /// Allocations by size, smallest first, without classes that have none; a reallocation counts with its new
    /// size. Empty unless `heap_analysis.block_sizes` is on.
    pub classes: Vec<SizeClass>,
}

/// Allocations from a power of two up to, but not including, the next.
///
/// ```
/// use memprof_report::SizeClass;
///
/// // From 64 up to 127 bytes.
/// let class = SizeClass { least_bytes: 64, allocations: 10 };
/// assert!(class.least_bytes.is_power_of_two());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeClass {
    /// The least size in it, a power of two.
    pub least_bytes: u64,
    /// Allocations in it.
    pub allocations: u64,
}
