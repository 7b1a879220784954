//! What is made of the recorder's numbers: snapshots, reports, files. Nothing here runs inside the allocator
//! or at a scope's boundary; everything here runs paused, so it never counts as the user's.

pub mod config;
mod end;
mod files;
mod naming;
mod probe;
mod profiler;
mod run;
mod say;
mod settings;
mod sites;
mod snapshot;
mod tree;
mod violations;
mod warnings;

pub use self::profiler::{Profiler, ProfilerBuilder, ProfilerError};
pub use self::sites::sites;
pub use self::snapshot::snapshot;

use self::say::say;

pub(crate) use self::end::{process_end_arranged, process_ends};
pub(crate) use self::settings::{after_fork, before_fork};
