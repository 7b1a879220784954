//! The rows of a report: stacks with their figures, and the frames that they are made of, each once.

use super::symbols::Symbols;
use super::trim;
use crate::record::stacks::{Figures, copy};
use memprof_report::{Frame, Report, StackReport};
use std::collections::{BTreeMap, HashMap};

/// Adds all stacks. `places` says where in the report's list each path is.
pub(super) fn fill(report: &mut Report, places: &[usize]) {
    let copied = copy();
    if copied.is_empty() {
        return;
    }
    let is_owning = report.run.allocator.ownership;
    let mut symbols = Symbols::lock();
    let mut frames = Frames::default();
    // By path and frames: what differs only in memprof's own frames is one stack.
    let mut sums: BTreeMap<(usize, Vec<usize>, bool), Figures> = BTreeMap::new();
    for stack in copied {
        let Some(place) = places.get(stack.path as usize) else {
            continue;
        };
        let places = symbols.places(stack.frames);
        let shown = trim::shown(&places, stack.depth, stack.is_cut);
        let indexes = shown
            .frames
            .iter()
            .map(|place| frames.index(report, &mut symbols, *place));
        let sum = sums
            .entry((*place, indexes.collect(), shown.is_cut))
            .or_default();
        sum.add(&stack.figures);
    }
    let rows = sums.into_iter().filter(|(_, sum)| sum.samples > 0);
    report.stacks = rows
        .map(|((path, frames, truncated), sum)| StackReport {
            truncated,
            ..row(path, frames, &sum, is_owning)
        })
        .collect();
}

fn row(path: usize, frames: Vec<usize>, sum: &Figures, is_owning: bool) -> StackReport {
    let retained = |allocated: f64, freed: f64| (allocated - freed).max(0.0).round() as u64;
    StackReport {
        path,
        frames,
        truncated: false,
        samples: sum.samples,
        allocations: sum.blocks.round() as u64,
        allocated_bytes: sum.bytes.round() as u64,
        retained_blocks: is_owning.then(|| retained(sum.blocks, sum.freed_blocks)),
        retained_bytes: is_owning.then(|| retained(sum.bytes, sum.freed_bytes)),
        relative_standard_error: relative(sum.bytes_variance, sum.bytes),
        allocations_relative_standard_error: blocks_error(sum),
    }
}

/// Above this squared coefficient of variation of the samples' weights, what was seen says little of how many
/// smaller blocks were not: the variance comes from blocks of which there are hardly any samples.
const MOST_SPREAD: f64 = 1.0;

/// `None` where the sizes that were seen differ too much.
fn blocks_error(sum: &Figures) -> Option<f64> {
    // The variance of a sample is w² − w, see `record::stacks::plan`.
    let squares = sum.blocks_variance + sum.blocks;
    let spread = sum.samples as f64 * squares / (sum.blocks * sum.blocks) - 1.0;
    (spread <= MOST_SPREAD).then(|| relative(sum.blocks_variance, sum.blocks))
}

fn relative(variance: f64, estimate: f64) -> f64 {
    let error = variance.max(0.0).sqrt() / estimate;
    if error.is_finite() { error } else { 0.0 }
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.blocks += other.blocks;
        self.bytes += other.bytes;
        self.freed_blocks += other.freed_blocks;
        self.freed_bytes += other.freed_bytes;
        self.blocks_variance += other.blocks_variance;
        self.bytes_variance += other.bytes_variance;
    }
}

/// Which frame of the report a place in the code is.
#[derive(Default)]
struct Frames {
    of_addresses: HashMap<(usize, usize), usize>,
    of_lines: HashMap<Line, usize>,
}

/// What makes two addresses one place: a loop that the compiler unrolled is one call in the source.
#[derive(PartialEq, Eq, Hash)]
struct Line {
    function: Option<String>,
    object: Option<String>,
    file: Option<String>,
    line: u32,
    column: Option<u32>,
    inlined: bool,
}

impl Line {
    /// `None` where only the address is known, or the function.
    fn of(frame: &Frame) -> Option<Self> {
        Some(Self {
            line: frame.line?,
            function: frame.function.clone(),
            object: frame.object.clone(),
            file: frame.file.clone(),
            column: frame.column,
            inlined: frame.inlined,
        })
    }
}

impl Frames {
    fn index(
        &mut self,
        report: &mut Report,
        symbols: &mut Symbols,
        (address, at): (usize, usize),
    ) -> usize {
        let Self {
            of_addresses,
            of_lines,
        } = self;
        *of_addresses.entry((address, at)).or_insert_with(|| {
            let frame = symbols.frame(address, at);
            let mut add = || {
                report.frames.push(frame.clone());
                report.frames.len() - 1
            };
            match Line::of(frame) {
                Some(line) => *of_lines.entry(line).or_insert_with(add),
                None => add(),
            }
        })
    }
}
