//! Promise: blocks that another copy of memprof made, as a plugin's, are told of also where several threads have run: their
//! footers name a path that this copy does not have.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

#[path = "alone/mod.rs"]
mod alone;

use std::alloc::{GlobalAlloc, Layout, System, dealloc};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const BLOCKS: usize = 300;
const BYTES: usize = 100;
const FOOTER_BYTES: usize = 4;

/// A path of the other copy. Here there is none but that outside any operation.
const PATH: u32 = 1;

fn main() {
    alone::run("blocks_of_no_path_are_told", blocks_of_no_path_are_told);
}

fn blocks_of_no_path_are_told() {
    std::thread::spawn(|| ()).join().expect("no panic");
    (0..BLOCKS).for_each(|_| free_a_foreign_block());

    let report = memprof::snapshot();
    let told: Vec<_> = report.warnings.iter().map(|it| &it.message[..]).collect();
    let [message] = &told[..] else {
        panic!("{told:?}");
    };
    let bytes = BLOCKS * BYTES;
    let begin = format!(
        "at least {BLOCKS} freed blocks ({bytes} bytes) were not made by memprof's allocator"
    );
    assert!(message.starts_with(&begin), "{message}");
    assert!(report.process.peak_error_bytes >= bytes as u64);
}

/// With the footer of another copy's block behind it.
fn free_a_foreign_block() {
    let layout = Layout::from_size_align(BYTES, 1).unwrap();
    let longer = Layout::from_size_align(BYTES + FOOTER_BYTES, 1).unwrap();
    // SAFETY: the sizes are not zero, and the footer lies inside the block. Freeing it by the wrong allocator is the very fault
    // that is tested: memprof's hands it, with the longer layout, to the one that made it.
    unsafe {
        let block = System.alloc_zeroed(longer);
        block.add(BYTES).cast::<u32>().write_unaligned(PATH);
        dealloc(block, layout);
    }
}
