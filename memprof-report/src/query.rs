//! Queries: finding a row of the report, and saying it in a line; what its warnings mean for its figures.

use crate::{OperationReport, PathReport, Report};

/// The code of the recorder's warning, and of the one that takes its place when it is missing.
pub(crate) const NOT_INSTALLED: &str = "allocator-not-installed";
/// The code of the warning that percentiles are upper bounds.
pub(crate) const PERCENTILES_MERGED: &str = "percentiles-merged";

impl Report {
    /// Whether nothing was counted and no warning says so yet.
    pub(crate) fn lacks_allocator_warning(&self) -> bool {
        !self.run.allocator.installed && !self.warns_of(NOT_INSTALLED)
    }

    /// Whether there is a warning of that code.
    pub(crate) fn warns_of(&self, code: &str) -> bool {
        self.warnings.iter().any(|warning| warning.code == code)
    }

    /// The operation of that name; the first in the order of the rows where several bear it.
    ///
    /// ```
    /// # use memprof_report::{OperationReport, Report};
    /// # let mut report = Report::default();
    /// # report.operations.push(OperationReport { name: "Search".into(), calls: 3, ..Default::default() });
    /// assert_eq!(report.operation("Search").map(|search| search.calls), Some(3));
    /// assert!(report.operation("Serach").is_none());
    /// ```
    pub fn operation(&self, name: &str) -> Option<&OperationReport> {
        self.operations_named(name).next()
    }

    /// All operations of that name, in the order of the rows.
    ///
    /// ```
    /// # use memprof_report::{OperationReport, Report};
    /// # let mut report = Report::default();
    /// # for line in [12, 90] {
    /// #     report.operations.push(OperationReport { name: "Search".into(), line, ..Default::default() });
    /// # }
    /// let lines: Vec<u32> = report.operations_named("Search").map(|row| row.line).collect();
    /// assert_eq!(lines, [12, 90]);
    /// ```
    pub fn operations_named(&self, name: &str) -> impl Iterator<Item = &OperationReport> {
        self.operations.iter().filter(move |row| row.name == name)
    }

    /// The row of that path, outermost operation first; `&[]` is the root, the work outside any operation.
    ///
    /// It is the row with the last operation as the current one. Those with an operation entered once
    /// more (`reentered`) are found in [`Report::paths`].
    ///
    /// ```
    /// # use memprof_report::{PathReport, Report};
    /// # let mut report = Report::default();
    /// # report.paths.push(PathReport { path: vec!["Index".into(), "Tokenize".into()], calls: 2, ..Default::default() });
    /// assert_eq!(report.path(&["Index", "Tokenize"]).map(|row| row.calls), Some(2));
    /// assert!(report.path(&["Tokenize"]).is_none());
    /// ```
    pub fn path(&self, path: &[&str]) -> Option<&PathReport> {
        self.paths
            .iter()
            .find(|row| row.reentered.is_none() && row.path.iter().eq(path.iter()))
    }
}

impl OperationReport {
    /// The operation in one line, with its inclusive figures as raw integers. The form is stable.
    ///
    /// ```
    /// # use memprof_report::OperationReport;
    /// let search = OperationReport {
    ///     name: "Search Operation".into(),
    ///     allocated_bytes: 1536,
    ///     deallocated_bytes: 2048,
    ///     net_bytes: -512,
    ///     ..Default::default()
    /// };
    /// assert_eq!(
    ///     search.summary_line(),
    ///     "Search Operation: Allocated: 1536 bytes, Deallocated: 2048 bytes, Net: -512 bytes",
    /// );
    /// ```
    pub fn summary_line(&self) -> String {
        format!(
            "{}: Allocated: {} bytes, Deallocated: {} bytes, Net: {} bytes",
            self.name, self.allocated_bytes, self.deallocated_bytes, self.net_bytes
        )
    }
}
