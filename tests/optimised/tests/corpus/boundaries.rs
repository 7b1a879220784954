//! Measurements and scopes that are inlined beside allocations. Their own figures are exact.
//!
//! LLVM assumes that an allocation changes no memory that the program sees. At a boundary memprof reads counters that
//! allocations change, so it has to read them again after each one.

use crate::blocks::{Blocks, blocks, sized};
use crate::check::{Expected, Figures, Scene};
use memprof::Stats;

pub(crate) const SCENES: &[Scene] = &[
    Scene {
        name: "measure in a loop",
        run: measured,
        expected: |n| {
            let all = sized(n, length);
            vec![Expected::balanced("measure in a loop", 1, all)]
        },
    },
    Scene {
        name: "measure of a reallocation",
        run: reallocated,
        expected: |n| {
            let all = Blocks::of([20, 50]).times(n);
            vec![Expected::balanced("measure of a reallocation", 1, all)]
        },
    },
    Scene {
        name: "measure in a measure",
        run: measured_twice,
        expected: |n| {
            let all = Blocks::of([40, 24]).times(n);
            vec![Expected::balanced("measure in a measure", 1, all)]
        },
    },
    Scene {
        name: "measure of a scope",
        run: measured_scope,
        expected: |n| {
            let all = sized(n, length);
            vec![Expected::balanced("scope in a measure", n, all).with_peak(60)]
        },
    },
    Scene {
        name: "scope in a loop",
        run: scoped,
        expected: |n| {
            let all = sized(n, length);
            vec![Expected::balanced("scope in a loop", n, all).with_peak(60)]
        },
    },
    Scene {
        name: "scope that does nothing",
        run: empty,
        expected: |n| {
            let around = "around a scope that does nothing";
            vec![
                Expected::balanced(around, 1, blocks(n, 56)).with_peak(56),
                Expected::balanced("scope that does nothing", n, Blocks::NONE).with_peak(0),
            ]
        },
    },
    Scene {
        name: "scopes in each other",
        run: nested,
        expected: nested_rows,
    },
    Scene {
        name: "function in a loop",
        run: called,
        expected: |n| {
            let made = Figures::new(n, blocks(n, 33), Blocks::NONE, Blocks::NONE);
            let freed = Figures::new(n, Blocks::NONE, blocks(n, 33), Blocks::NONE);
            vec![
                Expected::new("function that makes", made),
                Expected::new("function that frees", freed),
            ]
        },
    },
];

/// Lengths up to 60, which is the peak of the longest pass.
const fn length(i: usize) -> usize {
    i % 60 + 1
}

/// Allocates bytes whose values depend on `i`.
#[inline(always)]
pub(crate) fn bytes(length: usize, i: usize) -> Vec<u8> {
    (0..length).map(|at| (at * i) as u8).collect()
}

/// Whether the bytes are those of pass `i`. Reading one of them keeps the block.
#[inline(always)]
pub(crate) fn are_right(bytes: &[u8], i: usize) -> bool {
    let at = i / 3 % bytes.len();
    bytes[at] == (at * i) as u8
}

/// The figures of one block that is allocated and freed.
fn once(bytes: usize) -> Stats {
    Stats {
        allocations: 1,
        allocated_bytes: bytes as u64,
        deallocations: 1,
        deallocated_bytes: bytes as u64,
        peak_bytes: bytes as u64,
        ..Stats::default()
    }
}

#[memprof::track("measure in a loop")]
fn measured(count: usize) -> u64 {
    let mut wrong = 0;
    for i in 0..count {
        let measured = memprof::measure(|| are_right(&bytes(length(i), i), i));
        wrong += u64::from(!measured.value) + u64::from(measured.stats != once(length(i)));
    }
    wrong
}

#[memprof::track("measure of a reallocation")]
fn reallocated(count: usize) -> u64 {
    let expected = Stats {
        allocations: 2,
        allocated_bytes: 70,
        deallocations: 2,
        deallocated_bytes: 70,
        net_bytes: 0,
        reallocations: 1,
        reallocated_old_bytes: 20,
        reallocated_new_bytes: 50,
        peak_bytes: 50,
    };
    let mut wrong = 0;
    for i in 0..count {
        let measured = memprof::measure(|| {
            let mut grows = bytes(20, i);
            grows.reserve_exact(30);
            grows.extend((20..50).map(|at| (at * i) as u8));
            are_right(&grows, i)
        });
        wrong += u64::from(!measured.value) + u64::from(measured.stats != expected);
    }
    wrong
}

#[memprof::track("measure in a measure")]
fn measured_twice(count: usize) -> u64 {
    let expected = Stats {
        allocations: 2,
        allocated_bytes: 64,
        deallocations: 2,
        deallocated_bytes: 64,
        peak_bytes: 64,
        ..Stats::default()
    };
    let mut wrong = 0;
    for i in 0..count {
        let outer = memprof::measure(|| {
            let first = bytes(40, i);
            let inner = memprof::measure(|| are_right(&bytes(24, i), i));
            wrong += u64::from(inner.stats != once(24));
            inner.value && are_right(&first, i)
        });
        wrong += u64::from(!outer.value) + u64::from(outer.stats != expected);
    }
    wrong
}

fn scoped(count: usize) -> u64 {
    let mut wrong = 0;
    for i in 0..count {
        let _scope = memprof::scope!("scope in a loop");
        wrong += u64::from(!are_right(&bytes(length(i), i), i));
    }
    wrong
}

#[memprof::track("around a scope that does nothing")]
fn empty(count: usize) -> u64 {
    let mut wrong = 0;
    for i in 0..count {
        let around = bytes(56, i);
        {
            let _scope = memprof::scope!("scope that does nothing");
        }
        wrong += u64::from(!are_right(&around, i));
    }
    wrong
}

fn nested(count: usize) -> u64 {
    let mut wrong = 0;
    for i in 0..count {
        let _outer = memprof::scope!("outer scope");
        let by_outer = bytes(100, i);
        let by_inner = {
            let _inner = memprof::scope!("inner scope");
            let by_inner = bytes(30, i);
            wrong += u64::from(!are_right(&by_outer, i));
            // Each scope frees the other's block.
            drop(by_outer);
            by_inner
        };
        wrong += u64::from(!are_right(&by_inner, i));
    }
    wrong
}

fn nested_rows(n: usize) -> Vec<Expected> {
    let both = Blocks::of([100, 30]).times(n);
    let outer = Figures {
        self_allocated_bytes: blocks(n, 100).bytes,
        peak_bytes: Some(130),
        ..Figures::new(n, both, both, Blocks::NONE)
    };
    let inner = Figures {
        peak_bytes: Some(30),
        ..Figures::new(n, blocks(n, 30), blocks(n, 100), Blocks::NONE)
    };
    vec![
        Expected::new("outer scope", outer),
        Expected::new("inner scope", inner),
    ]
}

#[memprof::track("function that makes")]
#[inline(always)]
fn make(i: usize) -> Vec<u8> {
    bytes(33, i)
}

#[memprof::track("function that frees")]
#[inline(always)]
fn take(bytes: Vec<u8>, i: usize) -> bool {
    are_right(&bytes, i)
}

fn called(count: usize) -> u64 {
    (0..count).map(|i| u64::from(!take(make(i), i))).sum()
}

fn measured_scope(count: usize) -> u64 {
    let mut wrong = 0;
    for i in 0..count {
        let measured = memprof::measure(|| {
            let _scope = memprof::scope!("scope in a measure");
            are_right(&bytes(length(i), i), i)
        });
        wrong += u64::from(!measured.value) + u64::from(measured.stats != once(length(i)));
    }
    wrong
}
