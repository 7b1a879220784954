//! External memory: what no allocator sees and the program declares, by name and by who declared it.
//!
//! It is in no `allocated`, `live` or `retained` figure.

use serde::{Deserialize, Serialize};

/// Memory of one name that was declared while one path was the current one.
///
/// ```
/// use memprof_report::{ExternalReport, Report};
///
/// let mut report = Report::default();
/// report.external.push(ExternalReport { name: "shared ring".into(), regions: 1, bytes: 4096, peak_bytes: 4096, ..Default::default() });
/// assert_eq!(report.external.iter().map(|row| row.bytes).sum::<u64>(), 4096);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalReport {
    /// What the program calls it, e.g. `shared ring`.
    pub name: String,
    /// The path that was current, as an index into [`Report::paths`](crate::Report::paths).
    pub path: usize,
    /// How many regions of it there are, now.
    pub regions: u64,
    /// Their bytes, now.
    pub bytes: u64,
    /// The highest that `bytes` has been.
    pub peak_bytes: u64,
}
