//! Blocks that pass a call, so that LLVM can inline either the allocation or the free into one function, not both.
//!
//! Where it sees the allocation, it knows the block's size and content. Where it sees the free, it knows that nobody
//! reads the block any more.

use crate::blocks::{Blocks, blocks, sized};
use crate::check::{Shape, exact};
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};

pub(crate) const SHAPES: &[Shape] = &[
    exact("made elsewhere, freed here", made, |n| sized(n, length)),
    exact("made here, freed elsewhere", freed, |n| sized(n, length)),
    exact("made and freed elsewhere", both, |n| sized(n, length)),
    exact("box made elsewhere", box_made, |n| blocks(n, 7 * 8)),
    exact("box freed elsewhere", box_freed, |n| blocks(n, 7 * 8)),
    exact("filled elsewhere", filled, |n| blocks(n, 90)),
    exact("grown elsewhere", grown, |n| Blocks::of([5, 60]).times(n)),
    exact("freed by a generic function", generic, |n| {
        sized(n, length).and(blocks(n, 7 * 8))
    }),
    exact("freed through a table", through_table, |n| blocks(n, 7 * 8)),
    exact("raw block made elsewhere", raw_made, |n| blocks(n, 72)),
    exact("raw block freed elsewhere", raw_freed, |n| blocks(n, 72)),
    exact("zeroed block freed elsewhere", raw_zeroed_freed, |n| {
        blocks(n, 72)
    }),
    exact("raw block resized elsewhere", raw_resized, |n| {
        Blocks::of([72, 144]).times(n)
    }),
];

const fn length(i: usize) -> usize {
    i % 80 + 1
}

#[inline(never)]
fn make(i: usize) -> Vec<u8> {
    (0..length(i)).map(|at| (at * i) as u8).collect()
}

#[inline(always)]
fn make_here(i: usize) -> Vec<u8> {
    (0..length(i)).map(|at| (at ^ i) as u8).collect()
}

#[inline(never)]
fn take(bytes: Vec<u8>, i: usize) -> u64 {
    u64::from(bytes[i % bytes.len()])
}

#[inline(never)]
fn make_box(i: usize) -> Box<[u64; 7]> {
    Box::new(std::array::from_fn(|at| (at * i) as u64))
}

#[inline(never)]
#[allow(clippy::boxed_local, reason = "that it frees the box is the point")]
fn take_box(array: Box<[u64; 7]>, i: usize) -> u64 {
    array[i % 7]
}

#[memprof::track("made elsewhere, freed here")]
fn made(count: usize) -> u64 {
    (0..count)
        .map(|i| {
            let bytes = make(i);
            u64::from(bytes[i % bytes.len()])
        })
        .sum()
}

#[memprof::track("made here, freed elsewhere")]
fn freed(count: usize) -> u64 {
    (0..count).map(|i| take(make_here(i), i)).sum()
}

#[memprof::track("made and freed elsewhere")]
fn both(count: usize) -> u64 {
    (0..count).map(|i| take(make(i), i)).sum()
}

#[memprof::track("box made elsewhere")]
fn box_made(count: usize) -> u64 {
    (0..count).map(|i| make_box(i)[i % 7]).sum()
}

#[memprof::track("box freed elsewhere")]
fn box_freed(count: usize) -> u64 {
    (0..count)
        .map(|i| take_box(Box::new([i as u64; 7]), i))
        .sum()
}

#[inline(never)]
fn fill(bytes: &mut Vec<u8>, i: usize) {
    bytes.extend((0..90).map(|at| (at * i) as u8));
}

#[memprof::track("filled elsewhere")]
fn filled(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut bytes = Vec::with_capacity(90);
        fill(&mut bytes, i);
        sum += u64::from(bytes[i % 90]);
    }
    sum
}

#[inline(never)]
fn grow(bytes: &mut Vec<u8>, i: usize) {
    bytes.reserve_exact(60);
    bytes.push(i as u8);
}

#[memprof::track("grown elsewhere")]
fn grown(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut bytes = Vec::with_capacity(5);
        grow(&mut bytes, i);
        sum += u64::from(bytes[0]);
    }
    sum
}

/// May be instantiated in another codegen unit.
#[inline(never)]
fn take_any<T>(value: T, read: impl FnOnce(&T) -> u64) -> u64 {
    read(&value)
}

#[memprof::track("freed by a generic function")]
fn generic(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        sum += take_any(make_here(i), |it| it[0].into());
        sum += take_any(Box::new([i as u64; 7]), |it| it[i % 7]);
    }
    sum
}

trait Read {
    fn read(self: Box<Self>, i: usize) -> u64;
}

struct Forward([u64; 7]);
struct Backward([u64; 7]);

impl Read for Forward {
    fn read(self: Box<Self>, i: usize) -> u64 {
        self.0[i % 7]
    }
}

impl Read for Backward {
    fn read(self: Box<Self>, i: usize) -> u64 {
        self.0[6 - i % 7]
    }
}

#[memprof::track("freed through a table")]
fn through_table(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let array = std::array::from_fn(|at| (at * i) as u64);
        let boxed: Box<dyn Read> = if i.is_multiple_of(2) {
            Box::new(Forward(array))
        } else {
            Box::new(Backward(array))
        };
        sum += boxed.read(i);
    }
    sum
}

const NINE: Layout = Layout::new::<[u64; 9]>();
const EIGHTEEN: Layout = Layout::new::<[u64; 18]>();

#[inline(never)]
fn alloc_nine() -> *mut u8 {
    // SAFETY: of a size.
    unsafe { alloc(NINE) }
}

/// # Safety
/// `block` has the layout `NINE`.
#[inline(never)]
unsafe fn dealloc_nine(block: *mut u8) {
    // SAFETY: by the caller's promise.
    unsafe { dealloc(block, NINE) };
}

/// # Safety
/// `block` has the layout `NINE`, and the caller uses only the returned block.
#[inline(never)]
unsafe fn resize_nine(block: *mut u8) -> *mut u8 {
    // SAFETY: by the caller's promise.
    unsafe { realloc(block, NINE, EIGHTEEN.size()) }
}

/// Fills nine numbers and returns the sum of two.
///
/// # Safety
/// `block` is null or has room for nine.
#[inline(always)]
unsafe fn use_nine(block: *mut u8, i: usize) -> u64 {
    assert!(!block.is_null());
    let numbers = block.cast::<u64>();
    // SAFETY: by the caller's promise, and aligned by the layout.
    unsafe {
        for at in 0..9 {
            numbers.add(at).write((at * i) as u64);
        }
        numbers.add(i % 9).read() + numbers.add(i / 9 % 9).read()
    }
}

#[memprof::track("raw block made elsewhere")]
fn raw_made(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let block = alloc_nine();
        // SAFETY: it has this layout, and is not used any more.
        unsafe {
            sum += use_nine(block, i);
            dealloc(block, NINE);
        }
    }
    sum
}

#[memprof::track("raw block freed elsewhere")]
fn raw_freed(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        // SAFETY: it has this layout, and is not used any more.
        unsafe {
            let block = alloc(NINE);
            sum += use_nine(block, i);
            dealloc_nine(block);
        }
    }
    sum
}

#[memprof::track("zeroed block freed elsewhere")]
fn raw_zeroed_freed(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        // SAFETY: it has this layout, and is not used any more.
        unsafe {
            let block = alloc_zeroed(NINE);
            sum += use_nine(block, i);
            dealloc_nine(block);
        }
    }
    sum
}

#[memprof::track("raw block resized elsewhere")]
fn raw_resized(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        // SAFETY: it has these layouts in turn, and is not used any more.
        unsafe {
            let block = alloc(NINE);
            sum += use_nine(block, i);
            let block = resize_nine(block);
            sum += use_nine(block, i / 2);
            dealloc(block, EIGHTEEN);
        }
    }
    sum
}
