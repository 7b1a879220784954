//! The report of memprof as plain data.
//!
//! A [`Report`] goes in, text comes out: this crate owns the report's model, its JSON form (version
//! 1, described by [`SCHEMA_V1`]) and what renders it for people. It knows no allocator, no thread and
//! no clock, so that the recorder in the program and the command line read and show the very same thing.
//!
//! ```
//! use memprof_report::{OperationReport, Report};
//!
//! let mut report = Report::default();
//! report.operations.push(OperationReport { name: "Search".into(), calls: 1, ..Default::default() });
//!
//! let json = report.to_json_pretty()?;
//! assert_eq!(Report::from_json(&json)?, report);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod formats;

mod baseline;
mod budget;
mod diff;
mod growth;
mod json;
mod labels;
mod leak;
mod library;
mod merge;
mod metric;
mod model;
mod query;
mod quiet;
mod render;
mod selection;
mod since;
mod whole;

pub use baseline::{Baseline, BaselineEntry, BaselineError};
pub use budget::{Bound, Excess, Limit, Part};
pub use diff::{
    Allowance, Change, Diff, DiffOptions, DiffRow, Refusal, Subject, SubjectKind, Verdict,
};
pub use growth::{Growth, GrowthClass, GrowthVerdict};
pub use json::{ReadError, SCHEMA_V1, WriteError};
pub use leak::Judgement;
pub use metric::{Metric, UnknownName};
pub use model::{
    AllocatorInfo, Distribution, ExternalReport, FlowReport, Fragmentation, Frame, LeakClass,
    LeakPath, LeakReport, MemoryParts, OperationGrowth, OperationReport, PathReport, PerCall,
    Process, Report, Run, SCHEMA_VERSION, SelfFigures, SizeClass, SizesReport, StackReport, Stats,
    TimelinePoint, TrendPoint, Violation, Warning,
};
pub use render::{Table, TableOptions, Tree};
pub use selection::{Selected, Selection, SortKey};
#[doc(hidden)]
pub use since::{CallCounts, Counted, InputCounts, ValueCounts};
#[doc(hidden)]
pub use whole::write_whole;
