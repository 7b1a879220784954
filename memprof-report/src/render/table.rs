//! The table: a report for a terminal.
//!
//! From above: the run and the process, the operations that were called, those that were not, one exact
//! line for each that was, external memory, and what the reader has to know. Figures that were not counted read `n/a`,
//! never 0. It is built while recording is paused, and its memory is given back so.

use std::fmt;

use super::color::Paint;
use super::columns::grid;
use super::external::external;
use super::findings::findings;
use super::head::head;
use super::leaks::leaks;
use super::stacks::Layout;
use super::text::{escaped, wrapped};
use super::{LEAST_WIDTH, TableOptions};
use crate::growth::LEAST_TO_PRINT;
use crate::selection::Selected;
use crate::{Metric, OperationReport, Report, Selection};

/// How many of the operations that were never called are named.
const NAMED_NEVER_CALLED: usize = 3;

/// A report as a table for people; `Display` writes it, with a line break at its end.
///
/// Operations are sorted by what they allocated themselves, most first. Bytes from 10 KiB on are rounded
/// in the cells; the exact ones stand in further columns where the width allows it, and in a line for
/// each operation under the table ([`OperationReport::summary_line`]), which is never cut.
///
/// On a narrow place columns leave in this order: exact bytes, deallocated, net, allocated, retained,
/// peak. Names lose their middle; operation, calls and self allocated stay. Below 40 columns nothing
/// changes any more.
///
/// ```
/// use memprof_report::{Report, Table};
///
/// let report = Report::default();
/// println!("{}", Table::new(&report).width(100).color(true));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    report: &'a Report,
    options: TableOptions,
    selection: Option<&'a Selection>,
}

impl<'a> Table<'a> {
    /// The table of a report, 120 columns wide and without colour.
    ///
    /// ```
    /// # use memprof_report::{Report, Table};
    /// assert!(Table::new(&Report::default()).to_string().starts_with("memprof"));
    /// ```
    pub fn new(report: &'a Report) -> Self {
        Self {
            report,
            options: TableOptions::default(),
            selection: None,
        }
    }

    /// Sets which operations it shows, and in which order.
    ///
    /// ```
    /// # use memprof_report::{OperationReport, Report, Selection, Table};
    /// # let mut report = Report::default();
    /// # for name in ["Search", "Index"] {
    /// #     report.operations.push(OperationReport { name: name.into(), calls: 1, ..Default::default() });
    /// # }
    /// let mut selection = Selection::default();
    /// selection.top = Some(1);
    /// let text = Table::new(&report).selection(&selection).to_string();
    /// assert!(text.contains("… and 1 more"));
    /// ```
    #[must_use]
    pub fn selection(mut self, selection: &'a Selection) -> Self {
        self.selection = Some(selection);
        self
    }

    /// Sets how many columns of a terminal it may take.
    ///
    /// ```
    /// # use memprof_report::{Report, Table};
    /// let report = Report::default();
    /// let text = Table::new(&report).width(60).to_string();
    /// assert!(text.lines().all(|line| line.chars().count() <= 60));
    /// ```
    #[must_use]
    pub fn width(mut self, width: usize) -> Self {
        self.options.width = width;
        self
    }

    /// Sets whether it has colours.
    ///
    /// ```
    /// # use memprof_report::{Report, Table};
    /// let report = Report::default();
    /// assert!(Table::new(&report).color(true).to_string().contains("\x1b["));
    /// assert!(!Table::new(&report).to_string().contains("\x1b["));
    /// ```
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.options.color = color;
        self
    }

    /// Sets both.
    ///
    /// ```
    /// # use memprof_report::{Report, Table, TableOptions};
    /// let report = Report::default();
    /// let mut options = TableOptions::default();
    /// options.width = 60;
    /// assert_eq!(Table::new(&report).options(options).to_string(), Table::new(&report).width(60).to_string());
    /// ```
    #[must_use]
    pub fn options(mut self, options: TableOptions) -> Self {
        self.options = options;
        self
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.report.quiet_text(|| text(self));
        f.write_str(&text)
    }
}

/// The [`Table`] without colour, 120 columns wide or as the format says: `{:100}`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = f.width().unwrap_or(TableOptions::default().width);
        Table::new(self).width(width).fmt(f)
    }
}

fn text(table: &Table<'_>) -> String {
    let report = table.report;
    let limit = table.options.width.max(LEAST_WIDTH);
    let paint = Paint::new(table.options.color);
    let counted = report.run.allocator.installed;
    let all = Selection::default();
    let selection = table.selection.unwrap_or(&all);
    let (called, never) = (selection.called(report), selection.never_called(report));

    let mut parts = vec![head(report, limit, paint)];
    let mut operations = String::new();
    if !called.rows.is_empty() {
        operations.push_str(&grid(report, &called.rows, limit, paint));
    }
    operations.push_str(&left_out(&called, paint));
    operations.push_str(&never_called(&never.rows, limit, paint));
    parts.push(operations);
    if counted {
        let lines = called.rows.iter();
        parts.push(
            lines
                .map(|row| escaped(&row.summary_line()) + "\n")
                .collect(),
        );
    }
    parts.push(called.rows.iter().map(|row| growth(row)).collect());
    parts.push(external(report, limit, paint));
    let layout = Layout {
        limit,
        paint,
        has_library: table.options.library_frames,
    };
    parts.push(leaks(report, selection, layout));
    parts.push(findings(report, selection, limit, paint));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// `… and 12 operations more, 3 do not fit the filter`
fn left_out(called: &Selected<'_>, paint: Paint) -> String {
    let mut parts = Vec::new();
    if called.beyond > 0 {
        parts.push(format!("… and {} more", called.beyond));
    }
    if called.filtered > 0 {
        let number = called.filtered;
        parts.push(match number {
            1 => "1 operation does not fit the filter".to_owned(),
            _ => format!("{number} operations do not fit the filter"),
        });
    }
    match parts.is_empty() {
        true => String::new(),
        false => paint.dim(&parts.join("; ")) + "\n",
    }
}

/// `Index: peak growth O(n): 25.2 kB → 31 kB → 88.6 kB (n = 10 → 100 → 1,000)`, a line for each figure.
fn growth(row: &OperationReport) -> String {
    let Some(growth) = &row.growth else {
        return String::new();
    };
    [
        (Metric::AllocatedBytes, &growth.allocated_bytes),
        (Metric::Allocations, &growth.allocations),
        (Metric::PeakBytes, &growth.peak_bytes),
    ]
    .into_iter()
    .filter(|(_, growth)| growth.points.len() >= LEAST_TO_PRINT)
    .map(|(metric, figures)| {
        let line = figures.line(metric, growth.declared);
        format!("{}: {line}\n", escaped(&row.name))
    })
    .collect()
}

/// `5 sites never called: Merge, Rank, Score, …`
fn never_called(rows: &[&OperationReport], limit: usize, paint: Paint) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = rows
        .iter()
        .take(NAMED_NEVER_CALLED)
        .map(|row| escaped(&row.name))
        .collect();
    if rows.len() > NAMED_NEVER_CALLED {
        names.push("…".to_owned());
    }
    let sites = if rows.len() == 1 { "site" } else { "sites" };
    let line = format!("{} {sites} never called: {}", rows.len(), names.join(", "));
    wrapped(&line, limit, 2)
        .lines()
        .map(|line| paint.dim(line) + "\n")
        .collect()
}
