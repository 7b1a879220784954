//! The merge: the reports of several processes of one run as one, e.g. of a test runner's.
//!
//! What was counted adds up, a peak is the highest that one process had. Operations are the same where
//! their site is, paths where their chain of operations is. What cannot be merged exactly says so in a
//! warning. Merging is the same in any order, but for the name and the ids of the run, which are the first's, the
//! order of findings, and the last bit of an error of estimates.

mod detail;
mod external;
mod figures;
mod leaks;
mod process;
mod stacks;

pub(crate) use stacks::add as add_stack;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diff::alike;
use crate::query::PERCENTILES_MERGED;
use crate::{OperationReport, PathReport, Refusal, Report, Warning};

/// The place first: it is the order of the rows.
pub(crate) type Site = (String, u32, u32, String, String, String, usize);

impl Report {
    /// Adds the report of another process of the same run to this one.
    ///
    /// Counts and bytes are sums, those still live included; peaks and resident memory are the highest of
    /// one process. Minimum, maximum and mean of calls are exact; percentiles that differ are the larger
    /// one, an upper bound, for which there is a warning. Growth has of each size the most that one process
    /// had. Timelines are not merged, nor what was live at the peaks: they were at different moments.
    ///
    /// ```
    /// use memprof_report::{OperationReport, Report};
    ///
    /// let mut report = Report::default();
    /// report.run.allocator.installed = true;
    /// report.operations.push(OperationReport {
    ///     name: "Search".into(),
    ///     calls: 2,
    ///     peak_bytes: 100,
    ///     ..Default::default()
    /// });
    /// let other = report.clone();
    /// report.merge(&other)?;
    /// assert_eq!(report.operations.len(), 1);
    /// assert_eq!(report.operations[0].calls, 4);
    /// assert_eq!(report.operations[0].peak_bytes, 100);
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// Where profile, target or allocator differ, or the allocator was not installed in one of the
    /// processes. Then this report is as it was.
    pub fn merge(&mut self, other: &Self) -> Result<(), Refusal> {
        alike(&self.run, &other.run)?;
        let _quiet = self.pause();
        let (before, theirs, number) = places(self, other);
        process::merge_run(&mut self.run, &other.run);
        process::merge(&mut self.process, &other.process);

        let is_bounded = merge_operations(self, other, &before, &theirs, number);
        let (of_ours, of_theirs) = merge_paths(self, &other.paths, &before, &theirs);
        self.external = external::merge((&self.external, &of_ours), (&other.external, &of_theirs));
        let taken = stacks::Taken::of(self, &of_ours);
        stacks::merge(self, taken, stacks::Taken::of(other, &of_theirs));
        let ours = (std::mem::take(&mut self.leaks), &before[..], &of_ours[..]);
        let others = (other.leaks.clone(), &theirs[..], &of_theirs[..]);
        self.leaks = leaks::merge(ours, others);
        let ours = (std::mem::take(&mut self.sizes), &before[..]);
        self.sizes = detail::sizes([ours, (other.sizes.clone(), &theirs[..])]);
        let ours = (std::mem::take(&mut self.flow), &before[..]);
        self.flow = detail::flow([ours, (other.flow.clone(), &theirs[..])]);

        // They are of one process.
        self.set_call_counts(Vec::new());
        add_new(&mut self.violations, &other.violations);
        add_new(&mut self.warnings, &other.warnings);
        if is_bounded {
            add_new(
                &mut self.warnings,
                &[warning(
                    PERCENTILES_MERGED,
                    "percentiles of several processes are those of the one with the larger: upper bounds",
                )],
            );
        }
        if !(self.timeline.is_empty() && other.timeline.is_empty()) {
            self.timeline.clear();
            let text = "timelines of several processes are left out of their merged report";
            add_new(&mut self.warnings, &[warning("timeline-not-merged", text)]);
        }
        Ok(())
    }
}

/// The sites of rows. Those out of one macro can share all but their number.
pub(crate) fn sites(rows: &[OperationReport]) -> Vec<Site> {
    let mut numbers: HashMap<_, usize> = HashMap::new();
    rows.iter()
        .map(|row| {
            let place = (&row.file, row.line, row.column);
            let names = (&row.name, &row.module, &row.function);
            let number = numbers.entry((place, names)).or_default();
            *number += 1;
            let (file, name) = (row.file.clone(), row.name.clone());
            let (module, function) = (row.module.clone(), row.function.clone());
            (file, row.line, row.column, name, module, function, *number)
        })
        .collect()
}

/// Where the operations of each report stand in the merged one, and how many it has.
fn places(one: &Report, other: &Report) -> (Vec<usize>, Vec<usize>, usize) {
    let both = [sites(&one.operations), sites(&other.operations)];
    let all: BTreeSet<&Site> = both.iter().flatten().collect();
    let places: BTreeMap<&Site, usize> = all.into_iter().zip(0..).collect();
    let [ours, theirs] = both
        .each_ref()
        .map(|sites| sites.iter().map(|site| places[site]).collect());
    (ours, theirs, places.len())
}

/// Whether a percentile became a bound.
fn merge_operations(
    report: &mut Report,
    other: &Report,
    before: &[usize],
    theirs: &[usize],
    number: usize,
) -> bool {
    let mut rows: Vec<Option<OperationReport>> = Vec::new();
    rows.resize_with(number, || None);
    for (row, &place) in report.operations.drain(..).zip(before) {
        rows[place] = Some(row);
    }
    let mut is_bounded = false;
    for (row, &place) in other.operations.iter().zip(theirs) {
        match &mut rows[place] {
            Some(ours) => is_bounded |= figures::merge_operation(ours, row),
            lacking => *lacking = Some(row.clone()),
        }
    }
    report.operations = rows.into_iter().flatten().collect();
    is_bounded
}

/// Indexes follow the rows to their new places; those of a damaged document that lead nowhere stay. Where
/// each path of either report stands then.
fn merge_paths(
    report: &mut Report,
    others: &[PathReport],
    before: &[usize],
    theirs: &[usize],
) -> (Vec<usize>, Vec<usize>) {
    let moved = |path: &PathReport, places: &[usize]| -> Vec<usize> {
        let operations = path.operations.iter();
        operations
            .map(|&index| places.get(index).copied().unwrap_or(index))
            .collect()
    };
    let mut paths: BTreeMap<PathKey, PathReport> = BTreeMap::new();
    let mut keys = Vec::new();
    let number = report.paths.len();
    let ours = report.paths.drain(..).map(|path| (path, before));
    let others = others.iter().cloned().map(|path| (path, theirs));
    for (mut path, places) in ours.chain(others) {
        path.operations = moved(&path, places);
        path.at_peak_bytes = None;
        let key = (path.operations.clone(), path.reentered.clone());
        keys.push(key.clone());
        match paths.get_mut(&key) {
            Some(row) => figures::merge_path(row, &path),
            None => {
                paths.insert(key, path);
            }
        }
    }
    // The order of the key is that of the recorder.
    let places: BTreeMap<&PathKey, usize> = paths.keys().zip(0..).collect();
    let mut standing: Vec<usize> = keys.iter().map(|key| places[key]).collect();
    let of_others = standing.split_off(number);
    report.paths = paths.into_values().collect();
    (standing, of_others)
}

/// A chain of operations, and which of them is current again.
type PathKey = (Vec<usize>, Option<String>);

fn add_new<T: Clone + PartialEq>(to: &mut Vec<T>, from: &[T]) {
    for item in from {
        if !to.contains(item) {
            to.push(item.clone());
        }
    }
}

fn warning(code: &str, message: &str) -> Warning {
    Warning {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}
