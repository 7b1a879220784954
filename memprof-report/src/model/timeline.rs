//! The timeline: how live bytes went over the run, as points.

use serde::{Deserialize, Serialize};

/// Live bytes at a moment of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePoint {
    /// From the beginning of recording, in nanoseconds.
    pub elapsed_ns: u64,
    /// Bytes allocated and not yet freed at that moment, over the whole process.
    pub live_bytes: u64,
}
