//! A skill matching service: which candidates have the skills that a job requires, by likeness of meaning.
//!
//! It is here twice, as it was written first and as it is since its memory was looked at:
//!
//! ```text
//! texts -> people  -> embed (cached model) -> similarity -> matching -> the best candidates
//!          (parse)                            `-------- version/ --------'
//!                                              before: a full matrix of owned cells
//!                                              after:  a row at a time, borrowed, with capacity
//! ```
//!
//! Both give the same answer. Each stage is one tracked operation, in `stage`, whichever version fills it, so
//! reports of both can be compared stage by stage.

#![forbid(unsafe_code)]

pub mod allocator;
pub mod embed;
pub mod error;
pub mod people;
pub mod stage;
pub mod version;

pub use error::{Error, Result};
pub use version::{Match, Version};

/// How many candidates an answer has at most.
pub const TOP: usize = 5;

/// The best candidates for a job, from two texts.
///
/// # Errors
/// When a line of a text cannot be read.
pub fn find(version: Version, candidates: &str, required: &str) -> Result<Vec<Match>> {
    stage::skill_matching(|| match version {
        Version::Before => version::before::find(candidates, required),
        Version::After => version::after::find(candidates, required),
    })
}
