//! JSON: the report as a versioned document, its schema, and the file that holds it.

mod read;
mod write;

pub use read::ReadError;
pub use write::WriteError;

/// The JSON Schema (2020-12) of the document that this version writes.
///
/// It is strict, for those who check what memprof writes. Readers should be lenient as
/// [`Report::from_json`](crate::Report::from_json) is: later versions may add fields without a new
/// schema version.
///
/// ```
/// use memprof_report::SCHEMA_V1;
///
/// let schema: serde_json::Value = serde_json::from_str(SCHEMA_V1)?;
/// assert_eq!(schema["properties"]["schema_version"]["const"], 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const SCHEMA_V1: &str = include_str!("../../schema/report-v1.json");
