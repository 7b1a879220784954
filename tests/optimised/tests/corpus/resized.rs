//! Blocks that grow or shrink. A reallocation counts as an allocation and a deallocation.

use crate::blocks::{Blocks, blocks, sized};
use crate::check::{Shape, exact, removable};
use std::collections::VecDeque;

pub(crate) const SHAPES: &[Shape] = &[
    exact("pushed", pushed, |n| Blocks::of(TO_32).times(n)),
    exact("pushed in a deque", deque, |n| Blocks::of(TO_32).times(n)),
    exact("reserved", reserved, |n| {
        Blocks::of([3 * 4, 50 * 4]).times(n)
    }),
    removable("reserved and never used", unused, |n| {
        blocks(n, 10).and(sized(n, |i| i % 100 + 11))
    }),
    exact("reserved step by step", steps, |n| {
        Blocks::of([8, 16, 40, 104, 272, 712]).times(n)
    }),
    // A capacity of 4, then of 33.
    exact("extended", extended, |n| {
        Blocks::of([4 * 8, 33 * 8]).times(n)
    }),
    exact("shrunk to fit", shrunk, |n| {
        blocks(n, 32 * 8).and(sized(n, |i| (i % 9 + 1) * 8))
    }),
    exact("shrunk into a boxed slice", boxed, |n| {
        Blocks::of([16 * 2, 10 * 2]).times(n)
    }),
    removable("shrunk to nothing", to_nothing, |n| blocks(n, 8)),
    exact("grown and shrunk again", both_ways, |n| {
        Blocks::of([10, 1_000, 11]).times(n)
    }),
    exact("truncated", truncated, |n| blocks(n, 40 * 4)),
    exact("split off", split_off, |n| {
        blocks(n, 40 * 4).and(sized(n, |i| (40 - i % 39) * 4))
    }),
    exact("drained", drained, |n| blocks(n, 30)),
    exact("cleared and filled again", cleared, |n| {
        blocks(n.min(1), 600 * 4)
    }),
];

/// 4, 8, 16 and 32 numbers.
const TO_32: [usize; 4] = [4 * 8, 8 * 8, 16 * 8, 32 * 8];

#[memprof::track("pushed")]
fn pushed(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut all = Vec::new();
        for at in 0..20 {
            all.push(at * i);
        }
        sum += all[i as usize % 20];
    }
    sum
}

#[memprof::track("pushed in a deque")]
fn deque(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut all = VecDeque::new();
        for at in 0..10 {
            all.push_back(at * i);
            all.push_front(at ^ i);
        }
        sum += all[i as usize % 20];
    }
    sum
}

#[memprof::track("reserved")]
fn reserved(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u32 {
        let mut all = Vec::with_capacity(3);
        all.extend([i, i + 1, i * 3]);
        all.reserve_exact(47);
        all.extend((0..47).map(|at| at ^ i));
        sum += u64::from(all[i as usize % 50]);
    }
    sum
}

#[memprof::track("reserved and never used")]
fn unused(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all = Vec::<u8>::with_capacity(10);
        all.reserve_exact(i % 100 + 11);
        sum += all.capacity() as u64;
    }
    sum
}

#[memprof::track("reserved step by step")]
fn steps(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut all = Vec::new();
        for room in [1, 2, 5, 13, 34, 89] {
            all.reserve_exact(room - all.len());
            while all.len() < room {
                all.push(all.len() as u64 * i);
            }
        }
        sum += all[i as usize % 89];
    }
    sum
}

#[memprof::track("extended")]
fn extended(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let mut all = Vec::new();
        all.extend_from_slice(&[i, i * 2, i * 3]);
        all.extend_from_slice(&[i; 30]);
        all[i as usize % 7] = 1;
        sum += all[i as usize % 33];
    }
    sum
}

#[memprof::track("shrunk to fit")]
fn shrunk(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all = Vec::with_capacity(32);
        all.extend((0..i % 9 + 1).map(|at| (at * i) as u64));
        all.shrink_to_fit();
        sum += all[i / 9 % all.len()];
    }
    sum
}

#[memprof::track("shrunk into a boxed slice")]
fn boxed(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all = Vec::with_capacity(16);
        for at in 0..10 {
            all.push((at * i) as u16);
        }
        sum += u64::from(all.into_boxed_slice()[i % 10]);
    }
    sum
}

#[memprof::track("shrunk to nothing")]
fn to_nothing(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all = Vec::with_capacity(8);
        all.push(i as u8);
        sum += u64::from(all.pop().unwrap_or(0));
        all.shrink_to_fit();
        sum += all.capacity() as u64;
    }
    sum
}

#[memprof::track("grown and shrunk again")]
fn both_ways(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all = Vec::with_capacity(10);
        all.extend((0..10).map(|at| (at * i) as u8));
        all.reserve_exact(990);
        all.push(i as u8);
        all.shrink_to_fit();
        sum += u64::from(all[i % 11]);
    }
    sum
}

#[memprof::track("truncated")]
fn truncated(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u32 {
        let mut all: Vec<u32> = (i..i + 40).collect();
        all.truncate(i as usize % 40 + 1);
        sum += u64::from(all[i as usize / 40 % all.len()]);
    }
    sum
}

#[memprof::track("split off")]
fn split_off(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut first: Vec<u32> = (0..40).map(|at| (at * i) as u32).collect();
        let second = first.split_off(i % 39);
        sum += u64::from(second[i % second.len()]) + first.len() as u64;
    }
    sum
}

#[memprof::track("drained")]
fn drained(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all: Vec<u8> = (0..30).map(|at| (at * i) as u8).collect();
        sum += all.drain(i % 15..20).map(u64::from).sum::<u64>();
        sum += u64::from(all[i % all.len()]);
    }
    sum
}

/// All passes share one block.
#[memprof::track("cleared and filled again")]
fn cleared(count: usize) -> u64 {
    let mut sum = 0;
    let mut all = Vec::with_capacity(600);
    for i in 0..count as u32 {
        all.clear();
        all.extend((0..i % 600 + 1).map(|at| at ^ i));
        sum += u64::from(all[i as usize / 7 % all.len()]);
    }
    sum
}
