//! What both of memprof's allocators promise over any inner one: exact figures for each kind of event,
//! contents that survive, and for the inner allocator the very layouts that blocks were taken with.

use memprof::{Stats, measure};
use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;

const CHURNED_BLOCKS: usize = 100_000;

/// Both allocators over `inner`, called directly. Their events count on the calling thread like any other.
pub(crate) fn is_exact_over<A: GlobalAlloc>(allocator: &A) {
    single_events(allocator);
    over_aligned(allocator);
    zeroed_after_use(allocator);
    failures(allocator);
    churn(allocator);
}

/// Figures of so many events; `peak_bytes` apart.
fn stats(allocated: &[u64], deallocated: &[u64], peak_bytes: u64) -> Stats {
    let (allocated_bytes, deallocated_bytes) = (sum(allocated), sum(deallocated));
    Stats {
        allocations: allocated.len() as u64,
        allocated_bytes,
        deallocations: deallocated.len() as u64,
        deallocated_bytes,
        net_bytes: allocated_bytes as i64 - deallocated_bytes as i64,
        peak_bytes,
        ..Stats::default()
    }
}

fn sum(sizes: &[u64]) -> u64 {
    sizes.iter().sum()
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("small sizes, powers of two")
}

fn single_events<A: GlobalAlloc>(allocator: &A) {
    // SAFETY: blocks are used within their size and given back once, with their layout.
    unsafe {
        let made = measure(|| allocator.alloc(layout(100, 8)));
        assert_eq!(made.stats, stats(&[100], &[], 100));
        made.value.write_bytes(1, 100);

        let grown = measure(|| allocator.realloc(made.value, layout(100, 8), 300));
        let expected = Stats {
            reallocations: 1,
            reallocated_old_bytes: 100,
            reallocated_new_bytes: 300,
            ..stats(&[300], &[100], 200)
        };
        assert_eq!(grown.stats, expected);
        assert!(holds(grown.value, 100, 1));

        let shrunk = measure(|| allocator.realloc(grown.value, layout(300, 8), 80));
        let expected = Stats {
            reallocations: 1,
            reallocated_old_bytes: 300,
            reallocated_new_bytes: 80,
            ..stats(&[80], &[300], 0)
        };
        assert_eq!(shrunk.stats, expected);
        assert!(holds(shrunk.value, 80, 1));

        let freed = measure(|| allocator.dealloc(shrunk.value, layout(80, 8)));
        assert_eq!(freed.stats, stats(&[], &[80], 0));
    }
}

/// Alignments up to a huge page's, with sizes below, at and above them.
fn over_aligned<A: GlobalAlloc>(allocator: &A) {
    for align in (0..=21).map(|power| 1 << power) {
        for size in [1, align / 2 + 1, align, align + 1, 3 * align] {
            let (first, second) = (layout(size, align), layout(2 * size + 7, align));
            let measured = measure(|| {
                // SAFETY: as above.
                unsafe {
                    let block = allocator.alloc(first);
                    assert!(block.addr().is_multiple_of(align));
                    block.write_bytes(3, size);
                    let block = allocator.realloc(block, first, second.size());
                    assert!(block.addr().is_multiple_of(align));
                    assert!(holds(block, size, 3));
                    allocator.dealloc(block, second);
                }
            });
            let (size, grown) = (size as u64, second.size() as u64);
            let expected = Stats {
                reallocations: 1,
                reallocated_old_bytes: size,
                reallocated_new_bytes: grown,
                ..stats(&[size, grown], &[size, grown], grown)
            };
            assert_eq!(measured.stats, expected, "{size} bytes aligned to {align}");
        }
    }
}

/// Memory that was written to comes back zeroed.
fn zeroed_after_use<A: GlobalAlloc>(allocator: &A) {
    for size in [1, 8, 100, 4096, 100_000, 3 << 20] {
        for align in [1, 16, 64, 4096] {
            let layout = layout(size, align);
            // SAFETY: as above.
            unsafe {
                let used = allocator.alloc(layout);
                used.write_bytes(0xFF, size);
                allocator.dealloc(used, layout);
                let made = measure(|| allocator.alloc_zeroed(layout));
                let size = size as u64;
                assert_eq!(made.stats, stats(&[size], &[], size));
                assert!(made.value.addr().is_multiple_of(align));
                assert!(holds(made.value, layout.size(), 0));
                allocator.dealloc(made.value, layout);
            }
        }
    }
}

/// What no allocator has moves no counter and leaves the block as it was.
fn failures<A: GlobalAlloc>(allocator: &A) {
    let impossible = layout(isize::MAX as usize - 63, 64);
    // SAFETY: as above; null is not used.
    unsafe {
        let block = allocator.alloc(layout(10, 64));
        block.write_bytes(5, 10);
        let measured = measure(|| {
            assert!(allocator.alloc(impossible).is_null());
            assert!(allocator.alloc_zeroed(impossible).is_null());
            let moved = allocator.realloc(block, layout(10, 64), impossible.size());
            assert!(moved.is_null());
        });
        assert_eq!(measured.stats, Stats::default());
        assert!(holds(block, 10, 5));
        allocator.dealloc(block, layout(10, 64));
    }
}

/// Blocks of random sizes and alignments come and go in a random order; each keeps its contents, and the
/// figures are the sums. An inner allocator that checks sizes on deallocation sees the right ones.
fn churn<A: GlobalAlloc>(allocator: &A) {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut blocks: Vec<Option<(*mut u8, Layout)>> = vec![None; 1024];
    let mut tally = Stats::default();
    let mut live = 0;
    let measured = measure(|| {
        for _ in 0..CHURNED_BLOCKS {
            let slot = random.below(blocks.len());
            let tag = slot as u8;
            let layout = random.layout();
            // SAFETY: as above.
            unsafe {
                match blocks[slot].take() {
                    None => {
                        let block = allocator.alloc(layout);
                        tally_in(&mut tally, layout);
                        live += layout.size() as u64;
                        blocks[slot] = Some((filled(block, layout, tag), layout));
                    }
                    Some((block, old)) if random.below(2) == 0 => {
                        assert!(holds(block, old.size(), tag));
                        allocator.dealloc(block, old);
                        tally_out(&mut tally, old);
                        live -= old.size() as u64;
                    }
                    Some((block, old)) => {
                        let new =
                            Layout::from_size_align(layout.size(), old.align()).expect("small");
                        let moved = allocator.realloc(block, old, new.size());
                        assert!(holds(moved, old.size().min(new.size()), tag));
                        tally_in(&mut tally, new);
                        tally_out(&mut tally, old);
                        tally.reallocations += 1;
                        tally.reallocated_old_bytes += old.size() as u64;
                        tally.reallocated_new_bytes += new.size() as u64;
                        live = live + new.size() as u64 - old.size() as u64;
                        blocks[slot] = Some((filled(moved, new, tag), new));
                    }
                }
            }
            tally.peak_bytes = tally.peak_bytes.max(live);
        }
        for (slot, block) in blocks.iter().enumerate() {
            if let Some((block, layout)) = *block {
                assert!(holds(block, layout.size(), slot as u8));
                // SAFETY: as above.
                unsafe { allocator.dealloc(block, layout) };
                tally_out(&mut tally, layout);
            }
        }
    });
    assert_eq!(measured.stats, tally);
    assert_eq!(tally.net_bytes, 0);
}

fn tally_in(tally: &mut Stats, layout: Layout) {
    tally.allocations += 1;
    tally.allocated_bytes += layout.size() as u64;
    tally.net_bytes += layout.size() as i64;
}

fn tally_out(tally: &mut Stats, layout: Layout) {
    tally.deallocations += 1;
    tally.deallocated_bytes += layout.size() as u64;
    tally.net_bytes -= layout.size() as i64;
}

/// # Safety
/// `block` is a block of `layout`.
unsafe fn filled(block: *mut u8, layout: Layout, tag: u8) -> *mut u8 {
    assert!(!block.is_null() && block.addr().is_multiple_of(layout.align()));
    // SAFETY: by the caller's promise.
    unsafe { block.write_bytes(tag, layout.size()) };
    block
}

/// Whether the first `length` bytes of a block are all `tag`; it has so many, all written.
fn holds(block: *const u8, length: usize, tag: u8) -> bool {
    let same = [tag; 1024];
    // SAFETY: by the promise above, which all callers here keep.
    let bytes = unsafe { std::slice::from_raw_parts(block, length) };
    bytes
        .chunks(same.len())
        .all(|part| part == &same[..part.len()])
}

/// xorshift64*: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }

    /// As many of 1 to 15 bytes as of 4 to 8 KiB; each alignment up to 128.
    fn layout(&mut self) -> Layout {
        let most = 16 << self.below(10);
        layout(1 + self.below(most), 1 << self.below(8))
    }
}

/// What `#[memprof::track]` says of a program that grows vectors on four threads, over the global allocator.
/// The operations are called nowhere else in the program.
pub(crate) fn operations_are_exact() {
    let grow = measure(grow);
    assert_eq!(grow.value.len(), 1000);
    drop(grow.value);
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(self::grow)).collect();
    let kept: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic"))
        .collect();

    // Capacities 4, 8, … 1024 of four bytes: one allocation and eight reallocations.
    let (allocated, old) = (8176, 4080);
    let expected = Stats {
        allocations: 9,
        allocated_bytes: allocated,
        deallocations: 8,
        deallocated_bytes: old,
        net_bytes: 4096,
        reallocations: 8,
        reallocated_old_bytes: old,
        reallocated_new_bytes: allocated - 16,
        peak_bytes: 4096,
    };
    assert_eq!(grow.stats, expected);

    let report = memprof::snapshot();
    assert!(report.run.allocator.installed && report.run.allocator.ownership);
    assert_eq!(report.warnings, []);
    let row = report.operation("Grow").expect("a row");
    assert_eq!((row.calls, row.allocations, row.deallocations), (5, 45, 40));
    assert_eq!(row.allocated_bytes, 5 * allocated);
    assert_eq!(row.deallocated_bytes, 5 * old);
    assert_eq!((row.reallocations, row.peak_bytes), (40, 4096));
    // One was dropped outside, the threads' are alive.
    assert_eq!(row.retained_blocks, Some(4));
    assert_eq!(row.retained_bytes, Some(4 * 4096));
    let per_call = row.per_call.as_ref().expect("finished calls");
    assert!(per_call.allocated_bytes.exact && per_call.peak_bytes.exact);
    drop(kept);
    let row = memprof::snapshot();
    let row = row.operation("Grow").expect("a row");
    assert_eq!(
        (row.retained_blocks, row.retained_bytes),
        (Some(0), Some(0))
    );
}

#[memprof::track("Grow")]
fn grow() -> Vec<u32> {
    let mut numbers = Vec::new();
    for number in 0..1000 {
        black_box(&mut numbers).push(number);
    }
    numbers
}
