//! Promise: blocks that another allocator made are told of, and no figure is called exact that they make wrong.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

#[path = "alone/mod.rs"]
mod alone;

use std::alloc::{GlobalAlloc, Layout, System, dealloc};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const BLOCKS: u64 = 10_000;
const BYTES: usize = 100;

/// What memprof would have behind the block.
const FOOTER_BYTES: usize = 4;

fn main() {
    alone::run("foreign_blocks_are_told", foreign_blocks_are_told);
}

fn foreign_blocks_are_told() {
    let process = memprof::snapshot().process;
    assert_eq!(process.peak_error_bytes, 0);
    (0..BLOCKS).for_each(|_| free_a_foreign_block());

    let report = memprof::snapshot();
    let process = &report.process;
    assert!(process.deallocations > BLOCKS);
    let blocks = process.deallocations - process.allocations;
    let bytes = process.deallocated_bytes - process.allocated_bytes;
    let [warning] = &report.warnings[..] else {
        panic!("{:?}", report.warnings);
    };
    assert_eq!(warning.code, "foreign-blocks");
    let told = format!(
        "at least {blocks} freed blocks ({bytes} bytes) were not made by memprof's allocator"
    );
    assert!(warning.message.starts_with(&told), "{}", warning.message);
    assert_eq!(process.live_bytes, 0);
    assert_eq!(process.peak_error_bytes, bytes);
}

/// Of the bare system allocator, with zeros behind it as fresh memory mostly has.
fn free_a_foreign_block() {
    let layout = Layout::from_size_align(BYTES, 1).unwrap();
    let longer = Layout::from_size_align(BYTES + FOOTER_BYTES, 1).unwrap();
    // SAFETY: the sizes are not zero. Freeing it by the wrong allocator is the very fault that is tested: memprof's hands
    // it, with the longer layout, to the one that made it.
    unsafe { dealloc(System.alloc_zeroed(longer), layout) };
}
