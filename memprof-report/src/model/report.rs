//! The report: all that is known about a run at one moment.
//!
//! A copy, not a view: it stays as it is while the program goes on. Neither making, holding, cloning,
//! printing nor dropping one counts in the user's figures; that is what the two brackets are for (see
//! `quiet.rs`), which are no part of the data: equality, `Debug` and JSON ignore them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    ExternalReport, FlowReport, Frame, LeakReport, OperationReport, PathReport, Process, Run,
    SizesReport, StackReport, TimelinePoint, Violation, Warning,
};
use crate::quiet::Bracket;
use crate::since::CallCounts;

/// The version of the JSON document that this crate writes, and the newest that it reads.
///
/// ```
/// use memprof_report::{Report, SCHEMA_VERSION};
///
/// let json = Report::default().to_json_pretty()?;
/// assert!(json.contains(&format!("\"schema_version\": {SCHEMA_VERSION}")));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const SCHEMA_VERSION: u32 = 1;

/// What a run allocated, by operation and by call path, at one moment.
///
/// Comes from the recorder (`memprof::snapshot()`, or the file that a profiler leaves) or from
/// [`Report::from_json`]. It is serde data, the same document in every format; its `Display` is the
/// table for a terminal.
///
/// Fields may be added in later versions, hence a report is made from [`Report::default`].
///
/// ```
/// use memprof_report::{Report, SCHEMA_VERSION};
///
/// let report = Report::default();
/// assert_eq!(report.schema_version, SCHEMA_VERSION);
/// assert!(report.operations.is_empty());
/// ```
#[derive(Serialize, Deserialize)]
pub struct Report {
    /// Stays the FIRST field: recording pauses here when the report is dropped.
    #[serde(skip)]
    opening: Bracket,

    /// The version of this document, [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Which program ran, how it was built, and what recorded it.
    pub run: Run,
    /// The figures of the whole process.
    pub process: Process,
    /// One row a site, never-called ones too, sorted by file, line and column.
    pub operations: Vec<OperationReport>,
    /// The call tree, one row a path. The row with the empty path is the root: work outside any operation.
    pub paths: Vec<PathReport>,
    /// The frames of `stacks`, each once. Empty where there are none, as in reports of older writers.
    #[serde(default)]
    pub frames: Vec<Frame>,
    /// Call stacks of allocations, by path. Empty where none were recorded.
    pub stacks: Vec<StackReport>,
    /// Memory that no allocator sees, by name and path. Empty where the program declared none, and in reports of
    /// older writers.
    #[serde(default)]
    pub external: Vec<ExternalReport>,
    /// Live bytes over time, oldest point first. Empty where none were recorded.
    pub timeline: Vec<TimelinePoint>,
    /// What operations still hold when the profiler ends, most bytes first. Empty before its end, without
    /// ownership, and in reports of older writers.
    #[serde(default)]
    pub leaks: Vec<LeakReport>,
    /// Sizes of blocks, by operation; without those that have nothing to say.
    #[serde(default)]
    pub sizes: Vec<SizesReport>,
    /// Which operation freed whose blocks; empty unless `heap_analysis.flow` is on.
    #[serde(default)]
    pub flow: Vec<FlowReport>,
    /// Limits that were passed.
    pub violations: Vec<Violation>,
    /// What could not be counted, or not as asked.
    pub warnings: Vec<Warning>,

    /// Of each of `operations` what its calls had, so that the report of a part can be made: no part of the data. Empty
    /// in a report that was read from a file.
    #[serde(skip)]
    counts: Vec<CallCounts>,

    /// Stays the LAST field: recording resumes here when the report is dropped.
    #[serde(skip)]
    closing: Bracket,
}

impl Report {
    /// Makes the report call `pause` before and `resume` after it works on its own memory: when it is
    /// dropped, cloned, printed or written. Clones inherit both.
    ///
    /// For the recorder. Both act on the calling thread and must nest; neither may panic.
    #[doc(hidden)]
    #[must_use]
    pub fn quiet(mut self, pause: fn(), resume: fn()) -> Self {
        // Set through the bracket: replacing the bracket itself would drop, and so run, the former one.
        self.opening.0 = Some(pause);
        self.closing.0 = Some(resume);
        self
    }

    /// Says what the calls of each operation had. For the recorder.
    #[doc(hidden)]
    pub fn set_call_counts(&mut self, counts: Vec<CallCounts>) {
        self.counts = counts;
    }

    /// What the calls of each operation had; nothing where it is not known.
    pub(crate) fn call_counts(&self) -> &[CallCounts] {
        match self.counts.len() == self.operations.len() {
            true => &self.counts,
            false => &[],
        }
    }

    /// The first and the last field.
    pub(crate) fn brackets(&self) -> (&Bracket, &Bracket) {
        (&self.opening, &self.closing)
    }
}

impl Default for Report {
    /// A report of the current schema version in which nothing happened.
    fn default() -> Self {
        Self {
            opening: Bracket::default(),
            schema_version: SCHEMA_VERSION,
            run: Run::default(),
            process: Process::default(),
            operations: Vec::new(),
            paths: Vec::new(),
            frames: Vec::new(),
            stacks: Vec::new(),
            external: Vec::new(),
            timeline: Vec::new(),
            leaks: Vec::new(),
            sizes: Vec::new(),
            flow: Vec::new(),
            violations: Vec::new(),
            warnings: Vec::new(),
            counts: Vec::new(),
            closing: Bracket::default(),
        }
    }
}

impl Clone for Report {
    fn clone(&self) -> Self {
        let _quiet = self.pause();
        let mut copy = Self {
            opening: Bracket::default(),
            schema_version: self.schema_version,
            run: self.run.clone(),
            process: self.process.clone(),
            operations: self.operations.clone(),
            paths: self.paths.clone(),
            frames: self.frames.clone(),
            stacks: self.stacks.clone(),
            external: self.external.clone(),
            timeline: self.timeline.clone(),
            leaks: self.leaks.clone(),
            sizes: self.sizes.clone(),
            flow: self.flow.clone(),
            violations: self.violations.clone(),
            warnings: self.warnings.clone(),
            counts: self.counts.clone(),
            closing: Bracket::default(),
        };
        // Only now that the copy is whole: half of a pair would unbalance an unwind out of the clones above.
        copy.opening.0 = self.opening.0;
        copy.closing.0 = self.closing.0;
        copy
    }
}

impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        // Taken apart, so that a new field cannot be forgotten here.
        let Self {
            opening: _,
            schema_version,
            run,
            process,
            operations,
            paths,
            frames,
            stacks,
            external,
            timeline,
            leaks,
            sizes,
            flow,
            violations,
            warnings,
            counts: _,
            closing: _,
        } = self;
        *schema_version == other.schema_version
            && *run == other.run
            && *process == other.process
            && *operations == other.operations
            && *paths == other.paths
            && *frames == other.frames
            && *stacks == other.stacks
            && *external == other.external
            && *timeline == other.timeline
            && *leaks == other.leaks
            && *sizes == other.sizes
            && *flow == other.flow
            && *violations == other.violations
            && *warnings == other.warnings
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("schema_version", &self.schema_version)
            .field("run", &self.run)
            .field("process", &self.process)
            .field("operations", &self.operations)
            .field("paths", &self.paths)
            .field("frames", &self.frames)
            .field("stacks", &self.stacks)
            .field("external", &self.external)
            .field("timeline", &self.timeline)
            .field("leaks", &self.leaks)
            .field("sizes", &self.sizes)
            .field("flow", &self.flow)
            .field("violations", &self.violations)
            .field("warnings", &self.warnings)
            .finish()
    }
}
