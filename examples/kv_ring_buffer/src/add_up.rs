//! Adding up: what memprof knows of the heap, of shared memory and of itself, beside what the system says is in
//! physical memory.
//!
//! The heap's live bytes are what the program asked for. What the system counts is pages: those of the heap that
//! were touched, those of the ring, which are all there from the start, and the stacks of threads. So both are
//! compared from one moment to another, and may differ by [`bound_bytes`].

use std::fmt;

/// What the allocator's own structures and rounding to pages come to, at most.
const BOUND_BYTES: i64 = 2 << 20;
/// What a thread leaves in physical memory, at most: pages of its stack, and of the allocator's that it used.
const BOUND_BYTES_A_THREAD: i64 = 128 << 10;

/// How far the parts may be from the whole with that many threads.
fn bound_bytes(threads: usize) -> i64 {
    let threads = i64::try_from(threads).unwrap_or(i64::MAX);
    BOUND_BYTES.saturating_add(threads.saturating_mul(BOUND_BYTES_A_THREAD))
}

/// Where the memory is at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Physical {
    heap_bytes: u64,
    external_bytes: u64,
    /// memprof's own, and dhat's where that is underneath.
    overhead_bytes: u64,
    resident_bytes: u64,
}

/// What came to it between two moments.
pub(crate) struct Growth {
    heap_bytes: i64,
    external_bytes: i64,
    overhead_bytes: i64,
    resident_bytes: i64,
    bound_bytes: i64,
}

impl Physical {
    /// `None` where the system does not tell.
    pub(crate) fn now() -> Option<Self> {
        let process = memprof::snapshot().process;
        Some(Self {
            heap_bytes: process.live_bytes,
            external_bytes: process.external_bytes.unwrap_or(0),
            overhead_bytes: process.overhead_bytes,
            resident_bytes: memory_stats::memory_stats()?.physical_mem as u64,
        })
    }

    /// What came to it since `before`, while that many threads ran.
    pub(crate) fn since(self, before: Self, threads: usize) -> Growth {
        let growth = |now: u64, before: u64| now.cast_signed().wrapping_sub(before.cast_signed());
        Growth {
            heap_bytes: growth(self.heap_bytes, before.heap_bytes),
            external_bytes: growth(self.external_bytes, before.external_bytes),
            overhead_bytes: growth(self.overhead_bytes, before.overhead_bytes),
            resident_bytes: growth(self.resident_bytes, before.resident_bytes),
            bound_bytes: bound_bytes(threads),
        }
    }
}

impl Growth {
    /// Whether the parts are the whole, within the bound.
    pub(crate) fn adds_up(&self) -> bool {
        self.rest_bytes().abs() <= self.bound_bytes
    }

    /// What none of the parts explains.
    fn rest_bytes(&self) -> i64 {
        self.resident_bytes - self.heap_bytes - self.external_bytes - self.overhead_bytes
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.adds_up() { "✓" } else { "✗" };
        for (part, bytes) in [
            ("heap", self.heap_bytes),
            ("shared ring", self.external_bytes),
            ("profilers", self.overhead_bytes),
            ("resident", self.resident_bytes),
        ] {
            writeln!(f, "{part:<14}{bytes:>+12} bytes")?;
        }
        let (rest, bound) = (self.rest_bytes(), self.bound_bytes);
        writeln!(f, "unexplained   {rest:>+12} bytes, within {bound} {sign}")
    }
}
