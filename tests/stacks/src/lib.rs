//! What the programs of `src/bin` share: the churn whose cost is compared. The tests are in `tests/`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::time::Instant;

/// Calls below which the churn runs, so that stacks are as deep as is asked for.
const DEPTH: u32 = 24;

/// Does as many rounds as the first argument says, and prints how long they took.
pub fn run() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|rounds| rounds.parse().ok());
    let began = Instant::now();
    below(DEPTH, rounds.unwrap_or(1_000));
    println!("{}", began.elapsed().as_nanos());
}

#[inline(never)]
fn below(depth: u32, rounds: usize) {
    match depth {
        0 => churn(rounds),
        _ => below(black_box(depth - 1), rounds),
    }
    // Not a call in tail position.
    black_box(depth);
}

/// Takes a block and frees an older one, of many sizes, with sixteen alive.
#[inline(never)]
fn churn(rounds: usize) {
    const SIZES: [usize; 8] = [16, 100, 24, 512, 64, 40, 1000, 256];
    let mut alive: [Vec<u8>; 16] = Default::default();
    for round in 0..rounds {
        // Seven is coprime to sixteen: every place has its turn, none in a row.
        alive[round * 7 % 16] = Vec::with_capacity(black_box(SIZES[round % 8]));
    }
    black_box(alive);
}
