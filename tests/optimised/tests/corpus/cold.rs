//! Blocks that are allocated or freed in cold code.
//!
//! LLVM inlines little there, so one side of a pair is inlined and the other is a call. The hardest block is allocated
//! inline, never written to, and freed by a call: no code that LLVM sees reads its footer.

use crate::blocks::{Blocks, blocks, like};
use crate::check::{Shape, exact};
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::hint::black_box;
use std::panic::{catch_unwind, resume_unwind};

pub(crate) const SHAPES: &[Shape] = &[
    exact("freed where it is cold", freed, |n| blocks(n, 96)),
    exact("never written, freed where it is cold", unwritten, |n| {
        blocks(n, 96)
    }),
    exact("zeroed, freed where it is cold", zeroed, |n| blocks(n, 96)),
    exact("resized, freed where it is cold", resized, |n| {
        Blocks::of([96, 192]).times(n)
    }),
    exact("resized where it is cold", resized_cold, |n| {
        Blocks::of([96, 192]).times(n)
    }),
    exact("made where it is cold", made, |n| blocks(n, 96)),
    exact("vec freed where it is cold", vec_freed, |n| {
        blocks(n, 12 * 8)
    }),
    exact("empty vec freed where it is cold", empty_vec, |n| {
        blocks(n, 12 * 8)
    }),
    exact("box freed where it is cold", box_freed, |n| blocks(n, 96)),
    // Unwinding allocates a block of its own.
    exact("freed while unwinding", unwound, |n| {
        like(n, || catch_unwind(|| resume_unwind(Box::new(())))).and(blocks(n, 96))
    }),
];

const TWELVE: Layout = Layout::new::<[u64; 12]>();
const DOUBLE: Layout = Layout::new::<[u64; 24]>();

/// Calling this marks a branch as cold. It does nothing, because a function that may read memory may read footers.
#[cold]
#[inline(never)]
fn cold() {}

/// True, but the compiler does not know it. To be called before the allocation, because it counts as a read of memory.
#[inline(always)]
fn always() -> bool {
    black_box(true)
}

/// The branch that the compiler expects. It never returns, so every path that does return frees the block.
#[inline(never)]
fn expected() -> ! {
    std::process::exit(1)
}

/// Fills twelve numbers and returns one of them.
///
/// # Safety
/// `block` has room for twelve.
#[inline(always)]
unsafe fn use_twelve(block: *mut u8, i: usize) -> u64 {
    let numbers = block.cast::<u64>();
    // SAFETY: by the caller's promise, and aligned by the layout.
    unsafe {
        for at in 0..12 {
            numbers.add(at).write((at * i) as u64);
        }
        numbers.add(i % 12).read()
    }
}

#[inline(never)]
fn free_cold(i: usize) -> u64 {
    let is_cold = always();
    // SAFETY: of a size, checked, used within it, and freed with its layout.
    unsafe {
        let block = alloc(TWELVE);
        if block.is_null() {
            return 0;
        }
        let read = use_twelve(block, i);
        if is_cold {
            cold();
            dealloc(block, TWELVE);
            return read;
        }
        expected()
    }
}

#[memprof::track("freed where it is cold")]
fn freed(count: usize) -> u64 {
    (0..count).map(free_cold).sum()
}

#[inline(never)]
fn free_unwritten_cold(i: usize) -> u64 {
    let is_cold = always();
    // SAFETY: of a size, and freed with its layout.
    unsafe {
        let block = alloc(TWELVE);
        if block.is_null() {
            return 0;
        }
        if is_cold {
            cold();
            let read = ((block.addr() / 16) ^ i) as u64;
            dealloc(block, TWELVE);
            return read % 7;
        }
        expected()
    }
}

#[memprof::track("never written, freed where it is cold")]
fn unwritten(count: usize) -> u64 {
    (0..count).map(free_unwritten_cold).sum()
}

#[inline(never)]
fn zero_and_free_cold(i: usize) -> u64 {
    let is_cold = always();
    // SAFETY: of a size, and freed with its layout.
    unsafe {
        let block = alloc_zeroed(TWELVE);
        if block.is_null() {
            return 0;
        }
        if is_cold {
            cold();
            let read = ((block.addr() / 16) ^ i) as u64;
            dealloc(block, TWELVE);
            return read % 7;
        }
        expected()
    }
}

#[memprof::track("zeroed, freed where it is cold")]
fn zeroed(count: usize) -> u64 {
    (0..count).map(zero_and_free_cold).sum()
}

#[inline(never)]
fn resize_and_free_cold(i: usize) -> u64 {
    let is_cold = always();
    // SAFETY: of a size, checked, used within it, and resized and freed with the layout that it has.
    unsafe {
        let block = alloc(TWELVE);
        if block.is_null() {
            return 0;
        }
        let read = use_twelve(block, i);
        let block = realloc(block, TWELVE, DOUBLE.size());
        if block.is_null() {
            return 0;
        }
        if is_cold {
            cold();
            let address = (block.addr() / 16) as u64;
            dealloc(block, DOUBLE);
            return read + address % 7;
        }
        expected()
    }
}

#[memprof::track("resized, freed where it is cold")]
fn resized(count: usize) -> u64 {
    (0..count).map(resize_and_free_cold).sum()
}

#[inline(never)]
fn resize_cold(i: usize) -> u64 {
    let is_cold = always();
    // SAFETY: of a size, checked, used within it, and resized and freed with the layout that it has.
    unsafe {
        let block = alloc(TWELVE);
        if block.is_null() {
            return 0;
        }
        let read = use_twelve(block, i);
        if is_cold {
            cold();
            let block = realloc(block, TWELVE, DOUBLE.size());
            if !block.is_null() {
                dealloc(block, DOUBLE);
            }
            return read;
        }
        expected()
    }
}

#[memprof::track("resized where it is cold")]
fn resized_cold(count: usize) -> u64 {
    (0..count).map(resize_cold).sum()
}

#[inline(never)]
fn make_cold(i: usize) -> u64 {
    // SAFETY: of a size, checked, used within it, and freed with its layout.
    unsafe {
        let mut block = std::ptr::null_mut();
        if always() {
            cold();
            block = alloc(TWELVE);
        }
        if block.is_null() {
            return 0;
        }
        let read = use_twelve(block, i);
        dealloc(block, TWELVE);
        read
    }
}

#[memprof::track("made where it is cold")]
fn made(count: usize) -> u64 {
    (0..count).map(make_cold).sum()
}

#[inline(never)]
fn free_vec_cold(i: usize) -> u64 {
    let is_cold = always();
    let all: Vec<usize> = (0..12).map(|at| at * i).collect();
    let read = all[i % 12] as u64;
    if is_cold {
        cold();
        drop(all);
        return read;
    }
    std::mem::forget(all);
    expected()
}

#[memprof::track("vec freed where it is cold")]
fn vec_freed(count: usize) -> u64 {
    (0..count).map(free_vec_cold).sum()
}

#[inline(never)]
fn free_empty_cold(i: usize) -> u64 {
    let is_cold = always();
    let all = Vec::<u64>::with_capacity(12);
    if is_cold {
        cold();
        let read = ((all.as_ptr().addr() / 16) ^ i) as u64;
        drop(all);
        return read % 7;
    }
    std::mem::forget(all);
    expected()
}

#[memprof::track("empty vec freed where it is cold")]
fn empty_vec(count: usize) -> u64 {
    (0..count).map(free_empty_cold).sum()
}

#[inline(never)]
fn free_box_cold(i: usize) -> u64 {
    let is_cold = always();
    let array: Box<[u64; 12]> = Box::new(std::array::from_fn(|at| (at * i) as u64));
    let read = array[i % 12];
    if is_cold {
        cold();
        drop(array);
        return read;
    }
    std::mem::forget(array);
    expected()
}

#[memprof::track("box freed where it is cold")]
fn box_freed(count: usize) -> u64 {
    (0..count).map(free_box_cold).sum()
}

#[memprof::track("freed while unwinding")]
fn unwound(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let result = catch_unwind(|| {
            let array: Box<[usize; 12]> = Box::new(std::array::from_fn(|at| at * i));
            if array[i % 12] != usize::MAX {
                resume_unwind(Box::new(()));
            }
            array[i / 12 % 12]
        });
        sum += result.unwrap_or(i) as u64;
    }
    sum
}
