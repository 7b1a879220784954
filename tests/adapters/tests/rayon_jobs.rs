//! Promise: rayon's jobs count for the path that made them, on whichever worker, also when a worker that
//! waits inside a live scope runs jobs of somebody else.
#![forbid(unsafe_code)]

use memprof::rayon::ParallelIteratorExt as _;
use memprof::{Context, Report};
use rayon::prelude::*;
use std::hint::black_box;
use std::panic::AssertUnwindSafe;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Self allocated and deallocated bytes, calls.
fn own(report: &Report, name: &str) -> [u64; 3] {
    let row = report.operation(name).unwrap();
    let own = &row.self_figures;
    [own.allocated_bytes, own.deallocated_bytes, row.calls]
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
}

/// Joins down to single leaves, each with a scope that is live while its worker waits.
fn tree(depth: u32) -> u64 {
    let _scope = memprof::scope!("tree: node");
    let held = hold(8 << depth);
    let below = if depth == 0 {
        0
    } else {
        let (left, right) = memprof::rayon::join(|| tree(depth - 1), || tree(depth - 1));
        left + right
    };
    held.capacity() as u64 + below
}

/// Apart from its node, where rayon allocates for itself.
#[memprof::track("tree: hold")]
fn hold(bytes: usize) -> Vec<u8> {
    buffer(bytes)
}

#[memprof::track("other work")]
fn other(bytes: usize) -> usize {
    buffer(bytes).capacity()
}

#[test]
fn joins_with_stealing_inside_a_live_scope() {
    const DEPTH: u32 = 10;
    let pool = pool(4);
    for round in 1..=20 {
        // Other jobs lie in the same queues: whoever waits in a join may run one.
        let outside = {
            let _outside = memprof::scope!("outside");
            Context::current()
        };
        let allocated = pool.install(|| {
            let _root = memprof::scope!("tree");
            let mut jobs = vec![0_usize; 64];
            memprof::rayon::scope(|scope| {
                for (number, job) in jobs.iter_mut().enumerate() {
                    let _attached = outside.attach();
                    scope.spawn(move |_| *job = other(10_000 + number));
                }
                tree(DEPTH)
            })
        });
        let report = memprof::snapshot();
        let nodes = (1 << (DEPTH + 1)) - 1;
        assert_eq!(allocated, (8 * u64::from(DEPTH + 1)) << DEPTH);
        let sum = round * allocated;
        assert_eq!(own(&report, "tree: hold"), [sum, 0, round * nodes]);
        let hold = report.operation("tree: hold").unwrap();
        assert_eq!(
            (hold.retained_bytes, hold.retained_blocks),
            (Some(0), Some(0))
        );
        assert_eq!(report.operation("tree: node").unwrap().calls, round * nodes);
        let others = round * (0..64).map(|number| 10_000 + number).sum::<u64>();
        assert_eq!(own(&report, "other work"), [others, others, round * 64]);
        // One chain each: nobody's job ran under somebody else's path.
        let paths: Vec<_> = report
            .paths
            .iter()
            .filter(|row| row.calls > 0)
            .map(|row| row.path.join(" > "))
            .filter(|path| path.contains("tree: node") || path.contains("other work"))
            .collect();
        assert_eq!(
            paths,
            [
                "outside > other work",
                "tree > tree: node",
                "tree > tree: node > tree: hold"
            ]
        );
    }
}

#[test]
fn parallel_iterators_count_for_their_context() {
    let pool = pool(4);
    let texts: Vec<String> = pool.install(|| {
        let _scope = memprof::scope!("texts");
        let context = Context::current();
        (0..10_000_usize)
            .into_par_iter()
            .in_context(context)
            .map(|number| {
                let _each = memprof::scope!("texts: each");
                drop(buffer(100));
                let mut text = String::with_capacity(10);
                text.push_str(&number.to_string());
                text
            })
            .filter(|text| !text.is_empty())
            .collect()
    });
    assert_eq!(texts.len(), 10_000);
    let report = memprof::snapshot();
    let each = report.operation("texts: each").unwrap();
    let digits: u64 = texts.iter().map(|text| text.len() as u64).sum();
    // `to_string` makes what it needs, exactly.
    let numbers = each.allocated_bytes - 10_000 * 110;
    assert!(numbers >= digits, "{numbers} bytes for {digits} digits");
    assert_eq!(
        (each.calls, each.deallocated_bytes),
        (10_000, 1_000_000 + numbers)
    );
    assert_eq!(each.retained_bytes, Some(100_000));
    let whole = report.operation("texts").unwrap();
    let under: Vec<_> = report
        .paths
        .iter()
        .filter(|row| row.path.last().is_some_and(|name| name == "texts: each"))
        .map(|row| row.path.join(" > "))
        .collect();
    assert_eq!(under, ["texts > texts: each"]);
    // The collected vectors of the pieces and their union are the iterator's, under the context.
    assert!(whole.self_figures.allocated_bytes >= 10_000 * 24);
    drop(texts);
    let report = memprof::snapshot();
    assert_eq!(
        report.operation("texts: each").unwrap().retained_bytes,
        Some(0)
    );
}

#[test]
fn indexed_iterators_stay_indexed() {
    let pool = pool(3);
    let _scope = memprof::scope!("indexed");
    let context = Context::current();
    let numbers: Vec<usize> = (0..1000).collect();
    let (zipped, reversed): (Vec<usize>, Vec<usize>) = pool.install(|| {
        let zipped = numbers
            .par_iter()
            .in_context(context)
            .enumerate()
            .zip(numbers.par_iter().in_context(context))
            .map(|((index, one), other)| {
                let _each = memprof::scope!("indexed: each");
                buffer(10).capacity() + index + one + other - 10
            })
            .collect();
        let reversed = numbers
            .par_iter()
            .in_context(context)
            .rev()
            .with_min_len(10)
            .copied()
            .collect();
        (zipped, reversed)
    });
    assert_eq!(zipped, numbers.iter().map(|n| 3 * n).collect::<Vec<_>>());
    assert!(reversed.iter().rev().eq(&numbers));
    let report = memprof::snapshot();
    assert_eq!(own(&report, "indexed: each"), [10_000, 10_000, 1000]);
    let under = |row: &&memprof::report::PathReport| row.path == ["indexed", "indexed: each"];
    assert_eq!(report.paths.iter().filter(under).count(), 1);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn a_spawned_job_counts_for_its_spawner() {
    let (sender, done) = std::sync::mpsc::channel();
    {
        let _scope = memprof::scope!("spawner");
        memprof::rayon::spawn(move || {
            sender.send(other_job(777)).unwrap();
        });
    }
    assert_eq!(done.recv().unwrap(), 777);
    let report = memprof::snapshot();
    assert_eq!(own(&report, "spawned job"), [777, 777, 1]);
    let spawner = report.operation("spawner").unwrap();
    assert!(spawner.allocated_bytes >= 777);
    let path = |row: &&memprof::report::PathReport| row.path == ["spawner", "spawned job"];
    assert_eq!(report.paths.iter().filter(path).count(), 1);
}

#[memprof::track("spawned job")]
fn other_job(bytes: usize) -> usize {
    buffer(bytes).capacity()
}

#[test]
fn a_panicking_job_leaves_its_context() {
    let pool = pool(2);
    let context = {
        let _scope = memprof::scope!("panicking");
        Context::current()
    };
    for _ in 0..100 {
        let caught = std::panic::catch_unwind(AssertUnwindSafe(|| {
            pool.install(|| {
                (0..100_usize)
                    .into_par_iter()
                    .in_context(context)
                    .for_each(|number| {
                        let _held = buffer(10);
                        if number == 50 {
                            std::panic::resume_unwind(Box::new(()));
                        }
                    });
            });
        }));
        assert!(caught.is_err());
    }
    // Whichever worker it was that the panic went through.
    pool.broadcast(|_| assert_eq!(Context::current(), Context::default()));
    let report = memprof::snapshot();
    assert_eq!(
        report.operation("panicking").unwrap().retained_bytes,
        Some(0)
    );
}
