//! The leak: what an operation still holds when the profiler ends, and how that went over its calls.
//!
//! What is still alive is exact. Its class is a judgement on the figures of `trend`, which are exact too but
//! taken now and then; `crate::leak` tells how it is made.

use serde::{Deserialize, Serialize};

/// What an operation allocated by itself and nobody has freed when the profiler ends.
///
/// ```
/// use memprof_report::{LeakClass, LeakReport, Report};
///
/// let mut report = Report::default();
/// report.leaks.push(LeakReport { class: LeakClass::Growing, retained_bytes: 4096, ..Default::default() });
/// let leaked = report.leaks.iter().filter(|leak| leak.class == LeakClass::Growing);
/// assert_eq!(leaked.map(|leak| leak.retained_bytes).sum::<u64>(), 4096);
/// ```
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
///
/// ```
/// use memprof_report::{LeakPath, TrendPoint};
///
/// let path = LeakPath {
///     calls: 2,
///     retained_blocks: 2,
///     retained_bytes: 48,
///     bytes_per_call: 24.0,
///     trend: vec![TrendPoint { calls: 2, retained_blocks: 2, retained_bytes: 48 }],
///     ..Default::default()
/// };
/// assert_eq!(path.trend.last().map(|end| end.retained_bytes), Some(path.retained_bytes));
/// ```
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
///
/// ```
/// use memprof_report::{Judgement, LeakClass, TrendPoint};
///
/// let point = |calls| TrendPoint { calls, retained_blocks: calls, retained_bytes: 24 * calls };
/// let trend: Vec<_> = (1..=20).map(point).collect();
/// assert_eq!(Judgement::of(&trend).class, LeakClass::Growing);
/// ```
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
///
/// ```
/// use memprof_report::LeakClass;
///
/// let worst = [LeakClass::Growing, LeakClass::Saturating, LeakClass::Recent].into_iter().max();
/// assert_eq!(worst, Some(LeakClass::Growing));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeakClass {
    /// It stopped growing though calls went on: a cache, a pool, a table.
    Saturating,
    /// Nearly all of it came with the newest tenth of the calls: maybe still in use.
    Recent,
    /// Its calls do not tell whether it grows: they are too few, it grew in few steps or more slowly each time, or most of it
    /// was freed at last.
    #[default]
    Undetermined,
    /// It grows with the calls: a leak.
    Growing,
}

impl LeakClass {
    /// The word for it, as in JSON.
    ///
    /// ```
    /// assert_eq!(memprof_report::LeakClass::Growing.name(), "growing");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Saturating => "saturating",
            Self::Recent => "recent",
            Self::Undetermined => "undetermined",
            Self::Growing => "growing",
        }
    }
}
