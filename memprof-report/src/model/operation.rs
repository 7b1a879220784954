//! The operation: a site as the user sees it, one row of the report.
//!
//! Its figures are inclusive: every byte allocated while the operation is on the current path, counted
//! once. What it did without nested operations stands apart, in [`SelfFigures`].

use serde::{Deserialize, Serialize};

use super::PerCall;
use crate::{Growth, GrowthClass};

/// One operation and what it allocated, nested operations included.
///
/// ```
/// use memprof_report::{OperationReport, Report};
///
/// let mut report = Report::default();
/// report.operations.push(OperationReport {
///     name: "Search".into(),
///     calls: 2,
///     allocated_bytes: 1536,
///     deallocated_bytes: 1024,
///     net_bytes: 512,
///     ..Default::default()
/// });
/// let search = report.operation("Search").expect("it is tracked");
/// assert_eq!(search.allocated_bytes - search.deallocated_bytes, 512);
/// assert_eq!(search.retained_bytes, None, "recorded without ownership");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OperationReport {
    /// What the user called it. Two operations may bear one name; their place tells them apart.
    pub name: String,
    /// The module that it stands in.
    pub module: String,
    /// The function that it stands in.
    pub function: String,
    /// The source file, as the compiler names it.
    pub file: String,
    /// The line in `file`, from 1.
    pub line: u32,
    /// The column in `line`, from 1.
    pub column: u32,
    /// How often it was entered, open calls and recursive entries included.
    pub calls: u64,
    /// Allocations, a reallocation being one.
    pub allocations: u64,
    /// Bytes asked for; a reallocation counts with its new size.
    pub allocated_bytes: u64,
    /// Deallocations, a reallocation being one.
    pub deallocations: u64,
    /// Bytes given back, whoever allocated them; a reallocation counts with its old size.
    pub deallocated_bytes: u64,
    /// `allocated_bytes` − `deallocated_bytes`; negative where it frees what others allocated.
    pub net_bytes: i64,
    /// Reallocations that succeeded.
    pub reallocations: u64,
    /// The sizes that blocks had before their reallocation, in bytes.
    pub reallocated_old_bytes: u64,
    /// The sizes that blocks had after their reallocation, in bytes.
    pub reallocated_new_bytes: u64,
    /// The highest growth above its entry level that one of its calls reached, in bytes.
    pub peak_bytes: u64,
    /// How much higher the true peak may be: 0 where `peak_bytes` is exact, as it is in reports of a whole process. In
    /// one of a part of its time the highest peak may have been before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub peak_error_bytes: u64,
    /// The same without nested operations. `self` in JSON.
    #[serde(rename = "self")]
    pub self_figures: SelfFigures,
    /// What one call takes; null as long as no call has finished.
    pub per_call: Option<PerCall>,
    /// Calls that have been entered and not yet left.
    pub open_calls: u64,
    /// Blocks that it allocated and that still live, whoever will free them. Null without ownership.
    pub retained_blocks: Option<u64>,
    /// Bytes that it allocated and that still live, whoever will free them. Null without ownership.
    pub retained_bytes: Option<u64>,
    /// Bytes that no allocator sees and that were declared while it was on the current path, now. In no
    /// other figure of the row.
    #[serde(default)]
    pub external_bytes: u64,
    /// The highest that `external_bytes` has been.
    #[serde(default)]
    pub peak_external_bytes: u64,
    /// How its calls grow with the size of their input; null where no call told its size.
    #[serde(default)]
    pub growth: Option<OperationGrowth>,
}

/// How the figures of an operation's calls grow with the size of their input, which they tell by
/// `memprof::size`.
///
/// ```
/// use memprof_report::{Growth, GrowthClass, OperationGrowth};
///
/// let growth = OperationGrowth {
///     declared: Some(GrowthClass::Linear),
///     allocated_bytes: Growth::fit(&[(10, 80), (100, 800), (1000, 8000)]),
///     ..Default::default()
/// };
/// assert_eq!(growth.allocated_bytes.class, growth.declared);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OperationGrowth {
    /// What was declared, where anything was.
    pub declared: Option<GrowthClass>,
    /// Of the bytes that a call allocates.
    pub allocated_bytes: Growth,
    /// Of the allocations of a call.
    pub allocations: Growth,
    /// Of a call's peak.
    pub peak_bytes: Growth,
}

/// What an operation did by itself, without nested operations.
///
/// Over all operations and the root, these add up to the figures of the process.
///
/// ```
/// use memprof_report::{OperationReport, SelfFigures};
///
/// let index = OperationReport {
///     allocated_bytes: 128,
///     self_figures: SelfFigures { allocated_bytes: 64, ..Default::default() },
///     ..Default::default()
/// };
/// let nested = index.allocated_bytes - index.self_figures.allocated_bytes;
/// assert_eq!(nested, 64);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfFigures {
    /// Allocations, a reallocation being one.
    pub allocations: u64,
    /// Bytes asked for; a reallocation counts with its new size.
    pub allocated_bytes: u64,
    /// Deallocations, a reallocation being one.
    pub deallocations: u64,
    /// Bytes given back, whoever allocated them; a reallocation counts with its old size.
    pub deallocated_bytes: u64,
    /// `allocated_bytes` − `deallocated_bytes`.
    pub net_bytes: i64,
    /// Blocks that it allocated by itself and that still live. Null without ownership.
    pub retained_blocks: Option<u64>,
    /// Bytes that it allocated by itself and that still live. Null without ownership.
    pub retained_bytes: Option<u64>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
