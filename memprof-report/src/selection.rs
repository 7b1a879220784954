//! The selection: which operations of a report are shown, and in which order.
//!
//! It changes what is shown and never a figure: totals of the process stay those of the whole report, and
//! what is left out is counted.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use crate::metric::UnknownName;
use crate::{OperationReport, Report};

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
        let shown = self.top.unwrap_or(usize::MAX).min(selected.rows.len());
        selected.beyond = selected.rows.len() - shown;
        selected.rows.truncate(shown);
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

    fn fitting<'a>(&self, rows: impl Iterator<Item = &'a OperationReport>) -> Selected<'a> {
        let filter = self.filter.as_deref().map(str::to_lowercase);
        let fits = |row: &&OperationReport| {
            let texts = [&row.name, &row.module, &row.function, &row.file];
            filter.as_deref().is_none_or(|filter| {
                let mut texts = texts.into_iter();
                texts.any(|text| text.to_lowercase().contains(filter))
            })
        };
        let (rows, others): (Vec<_>, Vec<_>) = rows.partition(fits);
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
