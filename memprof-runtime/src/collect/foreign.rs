//! Foreign blocks: freed through memprof's allocator, and made by another allocator of the process.
//!
//! That happens where two allocators share blocks: with `-C prefer-dynamic`, with plugins, with C code that frees what
//! Rust made. Behind such a block lies no footer of ours, so nothing says of one block that it is foreign. What can be
//! known is their least number: as many as were freed beyond those that were made.

use crate::record::copy::Copied;
use crate::record::interrupted::INTERRUPTING_BLOCKS;
use crate::record::row::PathFigures;
use std::sync::atomic::Ordering;

/// How many freed blocks are foreign, and their bytes, at least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) blocks: u64,
    pub(super) bytes: u64,
}

impl Foreign {
    /// More was freed of the blocks of a path than it made, which is read in this order, so that events in flight are
    /// never taken for foreign. Or the process freed more than it made: that can be said only where no other thread runs,
    /// since what one path makes another may free between the readings of the two.
    pub(super) fn of(copied: &Copied) -> Self {
        let (mut all, mut of_paths) = (PathFigures::default(), Self::default());
        for figures in &copied.figures {
            all.add(figures);
            of_paths.blocks += figures.freed_blocks.saturating_sub(figures.allocations);
            of_paths.bytes += figures
                .freed_bytes
                .saturating_sub(figures.allocated_bytes());
        }
        of_paths.blocks += copied.foreign.blocks;
        of_paths.bytes += copied.foreign.bytes;
        // Fewer bytes were made than were freed, though as many blocks: at least one of them was another.
        of_paths.blocks = of_paths.blocks.max(u64::from(of_paths.bytes > 0));
        // What signal handlers allocated and was lost may have been freed since.
        let lost = INTERRUPTING_BLOCKS.load(Ordering::Relaxed);
        if of_paths.blocks <= lost {
            of_paths = Self::default();
        }
        if !copied.is_lone || lost > 0 {
            return of_paths;
        }
        // A forked child frees its parent's blocks, too.
        let made = all.allocations.saturating_add(copied.inherited_blocks);
        let net_bytes = all.net_bytes.wrapping_add(copied.inherited_live_bytes);
        let (blocks, bytes) = (
            all.deallocations.saturating_sub(made),
            u64::try_from(net_bytes.wrapping_neg()).unwrap_or(0),
        );
        Self {
            blocks: blocks.max(of_paths.blocks),
            bytes: bytes.max(of_paths.bytes),
        }
    }
}
