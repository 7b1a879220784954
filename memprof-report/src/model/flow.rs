//! The flow: who frees whose blocks.

use serde::{Deserialize, Serialize};

/// Blocks that one operation allocated and one freed. A cell of the matrix of operations.
///
/// ```
/// use memprof_report::FlowReport;
///
/// // Two blocks of the first operation were freed outside any.
/// let cell = FlowReport { from: Some(0), to: None, blocks: 2, bytes: 128 };
/// assert!(cell.from != cell.to);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowReport {
    /// The operation that allocated, as an index into [`Report::operations`](crate::Report::operations); null
    /// for work outside any.
    pub from: Option<usize>,
    /// The operation that freed or reallocated, likewise.
    pub to: Option<usize>,
    /// Blocks.
    pub blocks: u64,
    /// Their bytes.
    pub bytes: u64,
}
