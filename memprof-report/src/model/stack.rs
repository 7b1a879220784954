//! The stack: a call stack under which memory was allocated, and the frames that stacks are made of.
//!
//! Stacks are sampled unless every allocation is recorded; then their figures are estimates, each with its
//! standard error beside it. The figures of [`PathReport`](crate::PathReport) stay the exact ones.
//! Frames stand once in [`Report::frames`](crate::Report::frames), whatever the number of stacks they are on.

use serde::{Deserialize, Serialize};

/// A place in the program's code that was on a call stack.
///
/// What the debug information does not tell is null. One address gives several frames where functions were
/// inlined: all but the last of them, the function that is really there, say so with `inlined`.
///
/// ```
/// use memprof_report::Frame;
///
/// let frame = Frame {
///     function: Some("search::index::build".into()),
///     file: Some("src/index.rs".into()),
///     line: Some(33),
///     ..Default::default()
/// };
/// assert!(!frame.inlined && frame.address.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The function with its path, demangled, e.g. `alloc::vec::Vec<T>::push`.
    pub function: Option<String>,
    /// The executable or library that the code is in, as a path.
    pub object: Option<String>,
    /// The source file, as the debug information has it.
    pub file: Option<String>,
    /// The line in `file`, from 1.
    pub line: Option<u32>,
    /// The column in `line`, from 1.
    pub column: Option<u32>,
    /// The address of the call in the running process.
    pub address: Option<u64>,
    /// How far behind the beginning of `object`, as it lies in memory, that address is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_offset: Option<u64>,
    /// Whether the function was inlined into the one of the next frame, its caller.
    pub inlined: bool,
}

/// A call stack with what was allocated under it while a path was the current one.
///
/// ```
/// use memprof_report::{Frame, Report, StackReport};
///
/// let mut report = Report::default();
/// report.frames.push(Frame { function: Some("search::index::build".into()), ..Default::default() });
/// report.stacks.push(StackReport { frames: vec![0], samples: 1, allocated_bytes: 64, ..Default::default() });
/// let leaf = &report.frames[report.stacks[0].frames[0]];
/// assert_eq!(leaf.function.as_deref(), Some("search::index::build"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StackReport {
    /// The path that was current, as an index into [`Report::paths`](crate::Report::paths).
    pub path: usize,
    /// Indexes into [`Report::frames`](crate::Report::frames), the leaf first: the function that allocated.
    pub frames: Vec<usize>,
    /// Whether more frames were there than are kept (`memory.stack_trace_depth`): the last of `frames` has a caller that
    /// is not known, so one function may begin several such stacks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Allocations that were recorded with this stack.
    pub samples: u64,
    /// Allocations under this stack: an estimate, or exact where all were recorded.
    pub allocations: u64,
    /// Bytes allocated under this stack: an estimate, or exact where all were recorded.
    pub allocated_bytes: u64,
    /// Blocks allocated under this stack that still live. Null without ownership.
    pub retained_blocks: Option<u64>,
    /// Bytes allocated under this stack that still live. Null without ownership.
    pub retained_bytes: Option<u64>,
    /// The standard error of the estimated bytes as a part of them, about 1 / √`samples`: 0.1 is 10 %. A finite
    /// number, 0.0 where every allocation was recorded.
    pub relative_standard_error: f64,
    /// The standard error of the estimated numbers of allocations and blocks as a part of them, 0.0 where every
    /// allocation was recorded. Null where it cannot be known: the sizes of those that were sampled differ so
    /// much that others, smaller and many, may have gone unseen.
    #[serde(default)]
    pub allocations_relative_standard_error: Option<f64>,
}

impl StackReport {
    /// How far off the estimated bytes may be, as a part of them: what is true lies within in 19 of 20 cases.
    /// 0.0 where every allocation was recorded.
    ///
    /// For many samples that is about twice the standard error. For a few it is more, since the standard
    /// error is then itself an estimate, and one that is small where the figures are too small: it is the
    /// score interval of a count with this standard error, made symmetric by its wider side. It neither
    /// allocates nor blocks.
    ///
    /// ```
    /// use memprof_report::StackReport;
    ///
    /// let stack = |samples: u64| StackReport {
    ///     samples,
    ///     relative_standard_error: 1.0 / (samples as f64).sqrt(),
    ///     ..Default::default()
    /// };
    /// assert!((stack(10_000).relative_margin() - 0.02).abs() < 0.001);
    /// assert!(stack(1).relative_margin() > 4.0);
    /// ```
    #[must_use]
    pub fn relative_margin(&self) -> f64 {
        margin(self.relative_standard_error)
    }

    /// The same of the estimated numbers of allocations and blocks; none where it cannot be known.
    ///
    /// ```
    /// use memprof_report::StackReport;
    ///
    /// let stack = StackReport { allocations_relative_standard_error: Some(0.01), ..Default::default() };
    /// assert!(stack.allocations_relative_margin() > Some(0.019));
    /// assert_eq!(StackReport::default().allocations_relative_margin(), None, "it cannot be known");
    /// ```
    #[must_use]
    pub fn allocations_relative_margin(&self) -> Option<f64> {
        self.allocations_relative_standard_error.map(margin)
    }
}

/// The wider side of the score interval of a count with that standard error.
fn margin(error: f64) -> f64 {
    /// Of the normal distribution, 19 of 20 lie within so many standard deviations.
    const DEVIATIONS: f64 = 1.96;
    // The number of equal samples that would have this error.
    let count = 1.0 / (error * error);
    if error <= 0.0 || !count.is_finite() {
        return 0.0;
    }
    let half = DEVIATIONS * DEVIATIONS / 2.0;
    (half + DEVIATIONS * (count + half / 2.0).sqrt()) / count
}
