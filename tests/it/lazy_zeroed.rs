//! Promise: zeroed memory stays lazy. Pages that the system gives zeroed, and pages that it moves when a
//! huge block grows, are not touched by memprof: what becomes resident is what becomes so under the bare
//! `System`, and at most [`HANDFUL`] pages more (the footer's own, and one of the recorder's).
//!
//! Both are measured in one process by calling the two allocators directly. Linux tells resident pages in
//! `/proc/self/statm`; elsewhere nothing is tested here.
#![cfg(target_os = "linux")]

use crate::ALLOCATOR;
use std::alloc::{GlobalAlloc, Layout, System};

static COUNTING: memprof::CountingAllocator = memprof::CountingAllocator::system();

/// Pages that may be resident beyond those of the bare allocator.
const HANDFUL: usize = 8;
const HUGE: usize = 256 << 20;
const PAGE: usize = 4096;
/// What the system aligns to unasked. For more the standard library zeroes the memory itself, which is not lazy.
const ALIGN: usize = 2 * size_of::<usize>();

/// One test: resident pages are a fact of the process.
#[test]
fn huge_blocks_stay_lazy() {
    alone!();
    without_huge_pages();
    // What the measurement itself makes resident, it makes so here.
    resident_pages();

    let bare = grown(zeroed(&System));
    assert!(bare <= HANDFUL, "the system's zeroed memory is not lazy");
    assert_handful(grown(zeroed(&ALLOCATOR)), bare);
    assert_handful(grown(zeroed(&COUNTING)), bare);
    assert_handful(grown(|measured| drop(zeroed_vec(measured))), bare);

    let bare = grown(growing(&System));
    assert!(bare <= HANDFUL, "the system's growth is not lazy");
    assert_handful(grown(growing(&ALLOCATOR)), bare);
    assert_handful(grown(growing(&COUNTING)), bare);
}

fn assert_handful(pages: usize, bare: usize) {
    assert!(
        pages <= bare + HANDFUL,
        "{pages} pages became resident, {bare} under the bare allocator"
    );
}

/// How many pages `work` makes resident until it calls what it is given.
fn grown(work: impl FnOnce(&mut dyn FnMut())) -> usize {
    let before = resident_pages();
    let mut after = 0;
    work(&mut || after = resident_pages());
    after.saturating_sub(before)
}

fn zeroed_vec(measured: &mut dyn FnMut()) -> Vec<u8> {
    let block = std::hint::black_box(vec![0_u8; HUGE]);
    measured();
    assert!(is_zero(&block));
    block
}

fn zeroed<A: GlobalAlloc>(allocator: &A) -> impl FnOnce(&mut dyn FnMut()) {
    move |measured| {
        let layout = Layout::from_size_align(HUGE, ALIGN).expect("a layout");
        // SAFETY: the block is used within its size and given back with its layout.
        unsafe {
            let block = allocator.alloc_zeroed(layout);
            assert!(!block.is_null());
            measured();
            assert!(is_zero(std::slice::from_raw_parts(block, HUGE)));
            allocator.dealloc(block, layout);
        }
    }
}

/// A zeroed block with a word at its ends grows to the double, shrinks to the half, grows again.
fn growing<A: GlobalAlloc>(allocator: &A) -> impl FnOnce(&mut dyn FnMut()) {
    move |measured| {
        let sized = |size| Layout::from_size_align(size, ALIGN).expect("a layout");
        let half = HUGE / 2;
        // SAFETY: the block is used within its size and given back with its latest layout.
        unsafe {
            let mut block = allocator.alloc_zeroed(sized(HUGE));
            assert!(!block.is_null());
            block.write_bytes(7, 8);
            block.add(half - 8).write_bytes(9, 8);
            for (old, new) in [(HUGE, 2 * HUGE), (2 * HUGE, half), (half, 2 * HUGE)] {
                block = allocator.realloc(block, sized(old), new);
                assert!(!block.is_null());
                assert_eq!(std::slice::from_raw_parts(block, 8), [7; 8]);
                assert_eq!(std::slice::from_raw_parts(block.add(half - 8), 8), [9; 8]);
            }
            measured();
            assert!(is_zero(std::slice::from_raw_parts(block.add(8), half - 16)));
            allocator.dealloc(block, sized(2 * HUGE));
        }
    }
}

/// Whether the first and the last byte of each page are zero, and all of the last page. Reading a lazy
/// page maps the system's one page of zeroes.
fn is_zero(block: &[u8]) -> bool {
    let zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
    block
        .chunks(PAGE)
        .all(|page| page[0] == 0 && page[page.len() - 1] == 0)
        && zero(&block[block.len() - PAGE..])
}

fn resident_pages() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("statm");
    let resident = statm.split(' ').nth(1).expect("a second field");
    resident.parse().expect("a number")
}

/// A touched page stays one page, also where the system would rather give two mebibytes at once.
fn without_huge_pages() {
    // SAFETY: this option takes no pointers.
    let result = unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}
