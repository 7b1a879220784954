//! A stack: its frames, the path that it was taken under, and what was allocated and freed there.
//!
//! Any thread adds to it, with read-modify-write operations: this is the cold path. Orderings are relaxed but
//! for the pair that keeps freed from exceeding allocated in a copy (`free` and `copy`).

use super::plan::{self, Kind, Weight};
use std::sync::atomic::{AtomicU64, Ordering};

/// Estimates are sums of whole parts of this size, so that what was added is taken off exactly.
const BLOCK_PARTS: f64 = 65_536.0;
const BYTE_PARTS: f64 = 256.0;

pub(super) struct Stack {
    pub(super) hash: u64,
    pub(super) path: u32,
    pub(super) plan: u32,
    pub(super) frames: *const usize,
    pub(super) depth: u32,
    allocated: Sums,
    freed: Sums,
    /// Bits of `f64`.
    blocks_variance: AtomicU64,
    bytes_variance: AtomicU64,
}

/// Where every allocation is taken: blocks and bytes. Else: parts of what they stand for.
struct Sums {
    samples: AtomicU64,
    blocks: AtomicU64,
    bytes: AtomicU64,
}

/// The figures of a stack, copied out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) samples: u64,
    pub(crate) blocks: f64,
    pub(crate) bytes: f64,
    pub(crate) freed_blocks: f64,
    pub(crate) freed_bytes: f64,
    pub(crate) blocks_variance: f64,
    pub(crate) bytes_variance: f64,
}

impl Stack {
    pub(super) fn frames(&self) -> &[usize] {
        if self.depth == 0 {
            return &[];
        }
        // SAFETY: `depth` words, written before the stack was published, never changed nor given back.
        unsafe { std::slice::from_raw_parts(self.frames, self.depth as usize) }
    }

    pub(super) fn path(&self) -> u32 {
        self.path
    }

    fn kind(&self) -> Kind {
        plan::numbered(self.plan).map_or(Kind::Every, |plan| plan.kind)
    }

    /// Books a sampled block.
    pub(super) fn allocate(&self, size: u64) {
        match self.kind() {
            Kind::Every => self.allocated.add(1, size),
            kind => {
                let weight = kind.weight(size);
                add(&self.blocks_variance, weight.blocks_variance);
                add(&self.bytes_variance, weight.bytes_variance);
                self.allocated.add_sample(&weight);
            }
        }
    }

    /// Books a sampled block as freed.
    pub(super) fn free(&self, size: u64) {
        match self.kind() {
            Kind::Every => self.freed.add(1, size),
            kind => self.freed.add_sample(&kind.weight(size)),
        }
    }

    /// Forgets what was allocated and freed.
    pub(super) fn begin_anew(&self) {
        self.allocated.begin_anew();
        self.freed.begin_anew();
        for bits in [&self.blocks_variance, &self.bytes_variance] {
            bits.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let kind = self.kind();
        // Freed first, so that it never exceeds what was allocated.
        let (_, freed_blocks, freed_bytes) = self.freed.read(kind);
        let (samples, blocks, bytes) = self.allocated.read(kind);
        let variance = |bits: &AtomicU64| f64::from_bits(bits.load(Ordering::Relaxed));
        Figures {
            samples,
            blocks,
            bytes,
            freed_blocks,
            freed_bytes,
            blocks_variance: variance(&self.blocks_variance),
            bytes_variance: variance(&self.bytes_variance),
        }
    }
}

impl Sums {
    fn begin_anew(&self) {
        for sum in [&self.samples, &self.blocks, &self.bytes] {
            sum.store(0, Ordering::Relaxed);
        }
    }

    fn add_sample(&self, weight: &Weight) {
        self.samples.fetch_add(1, Ordering::Relaxed);
        self.add(
            (weight.blocks * BLOCK_PARTS).round() as u64,
            (weight.bytes * BYTE_PARTS).round() as u64,
        );
    }

    fn add(&self, blocks: u64, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        // Release: partner of the acquire in `read`. A block is allocated before it is freed, so who sees it
        // freed sees it allocated.
        self.blocks.fetch_add(blocks, Ordering::Release);
    }

    /// Samples, blocks, bytes.
    fn read(&self, kind: Kind) -> (u64, f64, f64) {
        let blocks = self.blocks.load(Ordering::Acquire);
        let bytes = self.bytes.load(Ordering::Relaxed);
        match kind {
            Kind::Every => (blocks, blocks as f64, bytes as f64),
            _ => (
                self.samples.load(Ordering::Relaxed),
                blocks as f64 / BLOCK_PARTS,
                bytes as f64 / BYTE_PARTS,
            ),
        }
    }
}

/// Adds to the number whose bits these are.
fn add(bits: &AtomicU64, value: f64) {
    let sum = |bits| Some((f64::from_bits(bits) + value).to_bits());
    // The closure never declines.
    let _ = bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum);
}
