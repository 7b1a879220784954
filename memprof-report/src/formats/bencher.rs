//! Bencher: the figures of the operations as Bencher Metric Format, for bencher.dev.

use std::collections::BTreeMap;

use serde::Serialize;

use super::FormatError;
use super::error::Kind;
use crate::Report;
use crate::labels::called;

/// A figure; it has no bounds, since it is exact.
#[derive(Serialize)]
struct Value {
    value: u64,
}

/// The report in Bencher Metric Format: for each operation that was called its allocations, allocated bytes,
/// peak and, with ownership, retained bytes.
///
/// ```
/// use memprof_report::{OperationReport, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.operations.push(OperationReport { name: "Search".into(), calls: 1, peak_bytes: 7, ..Default::default() });
/// let document: serde_json::Value = serde_json::from_str(&formats::bencher(&report)?)?;
/// assert_eq!(document["Search"]["peak-bytes"]["value"], 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Where memprof's allocator was not installed.
pub fn bencher(report: &Report) -> Result<String, FormatError> {
    if !report.run.allocator.installed {
        return Err(Kind::NotInstalled.into());
    }
    let mut document: BTreeMap<String, BTreeMap<&str, Value>> = BTreeMap::new();
    for (name, row) in called(report) {
        let figures = [
            ("allocations", Some(row.allocations)),
            ("allocated-bytes", Some(row.allocated_bytes)),
            ("peak-bytes", Some(row.peak_bytes)),
            ("retained-bytes", row.retained_bytes),
        ];
        let known = figures.into_iter();
        let known = known.filter_map(|(name, value)| Some((name, Value { value: value? })));
        document.insert(name, known.collect());
    }
    let text = serde_json::to_string_pretty(&document);
    text.map(|text| text + "\n")
        .map_err(|error| Kind::Json(error).into())
}
