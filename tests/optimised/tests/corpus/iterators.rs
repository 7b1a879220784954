//! Blocks that iterators collect into, consume, or live in.

use crate::blocks::{blocks, like, sized};
use crate::check::{Shape, exact, removable};

pub(crate) const SHAPES: &[Shape] = &[
    exact("collect", collected, |n| sized(n, |i| (i % 40 + 1) * 8)),
    exact("collect of a filter", filtered, |n| like(n, || even(0))),
    exact("collect of a chain", chained, |n| blocks(n, 12 * 8)),
    exact("collect in place", in_place, |n| {
        sized(n, |i| (i % 40 + 1) * 8)
    }),
    removable("flat map", flat_map, |n| blocks(3 * n, 4 * 8)),
    exact("flat map that is collected", flattened, |n| {
        like(n, || flat(0)).and(blocks(n, 3 * 8))
    }),
    removable("sum of boxes", sum_of_boxes, |n| blocks(6 * n, 8)),
    exact("boxes that are collected", collected_boxes, |n| {
        blocks(n, 6 * 8).and(blocks(6 * n, 8))
    }),
    // Both vectors grow to a capacity of 4, then of 8.
    exact("partition", partition, |n| {
        blocks(2 * n, 4 * 8).and(blocks(2 * n, 8 * 8))
    }),
    exact("unzip", unzip, |n| blocks(n, 9 * 8).and(blocks(n, 9 * 4))),
    exact("sort and dedup", sorted, |n| blocks(n, 30 * 2)),
    exact("zip of two that are collected", zipped, |n| {
        blocks(2 * n, 10 * 4)
    }),
    removable("boxed iterator", boxed_iterator, |n| blocks(n, 2 * 8)),
    exact("results that are collected", results, |n| {
        like(n, || parsed("1"))
    }),
];

#[memprof::track("collect")]
fn collected(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let squares: Vec<usize> = (0..i % 40 + 1).map(|at| (at * at) ^ i).collect();
        sum += squares[i / 7 % squares.len()] as u64;
    }
    sum
}

#[inline]
fn even(i: u64) -> Vec<u64> {
    (i..i + 20).filter(|at| at % 2 == 0).collect()
}

#[memprof::track("collect of a filter")]
fn filtered(count: usize) -> u64 {
    (0..count as u64).map(|i| even(i)[i as usize % 10]).sum()
}

#[memprof::track("collect of a chain")]
fn chained(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let both: Vec<u64> = (i..i + 5).chain((0..7).map(|at| at * i)).collect();
        sum += both[i as usize % 12];
    }
    sum
}

#[memprof::track("collect in place")]
fn in_place(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let first: Vec<usize> = (i..i + i % 40 + 1).collect();
        let second: Vec<usize> = first.into_iter().map(|it| it ^ 5).collect();
        sum += second[i / 5 % second.len()] as u64;
    }
    sum
}

#[memprof::track("flat map")]
fn flat_map(count: usize) -> u64 {
    (0..count as u64)
        .map(|i| (0..3).flat_map(|at| vec![at * i; 4]).sum::<u64>())
        .sum()
}

#[inline]
fn flat(i: u64) -> Vec<u64> {
    (0..3).flat_map(|at| vec![at, at * i, i]).collect()
}

#[memprof::track("flat map that is collected")]
fn flattened(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let kept: Vec<u64> = flat(i).into_iter().collect();
        let picked: Vec<u64> = (0..3).map(|at| kept[at * 4 % 9] + i).collect();
        sum += picked[i as usize % 3];
    }
    sum
}

#[memprof::track("sum of boxes")]
fn sum_of_boxes(count: usize) -> u64 {
    (0..count as u64)
        .map(|i| (i..i + 6).map(Box::new).map(|it| *it).sum::<u64>())
        .sum()
}

#[memprof::track("boxes that are collected")]
fn collected_boxes(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let boxes: Vec<Box<u64>> = (0..6).map(|at| Box::new(at * i)).collect();
        sum += *boxes[i as usize % 6];
    }
    sum
}

#[memprof::track("partition")]
fn partition(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let (even, odd): (Vec<u64>, Vec<u64>) = (i..i + 10).partition(|at| at % 2 == 0);
        sum += even[i as usize % 5] * odd[i as usize % 5];
    }
    sum
}

#[memprof::track("unzip")]
fn unzip(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u32 {
        let pairs = (i..i + 9).map(|at| (u64::from(at), at * 2));
        let (long, short): (Vec<u64>, Vec<u32>) = pairs.unzip();
        sum += long[i as usize % 9] + u64::from(short[i as usize / 2 % 9]);
    }
    sum
}

#[memprof::track("sort and dedup")]
fn sorted(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut all: Vec<u16> = (0..30).map(|at| (at * i % 17) as u16).collect();
        all.sort_unstable();
        all.dedup();
        sum += u64::from(all[i % all.len()]);
    }
    sum
}

#[memprof::track("zip of two that are collected")]
fn zipped(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u32 {
        let up: Vec<u32> = (i..i + 10).collect();
        let down: Vec<u32> = up.iter().rev().map(|it| it ^ i).collect();
        let products = up.iter().zip(&down).map(|(a, b)| a.wrapping_mul(*b));
        sum += u64::from(products.fold(0, u32::wrapping_add)) + u64::from(down[i as usize % 10]);
    }
    sum
}

#[memprof::track("boxed iterator")]
fn boxed_iterator(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count as u64 {
        let it: Box<dyn Iterator<Item = u64>> = if i.is_multiple_of(3) {
            Box::new(i..i + 4)
        } else {
            Box::new((i..i + 6).rev())
        };
        sum += it.fold(0, |folded, next| folded * 2 + next);
    }
    sum
}

#[inline]
fn parsed(text: &str) -> Vec<u64> {
    let parts = [text, "22", "333"].into_iter();
    parts
        .map(str::parse)
        .collect::<Result<Vec<u64>, _>>()
        .unwrap_or_default()
}

#[memprof::track("results that are collected")]
fn results(count: usize) -> u64 {
    let texts = ["1", "12", "123"];
    (0..count).map(|i| parsed(texts[i % 3])[i / 3 % 3]).sum()
}
