//! The diff: what has become of the operations of one report in another.
//!
//! Exact figures are compared exactly; a figure with an error only beyond it; what was not counted not at
//! all. Reports of unlike builds are refused rather than compared. A site that was never called has no
//! figures and counts as not there.

mod build;
mod compare;
pub(crate) mod figures;
mod options;
mod pairs;
mod row;

pub use build::Refusal;
pub use options::{Allowance, DiffOptions};
pub use row::{Change, DiffRow, Subject, SubjectKind, Verdict};

pub(crate) use build::{alike, counted, label, notices};
pub(crate) use compare::row;
pub(crate) use pairs::{Item, Pair, pairs};
pub(crate) use row::SubjectKey;

use serde::{Deserialize, Serialize};

use crate::query::PERCENTILES_MERGED;
use crate::{OperationReport, Report};
use figures::PERCENTILES;

/// What changed between two reports, or since a baseline. Plain data; its `Display` is a table.
///
/// ```
/// use memprof_report::{Diff, DiffOptions, OperationReport, Report, Verdict};
///
/// let mut old = Report::default();
/// old.run.allocator.installed = true;
/// old.operations.push(OperationReport {
///     name: "Search".into(),
///     file: "src/search.rs".into(),
///     line: 41,
///     calls: 1,
///     peak_bytes: 2000,
///     ..Default::default()
/// });
/// let mut new = old.clone();
/// // The line moved, and the peak is one byte higher.
/// new.operations[0].line = 57;
/// new.operations[0].peak_bytes = 2001;
///
/// let diff = Diff::between(&old, &new, &DiffOptions::default())?;
/// // The first row is the process.
/// assert_eq!(diff.rows[1].verdict, Verdict::Regressed);
/// assert!(diff.is_regression());
/// assert_eq!(diff.summary_line(), r#"1 regressed: peak of "Search" +1 B (+0.05 %)"#);
/// # Ok::<(), memprof_report::Refusal>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diff {
    /// One row a subject, the process first where it was compared, then operations, tests and benches, each
    /// sorted by file and name.
    pub rows: Vec<DiffRow>,
    /// What the reader has to know beside the rows: other versions, and what is to do.
    pub notices: Vec<String>,
    /// Whether the row of the process can be a regression, see [`DiffOptions::gate_process`].
    pub gates_process: bool,
}

impl Diff {
    /// Compares two reports.
    ///
    /// Operations are the same where name, module, function and file are; several of those in the order of
    /// their lines. Percentiles are left out where one of the reports is merged of several processes, so that they
    /// are upper bounds; a notice says so.
    ///
    /// ```
    /// use memprof_report::{Diff, DiffOptions, Report};
    ///
    /// let mut report = Report::default();
    /// report.run.allocator.installed = true;
    /// let mut other = report.clone();
    /// assert!(Diff::between(&report, &other, &DiffOptions::default()).is_ok());
    ///
    /// other.run.profile = "release".into();
    /// let refusal = Diff::between(&report, &other, &DiffOptions::default()).unwrap_err();
    /// assert_eq!(refusal.reasons().len(), 1);
    /// ```
    ///
    /// # Errors
    /// Where profile, target or allocator differ, or the allocator was not installed in one of the runs.
    pub fn between(old: &Report, new: &Report, options: &DiffOptions) -> Result<Self, Refusal> {
        alike(&old.run, &new.run)?;
        let process = |report: &Report| Item {
            subject: Subject {
                kind: SubjectKind::Process,
                name: "process".to_owned(),
                ..Subject::default()
            },
            figures: figures::of_process(&report.process),
        };
        let mut rows = vec![row(Pair::Both(process(old), process(new)), options)];
        let operations = pairs(operations(old), operations(new));
        rows.extend(operations.into_iter().map(|pair| row(pair, options)));
        let mut notices = notices(&old.run, &new.run);
        if old.warns_of(PERCENTILES_MERGED) || new.warns_of(PERCENTILES_MERGED) {
            notices.push(
                "percentiles are not compared: those of several processes are upper bounds"
                    .to_owned(),
            );
        }
        Ok(Self {
            rows,
            notices,
            gates_process: options.gate_process,
        })
    }

    /// Whether something that gates is worse than it may be.
    ///
    /// ```
    /// assert!(!memprof_report::Diff::default().is_regression());
    /// ```
    pub fn is_regression(&self) -> bool {
        self.count(Verdict::Regressed) > 0
    }

    /// How many subjects have that verdict. The process is among them where it gates.
    ///
    /// ```
    /// use memprof_report::{Diff, Verdict};
    ///
    /// assert_eq!(Diff::default().count(Verdict::Regressed), 0);
    /// ```
    pub fn count(&self, verdict: Verdict) -> usize {
        self.gating().filter(|row| row.verdict == verdict).count()
    }

    /// The rows that can be a regression.
    pub(crate) fn gating(&self) -> impl Iterator<Item = &DiffRow> {
        self.rows
            .iter()
            .filter(|row| self.gates_process || row.subject.kind != SubjectKind::Process)
    }
}

/// What was called. A figure that one side lacks is not compared, so bounds are left out here.
pub(crate) fn operations(report: &Report) -> Vec<Item> {
    let called = report.operations.iter().filter(|row| row.calls > 0);
    let are_bounds = report.warns_of(PERCENTILES_MERGED);
    called
        .map(|row| {
            let mut figures = figures::of_operation(row);
            figures.retain(|metric, _| !(are_bounds && PERCENTILES.contains(metric)));
            Item {
                subject: subject(row),
                figures,
            }
        })
        .collect()
}

fn subject(row: &OperationReport) -> Subject {
    Subject {
        kind: SubjectKind::Operation,
        name: row.name.clone(),
        module: Some(row.module.clone()),
        function: Some(row.function.clone()),
        file: row.file.clone(),
        line: Some(row.line),
        column: Some(row.column),
    }
}
