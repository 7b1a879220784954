//! Two processes and their runs as one.

use super::figures::sum;
use crate::{Process, Run};

/// Adds what another process did. Processes need not have lived at once, so the highest that one of them
/// had is all that can be said of a peak.
pub(super) fn merge(process: &mut Process, other: &Process) {
    let (peak, error) = highest(process, other);
    for (to, from) in [
        (&mut process.allocations, other.allocations),
        (&mut process.allocated_bytes, other.allocated_bytes),
        (&mut process.deallocations, other.deallocations),
        (&mut process.deallocated_bytes, other.deallocated_bytes),
        (&mut process.reallocations, other.reallocations),
        (&mut process.live_blocks, other.live_blocks),
        (&mut process.live_bytes, other.live_bytes),
        (&mut process.overhead_bytes, other.overhead_bytes),
    ] {
        *to = to.saturating_add(from);
    }
    (process.peak_live_bytes, process.peak_error_bytes) = (peak, error);
    let external = (process.external_bytes, other.external_bytes);
    // Declared by one process alone it is all that was declared.
    process.external_bytes = sum(external.0, external.1).or(external.0).or(external.1);
    // Of processes that lived one after the other the highest is all that there was.
    process.peak_external_bytes = process.peak_external_bytes.max(other.peak_external_bytes);
    process.rss_bytes = process.rss_bytes.max(other.rss_bytes);
    process.peak_rss_bytes = process.peak_rss_bytes.max(other.peak_rss_bytes);
    process.fragmentation = None;
}

/// The higher peak, and how far the highest of the true ones can be from it.
fn highest(one: &Process, other: &Process) -> (u64, u64) {
    let both = [one, other].map(|process| (process.peak_live_bytes, process.peak_error_bytes));
    let peak = both[0].0.max(both[1].0);
    let most = both.map(|(peak, error)| peak.saturating_add(error));
    let least = both.map(|(peak, error)| peak.saturating_sub(error));
    let above = most[0].max(most[1]).saturating_sub(peak);
    let below = peak.saturating_sub(least[0].max(least[1]));
    (peak, above.max(below))
}

/// From the beginning of the first to the end of the last.
pub(super) fn merge_run(run: &mut Run, other: &Run) {
    let end = |run: &Run| run.started_unix_ns.saturating_add(run.duration_ns);
    let end = end(run).max(end(other));
    run.started_unix_ns = run.started_unix_ns.min(other.started_unix_ns);
    // Of a part only where all are.
    run.before_ns = run.before_ns.min(other.before_ns);
    run.duration_ns = end.saturating_sub(run.started_unix_ns);
    run.threads = run.threads.saturating_add(other.threads);
    // Stacks of processes that were sampled differently add up, but no one rate is theirs.
    if (run.sample_rate, run.sample_interval_bytes)
        != (other.sample_rate, other.sample_interval_bytes)
    {
        (run.sample_rate, run.sample_interval_bytes) = (0, None);
    }
    if run.rustc_version != other.rustc_version {
        run.rustc_version = None;
    }
}
