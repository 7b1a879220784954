//! Call stacks of two processes as one: those of the same path with the same frames add up.

use std::collections::BTreeMap;

use super::figures::sum;
use crate::{Frame, Report, StackReport};

/// The stacks of a report, apart from its tables of frames and paths.
pub(super) struct Taken {
    stacks: Vec<(StackReport, Vec<Frame>)>,
}

impl Taken {
    /// With `paths`, where each path of the report stands in the merged one. A stack that leads nowhere (of a
    /// damaged document) is left out.
    pub(super) fn of(report: &Report, paths: &[usize]) -> Self {
        let stacks = report.stacks.iter().filter_map(|stack| {
            let frames = stack.frames.iter().map(|&index| report.frames.get(index));
            let frames = frames
                .map(Option::<&Frame>::cloned)
                .collect::<Option<_>>()?;
            let path = *paths.get(stack.path)?;
            let stack = StackReport {
                path,
                ..stack.clone()
            };
            Some((stack, frames))
        });
        Self {
            stacks: stacks.collect(),
        }
    }
}

/// What makes two stacks the same: path, frames, and whether it was cut off.
type Key = (usize, Vec<FrameKey>, bool);

/// Puts the stacks of both into `report`, in the order of their paths and frames.
pub(super) fn merge(report: &mut Report, one: Taken, other: Taken) {
    let mut merged: BTreeMap<Key, (StackReport, Vec<Frame>)> = BTreeMap::new();
    for (stack, frames) in one.stacks.into_iter().chain(other.stacks) {
        let key = (
            stack.path,
            frames.iter().map(key).collect(),
            stack.truncated,
        );
        match merged.get_mut(&key) {
            Some((ours, _)) => add(ours, &stack),
            None => {
                merged.insert(key, (stack, frames));
            }
        }
    }
    let mut places: BTreeMap<FrameKey, usize> = BTreeMap::new();
    report.frames.clear();
    report.stacks.clear();
    for (mut stack, frames) in merged.into_values() {
        stack.frames = frames
            .into_iter()
            .map(|frame| {
                *places.entry(key(&frame)).or_insert_with(|| {
                    report.frames.push(frame);
                    report.frames.len() - 1
                })
            })
            .collect();
        report.stacks.push(stack);
    }
}

/// What makes two frames the same. Addresses differ from process to process: where there is a function, or the
/// place in an object, they do not count.
type FrameKey = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<u32>,
    Option<u32>,
    Option<u64>,
    Option<u64>,
    bool,
);

fn key(frame: &Frame) -> FrameKey {
    (
        frame.function.clone(),
        frame.object.clone(),
        frame.file.clone(),
        frame.line,
        frame.column,
        frame.object_offset.filter(|_| frame.function.is_none()),
        // An object may lie elsewhere in each process.
        frame
            .address
            .filter(|_| frame.function.is_none() && frame.object_offset.is_none()),
        frame.inlined,
    )
}

/// Adds the figures of another stack, of other samples.
pub(crate) fn add(stack: &mut StackReport, other: &StackReport) {
    stack.relative_standard_error = error_of_both(
        (stack.relative_standard_error, stack.allocated_bytes),
        (other.relative_standard_error, other.allocated_bytes),
    );
    stack.allocations_relative_standard_error = stack
        .allocations_relative_standard_error
        .zip(other.allocations_relative_standard_error)
        .map(|(ours, theirs)| {
            error_of_both((ours, stack.allocations), (theirs, other.allocations))
        });
    stack.samples = stack.samples.saturating_add(other.samples);
    stack.allocations = stack.allocations.saturating_add(other.allocations);
    stack.allocated_bytes = stack.allocated_bytes.saturating_add(other.allocated_bytes);
    stack.retained_blocks = sum(stack.retained_blocks, other.retained_blocks);
    stack.retained_bytes = sum(stack.retained_bytes, other.retained_bytes);
}

/// Errors of independent samples: their squares add up, weighted by what they are shares of.
fn error_of_both(ours: (f64, u64), theirs: (f64, u64)) -> f64 {
    let (one, other) = (ours.1 as f64, theirs.1 as f64);
    let error = (ours.0 * one).hypot(theirs.0 * other) / (one + other);
    if error.is_finite() { error } else { 0.0 }
}
