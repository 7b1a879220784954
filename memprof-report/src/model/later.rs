//! A place in the document that later versions fill.
//!
//! Writers of this version leave it null. The type accepts and drops whatever a later writer of the same
//! schema version puts there, so that this version keeps reading its reports.

use serde::{Deserialize, Serialize};

/// How resident memory relates to live bytes. Has no fields in this version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fragmentation {}
