//! What is made of the recorder's numbers: snapshots, reports, files. Nothing here runs inside the allocator
//! or at a scope's boundary; everything here runs paused, so it never counts as the user's.

mod at_once;
mod begin;
pub(crate) mod bench;
pub(crate) mod budget;
pub mod config;
mod counts;
mod detail;
mod end;
mod external;
mod files;
mod foreign;
mod fragmentation;
mod index;
mod last_look;
mod leaks;
mod naming;
mod note;
mod peak;
mod probe;
mod profiler;
mod run;
mod say;
mod settings;
mod sites;
mod snapshot;
#[cfg(feature = "stacks")]
mod stacks;
#[cfg(not(feature = "stacks"))]
#[path = "no_stacks.rs"]
mod stacks;
mod tree;
mod violations;
mod warnings;
mod workers;

pub use self::external::{External, external};
pub use self::profiler::{Profiler, ProfilerBuilder, ProfilerError};
pub use self::sites::sites;
pub use self::snapshot::snapshot;

pub(crate) use self::say::say;

#[cfg(windows)]
pub(crate) use self::end::process_end_unreported;
pub(crate) use self::end::{process_end_arranged, process_ends, process_table_ends};
pub(crate) use self::note::process_note_ends;
pub(crate) use self::settings::process_starts;

/// Before `fork`: nobody holds a lock of this part, and nobody takes one.
pub(crate) fn before_fork() {
    stacks::before_fork();
    begin::before_fork();
    settings::before_fork();
    external::before_fork();
    budget::before_fork();
}

/// After `fork`, in both processes.
pub(crate) fn after_fork() {
    budget::after_fork();
    external::after_fork();
    settings::after_fork();
    begin::after_fork();
    stacks::after_fork();
}
