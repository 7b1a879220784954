//! Cases without operations: what the allocator's events cost.

use std::hint::black_box;

/// Takes and frees a block of 64 bytes. The value is not zero: that would be `alloc_zeroed`.
pub(crate) fn pair(rounds: u64) {
    for _ in 0..rounds {
        black_box(Box::new([1_u64; 8]));
    }
}

/// As `pair`, by `alloc_zeroed`.
pub(crate) fn zeroed(rounds: u64) {
    for _ in 0..rounds {
        black_box(vec![0_u64; 8]);
    }
}

/// Grows a block and shrinks it back.
pub(crate) fn realloc(rounds: u64) {
    let mut bytes = Vec::<u8>::with_capacity(64);
    for _ in 0..rounds {
        bytes.reserve_exact(128);
        black_box(&mut bytes);
        bytes.shrink_to(64);
        black_box(&mut bytes);
    }
}

/// Pushes 1,000 numbers to an empty vector and frees it: one allocation, eight reallocations.
pub(crate) fn growth(rounds: u64) {
    for _ in 0..rounds {
        let mut numbers = Vec::new();
        for number in 0..1000_u64 {
            numbers.push(number);
        }
        black_box(numbers);
    }
}

/// Takes a block and frees an older one, of many sizes, with sixteen alive.
pub(crate) fn churn(rounds: u64) {
    const SIZES: [usize; 8] = [16, 100, 24, 512, 64, 40, 1000, 256];
    let mut alive: [Vec<u8>; 16] = Default::default();
    for round in 0..rounds as usize {
        // Seven is coprime to sixteen: every place has its turn, none in a row.
        alive[round * 7 % 16] = Vec::with_capacity(black_box(SIZES[round % 8]));
    }
    black_box(alive);
}
