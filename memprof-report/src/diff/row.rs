//! The row of a comparison: one subject, its verdict and the figures that changed.

use serde::{Deserialize, Serialize};

use crate::Metric;

/// What a row of a [`Diff`](crate::Diff) or an entry of a [`Baseline`](crate::Baseline) is about.
///
/// ```
/// use memprof_report::SubjectKind;
///
/// // Rows of a diff are in this order, but for the process, which is first.
/// assert!(SubjectKind::Operation < SubjectKind::Test && SubjectKind::Test < SubjectKind::Bench);
/// ```
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SubjectKind {
    /// An operation.
    #[default]
    Operation,
    /// A test with its figures.
    Test,
    /// A bench at one size of its input.
    Bench,
    /// The whole process.
    Process,
}

/// Which operation, test or bench it is.
///
/// ```
/// use memprof_report::{Subject, SubjectKind};
///
/// let subject = Subject::default();
/// assert_eq!((subject.kind, subject.line), (SubjectKind::Operation, None));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// What the user called it.
    pub name: String,
    /// The module that it stands in, where that is known.
    pub module: Option<String>,
    /// The function that it stands in, where that is known.
    pub function: Option<String>,
    /// The source file; empty where that is not known.
    pub file: String,
    /// The line in `file`, from 1: the new one where there are two. A baseline has none.
    pub line: Option<u32>,
    /// The column in `line`, from 1.
    pub column: Option<u32>,
}

/// Everything that tells subjects apart and does not move with the lines: file, kind, name, module, function.
pub(crate) type SubjectKey<'a> = (
    &'a str,
    SubjectKind,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
);

impl Subject {
    pub(crate) fn key(&self) -> SubjectKey<'_> {
        let (module, function) = (self.module.as_deref(), self.function.as_deref());
        (&self.file, self.kind, &self.name, module, function)
    }
}

/// What a comparison says of a subject or of one of its figures.
///
/// ```
/// use memprof_report::Verdict;
///
/// assert_eq!(Verdict::NotComparable.to_string(), "not comparable");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Some figure is worse by more than is let pass.
    Regressed,
    /// It cannot be said; the row's `reason` tells why.
    NotComparable,
    /// Some figure is better and none is worse.
    Improved,
    /// It is there, or called, only now.
    New,
    /// It is not there, or not called, any more.
    Gone,
    /// Every figure is as before, as far as that can be told and is let pass.
    Unchanged,
}

/// A subject of a comparison and what has become of it.
///
/// ```
/// # use memprof_report::{Diff, DiffOptions, Report, Verdict};
/// # let mut report = Report::default();
/// # report.run.allocator.installed = true;
/// let diff = Diff::between(&report, &report, &DiffOptions::default())?;
/// let process = &diff.rows[0];
/// assert_eq!((process.subject.name.as_str(), process.verdict), ("process", Verdict::Unchanged));
/// assert!(process.changes.is_empty());
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiffRow {
    /// Which operation, test or bench it is.
    pub subject: Subject,
    /// What has become of it.
    pub verdict: Verdict,
    /// Why it could not be compared; none for every other verdict.
    pub reason: Option<String>,
    /// The figures that are not what they were; all figures where the subject is new or gone.
    pub changes: Vec<Change>,
}

/// A figure that is not what it was.
///
/// ```
/// # use memprof_report::{Diff, DiffOptions, Metric, OperationReport, Report};
/// # let mut old = Report::default();
/// # old.run.allocator.installed = true;
/// # old.operations.push(OperationReport { name: "Search".into(), calls: 1, allocations: 4, ..Default::default() });
/// # let mut new = old.clone();
/// # new.operations[0].allocations = 6;
/// // "Search" made 4 allocations before and 6 now.
/// let diff = Diff::between(&old, &new, &DiffOptions::default())?;
/// let change = &diff.rows[1].changes[0];
/// assert_eq!((change.metric, change.old, change.new), (Metric::Allocations, Some(4), Some(6)));
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// Which figure it is.
    pub metric: Metric,
    /// What it was; none where the subject is new.
    pub old: Option<i128>,
    /// What it is; none where the subject is gone.
    pub new: Option<i128>,
    /// How far the difference can be from the true one, in the unit of the metric; 0 where both are exact.
    pub error: u64,
    /// [`Verdict::Regressed`], [`Verdict::Improved`], [`Verdict::New`], [`Verdict::Gone`], or
    /// [`Verdict::Unchanged`] where the difference is let pass or within the error.
    pub verdict: Verdict,
}

impl Change {
    /// New − old; none where one of them lacks.
    ///
    /// ```
    /// # use memprof_report::{Diff, DiffOptions, OperationReport, Report};
    /// # let mut old = Report::default();
    /// # old.run.allocator.installed = true;
    /// # old.operations.push(OperationReport { name: "Search".into(), calls: 1, allocations: 4, ..Default::default() });
    /// # let mut new = old.clone();
    /// # new.operations[0].allocations = 6;
    /// # let diff = Diff::between(&old, &new, &DiffOptions::default())?;
    /// # let change = &diff.rows[1].changes[0];
    /// // From 4 allocations to 6:
    /// assert_eq!(change.difference(), Some(2));
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    pub fn difference(&self) -> Option<i128> {
        Some(self.new?.saturating_sub(self.old?))
    }

    /// The difference as a share of the old figure: 0.05 is 5 % more. None where there is none, or where
    /// the old figure is zero.
    ///
    /// ```
    /// # use memprof_report::{Diff, DiffOptions, OperationReport, Report};
    /// # let mut old = Report::default();
    /// # old.run.allocator.installed = true;
    /// # old.operations.push(OperationReport { name: "Search".into(), calls: 1, allocations: 4, ..Default::default() });
    /// # let mut new = old.clone();
    /// # new.operations[0].allocations = 6;
    /// # let diff = Diff::between(&old, &new, &DiffOptions::default())?;
    /// # let change = &diff.rows[1].changes[0];
    /// // From 4 allocations to 6:
    /// assert_eq!(change.share(), Some(0.5));
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    pub fn share(&self) -> Option<f64> {
        let old = self.old.filter(|old| *old != 0)?;
        Some(self.difference()? as f64 / old.unsigned_abs() as f64)
    }
}
