//! The timeline: how live bytes went over the run, as points.

use serde::{Deserialize, Serialize};

/// Live bytes at a moment of the run.
///
/// ```
/// use memprof_report::TimelinePoint;
///
/// let timeline = [(0, 64), (1_000_000, 4096)]
///     .map(|(elapsed_ns, live_bytes)| TimelinePoint { elapsed_ns, live_bytes });
/// assert_eq!(timeline.iter().map(|point| point.live_bytes).max(), Some(4096));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePoint {
    /// From the beginning of recording, in nanoseconds.
    pub elapsed_ns: u64,
    /// Bytes allocated and not yet freed at that moment, over the whole process.
    pub live_bytes: u64,
}
