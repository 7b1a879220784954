//! Samples: the report as every format sees it, chains of places with their figures.
//!
//! A [`Sample`] is a path of operations, with or without a call stack below it. For every weight the samples
//! of a path add up to the path's own figure, whatever its stacks say: estimates are scaled to it, and what
//! recorded stacks leave over goes to the sample without a stack. So all samples add up to the report.

use std::collections::HashMap;

use super::error::Kind;
use super::{FormatError, Weight};
use crate::labels::{Label, Namesakes, OUTSIDE, TRUNCATED, listed};
use crate::{PathReport, Report, StackReport};

/// The samples of a report for some weights.
pub(super) struct Samples<'a> {
    /// Every place that is on a sample, once, in the order in which they come up.
    pub(super) labels: Vec<Label<'a>>,
    pub(super) samples: Vec<Sample>,
    /// Of bytes and of numbers; none where no stack is estimated.
    largest_errors: Option<[Largest; 2]>,
}

pub(super) struct Sample {
    /// Indexes into the labels, the outermost first; never empty.
    pub(super) chain: Vec<usize>,
    /// How many places at the beginning of the chain are operations.
    #[cfg_attr(not(feature = "pprof"), allow(dead_code))]
    pub(super) operations: usize,
    /// A figure for each weight; not all of them are 0.
    pub(super) figures: Vec<u64>,
}

/// The largest standard error of a stack, as a part of its figures.
#[derive(Clone, Copy, Default)]
struct Largest {
    error: f64,
    /// Whether it is not known of some stack.
    is_open: bool,
}

impl Largest {
    fn note(&mut self, error: Option<f64>) {
        match error {
            Some(error) => self.error = self.error.max(error),
            None => self.is_open = true,
        }
    }
}

impl<'a> Samples<'a> {
    pub(super) fn new(report: &'a Report, weights: &[Weight]) -> Result<Self, FormatError> {
        let totals: Vec<Vec<u64>> = weights
            .iter()
            .map(|weight| weight.of_paths(report))
            .collect::<Result<_, _>>()?;
        let stacks_of = stacks_by_path(report)?;
        let mut collected = Self {
            labels: Vec::new(),
            samples: Vec::new(),
            largest_errors: None,
        };
        let mut places = Places::new(report);
        for (index, path) in report.paths.iter().enumerate() {
            let stacks = &stacks_of[index];
            let parts: Vec<Vec<u64>> = weights
                .iter()
                .zip(&totals)
                .map(|(weight, totals)| split(*weight, totals[index], stacks))
                .collect();
            collected.add(&mut places, path, stacks, &parts);
        }
        collected.labels = places.labels;
        Ok(collected)
    }

    /// How far the figures of this weight can be trusted.
    pub(super) fn standing(&self, weight: Weight) -> String {
        if weight == Weight::AtPeakBytes {
            return "within 1 %".to_owned();
        }
        let Some([bytes, numbers]) = self.largest_errors else {
            return "exact".to_owned();
        };
        let is_number = matches!(weight, Weight::Allocations | Weight::RetainedBlocks);
        let largest = if is_number { numbers } else { bytes };
        let open = if largest.is_open {
            ", of some unknown"
        } else {
            ""
        };
        format!(
            "operations exact, call stacks sampled (standard error up to {:.0} %{open})",
            (largest.error * 100.0).ceil()
        )
    }

    /// The samples of a path: `parts` has for each weight the figure of every stack, and last of the path.
    fn add(
        &mut self,
        places: &mut Places<'a>,
        path: &'a PathReport,
        stacks: &[&StackReport],
        parts: &[Vec<u64>],
    ) {
        let operations = places.path(path);
        for row in 0..=stacks.len() {
            let figures: Vec<u64> = parts.iter().map(|part| part[row]).collect();
            if figures.iter().all(|figure| *figure == 0) {
                continue;
            }
            let mut chain = operations.clone();
            if let Some(stack) = stacks.get(row) {
                if stack.truncated {
                    chain.push(places.at(Place::Truncated));
                }
                let frames = stack.frames.iter().rev();
                chain.extend(frames.map(|frame| places.at(Place::Frame(*frame))));
                if is_estimate(stack) {
                    let [bytes, numbers] = self.largest_errors.get_or_insert_default();
                    bytes.note(Some(stack.relative_standard_error));
                    numbers.note(stack.allocations_relative_standard_error);
                }
            }
            self.samples.push(Sample {
                chain,
                operations: operations.len(),
                figures,
            });
        }
    }
}

/// The stacks of every path. An error where one refers to a path or a frame that is not there.
fn stacks_by_path(report: &Report) -> Result<Vec<Vec<&StackReport>>, FormatError> {
    let mut stacks_of = vec![Vec::new(); report.paths.len()];
    for (stack, row) in report.stacks.iter().enumerate() {
        let dangling = |to, index, len| Kind::Dangling {
            stack,
            to,
            index,
            len,
        };
        let frames = report.frames.len();
        if let Some(frame) = row.frames.iter().find(|frame| **frame >= frames) {
            return Err(dangling("frame", *frame, frames).into());
        }
        match stacks_of.get_mut(row.path) {
            Some(stacks) => stacks.push(row),
            None => return Err(dangling("path", row.path, report.paths.len()).into()),
        }
    }
    Ok(stacks_of)
}

/// The path's figure, split over its stacks and, last, what has no stack.
fn split(weight: Weight, total: u64, stacks: &[&StackReport]) -> Vec<u64> {
    let known = stacks.iter().map(|stack| weight.of_stack(stack));
    let mut parts: Vec<u64> = known.map(Option::unwrap_or_default).collect();
    let sum: u128 = parts.iter().copied().map(u128::from).sum();
    let is_recorded = sum <= u128::from(total) && !stacks.iter().any(|stack| is_estimate(stack));
    if sum > 0 && !is_recorded {
        scale(&mut parts, sum, total);
    }
    let given: u64 = parts.iter().sum();
    parts.push(total - given);
    parts
}

/// Scales the parts, which add up to `sum`, so that they add up to `total`. What rounding down leaves goes
/// to those that lost most.
fn scale(parts: &mut [u64], sum: u128, total: u64) {
    let mut lost: Vec<(u128, usize)> = Vec::with_capacity(parts.len());
    let mut given: u64 = 0;
    for (index, part) in parts.iter_mut().enumerate() {
        let product = u128::from(*part) * u128::from(total);
        // At most `total`, since no part is more than the sum.
        *part = u64::try_from(product / sum).unwrap_or(total);
        given += *part;
        lost.push((product % sum, index));
    }
    lost.sort_by_key(|(lost, index)| (std::cmp::Reverse(*lost), *index));
    let left = usize::try_from(total - given).unwrap_or(usize::MAX);
    for (_, index) in lost.into_iter().take(left) {
        parts[index] += 1;
    }
}

fn is_estimate(stack: &StackReport) -> bool {
    stack.relative_standard_error != 0.0
}

/// The labels, each made once.
struct Places<'a> {
    report: &'a Report,
    namesakes: Namesakes<'a>,
    labels: Vec<Label<'a>>,
    indexes: HashMap<Place<'a>, usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'a> {
    Outside,
    /// The callers that a stack was cut off from.
    Truncated,
    Operation(usize),
    /// An operation that the report names and does not list.
    Name(&'a str),
    Frame(usize),
}

impl<'a> Places<'a> {
    fn new(report: &'a Report) -> Self {
        Self {
            report,
            namesakes: Namesakes::new(report),
            labels: Vec::new(),
            indexes: HashMap::new(),
        }
    }

    /// The operations of a path, the one that was entered once more as the last.
    fn path(&mut self, path: &'a PathReport) -> Vec<usize> {
        let mut chain: Vec<usize> = (0..path.path.len())
            .map(|position| self.at(self.operation(path, position)))
            .collect();
        if let Some(again) = &path.reentered {
            let position = path.path.iter().rposition(|name| name == again);
            chain.push(match position {
                Some(position) => chain[position],
                None => self.at(Place::Name(again)),
            });
        }
        if chain.is_empty() {
            chain.push(self.at(Place::Outside));
        }
        chain
    }

    fn operation(&self, path: &'a PathReport, position: usize) -> Place<'a> {
        match listed(self.report, path, position) {
            Some(index) => Place::Operation(index),
            None => Place::Name(&path.path[position]),
        }
    }

    fn at(&mut self, place: Place<'a>) -> usize {
        let Self {
            report,
            namesakes,
            labels,
            indexes,
        } = self;
        *indexes.entry(place).or_insert_with(|| {
            labels.push(match place {
                Place::Outside => Label::named(OUTSIDE),
                Place::Truncated => Label::named(TRUNCATED),
                Place::Operation(index) => namesakes.operation(index),
                Place::Name(name) => Label::named(name),
                Place::Frame(index) => Label::frame(&report.frames[index]),
            });
            labels.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(allocated_bytes: u64, relative_standard_error: f64) -> StackReport {
        StackReport {
            allocated_bytes,
            relative_standard_error,
            ..Default::default()
        }
    }

    fn parts(total: u64, stacks: &[StackReport]) -> Vec<u64> {
        let stacks: Vec<&StackReport> = stacks.iter().collect();
        split(Weight::AllocatedBytes, total, &stacks)
    }

    #[test]
    fn recorded_stacks_stay_and_the_path_has_what_they_leave() {
        assert_eq!(parts(100, &[stack(60, 0.0), stack(30, 0.0)]), [60, 30, 10]);
        assert_eq!(parts(90, &[stack(60, 0.0), stack(30, 0.0)]), [60, 30, 0]);
        assert_eq!(parts(7, &[]), [7]);
    }

    #[test]
    fn estimates_are_scaled_to_their_path() {
        assert_eq!(parts(100, &[stack(60, 0.1), stack(20, 0.1)]), [75, 25, 0]);
        assert_eq!(parts(40, &[stack(60, 0.1), stack(20, 0.0)]), [30, 10, 0]);
        // 33.3 each: the first one gets what is left.
        let thirds = [stack(5, 0.1), stack(5, 0.1), stack(5, 0.1)];
        assert_eq!(parts(100, &thirds), [34, 33, 33, 0]);
    }

    #[test]
    fn stacks_that_say_more_than_their_path_are_scaled_too() {
        assert_eq!(parts(50, &[stack(60, 0.0), stack(40, 0.0)]), [30, 20, 0]);
        assert_eq!(parts(0, &[stack(60, 0.0)]), [0, 0]);
    }

    #[test]
    fn without_an_estimate_the_path_has_all() {
        assert_eq!(parts(9, &[stack(0, 0.5)]), [0, 9]);
        let whole = stack(9, 0.5);
        assert_eq!(split(Weight::AtPeakBytes, 9, &[&whole]), [0, 9]);
    }

    #[test]
    fn the_largest_figures_are_split() {
        let largest = [stack(u64::MAX, 0.0), stack(u64::MAX, f64::NAN)];
        assert_eq!(
            parts(u64::MAX, &largest),
            [u64::MAX / 2 + 1, u64::MAX / 2, 0]
        );
    }
}
