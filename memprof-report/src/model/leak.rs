//! The leak: what an operation still holds when the profiler ends, and how that went over its calls.
//!
//! What is still alive is exact. Its class is a judgement on the figures of `trend`, which are exact too but
//! taken now and then; `crate::leak` tells how it is made.

use serde::{Deserialize, Serialize};

/// What an operation allocated by itself and nobody has freed when the profiler ends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LeakReport {
    /// The operation, as an index into [`Report::operations`](crate::Report::operations).
    pub operation: usize,
    /// The most alarming class of its paths.
    pub class: LeakClass,
    /// Its finished calls.
    pub calls: u64,
    /// Blocks that it holds.
    pub retained_blocks: u64,
    /// Bytes that it holds.
    pub retained_bytes: u64,
    /// `retained_bytes` over `calls`; a finite number, 0.0 where no call has finished.
    pub bytes_per_call: f64,
    /// Of `retained_blocks`, those that came with the newest tenth of the calls.
    pub tail_blocks: u64,
    /// Of `retained_bytes`, those that came with the newest tenth of the calls.
    pub tail_bytes: u64,
    /// The same by path, most bytes first.
    pub paths: Vec<LeakPath>,
}

/// What is left of one path of an operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LeakPath {
    /// The path, as an index into [`Report::paths`](crate::Report::paths).
    pub path: usize,
    /// What its trend is judged to be.
    pub class: LeakClass,
    /// Its finished calls.
    pub calls: u64,
    /// Blocks that it holds.
    pub retained_blocks: u64,
    /// Bytes that it holds.
    pub retained_bytes: u64,
    /// `retained_bytes` over `calls`; a finite number, 0.0 where no call has finished.
    pub bytes_per_call: f64,
    /// Of `retained_blocks`, those that came with the newest tenth of the calls.
    pub tail_blocks: u64,
    /// Of `retained_bytes`, those that came with the newest tenth of the calls.
    pub tail_bytes: u64,
    /// What it held after so many of its calls, oldest point first, the end last.
    pub trend: Vec<TrendPoint>,
}

/// What a path held after a number of its calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// Finished calls up to that moment.
    pub calls: u64,
    /// Blocks allocated there that lived.
    pub retained_blocks: u64,
    /// Bytes allocated there that lived.
    pub retained_bytes: u64,
}

/// How what is retained goes with the calls. The later one is the more alarming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeakClass {
    /// It stopped growing though calls went on: a cache, a pool, a table.
    Saturating,
    /// Nearly all of it came with the newest tenth of the calls: maybe still in use.
    Recent,
    /// Its calls do not tell whether it grows: they are too few, or most of what grew was freed at last.
    #[default]
    Undetermined,
    /// It grows with the calls: a leak.
    Growing,
}

impl LeakClass {
    /// The word for it, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Saturating => "saturating",
            Self::Recent => "recent",
            Self::Undetermined => "undetermined",
            Self::Growing => "growing",
        }
    }
}
