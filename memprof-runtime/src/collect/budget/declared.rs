//! The budget and the growth that `#[track]` declares of an operation, held against the figures of each report: what is not
//! kept is a violation there. Limits are of all calls together, but for peaks and those of single calls.

use super::sample::Sample;
use crate::record::copy::Copied;
use crate::record::site::Site;
use crate::record::sizes::Point;
use memprof_report::{
    Distribution, Excess, Growth, GrowthClass, GrowthVerdict, Limit, Metric, OperationGrowth,
    OperationReport, Report, Violation,
};
use std::collections::HashMap;

/// The limits of one operation.
#[derive(Debug)]
pub struct Declared {
    site: &'static Site,
    limits: &'static [Limit],
    growth: Option<GrowthClass>,
}

/// What the macros submit to `inventory`.
#[derive(Debug)]
pub struct DeclaredEntry(pub &'static Declared);

inventory::collect!(DeclaredEntry);

impl Declared {
    /// Called by generated code.
    pub const fn new(
        site: &'static Site,
        limits: &'static [Limit],
        growth: Option<GrowthClass>,
    ) -> Self {
        Self {
            site,
            limits,
            growth,
        }
    }
}

fn by_site() -> HashMap<*const Site, &'static Declared> {
    inventory::iter::<DeclaredEntry>()
        .map(|entry| (std::ptr::from_ref(entry.0.site), entry.0))
        .collect()
}

/// Puts how the calls of each operation grow, and may grow, into its row: one of `sites` each.
pub(in crate::collect) fn grow(
    copied: &Copied,
    sites: &[&'static Site],
    operations: &mut [OperationReport],
) {
    let declared = by_site();
    for (site, operation) in sites.iter().zip(operations) {
        let own = copied
            .points
            .iter()
            .filter(|point| point.site().is_some_and(|of| std::ptr::eq(of, *site)));
        let own: Vec<&Point> = own.collect();
        if own.is_empty() {
            continue;
        }
        let growth = |figure: fn(&Point) -> u128| {
            let mean = |sum: u128, point: &Point| {
                let calls = u128::from(point.calls.max(1));
                u64::try_from((sum + calls / 2) / calls).unwrap_or(u64::MAX)
            };
            let points = own
                .iter()
                .map(|point| (mean(point.size, point), mean(figure(point), point)));
            Growth::fit(&points.collect::<Vec<_>>())
        };
        let declared = declared.get(&std::ptr::from_ref(*site));
        operation.growth = Some(OperationGrowth {
            declared: declared.and_then(|declared| declared.growth),
            allocated_bytes: growth(|point| point.allocated_bytes),
            allocations: growth(|point| point.allocations),
            peak_bytes: growth(|point| point.peak_bytes),
        });
    }
}

/// The violations of every operation that was called, in the order of `sites`, which are those of the report's rows.
pub(in crate::collect) fn violations(
    copied: &Copied,
    sites: &[&'static Site],
    report: &Report,
) -> Vec<Violation> {
    let declared = by_site();
    let rows = sites.iter().zip(&report.operations);
    let is_part = report.run.before_ns > 0;
    let called = rows.filter(|(_, operation)| operation.calls > 0);
    called
        .filter_map(|(site, operation)| {
            let declared = declared.get(&std::ptr::from_ref(*site))?;
            let mut violations = declared.violations(copied, operation, is_part);
            violations.extend(declared.grows_too_much(operation));
            Some(violations)
        })
        .flatten()
        .collect()
}

impl Declared {
    fn violations(
        &self,
        copied: &Copied,
        operation: &OperationReport,
        is_part: bool,
    ) -> Vec<Violation> {
        let passed = |limit: &Limit| {
            let actual = actual(*limit, operation, is_part)?;
            (!limit.bound.allows(actual)).then_some((*limit, actual))
        };
        let passed: Vec<_> = self.limits.iter().filter_map(passed).collect();
        if passed.is_empty() {
            return Vec::new();
        }
        let sample = Sample::of_site(copied, self.site);
        let violation = |(limit, actual)| violation(self.site, limit, actual, &sample);
        passed.into_iter().map(violation).collect()
    }

    /// One violation for each figure that grows more steeply than declared.
    fn grows_too_much(&self, operation: &OperationReport) -> Vec<Violation> {
        let (Some(declared), Some(growth)) = (self.growth, &operation.growth) else {
            return Vec::new();
        };
        let figures = [
            (
                "growth.allocated",
                Metric::AllocatedBytes,
                &growth.allocated_bytes,
            ),
            (
                "growth.allocations",
                Metric::Allocations,
                &growth.allocations,
            ),
            ("growth.peak", Metric::PeakBytes, &growth.peak_bytes),
        ];
        let exceeded = figures
            .into_iter()
            .filter(|(_, _, growth)| growth.against(declared) == GrowthVerdict::Exceeded);
        exceeded
            .map(|(threshold, metric, growth)| Violation {
                threshold: threshold.to_owned(),
                operation: Some(operation.name.clone()),
                file: Some(operation.file.clone()),
                line: Some(operation.line),
                message: growth.line(metric, Some(declared)),
                ..Violation::default()
            })
            .collect()
    }
}

/// The figure of an operation that is held against a limit; none where it was not counted. In the report of a part of the time
/// peaks and extremes of calls may be off: what is certain is held against it.
fn actual(limit: Limit, operation: &OperationReport, is_part: bool) -> Option<i64> {
    let of_calls = |calls: &Distribution| {
        let error = if is_part {
            calls.max_relative_error
        } else {
            0.0
        };
        let min = (calls.min as f64 * (1.0 + error)).ceil() as u64;
        let max = (calls.max as f64 * (1.0 - error)).floor() as u64;
        let (min, max) = match error > 0.0 {
            true => (min, max),
            false => (calls.min, calls.max),
        };
        // What passes the limit: the least where that is too little, else the most.
        let is_short = !limit.bound.allows(signed(min)) && signed(min) < limit.bound.least;
        if is_short { min } else { max }
    };
    let per_call = operation.per_call.as_ref();
    let figure = match limit.metric {
        Metric::Allocations => operation.allocations,
        Metric::DeallocatedBytes => operation.deallocated_bytes,
        Metric::NetBytes => return Some(operation.net_bytes),
        Metric::PeakBytes => {
            let most = operation
                .peak_bytes
                .saturating_add(operation.peak_error_bytes);
            // Too little it is only where the most that it may have been is.
            match limit.bound.allows(signed(most)) || signed(most) < limit.bound.least {
                true => most,
                false => operation.peak_bytes.max(limit_least(limit)),
            }
        }
        Metric::RetainedBytes => operation.retained_bytes?,
        Metric::MaxCallAllocatedBytes => of_calls(&per_call?.allocated_bytes),
        Metric::MaxCallPeakBytes => of_calls(&per_call?.peak_bytes),
        _ => operation.allocated_bytes,
    };
    Some(signed(figure))
}

fn limit_least(limit: Limit) -> u64 {
    u64::try_from(limit.bound.least).unwrap_or(0)
}

fn signed(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}

fn violation(site: &'static Site, limit: Limit, actual: i64, sample: &Sample) -> Violation {
    let excess = Excess {
        limit,
        actual,
        name: None,
        place: None,
        largest: sample.largest(&Sample::default(), limit.metric),
        notes: Vec::new(),
    };
    let bytes = |figure: i64| match limit.metric.is_bytes() {
        true => u64::try_from(figure).unwrap_or(0),
        false => 0,
    };
    Violation {
        threshold: format!("budget.{}", limit.key()),
        operation: Some(site.name()),
        path: None,
        file: Some(site.file().to_owned()),
        line: Some(site.line()),
        limit_bytes: bytes(excess.passed()),
        actual_bytes: bytes(actual),
        limit: Some(excess.passed()),
        actual: Some(actual),
        message: excess.to_string(),
    }
}
