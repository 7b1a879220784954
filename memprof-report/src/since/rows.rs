//! The other rows in a part of the time: paths, stacks, sizes, flow and external memory.

use std::collections::HashMap;

use super::Matched;
use super::operations::under_way;
use crate::{FlowReport, Frame, PathReport, Report, SizesReport, StackReport};

/// Takes off what was done on the path before.
pub(super) fn path(row: &mut PathReport, before: &PathReport) {
    row.calls = under_way((row.calls, before.calls), before.open_calls);
    for (figure, before) in [
        (&mut row.allocations, before.allocations),
        (&mut row.allocated_bytes, before.allocated_bytes),
        (&mut row.deallocations, before.deallocations),
        (&mut row.deallocated_bytes, before.deallocated_bytes),
        (&mut row.reallocations, before.reallocations),
        (&mut row.reallocated_old_bytes, before.reallocated_old_bytes),
        (&mut row.reallocated_new_bytes, before.reallocated_new_bytes),
    ] {
        *figure = figure.saturating_sub(before);
    }
    row.net_bytes = row.net_bytes.saturating_sub(before.net_bytes);
}

/// What makes a frame the same in two reports: where the source is known, two addresses of it are one.
type Place<'a> = (
    [Option<&'a str>; 3],
    Option<u32>,
    Option<u32>,
    Option<u64>,
    bool,
);

fn place(frame: &Frame) -> Place<'_> {
    let names = [&frame.function, &frame.object, &frame.file].map(Option::as_deref);
    let address = frame.address.filter(|_| frame.line.is_none());
    (names, frame.line, frame.column, address, frame.inlined)
}

fn places<'a>(frames: &'a [Frame], stack: &StackReport) -> Vec<Place<'a>> {
    let frames = stack.frames.iter().filter_map(|&at| frames.get(at));
    frames.map(place).collect()
}

/// Takes off what was allocated under each stack before. What lives still is that of the end.
pub(super) fn stacks(report: &mut Report, earlier: &Report, matched: &Matched) {
    let mut before: HashMap<(usize, Vec<Place<'_>>), &StackReport> = HashMap::new();
    for stack in &earlier.stacks {
        before.insert((stack.path, places(&earlier.frames, stack)), stack);
    }
    let frames = &report.frames;
    for stack in &mut report.stacks {
        let path = matched.paths.get(stack.path).copied().flatten();
        let known = path.and_then(|path| before.get(&(path, places(frames, stack))));
        if let Some(known) = known {
            of_stack(stack, known);
        }
    }
    report
        .stacks
        .retain(|stack| stack.samples > 0 || stack.retained_blocks.is_some_and(|it| it > 0));
}

fn of_stack(stack: &mut StackReport, before: &StackReport) {
    let all = stack.clone();
    for (figure, before) in [
        (&mut stack.samples, before.samples),
        (&mut stack.allocations, before.allocations),
        (&mut stack.allocated_bytes, before.allocated_bytes),
    ] {
        *figure = figure.saturating_sub(before);
    }
    if stack.samples == 0 {
        // What it retains is estimated by all samples.
        return;
    }
    stack.relative_standard_error = error(
        (all.allocated_bytes, all.relative_standard_error),
        (before.allocated_bytes, before.relative_standard_error),
        stack.allocated_bytes,
    );
    let errors = [&all, before].map(|of| of.allocations_relative_standard_error);
    stack.allocations_relative_standard_error = match errors {
        [Some(now), Some(then)] => Some(error(
            (all.allocations, now),
            (before.allocations, then),
            stack.allocations,
        )),
        _ => None,
    };
}

/// The variances of samples add up, so those of earlier ones are taken off.
fn error(now: (u64, f64), before: (u64, f64), rest: u64) -> f64 {
    let variance = |(figure, error): (u64, f64)| (figure as f64 * error).powi(2);
    let deviation = (variance(now) - variance(before)).max(0.0).sqrt();
    let error = deviation / rest as f64;
    if error.is_finite() { error } else { 0.0 }
}

/// Takes off the blocks that were allocated before.
pub(super) fn sizes(rows: &mut Vec<SizesReport>, earlier: &Report, matched: &Matched) {
    for row in rows.iter_mut() {
        let Some(of) = matched.operation(row.operation) else {
            continue;
        };
        let Some(before) = earlier.sizes.iter().find(|row| row.operation == of) else {
            continue;
        };
        for (figure, before) in [
            (&mut row.moved_reallocations, before.moved_reallocations),
            (&mut row.copied_bytes, before.copied_bytes),
            (&mut row.temporary_blocks, before.temporary_blocks),
            (&mut row.temporary_bytes, before.temporary_bytes),
            (
                &mut row.temporary_error_blocks,
                before.temporary_error_blocks,
            ),
        ] {
            *figure = figure.saturating_sub(before);
        }
        for class in &mut row.classes {
            let mut others = before.classes.iter();
            if let Some(other) = others.find(|other| other.least_bytes == class.least_bytes) {
                class.allocations = class.allocations.saturating_sub(other.allocations);
            }
        }
        row.classes.retain(|class| class.allocations > 0);
    }
    rows.retain(|row| row.moved_reallocations > 0 || !row.classes.is_empty());
}

/// Takes off the blocks that were freed before.
pub(super) fn flow(cells: &mut Vec<FlowReport>, earlier: &Report, matched: &Matched) {
    let before: HashMap<_, &FlowReport> = earlier
        .flow
        .iter()
        .map(|cell| ((cell.from, cell.to), cell))
        .collect();
    for cell in cells.iter_mut() {
        let ends = (matched.operation(cell.from), matched.operation(cell.to));
        let (Some(from), Some(to)) = ends else {
            continue;
        };
        if let Some(known) = before.get(&(from, to)) {
            cell.blocks = cell.blocks.saturating_sub(known.blocks);
            cell.bytes = cell.bytes.saturating_sub(known.bytes);
        }
    }
    cells.retain(|cell| cell.blocks > 0);
}

/// A peak that was there before is not that of this time: what is certain stands instead.
pub(super) fn external(report: &mut Report, earlier: &Report, matched: &Matched) {
    for row in &mut report.external {
        let path = matched.paths.get(row.path).copied().flatten();
        let mut others = earlier.external.iter();
        let before = others.find(|other| Some(other.path) == path && other.name == row.name);
        if let Some(before) = before.filter(|before| row.peak_bytes <= before.peak_bytes) {
            row.peak_bytes = row.bytes.max(before.bytes);
        }
    }
}
