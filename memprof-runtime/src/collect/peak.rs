//! What lived at the process's peak, by path, and the timeline of live bytes.

use super::tree::Tree;
use crate::record::composition;
use crate::record::copy::Copied;
use crate::record::{inherited, timeline};
use memprof_report::{PathReport, Process, TimelinePoint, Warning};

/// Says of each path what of it lived at the peak; nothing without ownership. A warning where that is not of the peak: threads
/// that the system had put aside at the wrong moment, say, kept it from being summed up.
pub(super) fn fill(
    paths: &mut [PathReport],
    tree: &Tree<'_>,
    copied: &Copied,
    process: &Process,
) -> Option<Warning> {
    let now: Option<Vec<u64>> = tree
        .order
        .iter()
        .map(|&path| tree.retained(path).map(|(_, bytes)| bytes))
        .collect();
    let now = now?;
    // Never further than a step of the compositions below the peak, this moment may still be the highest.
    let total: i64 = copied.at_peak.iter().map(|bytes| (*bytes).max(0)).sum();
    let is_highest = now.iter().sum::<u64>() >= u64::try_from(total).unwrap_or(0);
    let then = |path: usize| copied.at_peak.get(path).copied().unwrap_or(0);
    for ((row, path), now) in paths.iter_mut().zip(&tree.order).zip(now) {
        let bytes = if is_highest {
            now
        } else {
            u64::try_from(then(*path)).unwrap_or(0)
        };
        row.at_peak_bytes = Some(bytes);
    }
    // This moment is what it is, also while threads go on.
    let total = u64::try_from(total).unwrap_or(0);
    (!is_highest).then(|| warning(total, process)).flatten()
}

/// Where the sum of a composition is too far below the peak.
fn warning(sum: u64, process: &Process) -> Option<Warning> {
    /// The least bytes that are worth a word.
    const LEAST_BYTES: u64 = 1_024;
    let peak = process.peak_live_bytes;
    // A composition is taken at each such step, and 1 % is what is promised.
    let part = composition::step_part().unsigned_abs().min(100);
    let allowed = peak / part + process.peak_error_bytes + LEAST_BYTES;
    (sum + allowed < peak).then(|| Warning {
        code: "peak-not-composed".to_owned(),
        message: format!(
            "what lived at the peak, by path, is of a moment when {sum} bytes lived, not of the peak of {peak} bytes"
        ),
    })
}

/// The points that were taken, what was seen since, and this moment.
pub(super) fn timeline(
    process: &Process,
    elapsed_ns: u64,
    inherited_bytes: i64,
) -> Vec<TimelinePoint> {
    let before_ns = inherited::forked_at_ns();
    let mut points: Vec<TimelinePoint> = timeline::read(|points, latest| {
        let since = points
            .last()
            .filter(|last| **last != latest)
            .map(|_| &latest);
        let points = points.iter().chain(since).map(|point| TimelinePoint {
            elapsed_ns: point.elapsed_ns.saturating_sub(before_ns),
            live_bytes: u64::try_from(point.live_bytes - inherited_bytes).unwrap_or(0),
        });
        points.collect()
    });
    points.retain(|point| point.elapsed_ns < elapsed_ns);
    points.push(TimelinePoint {
        elapsed_ns,
        live_bytes: process.live_bytes,
    });
    points
}
