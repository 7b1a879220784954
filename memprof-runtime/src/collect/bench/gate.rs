//! The gate: what the harness holds the figures of its benches to, and all that was not kept.
//!
//! Limits and growth are declared beside a bench; the figures of exact benches go into a baseline.

use super::Bench;
use super::memory::Memory;
use crate::collect::run;
use memprof_report::{
    AllocatorInfo, Baseline, Growth, GrowthVerdict, Metric, Run, Stats, SubjectKind,
};

#[derive(Debug)]
pub(super) struct Gate {
    pub(super) run: Run,
    /// Of every exact bench that ran.
    pub(super) current: Baseline,
    /// The others, which have no figures to compare: name and line.
    pub(super) inexact: Vec<(String, String)>,
    /// What was not kept, a line each.
    pub(super) failures: Vec<String>,
}

impl Gate {
    pub(super) fn new(allocator: AllocatorInfo) -> Self {
        Self {
            run: run::describe(None, allocator, 1),
            current: Baseline::default(),
            inexact: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Takes what a bench did, under its full name.
    pub(super) fn take(&mut self, bench: &Bench, name: &str, memory: &Memory) {
        self.failures.extend(memory.passed.iter().cloned());
        if !self.run.allocator.installed {
            if !bench.limits.is_empty() {
                self.failures
                    .push(format!("the budget of \"{name}\": nothing is counted"));
            }
            return;
        }
        if memory.runs.is_empty() && (!bench.limits.is_empty() || bench.growth.is_some()) {
            self.failures
                .push(format!("the budget of \"{name}\": no iteration was run"));
        }
        match memory.exact() {
            Some(stats) => {
                // Only refused without an allocator.
                let _ = self
                    .current
                    .add(SubjectKind::Bench, name, bench.file, &self.run, stats);
            }
            None => self.inexact.push((name.to_owned(), memory.to_string())),
        }
    }

    /// Judges the growth of a bench over its arguments; the lines to print.
    pub(super) fn grow(&mut self, bench: &Bench, sizes: &[(u64, Stats)]) -> Vec<String> {
        if !self.run.allocator.installed {
            if bench.growth.is_some() {
                let name = bench.name();
                self.failures
                    .push(format!("the growth of \"{name}\": nothing is counted"));
            }
            return Vec::new();
        }
        let mut lines = Vec::new();
        for metric in [
            Metric::AllocatedBytes,
            Metric::Allocations,
            Metric::PeakBytes,
        ] {
            let figure = |stats: &Stats| match metric {
                Metric::AllocatedBytes => stats.allocated_bytes,
                Metric::Allocations => stats.allocations,
                _ => stats.peak_bytes,
            };
            let points: Vec<_> = sizes.iter().map(|(n, stats)| (*n, figure(stats))).collect();
            let growth = Growth::fit(&points);
            let line = growth.line(metric, bench.growth);
            let verdict = bench.growth.map(|declared| growth.against(declared));
            if verdict == Some(GrowthVerdict::Exceeded) {
                let (name, file, at) = (bench.name(), bench.file, bench.line);
                self.failures
                    .push(format!("{line} in \"{name}\" ({file}:{at})"));
            }
            lines.push(line);
        }
        lines
    }
}
