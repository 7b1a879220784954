//! Benches: what `#[bench]` registers, and the harness that `bench_main!` makes of it.
//!
//! `entry` is one bench, `bencher` runs its routine to be timed or measured, `memory` is the exact pass: one
//! warm-up, then three single iterations. The harness times with criterion, which the feature `bench` brings;
//! `arguments` are what cargo and the user say to it, `gate` holds the figures to what is declared and to
//! baselines. Recording goes on while criterion times, as it does in the program: it costs what the allocator
//! costs.

mod bencher;
mod entry;

#[cfg(feature = "bench")]
mod arguments;
#[cfg(feature = "bench")]
mod baselines;
#[cfg(feature = "bench")]
mod gate;
#[cfg(feature = "bench")]
mod harness;
#[cfg(feature = "bench")]
mod memory;

pub use self::bencher::Bencher;
pub use self::entry::{Bench, BenchEntry};
#[cfg(feature = "bench")]
pub use self::harness::bench_main;
