//! What an allocator tells of its own heap: how much it holds of the system, and how much of that is in blocks.
//!
//! These are figures of the whole process. Asking allocates nothing through the global allocator; it takes the
//! allocator's own locks for a moment, as any allocation does.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc;
#[cfg(feature = "jemalloc")]
mod jemalloc;
#[cfg(feature = "mimalloc")]
mod mimalloc;

/// An allocator that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heap {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    Glibc,
    #[cfg(feature = "jemalloc")]
    Jemalloc,
    #[cfg(feature = "mimalloc")]
    Mimalloc,
}

/// A heap, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeapFigures {
    /// Taken of the system and not given back. Of jemalloc only what is resident, which it tells.
    pub(crate) held: u64,
    /// In blocks, with what they take beyond what was asked for; `None` where the allocator does not tell.
    pub(crate) in_blocks: Option<u64>,
    /// How many of the blocks have pages of their own.
    pub(crate) mapped_blocks: u64,
}

impl Heap {
    /// Those that can be asked in this build. glibc is the last, since others may take their memory of it.
    pub(crate) const ALL: &[Heap] = &[
        #[cfg(feature = "mimalloc")]
        Heap::Mimalloc,
        #[cfg(feature = "jemalloc")]
        Heap::Jemalloc,
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        Heap::Glibc,
    ];

    /// As reports name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            Heap::Glibc => "glibc",
            #[cfg(feature = "jemalloc")]
            Heap::Jemalloc => "jemalloc",
            #[cfg(feature = "mimalloc")]
            Heap::Mimalloc => "mimalloc",
        }
    }

    /// What it holds now; `None` where it does not tell.
    pub(crate) fn figures(self) -> Option<HeapFigures> {
        match self {
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            Heap::Glibc => glibc::figures(),
            #[cfg(feature = "jemalloc")]
            Heap::Jemalloc => jemalloc::figures(),
            #[cfg(feature = "mimalloc")]
            Heap::Mimalloc => Some(mimalloc::figures()),
        }
    }

    /// The most that blocks of so many bytes can take beyond what was asked for, by the allocator's size classes: headers,
    /// footers, and what a class has to spare. Of memprof's `own` blocks the number is not known; most are large.
    ///
    /// Blocks that are aligned to more than is usual may take more.
    pub(crate) fn most_rounding(
        self,
        figures: HeapFigures,
        blocks: u64,
        live: u64,
        own: u64,
    ) -> u64 {
        // The header is 8 bytes, the footer 4, classes are 16 apart, and the least block is 32 bytes.
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        const GLIBC: u64 = 32;
        const PAGE: u64 = 4096 + 16;
        // Up to 128 bytes the same without a header; above, there are four classes an octave.
        const JEMALLOC: u64 = 20;
        const JEMALLOC_PART: u64 = 4;
        let (per_block, per_byte) = match self {
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            Heap::Glibc => (GLIBC, 0),
            #[allow(
                unreachable_patterns,
                reason = "the only one, without the other features"
            )]
            _ => (JEMALLOC, live / JEMALLOC_PART),
        };
        let of_mapped = figures.mapped_blocks.saturating_mul(PAGE);
        let of_blocks = blocks.saturating_mul(per_block);
        of_blocks
            .saturating_add(per_byte)
            .saturating_add(of_mapped)
            .saturating_add(own / 4)
    }

    /// Whether `block` is this allocator's; `None` where it does not tell, and its figures have to show it.
    pub(crate) fn owns(self, block: *const u8) -> Option<bool> {
        match self {
            #[cfg(feature = "mimalloc")]
            Heap::Mimalloc => Some(mimalloc::owns(block)),
            #[allow(
                unreachable_patterns,
                reason = "the only one, without the other features"
            )]
            _ => {
                let _ = block;
                None
            }
        }
    }
}
