//! Promise: a stack that is deeper than what is kept of it says so; one that is not does not. Without a setting 64 frames are
//! kept.
#![allow(clippy::vec_box)] // The boxes are what is counted.

#[path = "../../alone/mod.rs"]
mod alone;

use memprof::{Allocator, Report};
use std::hint::black_box;

#[global_allocator]
static ALLOC: Allocator = Allocator::system();

const BYTES: usize = 4321;

fn main() {
    alone::run("cut_stacks_are_marked", cut_stacks_are_marked);
}

fn cut_stacks_are_marked() {
    // So deep, with `main` and what allocates: neither is near the limit.
    assert_eq!(kept(None, 30), (true, false));
    assert_eq!(kept(None, 200), (false, true));
    assert_eq!(kept(Some(16), 30), (false, true));
    assert_eq!(kept(Some(256), 200), (true, false));
}

/// Whether the outermost function is on the stack of a block that is allocated so deep, and whether that is marked.
fn kept(depth: Option<usize>, calls: usize) -> (bool, bool) {
    let folder = std::env::temp_dir().join(format!("memprof-cut-{}", std::process::id()));
    let mut builder = memprof::Profiler::builder()
        .output_directory(&folder)
        .sample_rate(1);
    if let Some(depth) = depth {
        builder = builder.stack_trace_depth(depth);
    }
    let profiler = builder.build().unwrap();
    let block = outermost(calls);
    let report = memprof::snapshot();
    drop((profiler, block));
    std::fs::remove_dir_all(&folder).unwrap();
    the_stack(&report)
}

fn the_stack(report: &Report) -> (bool, bool) {
    let is_wanted =
        |stack: &&memprof_report::StackReport| stack.retained_bytes == Some(BYTES as u64);
    let mut stacks = report.stacks.iter().filter(is_wanted);
    let (stack, None) = (stacks.next().expect("recorded"), stacks.next()) else {
        panic!("one stack");
    };
    let mut frames = stack.frames.iter().map(|&frame| &report.frames[frame]);
    let reaches = frames.any(|frame| frame.function.as_deref() == Some("cut::outermost"));
    (reaches, stack.truncated)
}

#[inline(never)]
fn outermost(calls: usize) -> Box<[u8; BYTES]> {
    black_box(deeper(calls))
}

#[inline(never)]
fn deeper(calls: usize) -> Box<[u8; BYTES]> {
    black_box(match calls {
        0 => Box::new(black_box([1; BYTES])),
        _ => deeper(calls - 1),
    })
}
