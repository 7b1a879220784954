//! What the model keeps: figures of each operation by itself and with all that it called.

use super::operations::{NONE, OPERATIONS};
use memprof::{OperationReport, Report};
use std::ops::{AddAssign, Sub};

/// Where a thread is: the operations that are open, and the one on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) open: u8,
    pub(crate) top: usize,
}

impl Place {
    pub(crate) const OUTSIDE: Self = Self { open: 0, top: NONE };

    pub(crate) fn inside(self, operation: usize) -> Self {
        Self {
            open: self.open | 1 << operation,
            top: operation,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) allocations: i64,
    pub(crate) allocated_bytes: i64,
    pub(crate) deallocations: i64,
    pub(crate) deallocated_bytes: i64,
    pub(crate) retained_blocks: i64,
    pub(crate) retained_bytes: i64,
}

impl Figures {
    fn each(&mut self) -> [&mut i64; 6] {
        [
            &mut self.allocations,
            &mut self.allocated_bytes,
            &mut self.deallocations,
            &mut self.deallocated_bytes,
            &mut self.retained_blocks,
            &mut self.retained_bytes,
        ]
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, mut other: Self) {
        for (one, other) in self.each().into_iter().zip(other.each()) {
            *one += *other;
        }
    }
}

impl Sub for Figures {
    type Output = Self;

    fn sub(mut self, mut other: Self) -> Self {
        for (one, other) in self.each().into_iter().zip(other.each()) {
            *one -= *other;
        }
        self
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) calls: i64,
    pub(crate) reallocations: i64,
    /// With what it called.
    pub(crate) all: Figures,
    pub(crate) own: Figures,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) rows: [Row; OPERATIONS],
    /// Of the worker, wherever it was.
    pub(crate) totals: Figures,
}

impl Tally {
    pub(crate) fn enter(&mut self, operation: usize) {
        self.rows[operation].calls += 1;
    }

    pub(crate) fn allocate(&mut self, at: Place, bytes: usize) {
        let bytes = bytes as i64;
        self.add(
            at,
            Figures {
                allocations: 1,
                allocated_bytes: bytes,
                retained_blocks: 1,
                retained_bytes: bytes,
                ..Figures::default()
            },
        );
    }

    /// At one place a block of another is freed.
    pub(crate) fn free(&mut self, at: Place, of: Place, bytes: usize) {
        let bytes = bytes as i64;
        self.add(
            at,
            Figures {
                deallocations: 1,
                deallocated_bytes: bytes,
                ..Figures::default()
            },
        );
        self.add(
            of,
            Figures {
                retained_blocks: -1,
                retained_bytes: -bytes,
                ..Figures::default()
            },
        );
    }

    pub(crate) fn reallocate(&mut self, at: Place, of: Place, old: usize, new: usize) {
        self.free(at, of, old);
        self.allocate(at, new);
        for operation in 0..OPERATIONS {
            self.rows[operation].reallocations += i64::from(at.open >> operation & 1);
        }
    }

    fn add(&mut self, at: Place, figures: Figures) {
        self.totals += figures;
        for (operation, row) in self.rows.iter_mut().enumerate() {
            if at.open >> operation & 1 == 1 {
                row.all += figures;
            }
            if at.top == operation {
                row.own += figures;
            }
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.totals += other.totals;
        for (one, other) in self.rows.iter_mut().zip(other.rows) {
            one.calls += other.calls;
            one.reallocations += other.reallocations;
            one.all += other.all;
            one.own += other.own;
        }
    }
}

/// What the report has of each operation.
pub(crate) fn reported(report: &Report) -> [Row; OPERATIONS] {
    std::array::from_fn(|operation| {
        let row = report.operation(&operation.to_string());
        row.map_or_else(Row::default, of_report)
    })
}

fn of_report(row: &OperationReport) -> Row {
    let own = &row.self_figures;
    let kept = |figure: Option<i64>| figure.expect("ownership");
    Row {
        calls: row.calls as i64,
        reallocations: row.reallocations as i64,
        all: Figures {
            allocations: row.allocations as i64,
            allocated_bytes: row.allocated_bytes as i64,
            deallocations: row.deallocations as i64,
            deallocated_bytes: row.deallocated_bytes as i64,
            retained_blocks: kept(row.retained_blocks.map(|blocks| blocks as i64)),
            retained_bytes: kept(row.retained_bytes.map(|bytes| bytes as i64)),
        },
        own: Figures {
            allocations: own.allocations as i64,
            allocated_bytes: own.allocated_bytes as i64,
            deallocations: own.deallocations as i64,
            deallocated_bytes: own.deallocated_bytes as i64,
            retained_blocks: kept(own.retained_blocks.map(|blocks| blocks as i64)),
            retained_bytes: kept(own.retained_bytes.map(|bytes| bytes as i64)),
        },
    }
}
