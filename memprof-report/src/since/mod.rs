//! Since: the report of a part of a process's time, as the difference of two reports of the process.
//!
//! What was counted is subtracted; what is a state (live, retained, resident) is that of the end. Of a peak nobody
//! knows when it was, but that it was since where it is higher now. Otherwise what is certain stands as the peak, and what
//! it may have been beyond that as its error.

mod counts;
mod leaks;
mod operations;
mod process;
mod rows;
mod state;

use std::collections::HashMap;

use crate::merge::{Site, sites};
use crate::{PathReport, Report, Warning};

pub use counts::{CallCounts, Counted, InputCounts, ValueCounts};

impl Report {
    /// The report of what happened between an earlier report of the same process and this one, such as of a service
    /// without its start-up.
    ///
    /// Calls, allocations, deallocations, net, flow, sizes and stacks are those of this time; a call that was under way at
    /// its beginning counts. Live, retained and resident bytes are those at its end. Leaks are what is retained beyond
    /// what was retained at its beginning. Where a peak rose since, it is of this time; where not, `peak_bytes` and
    /// `peak_live_bytes` are what is certain, with how much higher it may have been as their error, and what cannot be
    /// told of the time (`at_peak_bytes`, the highest resident memory) is null. Of calls, least, most and percentiles may
    /// be off by `max_relative_error`. Of reports that were read from files they are null unless there were no calls
    /// before. Violations are left out, for they are of the whole time.
    ///
    /// Where `earlier` is not an earlier report of this process, the report is as this one and has the warning
    /// `not-one-process`. Allocates unseen, as any work on reports.
    ///
    /// ```
    /// use memprof_report::{OperationReport, Report};
    ///
    /// let report = |calls, allocated_bytes| {
    ///     let mut report = Report::default();
    ///     let row = OperationReport { name: "Search".into(), calls, allocated_bytes, ..Default::default() };
    ///     report.operations.push(row);
    ///     report
    /// };
    /// let started = report(2_000, 50_000);
    /// let requests = report(2_010, 50_700).since(&started);
    /// let search = requests.operation("Search").expect("it has a row");
    /// assert_eq!((search.calls, search.allocated_bytes), (10, 700));
    /// ```
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let _quiet = self.pause();
        let mut report = self.clone();
        if !is_earlier(earlier, self) {
            report.warnings.push(Warning {
                code: "not-one-process".to_owned(),
                message: "the report to subtract is no earlier one of this process: figures are of the whole time"
                    .to_owned(),
            });
            return report;
        }
        let matched = Matched::new(self, earlier);
        report.run = process::run(&self.run, &earlier.run);
        report.process = process::process(self, earlier);
        let is_peak_known = matched.is_composed_since(self, earlier);
        for (row, before) in report.paths.iter_mut().zip(&matched.paths) {
            if let Some(before) = before {
                rows::path(row, &earlier.paths[*before]);
            }
            if !is_peak_known {
                row.at_peak_bytes = None;
            }
        }
        operations::subtract(&mut report, earlier, &matched.operations);
        leaks::subtract(&mut report.leaks, &matched, earlier);
        rows::stacks(&mut report, earlier, &matched);
        rows::sizes(&mut report.sizes, earlier, &matched);
        rows::flow(&mut report.flow, earlier, &matched);
        rows::external(&mut report, earlier, &matched);
        report.timeline = process::timeline(self, earlier);
        report.violations.clear();
        report
    }
}

/// Which rows of the earlier report are of the same thing.
struct Matched {
    /// Of each operation of the later report.
    operations: Vec<Option<usize>>,
    /// Of each path of the later report.
    paths: Vec<Option<usize>>,
}

impl Matched {
    fn new(now: &Report, earlier: &Report) -> Self {
        let (of_now, of_earlier) = (sites(&now.operations), sites(&earlier.operations));
        let places: HashMap<&Site, usize> = of_earlier.iter().zip(0..).collect();
        let operations: Vec<_> = of_now
            .iter()
            .map(|site| places.get(site).copied())
            .collect();
        let places: HashMap<_, usize> = earlier
            .paths
            .iter()
            .map(|row| (row.operations.clone(), &row.reentered))
            .zip(0..)
            .collect();
        let before = |row: &PathReport| {
            let chain = row.operations.iter();
            let chain: Option<Vec<usize>> = chain.map(|&at| *operations.get(at)?).collect();
            places.get(&(chain?, &row.reentered)).copied()
        };
        let paths = now.paths.iter().map(before).collect();
        Self { operations, paths }
    }

    /// Whether what lived at the peak is of a peak in the time between.
    fn is_composed_since(&self, now: &Report, earlier: &Report) -> bool {
        let has_changed = || {
            now.paths.iter().zip(&self.paths).any(|(row, before)| {
                let before = before.map(|at| &earlier.paths[at]);
                row.at_peak_bytes.unwrap_or(0)
                    != before.and_then(|row| row.at_peak_bytes).unwrap_or(0)
            })
        };
        process::has_risen(&now.process, &earlier.process) && has_changed()
    }

    /// The operation of the earlier report that is that one of the later; `None` where there is none.
    fn operation(&self, at: Option<usize>) -> Option<Option<usize>> {
        match at {
            None => Some(None),
            Some(at) => self.operations.get(at).copied().flatten().map(Some),
        }
    }
}

/// Whether `earlier` is a report of the same process, from the same beginning, and not a later one.
fn is_earlier(earlier: &Report, now: &Report) -> bool {
    let (a, b) = (&earlier.run, &now.run);
    let (before, after) = (&earlier.process, &now.process);
    a.pid == b.pid
        && a.executable == b.executable
        && a.before_ns == b.before_ns
        && a.duration_ns <= b.duration_ns
        && before.allocations <= after.allocations
        && before.allocated_bytes <= after.allocated_bytes
        && before.deallocations <= after.deallocations
}
