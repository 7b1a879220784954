//! Expected blocks: how many, and how many bytes in all.

use std::hint::black_box;

/// A number of blocks, and their bytes in all.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Blocks {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
}

/// Blocks of one size.
pub(crate) const fn blocks(count: usize, bytes_each: usize) -> Blocks {
    Blocks {
        count: count as u64,
        bytes: (count * bytes_each) as u64,
    }
}

/// One block in each pass, of the size that `bytes` gives for the number of the pass.
pub(crate) fn sized(passes: usize, bytes: impl Fn(usize) -> usize) -> Blocks {
    Blocks {
        count: passes as u64,
        bytes: (0..passes).map(bytes).sum::<usize>() as u64,
    }
}

/// What `make` allocates, times the number of passes. For values whose layout only the standard library knows.
///
/// The value escapes, so the compiler keeps its blocks; and allocated figures do not depend on footers.
pub(crate) fn like<T>(passes: usize, make: impl FnOnce() -> T) -> Blocks {
    let stats = memprof::measure(|| drop(black_box(make()))).stats;
    Blocks {
        count: stats.allocations,
        bytes: stats.allocated_bytes,
    }
    .times(passes)
}

impl Blocks {
    pub(crate) const NONE: Self = blocks(0, 0);

    /// One block of each of these sizes.
    pub(crate) const fn of<const N: usize>(sizes: [usize; N]) -> Self {
        let mut all = Self::NONE;
        let mut at = 0;
        while at < N {
            all = all.and(blocks(1, sizes[at]));
            at += 1;
        }
        all
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            bytes: self.bytes + other.bytes,
        }
    }

    pub(crate) const fn times(self, passes: usize) -> Self {
        Self {
            count: self.count * passes as u64,
            bytes: self.bytes * passes as u64,
        }
    }
}
