//! The process and the run in a part of its time, and how live bytes went in it.

use crate::{Process, Report, Run, TimelinePoint};

/// The part of the run from `earlier` on.
pub(super) fn run(now: &Run, earlier: &Run) -> Run {
    let passed = earlier.duration_ns;
    Run {
        started_unix_ns: now.started_unix_ns.saturating_add(passed),
        duration_ns: now.duration_ns.saturating_sub(passed),
        before_ns: now.before_ns.saturating_add(passed),
        ..now.clone()
    }
}

/// Whether the highest live bytes were reached since.
pub(super) fn has_risen(now: &Process, earlier: &Process) -> bool {
    now.peak_live_bytes > earlier.peak_live_bytes
}

pub(super) fn process(now: &Report, earlier: &Report) -> Process {
    let (now, before) = (now, &earlier.process);
    let timeline = timeline(now, earlier);
    let now = &now.process;
    let mut process = now.clone();
    for (figure, before) in [
        (&mut process.allocations, before.allocations),
        (&mut process.allocated_bytes, before.allocated_bytes),
        (&mut process.deallocations, before.deallocations),
        (&mut process.deallocated_bytes, before.deallocated_bytes),
        (&mut process.reallocations, before.reallocations),
    ] {
        *figure = figure.saturating_sub(before);
    }
    if !has_risen(now, before) {
        let error = now.peak_error_bytes;
        let points = timeline.iter().map(|point| point.live_bytes);
        let seen = points.max().unwrap_or(0).saturating_sub(error);
        let least = seen.max(now.live_bytes).max(before.live_bytes);
        // It cannot have risen by more than was allocated.
        let most = before.live_bytes.saturating_add(process.allocated_bytes);
        let most = most.min(now.peak_live_bytes.saturating_add(error));
        process.peak_live_bytes = least;
        process.peak_error_bytes = most.saturating_sub(least);
        if let Some(memory) = &mut process.fragmentation {
            memory.at_peak = None;
        }
    }
    process.peak_external_bytes = process
        .peak_external_bytes
        .filter(|_| now.peak_external_bytes > before.peak_external_bytes);
    process.peak_rss_bytes = process
        .peak_rss_bytes
        .filter(|_| now.peak_rss_bytes > before.peak_rss_bytes);
    process
}

/// The points since, from the beginning of that time on; nothing where there is no timeline.
pub(super) fn timeline(now: &Report, earlier: &Report) -> Vec<TimelinePoint> {
    let begin = earlier.run.duration_ns;
    if now.timeline.is_empty() {
        return Vec::new();
    }
    let first = TimelinePoint {
        elapsed_ns: 0,
        live_bytes: earlier.process.live_bytes,
    };
    let since = now.timeline.iter().filter(|point| point.elapsed_ns > begin);
    let since = since.map(|point| TimelinePoint {
        elapsed_ns: point.elapsed_ns - begin,
        ..*point
    });
    std::iter::once(first).chain(since).collect()
}
