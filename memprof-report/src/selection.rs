//! The selection: which operations of a report are shown, and in which order.
//!
//! What operations hold at the end and limits that they passed are selected with them. It changes what is shown and never a figure: totals of the process stay those of the whole report, and
//! what is left out is counted.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use crate::metric::UnknownName;
use crate::{LeakReport, OperationReport, Report, Violation};

/// Which operations a table shows. The default shows all, by what they allocated themselves, most first.
///
/// ```
/// use memprof_report::{OperationReport, Report, Selection, SortKey, Table};
///
/// let mut report = Report::default();
/// for (name, peak_bytes) in [("Search", 10), ("Index", 30), ("Index Text", 20)] {
///     report.operations.push(OperationReport { name: name.into(), calls: 1, peak_bytes, ..Default::default() });
/// }
/// let mut selection = Selection::default();
/// selection.filter = Some("index".into());
/// selection.sort = SortKey::Peak;
/// let names: Vec<_> = selection.called(&report).rows.iter().map(|row| &row.name).collect();
/// assert_eq!(names, ["Index", "Index Text"]);
/// println!("{}", Table::new(&report).selection(&selection));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selection {
    /// Only operations that have this text in their name, module, function or file, in any case.
    pub filter: Option<String>,
    /// What they are sorted by.
    pub sort: SortKey,
    /// At most so many.
    pub top: Option<usize>,
}

/// What operations are sorted by: figures from the most, texts from the first.
///
/// ```
/// use memprof_report::SortKey;
///
/// assert_eq!("peak".parse(), Ok(SortKey::Peak));
/// assert!("peek".parse::<SortKey>().is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortKey {
    /// What they allocated themselves.
    #[default]
    SelfAllocated,
    /// What they allocated, nested operations included.
    Allocated,
    /// What they deallocated, nested operations included.
    Deallocated,
    /// Allocated − deallocated.
    Net,
    /// The peak of a call.
    Peak,
    /// What they hold.
    Retained,
    /// Their calls.
    Calls,
    /// Their allocations.
    Allocations,
    /// Their names.
    Name,
    /// File, line and column.
    Place,
}

/// What a selection takes of a report.
///
/// ```
/// use memprof_report::{Report, Selection};
///
/// let report = Report::default();
/// let selected = Selection::default().called(&report);
/// assert_eq!((selected.rows.len(), selected.beyond, selected.filtered), (0, 0, 0));
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Selected<'a> {
    /// The operations, in their order.
    pub rows: Vec<&'a OperationReport>,
    /// How many fit the filter and are beyond the number of those that are shown.
    pub beyond: usize,
    /// How many do not fit the filter.
    pub filtered: usize,
}

impl Selection {
    /// The operations that were called.
    ///
    /// ```
    /// # use memprof_report::{OperationReport, Report, Selection};
    /// # let mut report = Report::default();
    /// # for (name, calls) in [("Index", 2), ("Search", 1), ("Merge", 0)] {
    /// #     report.operations.push(OperationReport { name: name.into(), calls, ..Default::default() });
    /// # }
    /// // "Index" was called twice, "Search" once, "Merge" never.
    /// let mut selection = Selection::default();
    /// selection.top = Some(1);
    /// let selected = selection.called(&report);
    /// assert_eq!((selected.rows.len(), selected.beyond), (1, 1));
    /// ```
    pub fn called<'a>(&self, report: &'a Report) -> Selected<'a> {
        let called = report.operations.iter().filter(|row| row.calls > 0);
        let mut selected = self.fitting(called);
        self.sort.sort(&mut selected.rows);
        selected.beyond = self.cut(&mut selected.rows);
        selected
    }

    /// The sites that were not, in the order of the report.
    ///
    /// ```
    /// # use memprof_report::{OperationReport, Report, Selection};
    /// # let mut report = Report::default();
    /// # for (name, calls) in [("Index", 2), ("Merge", 0)] {
    /// #     report.operations.push(OperationReport { name: name.into(), calls, ..Default::default() });
    /// # }
    /// let never = Selection::default().never_called(&report);
    /// assert_eq!(never.rows[0].name, "Merge");
    /// ```
    pub fn never_called<'a>(&self, report: &'a Report) -> Selected<'a> {
        self.fitting(report.operations.iter().filter(|row| row.calls == 0))
    }

    /// What operations hold at the end, of those that fit the filter: what grows first, then the most. And how many are
    /// beyond the number of those that are shown, and how many do not fit.
    pub(crate) fn leaks<'a>(&self, report: &'a Report) -> (Vec<&'a LeakReport>, usize, usize) {
        let fits = |leak: &&LeakReport| {
            let row = report.operations.get(leak.operation);
            row.map_or(self.filter.is_none(), |row| self.fits_row(row))
        };
        let (mut leaks, others): (Vec<_>, Vec<_>) = report.leaks.iter().partition(fits);
        leaks.sort_by_key(|leak| (Reverse(leak.class), Reverse(leak.retained_bytes)));
        let beyond = self.cut(&mut leaks);
        (leaks, beyond, others.len())
    }

    /// Limits that were passed, of operations that fit the filter; those of the whole process fit any. And how many are
    /// beyond the number of those that are shown, and how many do not fit.
    pub(crate) fn violations<'a>(&self, report: &'a Report) -> (Vec<&'a Violation>, usize, usize) {
        let fits = |violation: &&Violation| {
            let named = |row: &&OperationReport| {
                Some(&row.name) == violation.operation.as_ref()
                    && violation.file.as_ref().is_none_or(|file| *file == row.file)
                    && violation.line.is_none_or(|line| line == row.line)
            };
            let path = violation.path.iter().flatten();
            let mut texts = violation
                .operation
                .iter()
                .chain(&violation.file)
                .chain(path)
                .peekable();
            texts.peek().is_none()
                || texts.any(|text| self.fits_text(text))
                || report
                    .operations
                    .iter()
                    .filter(named)
                    .any(|row| self.fits_row(row))
        };
        let (mut violations, others): (Vec<_>, Vec<_>) = report.violations.iter().partition(fits);
        let beyond = self.cut(&mut violations);
        (violations, beyond, others.len())
    }

    /// Leaves as many as are shown; how many it took away.
    fn cut<T>(&self, rows: &mut Vec<T>) -> usize {
        let shown = self.top.unwrap_or(usize::MAX).min(rows.len());
        let beyond = rows.len() - shown;
        rows.truncate(shown);
        beyond
    }

    fn fits_text(&self, text: &str) -> bool {
        let filter = self.filter.as_deref().map(str::to_lowercase);
        filter.is_none_or(|filter| text.to_lowercase().contains(&filter))
    }

    fn fits_row(&self, row: &OperationReport) -> bool {
        let texts = [&row.name, &row.module, &row.function, &row.file];
        texts.into_iter().any(|text| self.fits_text(text))
    }

    fn fitting<'a>(&self, rows: impl Iterator<Item = &'a OperationReport>) -> Selected<'a> {
        let (rows, others): (Vec<_>, Vec<_>) = rows.partition(|row| self.fits_row(row));
        Selected {
            rows,
            filtered: others.len(),
            ..Selected::default()
        }
    }
}

impl SortKey {
    /// Every key.
    ///
    /// ```
    /// # use memprof_report::SortKey;
    /// assert!(SortKey::ALL.iter().all(|key| key.name().parse() == Ok(*key)));
    /// ```
    pub const ALL: [Self; 10] = [
        Self::SelfAllocated,
        Self::Allocated,
        Self::Deallocated,
        Self::Net,
        Self::Peak,
        Self::Retained,
        Self::Calls,
        Self::Allocations,
        Self::Name,
        Self::Place,
    ];

    /// Its stable name, e.g. `self-allocated`.
    ///
    /// ```
    /// assert_eq!(memprof_report::SortKey::SelfAllocated.name(), "self-allocated");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::SelfAllocated => "self-allocated",
            Self::Allocated => "allocated",
            Self::Deallocated => "deallocated",
            Self::Net => "net",
            Self::Peak => "peak",
            Self::Retained => "retained",
            Self::Calls => "calls",
            Self::Allocations => "allocations",
            Self::Name => "name",
            Self::Place => "place",
        }
    }

    /// Stable: what is equal stays in the order of the report.
    fn sort(self, rows: &mut [&OperationReport]) {
        match self {
            Self::Name => rows.sort_by(|a, b| a.name.cmp(&b.name)),
            Self::Place => {
                rows.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
            }
            _ => rows.sort_by_key(|row| Reverse(self.figure(row))),
        }
    }

    /// What is not known comes last.
    fn figure(self, row: &OperationReport) -> Option<i128> {
        let figure = match self {
            Self::Net => return Some(row.net_bytes.into()),
            Self::Retained => row.retained_bytes?,
            Self::Allocated => row.allocated_bytes,
            Self::Deallocated => row.deallocated_bytes,
            Self::Peak => row.peak_bytes,
            Self::Calls => row.calls,
            Self::Allocations => row.allocations,
            Self::SelfAllocated | Self::Name | Self::Place => row.self_figures.allocated_bytes,
        };
        Some(figure.into())
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SortKey {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|key| key.name() == text);
        found.ok_or_else(|| UnknownName {
            noun: "key to sort by",
            found: text.to_owned(),
            valid: Self::ALL.map(Self::name).join(", "),
        })
    }
}
