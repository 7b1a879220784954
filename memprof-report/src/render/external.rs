//! The section of external memory: a line for each name and path, most first.

use std::cmp::Reverse;

use super::color::Paint;
use super::text::{escaped, wrapped};
use super::units::{bytes, bytes_and_exact, count};
use crate::{ExternalReport, Report};

const INDENT: usize = 2;

/// `  shared ring: 8.00 MiB (8,388,608 bytes) in 2 regions, at most 16.0 MiB, by Index > Load`
///
/// Nothing where the program declared none.
pub(super) fn external(report: &Report, limit: usize, paint: Paint) -> String {
    let mut rows: Vec<&ExternalReport> = report.external.iter().collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|row| Reverse((row.bytes, row.peak_bytes)));
    let mut out = paint.bold("external memory, which no allocator sees") + "\n";
    for row in rows {
        let regions = if row.regions == 1 {
            "region"
        } else {
            "regions"
        };
        let line = format!(
            "{}: {} in {} {regions}, at most {}{}",
            escaped(&row.name),
            bytes_and_exact(row.bytes),
            count(row.regions),
            bytes(row.peak_bytes),
            by(report, row)
        );
        out.push_str(&" ".repeat(INDENT));
        out.push_str(&wrapped(&line, limit.saturating_sub(INDENT), 2 * INDENT));
        out.push('\n');
    }
    out
}

/// Who declared it; nothing where that was outside any operation.
fn by(report: &Report, row: &ExternalReport) -> String {
    match report.paths.get(row.path) {
        Some(path) if !path.path.is_empty() => format!(", by {}", escaped(&path.path.join(" > "))),
        _ => String::new(),
    }
}
