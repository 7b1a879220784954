//! The figures: what is compared of an operation, of the process and of a measured piece of work.
//!
//! Each comes with its error, so that what is not exact is never held to be. A figure that was not counted
//! is not there.

use std::collections::BTreeMap;

use crate::{Distribution, Metric, OperationReport, Process, Stats};

/// Figures by their metric.
pub(crate) type Figures = BTreeMap<Metric, Figure>;

/// A number, and how far the true one can be from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figure {
    /// Wide enough for every count and for its difference to any other.
    pub(crate) value: i128,
    /// Zero where it is exact.
    pub(crate) error: u64,
}

impl Figure {
    pub(crate) fn exact(value: impl Into<i128>) -> Self {
        let value = value.into();
        Self { value, error: 0 }
    }
}

/// What is compared of an operation.
pub(crate) fn of_operation(row: &OperationReport) -> Figures {
    let mut figures = Figures::from([
        (Metric::Calls, Figure::exact(row.calls)),
        (Metric::Allocations, Figure::exact(row.allocations)),
        (Metric::AllocatedBytes, Figure::exact(row.allocated_bytes)),
        (
            Metric::DeallocatedBytes,
            Figure::exact(row.deallocated_bytes),
        ),
        (Metric::NetBytes, Figure::exact(row.net_bytes)),
        (
            Metric::PeakBytes,
            Figure {
                error: row.peak_error_bytes,
                ..Figure::exact(row.peak_bytes)
            },
        ),
    ]);
    let retained = [
        (Metric::RetainedBlocks, row.retained_blocks),
        (Metric::RetainedBytes, row.retained_bytes),
    ];
    for (metric, known) in retained {
        figures.extend(known.map(|number| (metric, Figure::exact(number))));
    }
    if let Some(per_call) = &row.per_call {
        let metrics = [
            Metric::MinCallAllocatedBytes,
            Metric::MaxCallAllocatedBytes,
            Metric::P50CallAllocatedBytes,
            Metric::P95CallAllocatedBytes,
            Metric::P99CallAllocatedBytes,
        ];
        figures.extend(of_distribution(metrics, &per_call.allocated_bytes));
        let metrics = [
            Metric::MinCallPeakBytes,
            Metric::MaxCallPeakBytes,
            Metric::P50CallPeakBytes,
            Metric::P95CallPeakBytes,
            Metric::P99CallPeakBytes,
        ];
        figures.extend(of_distribution(metrics, &per_call.peak_bytes));
    }
    figures
}

/// What lies somewhere in the spread of an operation's calls.
pub(crate) const PERCENTILES: [Metric; 6] = [
    Metric::P50CallAllocatedBytes,
    Metric::P95CallAllocatedBytes,
    Metric::P99CallAllocatedBytes,
    Metric::P50CallPeakBytes,
    Metric::P95CallPeakBytes,
    Metric::P99CallPeakBytes,
];

/// What is compared of the process.
pub(crate) fn of_process(process: &Process) -> Figures {
    let peak = Figure {
        error: process.peak_error_bytes,
        ..Figure::exact(process.peak_live_bytes)
    };
    Figures::from([
        (Metric::Allocations, Figure::exact(process.allocations)),
        (
            Metric::AllocatedBytes,
            Figure::exact(process.allocated_bytes),
        ),
        (
            Metric::DeallocatedBytes,
            Figure::exact(process.deallocated_bytes),
        ),
        (Metric::LiveBlocks, Figure::exact(process.live_blocks)),
        (Metric::LiveBytes, Figure::exact(process.live_bytes)),
        (Metric::PeakLiveBytes, peak),
    ])
}

/// What is compared of a test or a bench.
pub(crate) fn of_stats(stats: &Stats) -> Figures {
    Figures::from([
        (Metric::Allocations, Figure::exact(stats.allocations)),
        (Metric::AllocatedBytes, Figure::exact(stats.allocated_bytes)),
        (
            Metric::DeallocatedBytes,
            Figure::exact(stats.deallocated_bytes),
        ),
        (Metric::NetBytes, Figure::exact(stats.net_bytes)),
        (Metric::PeakBytes, Figure::exact(stats.peak_bytes)),
    ])
}

/// In the order minimum, maximum, median, 95 and 99 of 100. The first two are always exact.
fn of_distribution(metrics: [Metric; 5], spread: &Distribution) -> [(Metric, Figure); 5] {
    let [min, max, p50, p95, p99] = metrics;
    let near = |value: u64| Figure {
        // Rounded up; whatever stands in a file, the conversion of a float ends at its bounds.
        error: match spread.exact {
            true => 0,
            false => (value as f64 * spread.max_relative_error).ceil() as u64,
        },
        ..Figure::exact(value)
    };
    [
        (min, Figure::exact(spread.min)),
        (max, Figure::exact(spread.max)),
        (p50, near(spread.p50)),
        (p95, near(spread.p95)),
        (p99, near(spread.p99)),
    ]
}
