//! Promise: what C code takes of the allocator below memprof's is told apart, now and at the peak: it is no rounding of
//! the program's blocks, which is at most what so many blocks can take, and no memory of memprof's own.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use memprof::report::MemoryParts;
use memprof::{Profiler, snapshot};
use std::hint::black_box;

const BLOCKS: usize = 50_000;
const BLOCK_BYTES: usize = 1_000;
/// With its header, in a class of 16 bytes.
const IN_HEAP_BYTES: u64 = 1_008;
/// The most that a block can take beyond its bytes.
const MOST_OF_BLOCK: u64 = 32;
/// And one with pages of its own.
const PAGE: u64 = 4096 + 16;
const LIVE_BYTES: usize = 32 << 20;

/// One test: the heap is the process's.
#[test]
fn c_code_is_no_rounding() {
    alone!();
    let directory = std::env::temp_dir().join(format!("memprof-other-{}", std::process::id()));
    let profiler = Profiler::builder().output_directory(&directory).build();
    let profiler = profiler.expect("the settings are right");
    let mut nodes: Vec<*mut libc::c_void> = Vec::with_capacity(BLOCKS);
    let kept = black_box(vec![1_u8; LIVE_BYTES]);
    // What the first one keeps is there before.
    now();
    let (before, _) = now();
    for _ in 0..BLOCKS {
        // SAFETY: any size may be asked for.
        nodes.push(black_box(unsafe { libc::malloc(BLOCK_BYTES) }));
    }
    let (with, most) = now();
    // A new peak, while C code holds its blocks.
    let more = black_box(vec![1_u8; LIVE_BYTES]);
    let at_peak = snapshot().process.fragmentation.expect("enough is held");
    let at_peak = at_peak.at_peak.expect("a profiler looks");
    for node in nodes.drain(..) {
        // SAFETY: from `malloc`, and given back once.
        unsafe { libc::free(node) };
    }
    let text = snapshot();
    drop((kept, more, text));

    let taken = BLOCKS as u64 * IN_HEAP_BYTES;
    // What the harness's other thread does meanwhile is less than a page.
    let more = beyond(&with) - beyond(&before);
    assert!(more.abs_diff(taken) < 4096, "{before:?} {with:?}");
    for (parts, label) in [(&with, "now"), (&at_peak, "at the peak")] {
        let rounding = parts.rounding_bytes.expect("told");
        assert!(rounding <= most + PAGE, "{label}: {rounding} of {most}");
        let other = parts.other_bytes.expect("told apart");
        assert!(other > taken - 2 * most, "{label}: {parts:?}");
        assert!(other < taken + (1 << 20), "{label}: {parts:?}");
    }
    assert_eq!(with.live_bytes, before.live_bytes);
    assert_eq!(with.overhead_bytes, before.overhead_bytes);
    assert!(before.other_bytes < Some(1 << 20), "{before:?}");
    profiler.finish().expect("written");
    std::fs::remove_dir_all(directory).expect("removed");
}

/// The parts of now, and the most that can be rounding.
fn now() -> (MemoryParts, u64) {
    let process = snapshot().process;
    let parts = process.fragmentation.expect("enough is held").now;
    // The buffers and the large block have pages of their own, and so may what is memprof's.
    let mapped = 8 * PAGE;
    let most = process.live_blocks * MOST_OF_BLOCK + mapped + parts.overhead_bytes / 4;
    (parts, most)
}

fn beyond(parts: &MemoryParts) -> u64 {
    parts.rounding_bytes.expect("told") + parts.other_bytes.expect("told apart")
}
