//! Sizes of blocks and flows of two processes as one: what was counted adds up.

use std::collections::BTreeMap;

use crate::{FlowReport, SizeClass, SizesReport};

/// Adds the sizes of both; with where their operations stand in the merged report.
pub(super) fn sizes(parts: [(Vec<SizesReport>, &[usize]); 2]) -> Vec<SizesReport> {
    let mut merged: BTreeMap<Option<usize>, (SizesReport, BTreeMap<u64, u64>)> = BTreeMap::new();
    for (rows, places) in parts {
        for row in rows {
            let operation = moved(row.operation, places);
            let (sum, classes) = merged.entry(operation).or_default();
            sum.operation = operation;
            for (to, from) in [
                (&mut sum.moved_reallocations, row.moved_reallocations),
                (&mut sum.copied_bytes, row.copied_bytes),
                (&mut sum.temporary_blocks, row.temporary_blocks),
                (&mut sum.temporary_bytes, row.temporary_bytes),
                (&mut sum.temporary_error_blocks, row.temporary_error_blocks),
            ] {
                *to = to.saturating_add(from);
            }
            for class in row.classes {
                let allocations = classes.entry(class.least_bytes).or_default();
                *allocations = allocations.saturating_add(class.allocations);
            }
        }
    }
    let merged = merged.into_values().map(|(mut row, classes)| {
        let classes = classes.into_iter();
        row.classes = classes
            .map(|(least_bytes, allocations)| SizeClass {
                least_bytes,
                allocations,
            })
            .collect();
        row
    });
    merged.collect()
}

/// Adds the flows of both.
pub(super) fn flow(parts: [(Vec<FlowReport>, &[usize]); 2]) -> Vec<FlowReport> {
    let mut merged: BTreeMap<(Option<usize>, Option<usize>), FlowReport> = BTreeMap::new();
    for (cells, places) in parts {
        for cell in cells {
            let (from, to) = (moved(cell.from, places), moved(cell.to, places));
            let sum = merged.entry((from, to)).or_default();
            (sum.from, sum.to) = (from, to);
            sum.blocks = sum.blocks.saturating_add(cell.blocks);
            sum.bytes = sum.bytes.saturating_add(cell.bytes);
        }
    }
    merged.into_values().collect()
}

/// What leads nowhere, in a damaged document, stays as it is.
fn moved(operation: Option<usize>, places: &[usize]) -> Option<usize> {
    operation.map(|index| places.get(index).copied().unwrap_or(index))
}
