//! What stands in the place of `collect/` where the feature `report` is off: a library asks for what it is instrumented with,
//! and the program that installs the allocator brings the reports.

#[path = "collect/external.rs"]
mod external;
#[path = "collect/index.rs"]
mod index;

pub use self::external::{External, external};

pub(crate) fn process_starts() {}

pub(crate) fn process_end_arranged() {}

pub(crate) fn process_ends() {}

pub(crate) fn process_table_ends() {}

#[cfg(windows)]
pub(crate) fn process_end_unreported() {}

pub(crate) fn process_note_ends() {}

pub(crate) fn before_fork() {
    external::before_fork();
}

pub(crate) fn after_fork() {
    external::after_fork();
}

/// What `#[budget]` does with a call.
///
/// # Panics
/// Where calls are judged: a limit that nobody looks at would be kept in silence.
#[doc(hidden)]
#[track_caller]
pub fn cannot_judge(is_judged: bool) {
    assert!(
        !is_judged,
        "this budget is not judged: memprof has its feature `track` alone; give the tests memprof's default features, in \
         `[dev-dependencies]`"
    );
}
