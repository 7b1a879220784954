//! The model: every noun of a report, as plain data.
//!
//! Field names and their order are those of the JSON document, units are in the names (`_bytes`,
//! `_ns`), integers are raw. Only [`SelfFigures`] bears another name there: `self`, which is a keyword
//! here. Nothing in this module computes.

mod distribution;
mod external;
mod finding;
mod flow;
mod fragmentation;
mod leak;
mod operation;
mod path;
mod process;
mod report;
mod run;
mod sizes;
mod stack;
mod stats;
mod timeline;

pub use distribution::{Distribution, PerCall};
pub use external::ExternalReport;
pub use finding::{Violation, Warning};
pub use flow::FlowReport;
pub use fragmentation::{Fragmentation, MemoryParts};
pub use leak::{LeakClass, LeakPath, LeakReport, TrendPoint};
pub use operation::{OperationGrowth, OperationReport, SelfFigures};
pub use path::PathReport;
pub use process::Process;
pub use report::{Report, SCHEMA_VERSION};
pub use run::{AllocatorInfo, Run};
pub use sizes::{SizeClass, SizesReport};
pub use stack::{Frame, StackReport};
pub use stats::Stats;
pub use timeline::TimelinePoint;
