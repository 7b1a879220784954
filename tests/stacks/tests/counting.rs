//! Under `CountingAllocator` blocks have no footer: stacks know what was allocated, and nothing of what is
//! retained. Without an interval or a rate there are none.
#![allow(clippy::vec_box)] // The boxes are what is counted.

#[path = "../../alone/mod.rs"]
mod alone;

use memprof::CountingAllocator;
use memprof_report::StackReport;
use std::hint::black_box;

#[global_allocator]
static ALLOC: CountingAllocator = CountingAllocator::system();

fn main() {
    alone::run(
        "stacks_know_what_was_allocated",
        stacks_know_what_was_allocated,
    );
}

fn stacks_know_what_was_allocated() {
    black_box(blocks());
    assert!(memprof::snapshot().stacks.is_empty());
    let folder = std::env::temp_dir().join(format!("memprof-counting-{}", std::process::id()));
    let builder = memprof::Profiler::builder().output_directory(&folder);
    let profiler = builder.sample_rate(1).build().unwrap();
    black_box(blocks());
    let report = memprof::snapshot();
    drop(profiler);
    std::fs::remove_dir_all(&folder).unwrap();
    let through = |stack: &&StackReport| {
        let mut frames = stack.frames.iter().map(|&frame| &report.frames[frame]);
        frames.any(|frame| frame.function.as_deref() == Some("counting::blocks"))
    };
    let of_blocks: Vec<_> = report.stacks.iter().filter(through).collect();
    let sum =
        |figure: fn(&StackReport) -> u64| of_blocks.iter().map(|stack| figure(stack)).sum::<u64>();
    assert_eq!(sum(|stack| stack.allocations), 11);
    assert_eq!(
        sum(|stack| stack.allocated_bytes),
        10 * 33 + 10 * size_of::<Box<[u8; 33]>>() as u64
    );
    assert!(of_blocks.iter().all(|stack| stack.retained_bytes.is_none()));
    assert!(
        of_blocks
            .iter()
            .all(|stack| stack.retained_blocks.is_none())
    );
    println!("{} stacks", report.stacks.len());
}

#[inline(never)]
fn blocks() -> Vec<Box<[u8; 33]>> {
    let mut blocks = Vec::with_capacity(10);
    for _ in 0..10 {
        blocks.push(Box::new(black_box([1; 33])));
    }
    blocks
}
