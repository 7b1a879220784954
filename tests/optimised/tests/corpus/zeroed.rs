//! Zeroed blocks. LLVM also assumes zeros behind the requested size.

use crate::blocks::{blocks, sized};
use crate::check::{Shape, exact, removable};
use std::io::Read;

pub(crate) const SHAPES: &[Shape] = &[
    removable("zeroed vec", vec_of_zeros, |n| sized(n, |i| i % 4_000 + 1)),
    removable("zeroed vec that is read", read, |n| {
        sized(n, |i| i % 4_000 + 1)
    }),
    exact("zeroed vec that is written", written, |n| {
        sized(n, |i| (i % 300 + 1) * 4)
    }),
    exact("row of a table", scratch, |n| blocks(n, 120 * 8)),
    exact("read buffer", buffer, |n| blocks(n, 64)),
    exact("zeroed boxed slice", boxed_slice, |n| {
        sized(n, |i| (i % 60 + 1) * 8)
    }),
    exact("zeroed array in a box", array, |n| blocks(n, 512)),
    exact("zeroed table of tables", table, |n| {
        blocks(n, 3 * size_of::<Vec<u8>>()).and(blocks(3 * n, 7))
    }),
    // Blocks above 128 KiB always take memprof's cold path.
    exact("large and zeroed", large, |n| blocks(n / 20, 1 << 20)),
];

#[memprof::track("zeroed vec")]
fn vec_of_zeros(count: usize) -> u64 {
    (0..count)
        .map(|i| vec![0_u8; i % 4_000 + 1].len() as u64)
        .sum()
}

#[memprof::track("zeroed vec that is read")]
fn read(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let zeros = vec![0_u8; i % 4_000 + 1];
        sum += u64::from(zeros[i % zeros.len()]) + 1;
    }
    sum
}

#[memprof::track("zeroed vec that is written")]
fn written(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut counts = vec![0_u32; i % 300 + 1];
        let length = counts.len();
        for at in [i, i / 3, i / 7, i / 11] {
            counts[at % length] += 1;
        }
        sum += u64::from(counts[i / 3 % length]);
    }
    sum
}

/// As in a dynamic program, for example an edit distance.
#[memprof::track("row of a table")]
fn scratch(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut row = vec![0_u64; 120];
        for at in 1..row.len() {
            row[at] = row[at - 1] + (i * at) as u64;
        }
        sum += row[row.len() - 1];
    }
    sum
}

#[memprof::track("read buffer")]
fn buffer(count: usize) -> u64 {
    let text = include_bytes!("zeroed.rs");
    let mut sum = 0;
    for i in 0..count {
        let mut buffer = vec![0_u8; 64];
        let length = (&text[i % 90..]).read(&mut buffer).unwrap_or(0);
        sum += u64::from(buffer[i % length.max(1)]);
    }
    sum
}

#[memprof::track("zeroed boxed slice")]
fn boxed_slice(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut words = vec![0_u64; i % 60 + 1].into_boxed_slice();
        let length = words.len();
        words[i / 2 % length] = i as u64;
        sum += words[i / 3 % length];
    }
    sum
}

#[memprof::track("zeroed array in a box")]
fn array(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut bytes: Box<[u8; 512]> = Box::new([0; 512]);
        bytes[i % 512] = 1;
        sum += u64::from(bytes[i / 2 % 512]);
    }
    sum
}

#[memprof::track("zeroed table of tables")]
fn table(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut table = vec![vec![0_u8; 7]; 3];
        table[i % 3][i % 7] = 9;
        sum += u64::from(table[i / 2 % 3][i / 3 % 7]);
    }
    sum
}

#[memprof::track("large and zeroed")]
fn large(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count / 20 {
        let mut bytes = vec![0_u8; 1 << 20];
        bytes[i * 5_000] = 1;
        sum += u64::from(bytes[i * 4_999]);
    }
    sum
}
