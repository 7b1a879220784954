//! External memory: what no allocator sees and the program declares, by name and by who declared it.
//!
//! It is in no `allocated`, `live` or `retained` figure.

use serde::{Deserialize, Serialize};

/// Memory of one name that was declared while one path was the current one.
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
