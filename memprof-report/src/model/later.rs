//! Places in the document that later versions fill.
//!
//! Writers of this version leave them empty or null. The types accept and drop whatever a later writer of
//! the same schema version puts there, so that this version keeps reading its reports.

use serde::{Deserialize, Serialize};

/// A call stack with what was allocated under it. Has no fields in this version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StackReport {}

/// Live bytes at a moment of the run. Has no fields in this version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelinePoint {}

/// How resident memory relates to live bytes. Has no fields in this version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fragmentation {}
