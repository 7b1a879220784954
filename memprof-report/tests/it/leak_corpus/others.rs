//! What is made once, what grows to the largest that was asked for, and what is in use.

use super::random::Random;
use super::{Held, History, Label, each, history};

pub(super) const ALL: &[History] = &[
    history("one initialiser, met early", Label::InUse, 100, |n| {
        made_at(n, &[n / 100])
    }),
    history(
        "one initialiser, met in the middle",
        Label::Open,
        100,
        |n| made_at(n, &[n * 55 / 100]),
    ),
    history("one initialiser, met late", Label::Open, 100, |n| {
        made_at(n, &[n * 99 / 100])
    }),
    history("four initialisers at any time", Label::InUse, 100, |n| {
        at_any_time(n, 4)
    }),
    history("ten initialisers at any time", Label::InUse, 1_000, |n| {
        at_any_time(n, 10)
    }),
    history("what one caught panic leaves", Label::InUse, 100, |n| {
        each(n, |call| match call > n * 7 / 10 {
            true => (5_000, 36 << 20),
            false => (0, 0),
        })
    }),
    history(
        "a buffer as large as the largest request",
        Label::InUse,
        100,
        |n| high_water(n, 1, |random| random.below(100_000)),
    ),
    history(
        "a buffer that doubles to the largest request",
        Label::InUse,
        100,
        |n| {
            high_water(n, 1, |random| {
                (exponential(random) as u64).next_power_of_two()
            })
        },
    ),
    history(
        "a buffer of each of sixteen workers",
        Label::InUse,
        1_000,
        |n| high_water(n, 16, |random| exponential(random) as u64),
    ),
    history("batches of seven", Label::InUse, 100, |n| in_batches(n, 7)),
    history("batches of a hundred", Label::InUse, 1_000, |n| {
        in_batches(n, 100)
    }),
    history("batches of 333", Label::InUse, 1_000, |n| {
        in_batches(n, 333)
    }),
    history("four batches", Label::InUse, 100, |n| in_batches(n, n / 4)),
    history(
        "three batches and the beginning of a fourth",
        Label::InUse,
        100,
        |n| in_batches(n, n * 10 / 34),
    ),
    history("37 batches", Label::InUse, 400, |n| in_batches(n, n / 37)),
    history("batches of any length", Label::InUse, 1_000, |n| {
        let mut random = Random::new(n);
        let (mut held, mut end) = (0, 1);
        (1..=n)
            .map(|_| {
                held += 1;
                if held >= end {
                    (held, end) = (0, 1 + random.below(n / 15));
                }
                (held, 64 * held)
            })
            .collect()
    }),
    history("a window of fifty", Label::InUse, 200, |n| {
        each(n, |call| (call.min(50), 50 * call.min(50)))
    }),
    history("requests under way", Label::InUse, 1_000, |n| {
        let mut random = Random::new(n);
        (1..=n)
            .map(|_| {
                let held = 30 + random.below(20);
                (held, 70 * held)
            })
            .collect()
    }),
    history(
        "loaded between three and four fifths",
        Label::Open,
        100,
        |n| {
            each(n, |call| {
                let held = call.saturating_sub(n * 3 / 5).min(n / 5);
                (held, 64 * held)
            })
        },
    ),
    history("from four fifths on", Label::New, 100, |n| {
        each(n, |call| {
            let held = call.saturating_sub(n * 4 / 5);
            (held, 64 * held)
        })
    }),
    history(
        "requests that last a tenth of the run",
        Label::InUse,
        1_000,
        |n| {
            let mut random = Random::new(n);
            let mut ends = Vec::new();
            let mean = n as f64 / 10.0;
            (1..=n)
                .map(|call| {
                    ends.retain(|end| *end > call);
                    ends.push(call + 1 + (-mean * (1.0 - random.part()).ln()) as u64);
                    let held = ends.len() as u64;
                    (held, 64 * held)
                })
                .collect()
        },
    ),
    history("a queue whose length wanders", Label::InUse, 1_000, |n| {
        let mut random = Random::new(n);
        let mut held = 100_u64;
        (1..=n)
            .map(|_| {
                held = match random.is_one_of(2) {
                    true => held + 1,
                    false => held.saturating_sub(1),
                };
                (held, 64 * held)
            })
            .collect()
    }),
    history("in use at the end", Label::Open, 200, |n| {
        each(n, |call| {
            let held = call.saturating_sub(n * 93 / 100);
            (held, 64 * held)
        })
    }),
    history("grown and freed at last", Label::InUse, 100, |n| {
        each(n, |call| match call < n * 9 / 10 {
            true => (call, 8 * call),
            false => (n / 10, 8 * (n / 10)),
        })
    }),
];

/// A block of 50,000 bytes from each of these calls on.
fn made_at(calls: u64, at: &[u64]) -> Held {
    each(calls, |call| {
        let made = at.iter().filter(|at| **at <= call).count() as u64;
        (made, 50_000 * made)
    })
}

fn at_any_time(calls: u64, count: u64) -> Held {
    let mut random = Random::new(calls * count);
    let at: Vec<u64> = (0..count).map(|_| random.below(calls)).collect();
    made_at(calls, &at)
}

fn in_batches(calls: u64, batch: u64) -> Held {
    each(calls, |call| {
        let held = 1 + call % batch.max(2);
        (held, 100 * held)
    })
}

/// As many buffers, each as large as the largest that its calls asked for.
fn high_water(calls: u64, buffers: usize, size: fn(&mut Random) -> u64) -> Held {
    let mut random = Random::new(calls);
    let mut largest = vec![0; buffers];
    (0..calls as usize)
        .map(|call| {
            let buffer = &mut largest[call % buffers];
            *buffer = size(&mut random).max(*buffer);
            let used = largest.iter().filter(|it| **it > 0).count() as u64;
            (used, largest.iter().sum())
        })
        .collect()
}

fn exponential(random: &mut Random) -> f64 {
    -5_000.0 * (1.0 - random.part()).ln()
}
