//! The report of memprof as plain data.
//!
//! A [`Report`] goes in, text comes out: this crate owns the report's model, its JSON form
//! and what renders it for people. It knows no allocator, no thread and
//! no clock, so that the recorder in the program and the command line read and show the very same thing.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod model;
mod quiet;

pub use model::{
    AllocatorInfo, Distribution, Fragmentation, OperationReport, PathReport, PerCall, Process,
    Report, Run, SCHEMA_VERSION, SelfFigures, StackReport, Stats, TimelinePoint, Violation,
    Warning,
};
