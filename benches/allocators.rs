//! Time of the allocators over `System`, with `System` itself measured in the same run.
//!
//! A process has one global allocator. Here each is an ordinary value and is called through `GlobalAlloc`,
//! by functions that are not inlined, as `__rust_alloc` and its like are not; the global allocator stays the
//! default one, which criterion uses.
//!
//! Targets of the design, for a program that does nothing but this: 1.05 counting, 1.10 with ownership.

mod ratios;

use std::alloc::{GlobalAlloc, Layout, System, handle_alloc_error};
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use memprof::{Allocator, CountingAllocator};
use ratios::Ratios;

#[inline(never)]
fn allocate<A: GlobalAlloc>(allocator: &A, layout: Layout) -> *mut u8 {
    assert!(layout.size() > 0);
    // SAFETY: the size is not zero.
    unsafe { allocator.alloc(layout) }
}

/// # Safety
/// As `GlobalAlloc::dealloc`.
#[inline(never)]
unsafe fn free<A: GlobalAlloc>(allocator: &A, block: *mut u8, layout: Layout) {
    // SAFETY: by the caller's promise.
    unsafe { allocator.dealloc(block, layout) }
}

/// # Safety
/// As `GlobalAlloc::realloc`.
#[inline(never)]
unsafe fn reallocate<A: GlobalAlloc>(
    allocator: &A,
    block: *mut u8,
    layout: Layout,
    new_size: usize,
) -> *mut u8 {
    // SAFETY: by the caller's promise.
    unsafe { allocator.realloc(block, layout, new_size) }
}

/// A block that is freed when dropped: a `Box` of an allocator that is not the global one.
struct Block<'a, A: GlobalAlloc> {
    allocator: &'a A,
    start: *mut u8,
    layout: Layout,
}

impl<'a, A: GlobalAlloc> Block<'a, A> {
    fn new(allocator: &'a A, size: usize) -> Self {
        let layout = Layout::from_size_align(size, 8).expect("a small block");
        let start = allocate(allocator, layout);
        if start.is_null() {
            handle_alloc_error(layout);
        }
        Self {
            allocator,
            start: black_box(start),
            layout,
        }
    }

    fn resize(&mut self, size: usize) {
        assert!(size > 0 && size < 1 << 20);
        // SAFETY: the block is `allocator`'s, with this layout; the new size is not zero and small.
        let moved = unsafe { reallocate(self.allocator, self.start, self.layout, size) };
        let layout = Layout::from_size_align(size, 8).expect("a small block");
        if moved.is_null() {
            handle_alloc_error(layout);
        }
        (self.start, self.layout) = (black_box(moved), layout);
    }
}

impl<A: GlobalAlloc> Drop for Block<'_, A> {
    fn drop(&mut self) {
        // SAFETY: the block is `allocator`'s, with this layout, and nobody has it any more.
        unsafe { free(self.allocator, self.start, self.layout) };
    }
}

fn pair<A: GlobalAlloc>(allocator: &A) {
    Block::new(allocator, 64);
}

/// Takes a block in the place of an older one, of many sizes, with 64 alive.
fn churn<A: GlobalAlloc>(allocator: &A) -> impl FnMut() {
    const SIZES: [usize; 8] = [16, 100, 24, 512, 64, 40, 1000, 256];
    let mut alive: Vec<_> = (0..64).map(|_| Block::new(allocator, 16)).collect();
    let mut round = 0;
    move || {
        // 29 is coprime to 64: every place has its turn, none in a row.
        alive[round * 29 % 64] = Block::new(allocator, SIZES[round % 8]);
        round += 1;
    }
}

/// What a vector of `u64` does that is pushed to a thousand times, without the pushing.
fn growth<A: GlobalAlloc>(allocator: &A) {
    let mut block = Block::new(allocator, 32);
    let mut size = 32;
    while size < 8192 {
        size *= 2;
        block.resize(size);
    }
}

/// Pairs on two threads at once: the time of the slower one.
fn two_threads<A: GlobalAlloc + Sync>(allocator: &A, pairs: u64) -> Duration {
    let start = Barrier::new(2);
    let run = || {
        start.wait();
        let began = Instant::now();
        (0..pairs).for_each(|_| pair(allocator));
        began.elapsed()
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        let here = run();
        here.max(other.join().expect("the other thread"))
    })
}

/// Measures one workload with one allocator.
fn workload<A: GlobalAlloc + Sync>(
    ratios: &mut Ratios<'_>,
    kind: &str,
    name: &'static str,
    allocator: &A,
) {
    match kind {
        "pair" => ratios.measure(name, || pair(allocator)),
        "churn" => ratios.measure(name, churn(allocator)),
        "growth" => ratios.measure(name, || growth(allocator)),
        _ => ratios.measure_many(name, |pairs| two_threads(allocator, pairs)),
    }
}

fn main() {
    let mut criterion = ratios::criterion();
    let mut lines = Vec::new();
    for kind in ["pair", "churn", "growth", "pair on two threads"] {
        let mut ratios = Ratios::new(&mut criterion, kind);
        workload(&mut ratios, kind, "System", &System);
        workload(
            &mut ratios,
            kind,
            "CountingAllocator",
            &CountingAllocator::system(),
        );
        workload(&mut ratios, kind, "Allocator", &Allocator::system());
        lines.extend(ratios.finish());
    }
    criterion.final_summary();
    ratios::print(&lines);
}
