//! Adding up: what memprof knows of the heap and of shared memory, beside what the system says is in physical
//! memory.
//!
//! The heap's live bytes are what the program asked for. What the system counts is pages: those of the heap that
//! were touched, those of the ring that were touched, and the stacks of threads. So both are compared from one
//! moment to another, and may differ by [`BOUND_BYTES`].

use std::fmt;

/// What a few threads' stacks, the allocator's arenas and rounding to pages come to, at most.
pub(crate) const BOUND_BYTES: i64 = 2 << 20;

/// Where the memory is at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Physical {
    heap_bytes: u64,
    external_bytes: u64,
    resident_bytes: u64,
}

/// What came to it between two moments.
pub(crate) struct Growth {
    heap_bytes: i64,
    external_bytes: i64,
    resident_bytes: i64,
}

impl Physical {
    /// `None` where the system does not tell.
    pub(crate) fn now() -> Option<Self> {
        let report = memprof::snapshot();
        Some(Self {
            heap_bytes: report.process.live_bytes,
            external_bytes: report.process.external_bytes.unwrap_or(0),
            resident_bytes: memory_stats::memory_stats()?.physical_mem as u64,
        })
    }

    pub(crate) fn since(self, before: Self) -> Growth {
        let growth = |now: u64, before: u64| now.cast_signed().wrapping_sub(before.cast_signed());
        Growth {
            heap_bytes: growth(self.heap_bytes, before.heap_bytes),
            external_bytes: growth(self.external_bytes, before.external_bytes),
            resident_bytes: growth(self.resident_bytes, before.resident_bytes),
        }
    }
}

impl Growth {
    /// What neither heap nor shared memory explain.
    fn rest_bytes(&self) -> i64 {
        self.resident_bytes - self.heap_bytes - self.external_bytes
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.rest_bytes();
        let sign = if rest.abs() <= BOUND_BYTES {
            "✓"
        } else {
            "✗"
        };
        writeln!(f, "heap          {:>+12} bytes", self.heap_bytes)?;
        writeln!(f, "shared ring   {:>+12} bytes", self.external_bytes)?;
        writeln!(f, "resident      {:>+12} bytes", self.resident_bytes)?;
        writeln!(
            f,
            "unexplained   {rest:>+12} bytes, within {BOUND_BYTES} {sign}"
        )
    }
}
