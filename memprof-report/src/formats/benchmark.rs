//! Benchmark: the figures of the operations for github-action-benchmark, as `customSmallerIsBetter`.
//!
//! That action compares by name alone and fails on an empty list, so an empty one is an error here already,
//! where the reason is known.

use serde::Serialize;

use super::FormatError;
use super::error::Kind;
use crate::Report;
use crate::labels::called;

#[derive(Serialize)]
struct Entry {
    name: String,
    unit: &'static str,
    value: u64,
    extra: String,
}

/// The report as the list of a `customSmallerIsBetter` benchmark: for each operation that was called its
/// allocations, allocated bytes, peak and, with ownership, retained bytes.
///
/// ```
/// use memprof_report::{OperationReport, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// let error = formats::benchmark(&report).unwrap_err();
/// assert_eq!(error.to_string(), "no operation was called, and a benchmark cannot be empty");
///
/// report.operations.push(OperationReport { name: "Search".into(), calls: 1, peak_bytes: 7, ..Default::default() });
/// let list: serde_json::Value = serde_json::from_str(&formats::benchmark(&report)?)?;
/// assert_eq!(list[2]["name"], "Search: peak");
/// assert_eq!(list[2]["value"], 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Where memprof's allocator was not installed, or no operation was called.
pub fn benchmark(report: &Report) -> Result<String, FormatError> {
    if !report.run.allocator.installed {
        return Err(Kind::NotInstalled.into());
    }
    let mut entries = Vec::new();
    for (label, row) in called(report) {
        for (noun, unit, value) in [
            ("allocations", "allocations", Some(row.allocations)),
            ("allocated", "bytes", Some(row.allocated_bytes)),
            ("peak", "bytes", Some(row.peak_bytes)),
            ("retained", "bytes", row.retained_bytes),
        ] {
            entries.extend(value.map(|value| Entry {
                name: format!("{label}: {noun}"),
                unit,
                value,
                extra: format!("{}:{}", row.file, row.line),
            }));
        }
    }
    if entries.is_empty() {
        return Err(Kind::Empty.into());
    }
    let text = serde_json::to_string_pretty(&entries);
    text.map(|text| text + "\n")
        .map_err(|error| Kind::Json(error).into())
}
