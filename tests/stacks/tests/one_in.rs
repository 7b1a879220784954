//! One in so many allocations: seeded, so each run is the same; the estimates are within the printed error of
//! the truth, and each stack is at most as deep as was asked for.
#![allow(clippy::vec_box)] // The boxes are what is counted.

#[path = "../../alone/mod.rs"]
mod alone;

use memprof::Allocator;
use std::hint::black_box;

#[global_allocator]
static ALLOC: Allocator = Allocator::system();

const DEPTH: usize = 3;

fn main() {
    alone::run(
        "estimates_are_within_their_error",
        estimates_are_within_their_error,
    );
}

fn estimates_are_within_their_error() {
    memprof::__private::seed_stacks(5);
    let folder = std::env::temp_dir().join(format!("memprof-one-in-{}", std::process::id()));
    let builder = memprof::Profiler::builder().output_directory(&folder);
    let builder = builder.sample_rate(50).stack_trace_depth(DEPTH);
    let profiler = builder.build().unwrap();
    let kept = blocks(Vec::with_capacity(10_000));
    let report = memprof::snapshot();
    drop(profiler);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(
        (report.run.sample_rate, report.run.sample_interval_bytes),
        (50, None)
    );
    let mut found = 0;
    for stack in &report.stacks {
        let frames: Vec<_> = stack
            .frames
            .iter()
            .map(|&frame| &report.frames[frame])
            .collect();
        assert!(frames.iter().filter(|frame| !frame.inlined).count() <= DEPTH);
        let is_ours = |name: &str| name == "one_in::blocks";
        if frames
            .iter()
            .any(|frame| frame.function.as_deref().is_some_and(is_ours))
        {
            found += stack.samples;
            assert_eq!(stack.allocations, 50 * stack.samples);
            assert_eq!(stack.allocated_bytes, 50 * 24 * stack.samples);
            let off = stack.allocations.abs_diff(40_000) as f64 / stack.allocations as f64;
            assert!(off <= stack.relative_margin(), "{stack:?}");
            let off = stack.retained_blocks.unwrap().abs_diff(10_000) as f64;
            assert!(
                off / 10_000.0 <= 4.0 / (stack.samples as f64 / 4.0).sqrt(),
                "{stack:?}"
            );
        }
    }
    assert!((700..900).contains(&found), "{found} samples for about 800");
    println!("{found} samples of 40,000 blocks");
    drop(kept);
}

type Block = Box<[u8; 24]>;

#[inline(never)]
fn blocks(mut kept: Vec<Block>) -> Vec<Block> {
    for round in 0..40_000 {
        let block = black_box(Box::new([round as u8; 24]));
        if round % 4 == 0 {
            kept.push(block);
        }
    }
    kept
}
