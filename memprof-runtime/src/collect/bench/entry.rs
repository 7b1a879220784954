//! The entry: what `#[bench]` puts beside a function and registers.

use super::Bencher;
use memprof_report::{GrowthClass, Limit};

/// One function that is benched, with one argument after the other. Made by generated code.
#[derive(Debug)]
pub struct Bench {
    /// The name that the user gave, if any.
    pub given: Option<&'static str>,
    /// `crate::module::function`
    pub path: &'static str,
    /// Where the attribute stands.
    pub file: &'static str,
    /// The line there, from 1.
    pub line: u32,
    /// The column there, from 1.
    pub column: u32,
    /// How many arguments there are; none where the function takes none.
    pub arguments: Option<usize>,
    /// Runs the function with the argument of an index.
    pub run: fn(&mut Bencher, usize),
    /// What one iteration may take.
    pub limits: &'static [Limit],
    /// How it may grow with its argument.
    pub growth: Option<GrowthClass>,
}

/// What the macros submit to `inventory`.
#[derive(Debug)]
pub struct BenchEntry(pub &'static Bench);

inventory::collect!(BenchEntry);

#[cfg(feature = "bench")]
impl Bench {
    /// Every bench of the program, in the order of their places.
    pub(super) fn all() -> Vec<&'static Self> {
        let mut all: Vec<&'static Self> = inventory::iter::<BenchEntry>()
            .map(|entry| entry.0)
            .collect();
        all.sort_by_key(|bench| (bench.file, bench.line, bench.column, bench.name()));
        all
    }

    /// The name, or the path without the crate.
    pub(super) fn name(&self) -> &'static str {
        let path = || {
            self.path
                .split_once("::")
                .map_or(self.path, |(_, path)| path)
        };
        self.given.unwrap_or_else(path)
    }
}
