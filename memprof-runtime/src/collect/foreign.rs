//! Foreign blocks: freed through memprof's allocator, and made by another allocator of the process.
//!
//! That happens where two allocators share blocks: with `-C prefer-dynamic`, with plugins, with C code that frees what
//! Rust made. Behind such a block lies no footer of ours, so nothing says of one block that it is foreign. What can be
//! known is their least number: as many as were freed beyond those that were made.

use crate::record::copy::Copied;
use crate::record::row::PathFigures;

/// How many freed blocks are foreign, and their bytes, at least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) blocks: u64,
    pub(super) bytes: u64,
}

impl Foreign {
    /// Either the process freed more than it made, or more was freed of one path's blocks than it made. What is freed is
    /// read before what is made, so events in flight are never taken for foreign.
    pub(super) fn of(copied: &Copied) -> Self {
        let (mut all, mut of_paths) = (PathFigures::default(), Self::default());
        for figures in &copied.figures {
            all.add(figures);
            of_paths.blocks += figures.freed_blocks.saturating_sub(figures.allocations);
            of_paths.bytes += figures
                .freed_bytes
                .saturating_sub(figures.allocated_bytes());
        }
        Self {
            blocks: all
                .deallocations
                .saturating_sub(all.allocations)
                .max(of_paths.blocks),
            bytes: u64::try_from(all.net_bytes.wrapping_neg())
                .unwrap_or(0)
                .max(of_paths.bytes),
        }
    }
}
