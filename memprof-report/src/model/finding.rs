//! The findings: limits that were passed, and what the recorder could not count.

use serde::{Deserialize, Serialize};

/// A limit that was passed: of the configuration, or of what an operation declares.
///
/// ```
/// use memprof_report::{Report, Violation};
///
/// let mut report = Report::default();
/// assert!(report.violations.is_empty(), "every limit was kept");
/// report.violations.push(Violation {
///     threshold: "max_peak_usage_mb".into(),
///     limit_bytes: 1 << 20,
///     actual_bytes: 2 << 20,
///     message: "peak 2.0 MiB > 1.0 MiB (+100.0 %)".into(),
///     ..Default::default()
/// });
/// assert!(report.to_string().contains("VIOLATION max_peak_usage_mb: peak 2.0 MiB"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The key of the limit, e.g. `max_peak_usage_mb` or `budget.peak`.
    pub threshold: String,
    /// The operation that passed it, where it is known.
    pub operation: Option<String>,
    /// The path under which it was passed, outermost operation first, where it is known.
    pub path: Option<Vec<String>>,
    /// The source file of the operation.
    pub file: Option<String>,
    /// The line in `file`, from 1.
    pub line: Option<u32>,
    /// The limit, in bytes; 0 where its unit is another.
    pub limit_bytes: u64,
    /// What was reached, in bytes; 0 where the unit is another.
    pub actual_bytes: u64,
    /// Of a budget: the limit in its own unit, bytes or a number; may be negative.
    #[serde(default)]
    pub limit: Option<i64>,
    /// Of a budget: what was reached, in the same unit.
    #[serde(default)]
    pub actual: Option<i64>,
    /// The same in a sentence.
    pub message: String,
}

/// Something that the reader of the figures has to know, e.g. that no allocator was installed.
///
/// ```
/// use memprof_report::{Report, Warning};
///
/// let mut report = Report::default();
/// report.warnings.push(Warning { code: "guard-misused".into(), message: "2 guards were forgotten".into() });
/// assert!(report.to_string().contains("WARNING guard-misused: 2 guards were forgotten"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable name in kebab-case, e.g. `allocator-not-installed`.
    pub code: String,
    /// What it means and what to do about it.
    pub message: String,
}
