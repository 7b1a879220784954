//! The flow: who frees whose blocks.

use serde::{Deserialize, Serialize};

/// Blocks that one operation allocated and one freed. A cell of the matrix of operations.
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
