//! What the calls of each operation had, for the difference of two reports (`Report::since`).

use super::tree::Tree;
use crate::record::copy::Copied;
use crate::record::histogram::MetricCopy;
use memprof_report::{CallCounts, Counted, InputCounts, OperationReport, ValueCounts};

/// Those of each of `operations`, which are the rows of the tree's sites.
pub(super) fn collect(
    tree: &Tree<'_>,
    copied: &Copied,
    operations: &[OperationReport],
) -> Vec<CallCounts> {
    let mut all = vec![CallCounts::default(); operations.len()];
    for (site, per_call) in copied.sites.iter().zip(&copied.per_call) {
        let Some(row) = tree.row_of_site(site) else {
            continue;
        };
        let finished = operations[row]
            .calls
            .saturating_sub(operations[row].open_calls);
        all[row].allocated = values(&per_call.allocated, finished);
        all[row].peak = values(&per_call.peak, finished);
    }
    for point in &copied.points {
        let Some(row) = point.site().and_then(|site| tree.row_of_site(site)) else {
            continue;
        };
        all[row].sizes.push(InputCounts {
            bucket: point.bucket,
            calls: point.calls,
            size: point.size,
            allocated_bytes: point.allocated_bytes,
            allocations: point.allocations,
            peak_bytes: point.peak_bytes,
        });
    }
    all
}

fn values(metric: &MetricCopy, finished: u64) -> ValueCounts {
    let mut metric = metric.clone();
    metric.add_zeroes(finished);
    let counts = metric
        .buckets()
        .map(|([least, value, most], calls)| Counted {
            least,
            value,
            most,
            calls,
        });
    ValueCounts {
        sum: metric.sum,
        counts: counts.collect(),
    }
}
