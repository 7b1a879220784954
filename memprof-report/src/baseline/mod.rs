//! The baseline: the figures that a project committed to, to be compared with those of a run.
//!
//! It lives in version control as `memprof.baseline.json`. A run is made into a baseline too, and then
//! checked against the committed one or accepted into it. Nothing here reads or writes files.

mod check;
mod entry;
mod text;

pub use entry::BaselineEntry;
pub use text::BaselineError;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diff::{Item, counted, figures, label, operations};
use crate::{Refusal, Report, Run, Stats, Subject, SubjectKind};

/// The figures to hold, of operations, tests and benches, in one or several builds.
///
/// ```
/// use memprof_report::{Baseline, DiffOptions, OperationReport, Report};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.operations.push(OperationReport { name: "Search".into(), calls: 1, ..Default::default() });
/// let committed = Baseline::of_report(&report)?.to_json()?;
///
/// report.operations[0].allocations = 12;
/// let mut baseline = Baseline::from_json(&committed)?;
/// let current = Baseline::of_report(&report)?;
/// let diff = baseline.check(&current, &DiffOptions::default())?;
/// assert!(diff.is_regression());
///
/// baseline.accept(&current);
/// assert!(!baseline.check(&current, &DiffOptions::default())?.is_regression());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted by their keys.
    entries: Vec<BaselineEntry>,
    /// By the build of the entries.
    builds: BTreeMap<String, Versions>,
}

/// What a build was made with and its figures do not depend on, most often.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versions {
    memprof_version: String,
    rustc_version: Option<String>,
}

impl Baseline {
    /// The operations of a report that were called.
    ///
    /// ```
    /// use memprof_report::{Baseline, OperationReport, Report};
    ///
    /// let mut report = Report::default();
    /// assert!(Baseline::of_report(&report).is_err(), "nothing was counted");
    ///
    /// report.run.allocator.installed = true;
    /// for (name, calls) in [("Search", 1), ("Never Called", 0)] {
    ///     report.operations.push(OperationReport { name: name.into(), calls, ..Default::default() });
    /// }
    /// let baseline = Baseline::of_report(&report)?;
    /// assert_eq!(baseline.entries().len(), 1);
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// Where no allocator was installed: its figures mean nothing.
    pub fn of_report(report: &Report) -> Result<Self, Refusal> {
        counted(&report.run)?;
        let build = label(&report.run);
        let mut items = operations(report);
        items.sort_by_key(|item| (item.subject.line, item.subject.column));
        let mut baseline = Self {
            entries: items
                .into_iter()
                .map(|item| BaselineEntry::new(item, build.clone()))
                .collect(),
            ..Self::default()
        };
        baseline.note(&report.run);
        // Stable: those of one name stay in the order of their lines, and are numbered in it.
        baseline.sort();
        for same in baseline.entries.chunk_by_mut(|a, b| a.key() == b.key()) {
            for (nth, entry) in (1..).zip(same) {
                entry.nth = nth;
            }
        }
        Ok(baseline)
    }

    /// Adds what a test or a bench did; of a bench, the name has the size of its input: `build/1000`.
    ///
    /// Figures have to be exact: a bench whose runs differ is not for a baseline. Further ones can be
    /// inserted into the entry that is returned. One of that name, file and build is replaced.
    ///
    /// ```
    /// use memprof_report::{Baseline, Metric, Run, Stats, SubjectKind};
    ///
    /// let mut run = Run::default();
    /// run.allocator.installed = true;
    /// let stats = Stats { allocations: 3, ..Default::default() };
    /// let mut baseline = Baseline::default();
    /// baseline
    ///     .add(SubjectKind::Test, "parses_all", "tests/parse.rs", &run, &stats)?
    ///     .figures
    ///     .insert(Metric::RetainedBytes, 0);
    /// assert_eq!(baseline.entries()[0].figures[&Metric::Allocations], 3);
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// Where no allocator was installed: the figures mean nothing.
    pub fn add(
        &mut self,
        kind: SubjectKind,
        name: &str,
        file: &str,
        run: &Run,
        stats: &Stats,
    ) -> Result<&mut BaselineEntry, Refusal> {
        counted(run)?;
        let item = Item {
            subject: Subject {
                kind,
                name: name.to_owned(),
                file: file.to_owned(),
                ..Subject::default()
            },
            figures: figures::of_stats(stats),
        };
        let entry = BaselineEntry::new(item, label(run));
        self.note(run);
        let place = self
            .entries
            .binary_search_by(|other| other.key().cmp(&entry.key()));
        if let Ok(index) = place {
            self.entries.remove(index);
        }
        let (Ok(index) | Err(index)) = place;
        self.entries.insert(index, entry);
        Ok(&mut self.entries[index])
    }

    /// The entries, sorted by file, kind, name and build.
    ///
    /// ```
    /// use memprof_report::Baseline;
    ///
    /// assert!(Baseline::default().entries().is_empty());
    /// ```
    pub fn entries(&self) -> &[BaselineEntry] {
        &self.entries
    }

    /// Keeps the versions of a run's build.
    fn note(&mut self, run: &Run) {
        let versions = Versions {
            memprof_version: run.memprof_version.clone(),
            rustc_version: run.rustc_version.clone(),
        };
        self.builds.insert(label(run), versions);
    }

    fn sort(&mut self) {
        self.entries.sort_by(|a, b| a.key().cmp(&b.key()));
    }
}
