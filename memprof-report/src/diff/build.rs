//! The build: what a program was made by and for, as far as its figures depend on it.
//!
//! Another profile, target or allocator allocates otherwise, so a difference there says nothing about the
//! code: such reports are refused. Another compiler or memprof most often changes nothing: a notice.

use std::fmt;

use crate::Run;

/// Why two things were not compared, or merged, at all.
///
/// Neither a regression nor its absence: nothing is known. Its message names every reason.
///
/// ```
/// use memprof_report::{Baseline, Report};
///
/// // A report of a program without memprof's allocator: nothing was counted.
/// let refusal = Baseline::of_report(&Report::default()).unwrap_err();
/// assert!(refusal.to_string().starts_with("refused: "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(crate) reasons: Vec<String>,
}

impl Refusal {
    /// The reasons, a sentence each.
    ///
    /// ```
    /// use memprof_report::{Baseline, Report};
    ///
    /// let refusal = Baseline::of_report(&Report::default()).unwrap_err();
    /// assert_eq!(refusal.reasons().len(), 1);
    /// ```
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused: {}", self.reasons.join("; "))
    }
}

impl std::error::Error for Refusal {}

/// The build in a word each: `release x86_64-unknown-linux-gnu ownership`. Equal for builds that are alike.
pub(crate) fn label(run: &Run) -> String {
    let parts = [&run.profile, &run.target].map(|part| known(part));
    format!("{} {} {}", parts[0], parts[1], allocator(run))
}

/// Refuses what is not alike or was not counted.
pub(crate) fn alike(old: &Run, new: &Run) -> Result<(), Refusal> {
    let mut reasons = Vec::new();
    for (which, run) in [("old", old), ("new", new)] {
        if !run.allocator.installed {
            reasons.push(format!("the {which} run had {NOT_INSTALLED}"));
        }
    }
    for (noun, old, new) in [
        ("profile", known(&old.profile), known(&new.profile)),
        ("target", known(&old.target), known(&new.target)),
    ] {
        if old != new {
            reasons.push(format!("the {noun} was {old} and is {new}"));
        }
    }
    if reasons.is_empty() && old.allocator != new.allocator {
        let (old, new) = (allocator(old), allocator(new));
        reasons.push(format!("the allocator counted with {old} and now {new}"));
    }
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(Refusal { reasons }),
    }
}

/// Refuses a run of which no byte was counted.
pub(crate) fn counted(run: &Run) -> Result<(), Refusal> {
    match run.allocator.installed {
        true => Ok(()),
        false => Err(Refusal {
            reasons: vec![format!("the run had {NOT_INSTALLED}")],
        }),
    }
}

/// What differs and is compared all the same.
pub(crate) fn notices(old: &Run, new: &Run) -> Vec<String> {
    let version = |run: &Run| run.rustc_version.clone().unwrap_or_default();
    let (old_rustc, new_rustc) = (version(old), version(new));
    [
        ("program", &old.name, &new.name),
        ("version of rustc", &old_rustc, &new_rustc),
        (
            "version of memprof",
            &old.memprof_version,
            &new.memprof_version,
        ),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(noun, old, new)| format!("the {noun} was {} and is {}", known(old), known(new)))
    .collect()
}

const NOT_INSTALLED: &str = "no allocator of memprof installed, so that no byte was counted";

fn allocator(run: &Run) -> &'static str {
    match (run.allocator.installed, run.allocator.ownership) {
        (false, _) => "nothing",
        (true, false) => "counts",
        (true, true) => "ownership",
    }
}

fn known(part: &str) -> &str {
    if part.is_empty() { "unknown" } else { part }
}
