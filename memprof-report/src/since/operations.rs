//! The operations in a part of the time: their figures, their peaks as far as they are known, and their calls.

use super::counts::{self, CallCounts};
use crate::{OperationReport, PerCall, Report, SelfFigures};

/// Takes off what each operation did before; `before` says which rows of the earlier report they are.
pub(super) fn subtract(report: &mut Report, earlier: &Report, before: &[Option<usize>]) {
    let (now, others) = (report.call_counts().to_vec(), earlier.call_counts());
    // They are of the whole time.
    report.set_call_counts(Vec::new());
    for (at, (row, before)) in report.operations.iter_mut().zip(before).enumerate() {
        if let Some(before) = *before {
            let counts = now.get(at).zip(others.get(before));
            operation(row, &earlier.operations[before], counts);
        }
    }
}

fn operation(
    row: &mut OperationReport,
    before: &OperationReport,
    counts: Option<(&CallCounts, &CallCounts)>,
) {
    let whole = row.clone();
    row.calls = under_way((row.calls, before.calls), before.open_calls);
    for (figure, before) in [
        (&mut row.allocations, before.allocations),
        (&mut row.allocated_bytes, before.allocated_bytes),
        (&mut row.deallocations, before.deallocations),
        (&mut row.deallocated_bytes, before.deallocated_bytes),
        (&mut row.reallocations, before.reallocations),
        (&mut row.reallocated_old_bytes, before.reallocated_old_bytes),
        (&mut row.reallocated_new_bytes, before.reallocated_new_bytes),
    ] {
        *figure = figure.saturating_sub(before);
    }
    row.net_bytes = row.net_bytes.saturating_sub(before.net_bytes);
    own(&mut row.self_figures, &before.self_figures);
    calls(row, &whole, before, counts);
    peak(row, &whole, before, counts);
    if row.peak_external_bytes <= before.peak_external_bytes {
        row.peak_external_bytes = row.external_bytes.max(before.external_bytes);
    }
}

/// How many calls were under way at some time: those that were open at its beginning are among them.
pub(super) fn under_way((now, before): (u64, u64), open: u64) -> u64 {
    now.saturating_sub(before).saturating_add(open)
}

fn own(row: &mut SelfFigures, before: &SelfFigures) {
    for (figure, before) in [
        (&mut row.allocations, before.allocations),
        (&mut row.allocated_bytes, before.allocated_bytes),
        (&mut row.deallocations, before.deallocations),
        (&mut row.deallocated_bytes, before.deallocated_bytes),
    ] {
        *figure = figure.saturating_sub(before);
    }
    row.net_bytes = row.net_bytes.saturating_sub(before.net_bytes);
}

fn calls(
    row: &mut OperationReport,
    whole: &OperationReport,
    before: &OperationReport,
    counts: Option<(&CallCounts, &CallCounts)>,
) {
    row.growth = match (&whole.growth, counts) {
        (Some(growth), Some((now, before))) => counts::growth(&now.sizes, &before.sizes, growth),
        (growth, _) => growth.clone().filter(|_| before.growth.is_none()),
    };
    let (Some(all), Some(others)) = (&whole.per_call, &before.per_call) else {
        return;
    };
    let is_any = row.calls > row.open_calls;
    if !is_any || (all.allocated_bytes.exact && all.peak_bytes.exact) {
        row.per_call = row.per_call.take().filter(|_| is_any);
        return;
    }
    row.per_call = counts.and_then(|(now, before)| {
        let (allocated, peak) = (
            now.allocated.since(&before.allocated),
            now.peak.since(&before.peak),
        );
        let of_before = &others.allocated_bytes;
        let allocated_bytes = allocated.distribution(&all.allocated_bytes, Some(of_before))?;
        let peak_bytes = peak.distribution(&all.peak_bytes, Some(&others.peak_bytes))?;
        Some(PerCall {
            allocated_bytes,
            peak_bytes,
        })
    });
}

/// The highest that a call certainly rose in this time, and by how much it may have been more.
fn peak(
    row: &mut OperationReport,
    whole: &OperationReport,
    before: &OperationReport,
    counts: Option<(&CallCounts, &CallCounts)>,
) {
    let is_since = whole.peak_bytes > before.peak_bytes || before.calls == 0;
    if is_since {
        return;
    }
    let (mut least, mut most) = (0, whole.peak_bytes);
    if before.open_calls == 0 {
        // What a call rises it has allocated.
        most = most.min(row.allocated_bytes);
        let ends = || {
            let (now, others) = counts?;
            let (all, others_of) = (whole.per_call.as_ref()?, before.per_call.as_ref());
            let since = now.peak.since(&others.peak);
            since.ends(&all.peak_bytes, others_of.map(|of| &of.peak_bytes))
        };
        if let Some([_, highest]) = ends() {
            least = highest.least;
            if row.open_calls == 0 {
                most = most.min(highest.most);
            }
        } else if let Some(all) = row.per_call.as_ref().filter(|all| all.peak_bytes.exact) {
            least = all.peak_bytes.max;
            if row.open_calls == 0 {
                most = least;
            }
        }
    } else if row.allocated_bytes == 0 && row.calls == 0 {
        most = 0;
    }
    row.peak_bytes = least.min(whole.peak_bytes);
    row.peak_error_bytes = most.saturating_sub(least);
}
