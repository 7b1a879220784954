//! Budgets: what a piece of work may take, and what is said when it took more.
//!
//! `slot` gives a call an operation of its own, `sample` adds up what was done under one, with the nested
//! operations apart; `assertion` holds a closure against a bound, `check` a call of a `#[budget]` function
//! (`call` is what generated code makes of it, `company` what its figures leave out), both of which panic; `declared` holds an operation against
//! the budget of its `#[track]` and gives violations.

pub(super) mod declared;

mod allowed;
mod assertion;
mod call;
mod check;
mod company;
mod sample;
mod slot;

pub(super) use self::company::warnings;
#[cfg(feature = "bench")]
pub(super) use self::sample::Sample;
pub(super) use self::slot::fold_twins;

pub use self::allowed::{Allowed, Literal};
pub use self::assertion::{assert_allocations, assert_peak, assert_retained};
pub use self::call::{Budgeted, Outcome, OutcomeOfAny, OutcomeOfResult, Polls, exceeded};
pub use self::check::Check;
pub use self::declared::{Declared, DeclaredEntry};

/// Said where there are too many calls at a time to tell apart, or too many that left something behind.
const CROWDED: &str = "of too many calls at a time, so only what its own thread did is counted";

use super::probe::is_allocator_installed;

pub(super) fn before_fork() {
    slot::before_fork();
    company::before_fork();
}

pub(super) fn after_fork() {
    company::after_fork();
    slot::after_fork();
}

/// An assertion on figures that nobody counts would pass in silence.
#[track_caller]
fn require_allocator(what: &str) {
    if !is_allocator_installed() {
        panic!(
            "{what} counts nothing: no allocator installed; add `#[global_allocator] static ALLOC: \
             memprof::Allocator = memprof::Allocator::system();` to this program"
        );
    }
}

/// Nor does it know who owns what without footers.
#[track_caller]
fn require_ownership(what: &str) {
    if !crate::record::registry::is_owning() {
        panic!(
            "{what} cannot know what is retained under `CountingAllocator`: install `memprof::Allocator`"
        );
    }
}
