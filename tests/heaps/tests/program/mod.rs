//! A program with every kind of event, whose figures are the same in every run.

use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::sync::Barrier;

#[memprof::track("Alone")]
pub(crate) fn alone() {
    for round in 1..=50 {
        grow(round * 100);
        nested(3);
    }
}

/// Each thread by itself, and one that frees what another took.
pub(crate) fn on_threads() {
    let barrier = Barrier::new(3);
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                barrier.wait();
                for round in 1..=50 {
                    grow(round * 10);
                }
            });
        }
    });
    let made = std::thread::spawn(|| make(700)).join();
    take(made.expect("the thread"));
}

/// So many blocks of so many bytes, and one that holds them.
#[inline(never)]
pub(crate) fn counted(blocks: usize, bytes: usize) -> Vec<*mut u8> {
    let layout = Layout::from_size_align(bytes, 8).expect("a layout");
    let mut kept = Vec::with_capacity(blocks);
    for _ in 0..blocks {
        // SAFETY: the layout's size is not zero. The blocks stay for good.
        kept.push(black_box(unsafe { std::alloc::alloc(layout) }));
    }
    kept
}

#[memprof::track("Grow")]
fn grow(values: usize) {
    let mut grown = Vec::new();
    for value in 0..values {
        grown.push(black_box(value));
    }
    grown.truncate(values / 3);
    grown.shrink_to_fit();
    drop(black_box(vec![0_u8; values * 50]));
    over_aligned(values);
}

#[memprof::track("Nested")]
fn nested(depth: usize) {
    let text = black_box(depth.to_string());
    if depth > 0 {
        nested(depth - 1);
    }
    drop(text);
}

#[memprof::track("Make")]
fn make(bytes: usize) -> Vec<u8> {
    vec![1; bytes]
}

#[memprof::track("Take")]
fn take(bytes: Vec<u8>) {
    drop(black_box(bytes));
}

fn over_aligned(size: usize) {
    let layout = Layout::from_size_align(size, 256).expect("a layout");
    // SAFETY: the size is not zero, and the block is given back with its layout.
    unsafe {
        let block = black_box(crate::ALLOCATOR.alloc_zeroed(layout));
        assert_eq!(block.addr() % 256, 0);
        crate::ALLOCATOR.dealloc(block, layout);
    }
}
