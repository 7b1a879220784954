//! Blocks with a larger alignment than allocators give by default.

use crate::blocks::{Blocks, blocks};
use crate::check::{Shape, exact, removable};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::sync::Arc;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([u8; 40]);

#[derive(Clone, Copy)]
#[repr(align(4096))]
struct Page([u64; 20]);

impl Line {
    fn new(i: usize) -> Self {
        Self(std::array::from_fn(|at| (at * i) as u8))
    }

    fn at(&self, i: usize) -> u64 {
        u64::from(self.0[i % 40])
    }
}

pub(crate) const SHAPES: &[Shape] = &[
    exact("line in a box", boxed_line, |n| blocks(n, 64)),
    exact("page in a box", boxed_page, |n| blocks(n, 4_096)),
    removable("page of one number", page_of_one, |n| blocks(n, 4_096)),
    exact("vec of lines", vec_of_lines, |n| blocks(n, 5 * 64)),
    // A capacity of 4, then of 8.
    exact("vec of lines that grows", grown, |n| {
        Blocks::of([4 * 64, 8 * 64]).times(n)
    }),
    // The value begins at the first multiple of its alignment behind the counts.
    exact("line in an arc", arc, |n| blocks(n, 2 * 64)),
    exact("zeroed lines", zeroed_lines, |n| blocks(n, 3 * 64)),
    exact("zeroed page", zeroed_page, |n| blocks(n, 4_096)),
    exact("few bytes, much alignment", few_bytes, |n| blocks(n, 3)),
];

#[memprof::track("line in a box")]
fn boxed_line(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let line = Box::new(Line::new(i));
        sum += line.at(i / 2);
    }
    sum
}

#[memprof::track("page in a box")]
fn boxed_page(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let page = Box::new(Page(std::array::from_fn(|at| (at * i) as u64)));
        sum += page.0[i % 20];
    }
    sum
}

#[memprof::track("page of one number")]
fn page_of_one(count: usize) -> u64 {
    (0..count as u64)
        .map(|i| Box::new(Page([i; 20])).0[3])
        .sum()
}

#[memprof::track("vec of lines")]
fn vec_of_lines(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let lines = vec![Line::new(i); 5];
        sum += lines[i % 5].at(i / 5);
    }
    sum
}

#[memprof::track("vec of lines that grows")]
fn grown(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut lines = Vec::new();
        for at in 0..6 {
            lines.push(Line::new(i + at));
        }
        sum += lines[i % 6].at(i / 6);
    }
    sum
}

#[memprof::track("line in an arc")]
fn arc(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let line = Arc::new(Line::new(i));
        let other = Arc::clone(&line);
        sum += line.at(i) + other.at(i / 2);
    }
    sum
}

/// Allocates a zeroed block, writes one byte and returns another.
#[inline(always)]
fn zeroed(layout: Layout, i: usize) -> u64 {
    let size = layout.size();
    // SAFETY: the size is not 0 here; the block is checked, accessed within its size, and freed with its layout.
    unsafe {
        let block = alloc_zeroed(layout);
        assert!(!block.is_null());
        block.add(i % size).write(5);
        let read = block.add(i / 2 % size).read();
        dealloc(block, layout);
        u64::from(read)
    }
}

#[memprof::track("zeroed lines")]
fn zeroed_lines(count: usize) -> u64 {
    const LAYOUT: Layout = Layout::new::<[Line; 3]>();
    (0..count).map(|i| zeroed(LAYOUT, i)).sum()
}

#[memprof::track("zeroed page")]
fn zeroed_page(count: usize) -> u64 {
    (0..count).map(|i| zeroed(Layout::new::<Page>(), i)).sum()
}

#[memprof::track("few bytes, much alignment")]
fn few_bytes(count: usize) -> u64 {
    let layout = Layout::from_size_align(3, 256).unwrap();
    (0..count).map(|i| zeroed(layout, i)).sum()
}
