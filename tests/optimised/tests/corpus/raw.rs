//! The four functions of the allocator, called with sizes that LLVM knows and with sizes that it does not know.

use crate::blocks::{Blocks, blocks, sized};
use crate::check::{Shape, exact, removable};
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::hint::black_box;

pub(crate) const SHAPES: &[Shape] = &[
    removable("alloc, known and unused", unused, |n| blocks(n, 24)),
    exact("alloc, known", known, |n| blocks(n, 24)),
    exact("alloc, of which only the address is used", address, |n| {
        blocks(2 * n, 24)
    }),
    exact("alloc, unknown", unknown, |n| sized(n, |i| i % 4_000 + 1)),
    removable("alloc of one byte", one_byte, |n| blocks(n, 1)),
    exact("alloc_zeroed, known", zeroed_known, |n| blocks(n, 100)),
    exact("alloc_zeroed, unknown", zeroed_unknown, |n| {
        sized(n, |i| i % 4_000 + 1)
    }),
    removable("alloc_zeroed, read before any write", zeroed_read, |n| {
        blocks(n, 48)
    }),
    exact("realloc, known", grown_known, |n| {
        Blocks::of([16, 80]).times(n)
    }),
    exact("realloc, unknown", grown_unknown, |n| {
        sized(n, |i| i % 4_000 + 1).and(sized(n, |i| i % 4_000 + 41))
    }),
    exact("realloc to less", shrunk, |n| Blocks::of([300, 7]).times(n)),
    exact("realloc to the same", same, |n| {
        Blocks::of([33, 33]).times(n)
    }),
    exact("realloc of zeroed", grown_zeroed, |n| {
        Blocks::of([40, 400]).times(n)
    }),
    exact("realloc, aligned", grown_aligned, |n| {
        Blocks::of([128, 640]).times(n)
    }),
    exact("sizes one after the other", all_sizes, |n| {
        sized(n, |i| i % 4_000 + 1).times(2)
    }),
];

/// A layout that is known to be valid.
const fn layout(size: usize, align: usize) -> Layout {
    match Layout::from_size_align(size, align) {
        Ok(layout) => layout,
        Err(_) => panic!("no layout"),
    }
}

/// Writes the first byte, the last and one more. Returns the sum of two of them.
///
/// # Safety
/// `block` is null or has `size` bytes, and `size` is not 0.
#[inline(always)]
unsafe fn touch(block: *mut u8, size: usize, i: usize) -> u64 {
    assert!(!block.is_null());
    // SAFETY: all three are below `size`.
    unsafe {
        block.write(i as u8);
        block.add(i % size).write((i / 7) as u8);
        block.add(size - 1).write((i / 3) as u8);
        u64::from(block.read()) + u64::from(block.add(i % size).read())
    }
}

#[memprof::track("alloc, known and unused")]
fn unused(count: usize) -> u64 {
    let mut sum = 0;
    for _ in 0..count {
        // SAFETY: of a size, and freed with its layout.
        unsafe {
            let block = alloc(layout(24, 8));
            sum += u64::from(!block.is_null());
            dealloc(block, layout(24, 8));
        }
    }
    sum
}

#[memprof::track("alloc, of which only the address is used")]
fn address(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        for zeroed in [false, true] {
            // SAFETY: of a size, and freed with its layout.
            unsafe {
                let block = if zeroed {
                    alloc_zeroed(layout(24, 8))
                } else {
                    alloc(layout(24, 8))
                };
                sum += (block.addr() / 8 % (i + 1)) as u64;
                dealloc(block, layout(24, 8));
            }
        }
    }
    sum
}

/// Allocates a block, uses it and frees it.
#[inline(always)]
fn once(zeroed: bool, layout: Layout, i: usize) -> u64 {
    // SAFETY: the size is not 0, and the block is freed with its layout.
    unsafe {
        let block = if zeroed {
            alloc_zeroed(layout)
        } else {
            alloc(layout)
        };
        let read = touch(block, layout.size(), i);
        dealloc(block, layout);
        read
    }
}

/// Allocates a block, resizes it and frees it. Uses it before and after.
#[inline(always)]
fn resized(zeroed: bool, old: Layout, size: usize, i: usize) -> u64 {
    let new = layout(size, old.align());
    // SAFETY: the sizes are not 0, and the block is freed with the layout that it has.
    unsafe {
        let block = if zeroed {
            alloc_zeroed(old)
        } else {
            alloc(old)
        };
        let first = touch(block, old.size(), i);
        let block = realloc(block, old, size);
        let second = touch(block, size, i);
        dealloc(block, new);
        first + second
    }
}

#[memprof::track("alloc, known")]
fn known(count: usize) -> u64 {
    (0..count).map(|i| once(false, layout(24, 8), i)).sum()
}

#[memprof::track("alloc, unknown")]
fn unknown(count: usize) -> u64 {
    (0..count)
        .map(|i| once(false, layout(i % 4_000 + 1, 1), i))
        .sum()
}

#[memprof::track("alloc of one byte")]
fn one_byte(count: usize) -> u64 {
    (0..count).map(|i| once(false, layout(1, 1), i)).sum()
}

#[memprof::track("alloc_zeroed, known")]
fn zeroed_known(count: usize) -> u64 {
    (0..count).map(|i| once(true, layout(100, 4), i)).sum()
}

#[memprof::track("alloc_zeroed, unknown")]
fn zeroed_unknown(count: usize) -> u64 {
    (0..count)
        .map(|i| once(true, layout(i % 4_000 + 1, 1), i))
        .sum()
}

#[memprof::track("alloc_zeroed, read before any write")]
fn zeroed_read(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        // SAFETY: of a size, checked, initialised, read within it, and freed with its layout.
        unsafe {
            let block = alloc_zeroed(layout(48, 16));
            assert!(!block.is_null());
            sum += u64::from(block.add(i % 48).read());
            dealloc(block, layout(48, 16));
        }
    }
    sum
}

#[memprof::track("realloc, known")]
fn grown_known(count: usize) -> u64 {
    (0..count)
        .map(|i| resized(false, layout(16, 8), 80, i))
        .sum()
}

#[memprof::track("realloc, unknown")]
fn grown_unknown(count: usize) -> u64 {
    (0..count)
        .map(|i| resized(false, layout(i % 4_000 + 1, 1), i % 4_000 + 41, i))
        .sum()
}

#[memprof::track("realloc to less")]
fn shrunk(count: usize) -> u64 {
    (0..count)
        .map(|i| resized(false, layout(300, 4), 7, i))
        .sum()
}

#[memprof::track("realloc to the same")]
fn same(count: usize) -> u64 {
    (0..count)
        .map(|i| resized(false, layout(33, 1), 33, i))
        .sum()
}

#[memprof::track("realloc of zeroed")]
fn grown_zeroed(count: usize) -> u64 {
    (0..count)
        .map(|i| resized(true, layout(40, 8), 400, i))
        .sum()
}

#[memprof::track("realloc, aligned")]
fn grown_aligned(count: usize) -> u64 {
    (0..count)
        .map(|i| resized(false, layout(128, 128), 640, i))
        .sum()
}

#[memprof::track("sizes one after the other")]
fn all_sizes(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let size = black_box(i % 4_000 + 1);
        sum += once(i % 2 == 0, layout(size, 1), i);
        sum += once(i % 3 == 0, layout(size, 2), i);
    }
    sum
}
