//! Every event of the allocator counts once, with the size that was asked for.
//!
//! What is promised: allocations, zeroed allocations and reallocations are exact in bytes, counts and peak; a
//! block of no size is no event; pointers are aligned as asked, and the bytes in a block are the user's alone.

use memprof::{Stats, measure};
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// The figures of `work` on this thread.
fn stats<T>(work: impl FnOnce() -> T) -> Stats {
    measure(|| drop(black_box(work()))).stats
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

/// A block that was never resized.
fn plain(blocks: u64, bytes: u64) -> Stats {
    Stats {
        allocations: blocks,
        allocated_bytes: bytes,
        deallocations: blocks,
        deallocated_bytes: bytes,
        peak_bytes: bytes,
        ..Stats::default()
    }
}

/// One block that took these sizes one after the other, and was freed.
fn resized(sizes: &[u64]) -> Stats {
    let all: u64 = sizes.iter().sum();
    let steps = sizes.len() as u64;
    Stats {
        allocations: steps,
        allocated_bytes: all,
        deallocations: steps,
        deallocated_bytes: all,
        net_bytes: 0,
        reallocations: steps - 1,
        reallocated_old_bytes: sizes[..sizes.len() - 1].iter().sum(),
        reallocated_new_bytes: sizes[1..].iter().sum(),
        peak_bytes: *sizes.iter().max().unwrap(),
    }
}

/// Takes a block through `sizes` and frees it.
fn resize(sizes: &[usize]) {
    // SAFETY: no size is zero; each step hands on the size of the one before.
    unsafe {
        let mut block = black_box(alloc(layout(sizes[0], 1)));
        for pair in sizes.windows(2) {
            block = black_box(realloc(block, layout(pair[0], 1), pair[1]));
            assert!(!block.is_null());
        }
        dealloc(block, layout(sizes[sizes.len() - 1], 1));
    }
}

#[test]
fn an_allocation_and_its_end() {
    let taken = measure(|| black_box(Vec::<u8>::with_capacity(100)));
    assert_eq!(
        taken.stats,
        Stats {
            allocations: 1,
            allocated_bytes: 100,
            net_bytes: 100,
            peak_bytes: 100,
            ..Stats::default()
        }
    );
    let given_back = measure(|| drop(taken.value));
    assert_eq!(
        given_back.stats,
        Stats {
            deallocations: 1,
            deallocated_bytes: 100,
            net_bytes: -100,
            ..Stats::default()
        }
    );
}

#[test]
fn a_zeroed_allocation_is_zero_and_counts_as_any() {
    for size in [1, 7, 100, 4_096, 70_000, 1 << 20] {
        let zeroed = measure(|| black_box(vec![0_u8; size]));
        assert!(zeroed.value.iter().all(|byte| *byte == 0));
        assert_eq!(
            (zeroed.stats.allocations, zeroed.stats.allocated_bytes),
            (1, size as u64)
        );
    }
    // Recycled memory too, where the last block of that size had a footer in it.
    for size in 1..200 {
        drop(black_box(vec![0xAA_u8; size + 4]));
        assert!(black_box(vec![0_u8; size]).iter().all(|byte| *byte == 0));
    }
}

#[test]
fn a_reallocation_is_one_event_that_frees_the_old_size() {
    assert_eq!(stats(|| resize(&[64, 256])), resized(&[64, 256]));
    assert_eq!(stats(|| resize(&[256, 64])), resized(&[256, 64]));
    assert_eq!(stats(|| resize(&[64, 64])), resized(&[64, 64]));
    assert_eq!(
        stats(|| resize(&[1, 1 << 20, 1])),
        resized(&[1, 1 << 20, 1])
    );
}

#[test]
fn a_reallocation_moves_the_level_at_once() {
    // SAFETY: one block, whose size is handed on.
    unsafe {
        let block = black_box(alloc(layout(64, 1)));
        let grown = measure(|| black_box(realloc(block, layout(64, 1), 256)));
        assert_eq!(
            grown.stats,
            Stats {
                allocations: 1,
                allocated_bytes: 256,
                deallocations: 1,
                deallocated_bytes: 64,
                net_bytes: 192,
                reallocations: 1,
                reallocated_old_bytes: 64,
                reallocated_new_bytes: 256,
                peak_bytes: 192,
            }
        );
        let shrunk = measure(|| black_box(realloc(grown.value, layout(256, 1), 10)));
        assert_eq!((shrunk.stats.net_bytes, shrunk.stats.peak_bytes), (-246, 0));
        dealloc(shrunk.value, layout(10, 1));
    }
}

#[test]
fn a_grown_block_never_shows_both_its_sizes() {
    // Peers show 3000 here.
    assert_eq!(stats(|| resize(&[1000, 2000])).peak_bytes, 2000);
    // Far above the bytes at which a thread folds its level into the process's.
    assert_eq!(stats(|| resize(&[1 << 20, 1 << 21])).peak_bytes, 1 << 21);
}

#[test]
fn a_reallocation_that_ends_at_the_last_fold_has_its_peak() {
    // On a thread of its own, for it depends on what was allocated before.
    let figures = std::thread::spawn(|| {
        let small = black_box(Vec::<u8>::with_capacity(30_000));
        // Passes 64 KiB: the thread's level is folded into the process's.
        let mut grown = black_box(Vec::<u8>::with_capacity(100_000));
        drop(small);
        // Frees more than until the next fold, and leaves the level where the last one was.
        let figures = measure(|| grown.reserve_exact(130_000)).stats;
        (figures, grown.capacity())
    });
    let (stats, capacity) = figures.join().unwrap();
    assert_eq!(capacity, 130_000);
    assert_eq!((stats.net_bytes, stats.peak_bytes), (30_000, 30_000));
}

#[test]
fn three_sizes_are_three_events() {
    assert_eq!(stats(|| resize(&[100, 300, 80])), resized(&[100, 300, 80]));
    assert_eq!(stats(|| resize(&[100, 300, 80])).peak_bytes, 300);
}

#[test]
fn a_vector_that_reserves_exactly() {
    let reserved = stats(|| {
        let mut numbers = Vec::<i32>::new();
        numbers.reserve_exact(1);
        black_box(&mut numbers).reserve_exact(2);
        black_box(&mut numbers).shrink_to(1);
        numbers
    });
    assert_eq!(reserved, resized(&[4, 8, 4]));
}

#[test]
fn boxes_count_one_by_one() {
    let two = measure(|| {
        let one = black_box(Box::new(1_u32));
        let other = black_box(Box::new(2_u32));
        drop(other);
        Box::leak(one)
    });
    assert_eq!(
        two.stats,
        Stats {
            allocations: 2,
            allocated_bytes: 8,
            deallocations: 1,
            deallocated_bytes: 4,
            net_bytes: 4,
            peak_bytes: 8,
            ..Stats::default()
        }
    );
    let three = stats(|| [1_u32, 2, 3].map(|number| black_box(Box::new(number))));
    assert_eq!(three, plain(3, 12));
}

#[test]
fn what_has_no_size_is_no_event() {
    let nothing = stats(|| {
        let mut units = Vec::new();
        for _ in 0..1_000 {
            units.push(());
        }
        (
            black_box(Box::new(())),
            black_box(units),
            black_box(String::new()),
        )
    });
    assert_eq!(nothing, Stats::default());
}

#[test]
fn any_alignment_is_kept_and_costs_no_byte() {
    for align in (0..=12).map(|power| 1 << power) {
        for size in [1, 3, 8, align, align + 1, 3 * align] {
            let counted = stats(|| aligned(size, align));
            assert_eq!(
                counted,
                resized(&[size as u64, 2 * size as u64 + 1, size as u64]),
                "{size} bytes at {align}"
            );
        }
    }
}

/// Takes a block through three sizes and checks that its bytes and its alignment stay.
fn aligned(size: usize, align: usize) {
    let grown = 2 * size + 1;
    // SAFETY: the block is used within its present size and freed with its last one.
    unsafe {
        let block = black_box(alloc(layout(size, align)));
        fill(block, size);
        let block = black_box(realloc(block, layout(size, align), grown));
        check(block, size, align);
        fill(block, grown);
        let block = black_box(realloc(block, layout(grown, align), size));
        check(block, size, align);
        dealloc(block, layout(size, align));
    }
}

/// # Safety
/// `block` has `size` bytes.
unsafe fn fill(block: *mut u8, size: usize) {
    for at in 0..size {
        // SAFETY: inside the block.
        unsafe { block.add(at).write(at as u8) };
    }
}

/// # Safety
/// `block` has `size` bytes.
unsafe fn check(block: *mut u8, size: usize, align: usize) {
    assert_eq!(block.addr() % align, 0);
    for at in 0..size {
        // SAFETY: inside the block.
        assert_eq!(unsafe { block.add(at).read() }, at as u8);
    }
}

#[test]
fn zeroed_blocks_keep_their_alignment_too() {
    for align in (0..=12).map(|power| 1 << power) {
        let layout = layout(5 * align, align);
        // SAFETY: the size is not zero, and the block is freed with its layout.
        let counted = stats(|| unsafe {
            let block = black_box(alloc_zeroed(layout));
            assert_eq!(block.addr() % align, 0);
            assert!((0..layout.size()).all(|at| block.add(at).read() == 0));
            dealloc(block, layout);
        });
        assert_eq!(counted, plain(1, 5 * align as u64));
    }
}

#[test]
fn every_size_is_exact() {
    let counted = stats(|| {
        (1..=5_000)
            .map(|size| black_box(vec![1_u8; size]).len())
            .sum::<usize>()
    });
    let all = 5_000 * 5_001 / 2;
    assert_eq!(
        counted,
        Stats {
            peak_bytes: 5_000,
            ..plain(5_000, all)
        }
    );
}

#[test]
fn great_sizes_are_exact() {
    for size in [
        64 << 10,
        (64 << 10) + 1,
        256 << 20,
        (1 << 30) - 1,
        1 << 30,
        (1 << 30) + 1,
    ] {
        assert_eq!(
            stats(|| Vec::<u8>::with_capacity(size)),
            plain(1, size as u64)
        );
        assert_eq!(stats(|| vec![0_u8; size]), plain(1, size as u64));
    }
}

#[test]
fn a_peak_of_many_small_blocks_is_exact() {
    let counted = stats(|| {
        let mut held: Vec<Vec<u8>> = Vec::with_capacity(1_000);
        for _ in 0..3 {
            held.extend((0..1_000).map(|_| black_box(Vec::with_capacity(1_000))));
            held.clear();
        }
    });
    let table = 1_000 * size_of::<Vec<u8>>() as u64;
    assert_eq!(
        counted,
        Stats {
            peak_bytes: 1_000_000 + table,
            ..plain(3_001, 3_000_000 + table)
        }
    );
}

#[test]
fn an_operation_has_the_same_figures() {
    {
        let _scope = memprof::scope!("resizes");
        resize(&[100, 300, 80]);
    }
    let report = memprof::snapshot();
    let row = report.operation("resizes").unwrap();
    assert_eq!(
        (row.allocations, row.deallocations, row.reallocations),
        (3, 3, 2)
    );
    assert_eq!((row.allocated_bytes, row.deallocated_bytes), (480, 480));
    assert_eq!(
        (row.reallocated_old_bytes, row.reallocated_new_bytes),
        (400, 380)
    );
    assert_eq!((row.net_bytes, row.peak_bytes), (0, 300));
    assert_eq!(
        (row.retained_blocks, row.retained_bytes),
        (Some(0), Some(0))
    );
}
