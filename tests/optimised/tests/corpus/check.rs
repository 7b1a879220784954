//! What a shape is, and how the report's rows are compared with the figures that are written beside it.

use crate::blocks::Blocks;
use memprof::{OperationReport, Report};

/// An operation that frees all it allocates.
pub(crate) struct Shape {
    /// The operation's name.
    name: &'static str,
    /// Allocates and frees its blocks, as many times as the argument says.
    pub(crate) run: fn(usize) -> u64,
    /// The blocks of that many times.
    blocks: fn(usize) -> Blocks,
    is_removable: bool,
}

/// Operations that work together, or that keep blocks.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// Runs them that many times. Returns how many of the figures that it checks itself are wrong.
    pub(crate) run: fn(usize) -> u64,
    /// Their rows afterwards.
    pub(crate) expected: fn(usize) -> Vec<Expected>,
}

/// The row that an operation should have.
pub(crate) struct Expected {
    pub(crate) name: &'static str,
    pub(crate) figures: Figures,
    /// Whether the compiler may remove blocks.
    is_removable: bool,
}

/// The figures of a row that are compared, named as in the report.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    pub(crate) allocations: u64,
    pub(crate) allocated_bytes: u64,
    pub(crate) deallocations: u64,
    pub(crate) deallocated_bytes: u64,
    pub(crate) retained_blocks: u64,
    pub(crate) retained_bytes: u64,
    /// Without nested operations.
    pub(crate) self_allocated_bytes: u64,
    /// Compared where a scene states it.
    pub(crate) peak_bytes: Option<u64>,
}

/// A shape whose values are used, so that the compiler has to keep each block.
pub(crate) const fn exact(
    name: &'static str,
    run: fn(usize) -> u64,
    blocks: fn(usize) -> Blocks,
) -> Shape {
    Shape {
        name,
        run,
        blocks,
        is_removable: false,
    }
}

/// A shape that the compiler may compute without its blocks. A block that it removes is no allocation.
pub(crate) const fn removable(
    name: &'static str,
    run: fn(usize) -> u64,
    blocks: fn(usize) -> Blocks,
) -> Shape {
    Shape {
        is_removable: true,
        ..exact(name, run, blocks)
    }
}

impl Shape {
    pub(crate) fn expected(&self, count: usize) -> Expected {
        let blocks = (self.blocks)(count);
        Expected {
            is_removable: self.is_removable,
            ..Expected::balanced(self.name, 1, blocks)
        }
    }
}

impl Expected {
    pub(crate) fn new(name: &'static str, figures: Figures) -> Self {
        Self {
            name,
            figures,
            is_removable: false,
        }
    }

    /// An operation without nested ones that freed all it allocated.
    pub(crate) fn balanced(name: &'static str, calls: usize, all: Blocks) -> Self {
        Self::new(name, Figures::new(calls, all, all, Blocks::NONE))
    }

    pub(crate) fn with_peak(mut self, bytes: u64) -> Self {
        self.figures.peak_bytes = Some(bytes);
        self
    }
}

impl Figures {
    /// An operation without nested ones.
    pub(crate) fn new(
        calls: usize,
        allocated: Blocks,
        deallocated: Blocks,
        retained: Blocks,
    ) -> Self {
        Self {
            calls: calls as u64,
            allocations: allocated.count,
            allocated_bytes: allocated.bytes,
            deallocations: deallocated.count,
            deallocated_bytes: deallocated.bytes,
            retained_blocks: retained.count,
            retained_bytes: retained.bytes,
            self_allocated_bytes: allocated.bytes,
            peak_bytes: None,
        }
    }

    fn of(row: &OperationReport) -> Self {
        Self {
            calls: row.calls,
            allocations: row.allocations,
            allocated_bytes: row.allocated_bytes,
            deallocations: row.deallocations,
            deallocated_bytes: row.deallocated_bytes,
            retained_blocks: row.retained_blocks.unwrap(),
            retained_bytes: row.retained_bytes.unwrap(),
            self_allocated_bytes: row.self_figures.allocated_bytes,
            peak_bytes: Some(row.peak_bytes),
        }
    }

    /// The figures that are right if the compiler removed some of the blocks: fewer, and still balanced.
    fn without_removed(self, got: Self) -> Self {
        // Unoptimised builds remove nothing, so they check the full figures.
        let is_less =
            got.allocations < self.allocations && got.allocated_bytes < self.allocated_bytes;
        if cfg!(debug_assertions) || !is_less {
            return self;
        }
        let left = Blocks {
            count: got.allocations,
            bytes: got.allocated_bytes,
        };
        Self::new(1, left, left, Blocks::NONE)
    }

    fn named(self) -> [(&'static str, Option<u64>); 9] {
        [
            ("calls", Some(self.calls)),
            ("allocations", Some(self.allocations)),
            ("allocated_bytes", Some(self.allocated_bytes)),
            ("deallocations", Some(self.deallocations)),
            ("deallocated_bytes", Some(self.deallocated_bytes)),
            ("retained_blocks", Some(self.retained_blocks)),
            ("retained_bytes", Some(self.retained_bytes)),
            ("self.allocated_bytes", Some(self.self_allocated_bytes)),
            ("peak_bytes", self.peak_bytes),
        ]
    }
}

/// Compares the expected rows with a snapshot. Returns one line for each row that is wrong.
pub(crate) fn wrong(expected: &[Expected]) -> Vec<String> {
    let report = memprof::snapshot();
    let mut lines: Vec<_> = expected.iter().filter_map(|it| it.wrong(&report)).collect();
    lines.extend(
        report
            .warnings
            .iter()
            .map(|it| format!("warning: {}", it.message)),
    );
    lines.extend(unlisted(expected, &report));
    lines.extend(process(&report));
    lines
}

/// The number of rows in which the compiler removed blocks.
pub(crate) fn removed(expected: &[Expected]) -> usize {
    let report = memprof::snapshot();
    let is_less = |it: &&Expected| {
        let row = report.operation(it.name);
        row.is_some_and(|row| row.allocations < it.figures.allocations)
    };
    expected.iter().filter(is_less).count()
}

impl Expected {
    fn wrong(&self, report: &Report) -> Option<String> {
        let Some(row) = report.operation(self.name) else {
            return Some(format!("{}: no such operation", self.name));
        };
        let got = Figures::of(row);
        let mut expected = self.figures;
        if self.is_removable {
            expected = expected.without_removed(got);
        }
        let differences: Vec<_> = expected
            .named()
            .into_iter()
            .zip(got.named())
            .filter(|((_, expected), (_, got))| expected.is_some() && expected != got)
            .map(|((name, expected), (_, got))| {
                let [expected, got] = [expected, got].map(Option::unwrap_or_default);
                format!("{name}: expected {expected}, got {got}")
            })
            .collect();
        (!differences.is_empty()).then(|| format!("{}: {}", self.name, differences.join("; ")))
    }
}

/// Operations that have no expected row: nothing would check them.
fn unlisted(expected: &[Expected], report: &Report) -> Vec<String> {
    let is_listed = |name: &str| expected.iter().any(|it| it.name == name);
    let rows = report.operations.iter();
    rows.filter(|row| !is_listed(&row.name))
        .map(|row| format!("{}: no figures are expected", row.name))
        .collect()
}

/// The process's live figures equal what all paths retain, and what was allocated and not freed.
fn process(report: &Report) -> Option<String> {
    let process = &report.process;
    let live = Blocks {
        count: process.live_blocks,
        bytes: process.live_bytes,
    };
    let not_freed = Blocks {
        count: process.allocations.wrapping_sub(process.deallocations),
        bytes: process
            .allocated_bytes
            .wrapping_sub(process.deallocated_bytes),
    };
    let retained = report.paths.iter().fold(Blocks::NONE, |sum, row| {
        sum.and(Blocks {
            count: row.retained_blocks.unwrap(),
            bytes: row.retained_bytes.unwrap(),
        })
    });
    (live != retained || live != not_freed).then(|| {
        format!(
            "process: live {live:?}, retained by all paths {retained:?}, not freed {not_freed:?}"
        )
    })
}
