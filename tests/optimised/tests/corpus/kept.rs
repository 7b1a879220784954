//! Blocks that stay alive: kept, leaked, or passed on. The operation that allocated them retains them until they are freed.

use crate::blocks::{Blocks, blocks, sized};
use crate::check::{Expected, Figures, Scene};
use std::hint::black_box;
use std::sync::Mutex;

type Kept = Vec<Vec<u8>>;

/// Holds blocks while figures are compared.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

pub(crate) const SCENES: &[Scene] = &[
    Scene {
        name: "kept",
        run: keep,
        expected: |n| row("kept", 1, all(n), Blocks::NONE, all(n)),
    },
    Scene {
        name: "half of them kept",
        run: keep_half,
        expected: |n| {
            let made = sized(n, length).and(table(n / 2));
            let freed = sized(n / 2, |i| length(2 * i));
            let kept = sized(n / 2, |i| length(2 * i + 1)).and(table(n / 2));
            row("half of them kept", 1, made, freed, kept)
        },
    },
    Scene {
        name: "leaked",
        run: leak,
        expected: leaked,
    },
    Scene {
        name: "made by one, freed by another",
        run: pass_on,
        expected: |n| {
            let mut rows = row("made by one", n, blocks(n, 45), Blocks::NONE, Blocks::NONE);
            rows.extend(row(
                "freed by another",
                n,
                Blocks::NONE,
                blocks(n, 45),
                Blocks::NONE,
            ));
            rows
        },
    },
    Scene {
        name: "resized by another",
        run: resize,
        expected: |n| {
            let made = blocks(n, 45).and(table(n));
            let mut rows = row("made to be resized", 1, made, Blocks::NONE, table(n));
            rows.extend(row(
                "resized by another",
                1,
                blocks(n, 90),
                blocks(n, 45),
                blocks(n, 90),
            ));
            rows
        },
    },
    Scene {
        name: "freed by another thread",
        run: send,
        expected: |n| {
            let mut rows = row(
                "made for another thread",
                1,
                all(n),
                Blocks::NONE,
                Blocks::NONE,
            );
            rows.extend(row(
                "freed by another thread",
                1,
                Blocks::NONE,
                all(n),
                Blocks::NONE,
            ));
            rows
        },
    },
];

/// Frees what is held.
pub(crate) fn free() {
    *KEPT.lock().unwrap() = Vec::new();
}

/// Changes the rows to those after `free`, which ran outside any operation: only retained figures differ.
pub(crate) fn expect_freed(rows: &mut [Expected]) {
    for row in rows.iter_mut().filter(|row| row.name != "leaked") {
        row.figures.retained_blocks = 0;
        row.figures.retained_bytes = 0;
    }
}

fn row(
    name: &'static str,
    calls: usize,
    allocated: Blocks,
    deallocated: Blocks,
    retained: Blocks,
) -> Vec<Expected> {
    let figures = Figures::new(calls, allocated, deallocated, retained);
    vec![Expected::new(name, figures)]
}

const fn length(i: usize) -> usize {
    i % 90 + 1
}

/// The block of a `Kept` of that length.
const fn table(count: usize) -> Blocks {
    blocks(1, count * size_of::<Vec<u8>>())
}

fn all(n: usize) -> Blocks {
    sized(n, length).and(table(n))
}

#[inline(always)]
fn bytes(length: usize, i: usize) -> Vec<u8> {
    (0..length).map(|at| (at * i) as u8).collect()
}

fn hold(kept: Kept) {
    KEPT.lock().unwrap().push(kept);
}

fn keep(count: usize) -> u64 {
    #[memprof::track("kept")]
    fn make(count: usize) -> Kept {
        (0..count).map(|i| bytes(length(i), i)).collect()
    }
    hold(make(count));
    0
}

fn keep_half(count: usize) -> u64 {
    #[memprof::track("half of them kept")]
    fn make(count: usize, sum: &mut u64) -> Kept {
        let mut kept = Vec::with_capacity(count / 2);
        for i in 0..count {
            let made = bytes(length(i), i);
            if i % 2 == 1 {
                kept.push(made);
            } else {
                *sum += u64::from(made[i / 2 % made.len()]);
            }
        }
        kept
    }
    let mut sum = 0;
    hold(make(count, &mut sum));
    black_box(sum);
    0
}

fn leak(count: usize) -> u64 {
    #[memprof::track("leaked")]
    fn leak(count: usize) -> u64 {
        let mut sum = 0;
        for i in 0..count {
            let leaked = bytes(length(i), i).leak();
            sum += u64::from(black_box(leaked)[i % length(i)]);
            std::mem::forget(black_box(Box::new(i)));
        }
        sum
    }
    black_box(leak(count));
    0
}

fn leaked(n: usize) -> Vec<Expected> {
    let all = sized(n, length).and(blocks(n, size_of::<usize>()));
    row("leaked", 1, all, Blocks::NONE, all)
}

fn pass_on(count: usize) -> u64 {
    #[memprof::track("made by one")]
    #[inline(always)]
    fn make(i: usize) -> Vec<u8> {
        bytes(45, i)
    }
    #[memprof::track("freed by another")]
    #[inline(always)]
    fn take(bytes: Vec<u8>, i: usize) -> u64 {
        u64::from(bytes[i % 45])
    }
    black_box((0..count).map(|i| take(make(i), i)).sum::<u64>());
    0
}

fn resize(count: usize) -> u64 {
    #[memprof::track("made to be resized")]
    fn make(count: usize) -> Kept {
        (0..count).map(|i| bytes(45, i)).collect()
    }
    #[memprof::track("resized by another")]
    fn grow(kept: &mut Kept) {
        for bytes in kept {
            bytes.reserve_exact(45);
        }
    }
    let mut kept = make(count);
    grow(&mut kept);
    hold(kept);
    0
}

fn send(count: usize) -> u64 {
    #[memprof::track("made for another thread")]
    fn make(count: usize) -> Kept {
        (0..count).map(|i| bytes(length(i), i)).collect()
    }
    #[memprof::track("freed by another thread")]
    fn take(kept: Kept) -> u64 {
        kept.iter().map(|it| u64::from(it[0])).sum()
    }
    let made = make(count);
    let is_freed = std::thread::spawn(move || black_box(take(made)))
        .join()
        .is_ok();
    u64::from(!is_freed)
}
