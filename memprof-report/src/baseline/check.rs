//! The check: a run against its baseline, and taking the run as the new one.
//!
//! A baseline can hold several builds side by side, say of two platforms. Each is compared with itself
//! alone; a run whose build it does not hold, though it knows its operations, is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::{Baseline, BaselineEntry};
use crate::diff::{Pair, pairs, row};
use crate::{Diff, DiffOptions, DiffRow, Refusal, Verdict};

impl Baseline {
    /// Compares a run with this baseline.
    ///
    /// What is new passes, and so does what is gone; notices say so, and suggest to accept what is better.
    ///
    /// ```
    /// use memprof_report::{Baseline, DiffOptions, OperationReport, Report, Verdict};
    ///
    /// let mut report = Report::default();
    /// report.run.allocator.installed = true;
    /// report.operations.push(OperationReport { name: "Search".into(), calls: 1, ..Default::default() });
    /// let baseline = Baseline::of_report(&report)?;
    ///
    /// // An operation that the baseline does not have is told, and passes.
    /// report.operations.push(OperationReport { name: "Index".into(), calls: 1, ..Default::default() });
    /// let diff = baseline.check(&Baseline::of_report(&report)?, &DiffOptions::default())?;
    /// assert_eq!(diff.count(Verdict::New), 1);
    /// assert!(!diff.is_regression());
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// Where a build of the run is not in the baseline and its operations are, in another build.
    pub fn check(&self, current: &Self, options: &DiffOptions) -> Result<Diff, Refusal> {
        let builds: BTreeSet<&str> = of(current).map(|entry| entry.build.as_str()).collect();
        let mut diff = Diff::default();
        let mut reasons = Vec::new();
        for build in builds {
            match self.unlike(current, build) {
                Some(reason) => reasons.push(reason),
                None => {
                    diff.rows.extend(self.rows(current, build, options));
                    diff.notices.extend(self.versions(current, build));
                }
            }
        }
        if !reasons.is_empty() {
            return Err(Refusal { reasons });
        }
        // Stable, so that rows of one file stay in their order. One build is sorted already.
        diff.rows.sort_by_key(|row| row.subject.kind);
        diff.notices.extend(advice(&diff));
        Ok(diff)
    }

    /// Takes the entries of a run in place of those of the same operations and build. All others stay, so
    /// that a run of some tests changes only those.
    ///
    /// ```
    /// use memprof_report::{Baseline, OperationReport, Report};
    ///
    /// let mut report = Report::default();
    /// report.run.allocator.installed = true;
    /// report.operations.push(OperationReport { name: "Search".into(), calls: 1, ..Default::default() });
    /// let mut baseline = Baseline::of_report(&report)?;
    ///
    /// report.operations[0].name = "Index".into();
    /// baseline.accept(&Baseline::of_report(&report)?);
    /// let names: Vec<_> = baseline.entries().iter().map(|entry| &entry.name).collect();
    /// assert_eq!(names, ["Index", "Search"]);
    /// # Ok::<(), memprof_report::Refusal>(())
    /// ```
    pub fn accept(&mut self, current: &Self) {
        let replaced: BTreeSet<_> = of(current)
            .map(|entry| (entry.subject(), entry.build.as_str()))
            .collect();
        let is_replaced =
            |entry: &BaselineEntry| replaced.contains(&(entry.subject(), entry.build.as_str()));
        self.entries.retain(|entry| !is_replaced(entry));
        self.entries.extend(current.entries.iter().cloned());
        self.builds.extend(current.builds.clone());
        self.sort();
    }

    /// Why a build of the run cannot be compared with anything here.
    fn unlike(&self, current: &Self, build: &str) -> Option<String> {
        if of(self).any(|entry| entry.build == build) {
            return None;
        }
        let subjects: BTreeSet<_> = of(current)
            .filter(|entry| entry.build == build)
            .map(BaselineEntry::subject)
            .collect();
        let others: BTreeSet<&str> = of(self)
            .filter(|entry| subjects.contains(&entry.subject()))
            .map(|entry| entry.build.as_str())
            .collect();
        if others.is_empty() {
            return None;
        }
        let others: Vec<&str> = others.into_iter().collect();
        let others = others.join("` and `");
        Some(format!(
            "the baseline is of `{others}` and the run of `{build}`"
        ))
    }

    fn rows(&self, current: &Self, build: &str, options: &DiffOptions) -> Vec<DiffRow> {
        let items = |baseline: &Self| {
            let entries = of(baseline).filter(|entry| entry.build == build);
            entries.map(BaselineEntry::item).collect()
        };
        // What looks new and is known of another build is not called new.
        let elsewhere: BTreeMap<_, &str> = of(self)
            .filter(|entry| entry.build != build)
            .map(|entry| (entry.subject(), entry.build.as_str()))
            .collect();
        let sure = |pair| match pair {
            Pair::New(item) => match elsewhere.get(&item.subject.key()) {
                Some(other) => {
                    let reason = format!("the baseline has it only of `{other}`");
                    Pair::Unsure(item, reason)
                }
                None => Pair::New(item),
            },
            pair => pair,
        };
        let pairs = pairs(items(self), items(current)).into_iter();
        pairs.map(|pair| row(sure(pair), options)).collect()
    }

    /// The notices of another compiler or memprof.
    fn versions(&self, current: &Self, build: &str) -> Vec<String> {
        let (Some(old), Some(new)) = (self.builds.get(build), current.builds.get(build)) else {
            return Vec::new();
        };
        let rustc = |versions: &super::Versions| versions.rustc_version.clone().unwrap_or_default();
        [
            ("rustc", rustc(old), rustc(new)),
            (
                "memprof",
                old.memprof_version.clone(),
                new.memprof_version.clone(),
            ),
        ]
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(noun, old, new)| format!("the baseline is of {noun} {old}, the run of {new}"))
        .collect()
    }
}

fn of(baseline: &Baseline) -> impl Iterator<Item = &BaselineEntry> {
    baseline.entries.iter()
}

/// What to do about the verdicts.
fn advice(diff: &Diff) -> Vec<String> {
    const ACCEPT: &str = "`cargo memprof accept`";
    let advice = [
        (
            Verdict::Regressed,
            format!("regressed: if that is meant, take it with {ACCEPT}"),
        ),
        (
            Verdict::NotComparable,
            format!("not compared and not gated: take them with {ACCEPT}"),
        ),
        (
            Verdict::Improved,
            format!("improved: tighten the baseline with {ACCEPT}"),
        ),
        (
            Verdict::New,
            format!("new and not gated until {ACCEPT} takes them"),
        ),
        (
            Verdict::Gone,
            "in the baseline and not in this run: delete their lines if they are gone for good"
                .to_owned(),
        ),
    ];
    advice
        .into_iter()
        .map(|(verdict, text)| (diff.count(verdict), text))
        .filter(|(number, _)| *number > 0)
        .map(|(number, text)| format!("{number} {text}"))
        .collect()
}
