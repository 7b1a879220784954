//! Figures of one operation or path in two processes as one. Sums end at the bounds of their integer.

use std::collections::BTreeMap;

use crate::{Distribution, Growth, OperationReport, PathReport, PerCall, SelfFigures};

/// What a percentile may be off by at most in any report.
const MOST_RELATIVE_ERROR: f64 = 0.125;

/// Adds a row to another of the same site; whether a percentile became a bound.
pub(super) fn merge_operation(row: &mut OperationReport, other: &OperationReport) -> bool {
    let finished = |row: &OperationReport| row.calls.saturating_sub(row.open_calls);
    let calls = (finished(row), finished(other));
    for (to, from) in [
        (&mut row.calls, other.calls),
        (&mut row.allocations, other.allocations),
        (&mut row.allocated_bytes, other.allocated_bytes),
        (&mut row.deallocations, other.deallocations),
        (&mut row.deallocated_bytes, other.deallocated_bytes),
        (&mut row.reallocations, other.reallocations),
        (&mut row.reallocated_old_bytes, other.reallocated_old_bytes),
        (&mut row.reallocated_new_bytes, other.reallocated_new_bytes),
        (&mut row.open_calls, other.open_calls),
        (&mut row.external_bytes, other.external_bytes),
    ] {
        *to = to.saturating_add(from);
    }
    row.net_bytes = row.net_bytes.saturating_add(other.net_bytes);
    let most = |row: &OperationReport| row.peak_bytes.saturating_add(row.peak_error_bytes);
    let most = most(row).max(most(other));
    row.peak_bytes = row.peak_bytes.max(other.peak_bytes);
    row.peak_error_bytes = most.saturating_sub(row.peak_bytes);
    row.peak_external_bytes = row.peak_external_bytes.max(other.peak_external_bytes);
    row.retained_blocks = sum(row.retained_blocks, other.retained_blocks);
    row.retained_bytes = sum(row.retained_bytes, other.retained_bytes);
    merge_self(&mut row.self_figures, &other.self_figures);
    merge_growth(row, other);
    match (&mut row.per_call, &other.per_call) {
        (Some(ours), Some(theirs)) => merge_per_call(ours, theirs, calls),
        (None, Some(theirs)) => {
            row.per_call = Some(theirs.clone());
            false
        }
        (_, None) => false,
    }
}

/// The growth over the sizes of both; of a size that both met, the more, as of every figure that is no sum. A mean
/// would depend on the order of the reports.
fn merge_growth(row: &mut OperationReport, other: &OperationReport) {
    match (&mut row.growth, &other.growth) {
        (Some(ours), Some(theirs)) => {
            ours.declared = ours.declared.or(theirs.declared);
            for (to, from) in [
                (&mut ours.allocated_bytes, &theirs.allocated_bytes),
                (&mut ours.allocations, &theirs.allocations),
                (&mut ours.peak_bytes, &theirs.peak_bytes),
            ] {
                let mut points: BTreeMap<u64, u64> = BTreeMap::new();
                for &(size, figure) in to.points.iter().chain(&from.points) {
                    let most = points.entry(size).or_default();
                    *most = figure.max(*most);
                }
                *to = Growth::fit(&points.into_iter().collect::<Vec<_>>());
            }
        }
        (None, Some(theirs)) => row.growth = Some(theirs.clone()),
        (_, None) => {}
    }
}

/// Adds a row to another of the same path.
pub(super) fn merge_path(row: &mut PathReport, other: &PathReport) {
    for (to, from) in [
        (&mut row.calls, other.calls),
        (&mut row.open_calls, other.open_calls),
        (&mut row.allocations, other.allocations),
        (&mut row.allocated_bytes, other.allocated_bytes),
        (&mut row.deallocations, other.deallocations),
        (&mut row.deallocated_bytes, other.deallocated_bytes),
        (&mut row.reallocations, other.reallocations),
        (&mut row.reallocated_old_bytes, other.reallocated_old_bytes),
        (&mut row.reallocated_new_bytes, other.reallocated_new_bytes),
    ] {
        *to = to.saturating_add(from);
    }
    row.net_bytes = row.net_bytes.saturating_add(other.net_bytes);
    row.retained_blocks = sum(row.retained_blocks, other.retained_blocks);
    row.retained_bytes = sum(row.retained_bytes, other.retained_bytes);
}

/// The sum of two figures; none as soon as one is not known.
pub(super) fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    Some(one?.saturating_add(other?))
}

fn merge_self(row: &mut SelfFigures, other: &SelfFigures) {
    for (to, from) in [
        (&mut row.allocations, other.allocations),
        (&mut row.allocated_bytes, other.allocated_bytes),
        (&mut row.deallocations, other.deallocations),
        (&mut row.deallocated_bytes, other.deallocated_bytes),
    ] {
        *to = to.saturating_add(from);
    }
    row.net_bytes = row.net_bytes.saturating_add(other.net_bytes);
    row.retained_blocks = sum(row.retained_blocks, other.retained_blocks);
    row.retained_bytes = sum(row.retained_bytes, other.retained_bytes);
}

fn merge_per_call(row: &mut PerCall, other: &PerCall, calls: (u64, u64)) -> bool {
    let allocated = merge_spread(&mut row.allocated_bytes, &other.allocated_bytes, calls);
    let peak = merge_spread(&mut row.peak_bytes, &other.peak_bytes, calls);
    allocated || peak
}

fn merge_spread(row: &mut Distribution, other: &Distribution, calls: (u64, u64)) -> bool {
    // Of calls that are all equal nothing has to be estimated.
    if row.exact && other.exact && row.min == other.min {
        return false;
    }
    let (ours, theirs) = (calls.0 as f64, calls.1 as f64);
    // The values are whole numbers and so is their sum: what a mean lost by its own rounding comes back.
    let sum = (row.mean * ours).round() + (other.mean * theirs).round();
    let mean = sum / (ours + theirs);
    // Only a damaged document has figures of no call.
    row.mean = if mean.is_finite() { mean } else { row.mean };
    let is_bounded = (row.p50, row.p95, row.p99) != (other.p50, other.p95, other.p99);
    row.min = row.min.min(other.min);
    row.max = row.max.max(other.max);
    row.p50 = row.p50.max(other.p50);
    row.p95 = row.p95.max(other.p95);
    row.p99 = row.p99.max(other.p99);
    row.max_relative_error = match is_bounded {
        true => MOST_RELATIVE_ERROR,
        false => row.max_relative_error.max(other.max_relative_error),
    };
    row.exact = false;
    is_bounded
}
