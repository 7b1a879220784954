//! The two versions: how the service was written first, and how it is since.

pub mod after;
pub mod before;

use std::cmp::Ordering;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Version {
    /// As it was written first.
    Before,
    /// As it is since its memory was looked at.
    After,
}

/// A candidate of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The candidate's.
    pub name: String,
    /// The mean over the required skills of how alike the candidate's best one is, from -1 to 1.
    pub score: f32,
}

/// The better one first; of equals the one that came first.
fn by_score(a: (f32, usize), b: (f32, usize)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}
