//! A program that writes past the end of a block damages what stands there, and nothing else.
//!
//! What is promised: no crash, totals stay exact, and the report warns of blocks whose origin cannot be right.

use memprof::{Stats, measure};
use std::alloc::{Layout, alloc, dealloc, realloc};
use std::hint::black_box;

/// No path's number.
const GARBAGE: u32 = 0x7FFF_FFFF;

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 1).unwrap()
}

/// A block of `size` bytes with garbage in the four bytes behind it.
fn damaged(size: usize) -> *mut u8 {
    // SAFETY: the size is not zero. Writing behind the block is the very fault that is tested: under this
    // allocator the four bytes are inside what the inner one gave.
    unsafe {
        let block = black_box(alloc(layout(size)));
        black_box(block.add(size))
            .cast::<u32>()
            .write_unaligned(GARBAGE);
        block
    }
}

/// How many blocks the report says were damaged.
fn told() -> u64 {
    let report = memprof::snapshot();
    let warning = report
        .warnings
        .iter()
        .find(|warning| warning.code == "footer-damaged");
    warning.map_or(0, |warning| {
        let number = warning.message.split(' ').next().unwrap();
        number.parse().unwrap()
    })
}

/// One test, for the number of damaged blocks is the process's.
#[test]
fn damage_is_told_and_totals_stay_exact() {
    alone!();
    assert_eq!(told(), 0);
    freed();
    assert_eq!(told(), 100);
    resized();
    assert_eq!(told(), 101);
    freed_on_another_thread();
    assert_eq!(told(), 102);
    one_byte_too_many();
    assert_eq!(told(), 102);
}

fn freed() {
    let measured = measure(|| {
        let _scope = memprof::scope!("freed");
        for size in 1..=100 {
            let block = damaged(size);
            // SAFETY: taken with this layout.
            unsafe { dealloc(block, layout(size)) };
        }
    });
    assert_eq!(
        measured.stats,
        Stats {
            allocations: 100,
            allocated_bytes: 5_050,
            deallocations: 100,
            deallocated_bytes: 5_050,
            peak_bytes: 100,
            ..Stats::default()
        }
    );
    let report = memprof::snapshot();
    let row = report.operation("freed").unwrap();
    assert_eq!((row.allocated_bytes, row.deallocated_bytes), (5_050, 5_050));
    // Nobody knows that these were its own: they show as retained, as the warning says.
    assert_eq!(
        (row.retained_bytes, row.retained_blocks),
        (Some(5_050), Some(100))
    );
}

fn resized() {
    let measured = measure(|| {
        let block = damaged(100);
        // SAFETY: the size is handed on.
        unsafe {
            let block = black_box(realloc(block, layout(100), 300));
            // It has a whole footer again.
            dealloc(block, layout(300));
        }
    });
    assert_eq!(
        measured.stats,
        Stats {
            allocations: 2,
            allocated_bytes: 400,
            deallocations: 2,
            deallocated_bytes: 400,
            net_bytes: 0,
            reallocations: 1,
            reallocated_old_bytes: 100,
            reallocated_new_bytes: 300,
            peak_bytes: 300,
        }
    );
}

fn freed_on_another_thread() {
    let address = damaged(50).expose_provenance();
    std::thread::spawn(move || {
        let _scope = memprof::scope!("freed elsewhere");
        let block = std::ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: taken with this layout, and given up by the thread that took it.
        unsafe { dealloc(block, layout(50)) };
    })
    .join()
    .unwrap();
    let report = memprof::snapshot();
    let row = report.operation("freed elsewhere").unwrap();
    assert_eq!(
        (row.deallocations, row.deallocated_bytes, row.net_bytes),
        (1, 50, -50)
    );
}

/// The usual fault, a terminating zero: it can name another path, but totals are those of the thread.
fn one_byte_too_many() {
    let measured = measure(|| {
        let _scope = memprof::scope!("one byte");
        // SAFETY: as in `damaged`, by one byte.
        unsafe {
            let block = black_box(alloc(layout(24)));
            black_box(block.add(24)).write(0);
            dealloc(block, layout(24));
        }
    });
    assert_eq!(
        (measured.stats.net_bytes, measured.stats.deallocated_bytes),
        (0, 24)
    );
}
