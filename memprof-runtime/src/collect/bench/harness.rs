//! The harness of `bench_main!`: time by criterion, exact memory by a pass of our own in the same run, both
//! printed together.
//!
//! criterion calls a bench only if it is to run, so filters, `--list`, `--exact` and nextest are its business;
//! the memory pass is made at its first call, outside of what it times.

use super::arguments::Arguments;
use super::gate::Gate;
use super::memory::Memory;
use super::{Bench, Bencher, baselines};
use crate::collect::probe::is_allocator_installed;
use crate::record::pause::Pause;
use crate::record::registry::is_owning;
use criterion::{BenchmarkId, Criterion};
use memprof_report::{AllocatorInfo, Stats};
use std::path::PathBuf;

/// The exit code of every command where a budget, a growth or a baseline was exceeded.
const EXCEEDED: i32 = 3;

/// The `main` of a bench target whose manifest stands in `manifest`. Called by `bench_main!`.
pub fn bench_main(manifest: &str) {
    let arguments = Arguments::read(std::env::args().skip(1));
    let installed = {
        let _pause = Pause::new();
        is_allocator_installed()
    };
    let mut gate = Gate::new(AllocatorInfo {
        installed,
        ownership: installed && is_owning(),
    });
    if !installed && !arguments.lists {
        eprintln!(
            "memprof: memory is not counted: add `#[global_allocator] static ALLOC: memprof::Allocator = \
             memprof::Allocator::system();` to the bench"
        );
    }
    let mut criterion = Criterion::default().configure_from_args();
    for bench in Bench::all() {
        run(bench, &mut criterion, &mut gate);
    }
    criterion.final_summary();
    if arguments.lists {
        return;
    }
    if let Err(error) = baselines::compare(&mut gate, &arguments, &directory(manifest)) {
        eprintln!("memprof: {error}");
        std::process::exit(1);
    }
    if !gate.failures.is_empty() {
        for failure in &gate.failures {
            eprintln!("memprof: exceeded: {failure}");
        }
        std::process::exit(EXCEEDED);
    }
}

/// Where the manifest stands: cargo says so where it runs the program, which may have moved since it was built.
fn directory(manifest: &str) -> PathBuf {
    let said = std::env::var_os("CARGO_MANIFEST_DIR");
    said.map_or_else(|| PathBuf::from(manifest), PathBuf::from)
}

/// Runs a bench with each of its arguments.
fn run(bench: &'static Bench, criterion: &mut Criterion, gate: &mut Gate) {
    let name = bench.name();
    let Some(arguments) = bench.arguments else {
        let memory = time(
            bench,
            0,
            |routine| {
                criterion.bench_function(name, routine);
            },
            name,
        );
        if let Some(memory) = memory {
            tell(bench, name, &memory, gate);
        }
        return;
    };
    let mut group = criterion.benchmark_group(name);
    let mut sizes: Vec<(u64, Stats)> = Vec::new();
    for index in 0..arguments {
        let label = Bencher::label(|bencher| (bench.run)(bencher, index));
        let name = format!("{name}/{label}");
        let memory = time(
            bench,
            index,
            |routine| {
                group.bench_function(BenchmarkId::from_parameter(&label), routine);
            },
            &name,
        );
        if let Some(memory) = memory {
            tell(bench, &name, &memory, gate);
            // The least of them: what differs was added by something else.
            let least = memory.runs.iter().min_by_key(|stats| stats.allocated_bytes);
            sizes.extend(label.parse().ok().zip(least.copied()));
        }
    }
    group.finish();
    if sizes.len() > 1 || (bench.growth.is_some() && !sizes.is_empty()) {
        for line in gate.grow(bench, &sizes) {
            println!("{INDENT}{line}");
        }
        println!();
    }
}

/// Hands the routine to criterion; what the memory pass found, if it was called.
fn time(
    bench: &'static Bench,
    index: usize,
    hand_over: impl FnOnce(&mut dyn FnMut(&mut criterion::Bencher<'_>)),
    name: &str,
) -> Option<Memory> {
    let mut memory = None;
    hand_over(&mut |bencher: &mut criterion::Bencher<'_>| {
        memory.get_or_insert_with(|| Memory::of(bench, index, name));
        bencher.iter_custom(|iterations| {
            Bencher::time(iterations, |bencher| (bench.run)(bencher, index))
        });
    });
    memory
}

/// As far as criterion's own figures.
const INDENT: &str = "                        ";

fn tell(bench: &Bench, name: &str, memory: &Memory, gate: &mut Gate) {
    if gate.run.allocator.installed {
        println!("{INDENT}memory: {memory}");
    } else {
        println!("{INDENT}memory: not counted");
    }
    for passed in &memory.passed {
        println!("{INDENT}exceeded: {passed}");
    }
    println!();
    gate.take(bench, name, memory);
}
