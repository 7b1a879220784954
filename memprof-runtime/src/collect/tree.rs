//! The tree turns the figures of paths into those of operations: inclusive along each chain, self at its
//! current site, per call over all rows of a site.

use super::external::Declared;
use crate::record::copy::Copied;
use crate::record::paths::ROOT;
use crate::record::row::{PathFigures, PerCallCopy};
use crate::record::site::Site;
use memprof_report::{
    Distribution, ExternalReport, OperationReport, PathReport, PerCall, Report, SelfFigures,
};
use std::collections::{HashMap, HashSet};

use crate::record::histogram::MAX_RELATIVE_ERROR;

/// What is copied out, with its sites in the order of the report.
pub(super) struct Tree<'a> {
    pub(super) figures: &'a [PathFigures],
    /// The site of each operation row.
    pub(super) sites: Vec<&'static Site>,
    copied: &'a Copied,
    names: Vec<String>,
    is_owning: bool,
    rows: HashMap<*const Site, usize>,
    /// The operation row of each path's current site.
    row_of: Vec<Option<usize>>,
    /// The paths in the order of the report, which does not follow the race of threads as interning does.
    pub(super) order: Vec<usize>,
}

impl<'a> Tree<'a> {
    /// `known` are all registered sites; sites met at run time that are not among them are added.
    pub(super) fn new(copied: &'a Copied, known: Vec<&'static Site>, is_owning: bool) -> Self {
        let mut sites = known;
        let mut seen: HashSet<*const Site> = sites.iter().map(address).collect();
        sites.extend(
            copied
                .sites
                .iter()
                .filter(|site| seen.insert(address(site))),
        );
        sites.sort_by_cached_key(|site| super::sites::place(site));
        let rows: HashMap<_, _> = sites
            .iter()
            .enumerate()
            .map(|(row, site)| (address(site), row))
            .collect();
        let mut tree = Self {
            figures: &copied.figures,
            names: sites.iter().map(|site| site.name()).collect(),
            row_of: copied
                .nodes
                .iter()
                .map(|node| rows.get(&node.site).copied())
                .collect(),
            sites,
            copied,
            is_owning,
            rows,
            order: (0..copied.figures.len()).collect(),
        };
        let mut order = std::mem::take(&mut tree.order);
        order.sort_by_cached_key(|&path| {
            let reentered = tree.reentered(path).map(|row| &tree.names[row]);
            (tree.chain(path), reentered)
        });
        Self { order, ..tree }
    }

    /// The operation row of a path's current site; `None` for the root.
    pub(super) fn row_of(&self, path: usize) -> Option<usize> {
        self.row_of[path]
    }

    /// The operation row of a site.
    pub(super) fn row_of_site(&self, site: &'static Site) -> Option<usize> {
        self.rows.get(&address(&site)).copied()
    }

    /// The operation rows on a path's chain, outermost first.
    fn chain(&self, path: usize) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut at = self.copied.nodes[path].chain as usize;
        while at != ROOT as usize {
            // The twin of an operation in itself is one with it.
            chain.extend(self.row_of[at].filter(|row| !chain.contains(row)));
            at = self.copied.nodes[at].parent as usize;
        }
        chain.reverse();
        chain
    }

    /// The names of the operations on a path's chain, outermost first.
    pub(super) fn names(&self, path: usize) -> Vec<String> {
        self.chain(path)
            .into_iter()
            .map(|row| self.names[row].clone())
            .collect()
    }

    /// One row a site.
    pub(super) fn operations(&self) -> Vec<OperationReport> {
        let mut operations: Vec<OperationReport> =
            self.sites.iter().map(|site| blank(site)).collect();
        let mut inclusive = vec![PathFigures::default(); operations.len()];
        let mut own = inclusive.clone();
        for (path, figures) in self.figures.iter().enumerate() {
            for row in self.chain(path) {
                inclusive[row].add(figures);
            }
            if let Some(row) = self.row_of(path) {
                own[row].add(figures);
                own[row].add_calls_of(figures);
            }
        }
        for ((operation, inclusive), own) in operations.iter_mut().zip(&inclusive).zip(&own) {
            self.fill(operation, inclusive, own);
        }
        for (site, per_call) in self.copied.sites.iter().zip(&self.copied.per_call) {
            let row = self.rows[&address(site)];
            let operation = &mut operations[row];
            operation.per_call = distributions(per_call, own[row].finished);
            operation.peak_bytes = operation.peak_bytes.max(per_call.peak.max);
        }
        for (operation, own) in operations.iter_mut().zip(&own) {
            operation.peak_error_bytes = own.open_peak_error.saturating_sub(operation.peak_bytes);
        }
        operations
    }

    fn fill(&self, operation: &mut OperationReport, inclusive: &PathFigures, own: &PathFigures) {
        operation.calls = own.calls;
        operation.open_calls = own.calls.saturating_sub(own.finished);
        operation.allocations = inclusive.allocations;
        operation.allocated_bytes = inclusive.allocated_bytes();
        operation.deallocations = inclusive.deallocations;
        operation.deallocated_bytes = inclusive.deallocated_bytes;
        operation.net_bytes = inclusive.net_bytes;
        operation.reallocations = inclusive.reallocations;
        operation.reallocated_old_bytes = inclusive.reallocated_old_bytes;
        operation.reallocated_new_bytes = inclusive.reallocated_new_bytes;
        operation.retained_blocks = self.is_owning.then(|| inclusive.retained_blocks());
        operation.retained_bytes = self.is_owning.then(|| inclusive.retained_bytes());
        operation.self_figures = self.self_figures(own);
        operation.peak_bytes = own.open_peak;
    }

    fn self_figures(&self, own: &PathFigures) -> SelfFigures {
        SelfFigures {
            allocations: own.allocations,
            allocated_bytes: own.allocated_bytes(),
            deallocations: own.deallocations,
            deallocated_bytes: own.deallocated_bytes,
            net_bytes: own.net_bytes,
            retained_blocks: self.is_owning.then(|| own.retained_blocks()),
            retained_bytes: self.is_owning.then(|| own.retained_bytes()),
        }
    }

    /// One row a path, the root first.
    pub(super) fn paths(&self) -> Vec<PathReport> {
        let order = self.order.iter();
        order
            .map(|&path| self.path(path, &self.figures[path]))
            .collect()
    }

    /// The operation row that a path is in once more.
    fn reentered(&self, path: usize) -> Option<usize> {
        let is_reentered = path != ROOT as usize && self.copied.nodes[path].chain as usize != path;
        self.row_of(path).filter(|_| is_reentered)
    }

    /// Blocks and bytes that were allocated on a path and still live; `None` without ownership.
    pub(super) fn retained(&self, path: usize) -> Option<(u64, u64)> {
        let figures = &self.figures[path];
        self.is_owning
            .then(|| (figures.retained_blocks(), figures.retained_bytes()))
    }

    /// Where each path stands among the rows of `paths`.
    pub(super) fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.figures.len()];
        for (place, &path) in self.order.iter().enumerate() {
            places[path] = place;
        }
        places
    }

    /// Puts what is declared of external memory into the rows of the operations, and its own rows.
    pub(super) fn fill_external(&self, report: &mut Report, declared: Declared) {
        if declared.rows.is_empty() {
            return;
        }
        for (operation, site) in report.operations.iter_mut().zip(&self.sites) {
            let figures = declared.operations.get(&address(site).addr());
            let (now, peak) = figures.copied().unwrap_or_default();
            (operation.external_bytes, operation.peak_external_bytes) = (now, peak);
        }
        let places = self.places();
        let rows = declared.rows.into_iter().filter_map(|row| {
            Some(ExternalReport {
                path: *places.get(row.path)?,
                name: row.name,
                regions: row.regions,
                bytes: row.bytes,
                peak_bytes: row.peak_bytes,
            })
        });
        report.external = rows.collect();
        report
            .external
            .sort_by(|a, b| (a.path, &a.name).cmp(&(b.path, &b.name)));
    }

    fn path(&self, path: usize, figures: &PathFigures) -> PathReport {
        let reentered = self.reentered(path);
        let own = self.self_figures(figures);
        let chain = self.chain(path);
        PathReport {
            path: chain.iter().map(|row| self.names[*row].clone()).collect(),
            operations: chain,
            reentered: reentered.map(|row| self.names[row].clone()),
            calls: figures.calls,
            open_calls: figures.calls.saturating_sub(figures.finished),
            allocations: own.allocations,
            allocated_bytes: own.allocated_bytes,
            deallocations: own.deallocations,
            deallocated_bytes: own.deallocated_bytes,
            net_bytes: own.net_bytes,
            reallocations: figures.reallocations,
            reallocated_old_bytes: figures.reallocated_old_bytes,
            reallocated_new_bytes: figures.reallocated_new_bytes,
            retained_blocks: own.retained_blocks,
            retained_bytes: own.retained_bytes,
            at_peak_bytes: None,
        }
    }
}

fn address(site: &&'static Site) -> *const Site {
    std::ptr::from_ref(*site)
}

fn blank(site: &Site) -> OperationReport {
    OperationReport {
        name: site.name(),
        module: site.module().to_owned(),
        function: site.function(),
        file: site.file().to_owned(),
        line: site.line(),
        column: site.column(),
        ..OperationReport::default()
    }
}

/// What the finished calls had; `None` when there is none.
fn distributions(per_call: &PerCallCopy, finished: u64) -> Option<PerCall> {
    if finished == 0 {
        return None;
    }
    let mut copy = per_call.clone();
    copy.allocated.add_zeroes(finished);
    copy.peak.add_zeroes(finished);
    Some(PerCall {
        allocated_bytes: distribution(&copy.allocated, finished),
        peak_bytes: distribution(&copy.peak, finished),
    })
}

fn distribution(metric: &crate::record::histogram::MetricCopy, calls: u64) -> Distribution {
    let exact = metric.min == metric.max;
    Distribution {
        min: metric.min,
        max: metric.max,
        // What ended while it was read may be in the sum alone.
        mean: (metric.sum as f64 / calls as f64)
            .max(metric.min as f64)
            .min(metric.max as f64),
        p50: metric.percentile(0.50),
        p95: metric.percentile(0.95),
        p99: metric.percentile(0.99),
        exact,
        max_relative_error: if exact { 0.0 } else { MAX_RELATIVE_ERROR },
    }
}

impl PathFigures {
    pub(in crate::collect) fn allocated_bytes(&self) -> u64 {
        self.deallocated_bytes.saturating_add_signed(self.net_bytes)
    }

    pub(in crate::collect) fn retained_bytes(&self) -> u64 {
        self.allocated_bytes().saturating_sub(self.freed_bytes)
    }

    pub(in crate::collect) fn retained_blocks(&self) -> u64 {
        self.allocations.saturating_sub(self.freed_blocks)
    }

    /// Adds the events of another path.
    pub(super) fn add(&mut self, other: &Self) {
        self.allocations += other.allocations;
        self.deallocations += other.deallocations;
        self.deallocated_bytes += other.deallocated_bytes;
        self.net_bytes += other.net_bytes;
        self.reallocations += other.reallocations;
        self.reallocated_old_bytes += other.reallocated_old_bytes;
        self.reallocated_new_bytes += other.reallocated_new_bytes;
        self.freed_bytes += other.freed_bytes;
        self.freed_blocks += other.freed_blocks;
    }

    /// Adds the calls of another path of the same site.
    fn add_calls_of(&mut self, other: &Self) {
        self.calls += other.calls;
        self.finished += other.finished;
        self.open_peak = self.open_peak.max(other.open_peak);
        self.open_peak_error = self.open_peak_error.max(other.open_peak_error);
    }
}
