//! The sizes of the operations' blocks, and the flow between operations.

use super::tree::Tree;
use crate::record::copy::Copied;
use crate::record::switches::Switches;
use memprof_report::{FlowReport, SizeClass, SizesReport};
use std::collections::BTreeMap;

/// A row for each operation, and one for work outside any, that has something to say.
pub(super) fn sizes(tree: &Tree<'_>, copied: &Copied, switches: Switches) -> Vec<SizesReport> {
    let mut rows: BTreeMap<Option<usize>, (SizesReport, BTreeMap<usize, u64>)> = BTreeMap::new();
    for (path, figures) in copied.figures.iter().enumerate() {
        let operation = tree.row_of(path);
        let (row, classes) = rows.entry(operation).or_default();
        row.operation = operation;
        row.moved_reallocations += figures.moved_reallocations;
        row.copied_bytes += figures.copied_bytes;
        let Some(sizes) = copied.sizes.get(path).filter(|_| switches.sizes) else {
            continue;
        };
        row.temporary_blocks += sizes.temporary_blocks;
        row.temporary_bytes += sizes.temporary_bytes;
        row.temporary_error_blocks += sizes.unseen_blocks;
        for (class, &allocations) in sizes.classes.iter().enumerate() {
            if allocations > 0 {
                *classes.entry(class).or_default() += allocations;
            }
        }
    }
    let rows = rows.into_values().map(|(mut row, classes)| {
        let classes = classes.into_iter().map(|(class, allocations)| SizeClass {
            least_bytes: 1 << class,
            allocations,
        });
        row.classes = classes.collect();
        row
    });
    rows.filter(|row| row.moved_reallocations > 0 || !row.classes.is_empty())
        .collect()
}

/// The cells of the matrix that are not empty, by operations.
pub(super) fn flow(tree: &Tree<'_>, copied: &Copied) -> Vec<FlowReport> {
    let mut cells: BTreeMap<(Option<usize>, Option<usize>), FlowReport> = BTreeMap::new();
    let of = |path: u32| tree.row_of(path as usize);
    for flow in &copied.flows {
        let (from, to) = (of(flow.from), of(flow.to));
        let cell = cells.entry((from, to)).or_default();
        (cell.from, cell.to) = (from, to);
        cell.blocks += flow.blocks;
        cell.bytes += flow.bytes;
    }
    cells.into_values().collect()
}
