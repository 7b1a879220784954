//! Leaks: each call, or each so many calls, leaves something for good.

use super::random::Random;
use super::{Held, History, Label, each, history};

pub(super) const ALL: &[History] = &[
    history("a block a call", Label::Leak, 16, |n| {
        each(n, |call| (call, 24 * call))
    }),
    history(
        "a list that takes eight bytes a call",
        Label::Leak,
        64,
        doubling,
    ),
    history("a list that grows by half", Label::Leak, 64, by_half),
    history("a map of numbers", Label::Leak, 64, |n| {
        each(n, |call| (1, 17 * buckets(call)))
    }),
    history("a list of boxes", Label::Leak, 40, |n| {
        each(n, |call| {
            (1 + call, 8 * call.next_power_of_two() + 100 * call)
        })
    }),
    history("one text that is made longer", Label::Leak, 40, |n| {
        each(n, |call| (1, 10 * call))
    }),
    history("a block at every hundredth call", Label::Leak, 1_000, |n| {
        each(n, |call| (call / 100, 4_096 * (call / 100)))
    }),
    history("a block at every tenth call", Label::Leak, 200, |n| {
        each(n, |call| (call / 10, 64 * (call / 10)))
    }),
    history("every second call at random", Label::Leak, 10_000, |n| {
        at_random(n, 2)
    }),
    history("every twentieth call at random", Label::Leak, 40_000, |n| {
        at_random(n, 20)
    }),
    history("from three fifths on", Label::Leak, 200, |n| {
        each(n, |call| blocks(64, call.saturating_sub(n * 3 / 5)))
    }),
    history("from half on", Label::Leak, 200, |n| {
        each(n, |call| blocks(64, call.saturating_sub(n / 2)))
    }),
    history("a tenth of each batch", Label::Leak, 20_000, |n| {
        each(n, |call| blocks(100, call % 500 + call / 500 * 50))
    }),
    history("a tenth of each short batch", Label::Leak, 2_000, |n| {
        each(n, |call| blocks(100, call % 50 + call / 50 * 5))
    }),
    history("a twentieth of each batch", Label::Leak, 40_000, |n| {
        each(n, |call| blocks(100, call % 500 + call / 500 * 25))
    }),
    history(
        "a tenth of each batch of any length",
        Label::Leak,
        20_000,
        |n| {
            let mut random = Random::new(n);
            let (mut left, mut held, mut end) = (0, 0, 500);
            (0..n)
                .map(|_| {
                    held += 1;
                    if held >= end {
                        left += held / 10;
                        (held, end) = (0, 250 + random.below(500));
                    }
                    blocks(100, left + held)
                })
                .collect()
        },
    ),
    history("a slow one from two fifths on", Label::Leak, 1_000, |n| {
        each(n, |call| blocks(64, call.saturating_sub(n * 2 / 5) / 10))
    }),
    history("after a tenth", Label::Leak, 100, |n| {
        each(n, |call| blocks(640, call.saturating_sub(n / 10)))
    }),
    history("late beside a cache", Label::Leak, 200, |n| {
        each(n, |call| {
            blocks(64, call.min(n / 20) + call.saturating_sub(n / 2))
        })
    }),
    history("beside a large table", Label::Leak, 100, |n| {
        each(n, |call| (100_000 + call, 1_600_000 + 16 * call))
    }),
    history("a quarter of each batch", Label::Leak, 2_000, |n| {
        each(n, |call| {
            let batch = (n / 200).max(8);
            blocks(64, call % batch + call / batch * (batch / 4))
        })
    }),
    history("half of each long batch", Label::Leak, 500, |n| {
        each(n, |call| {
            let batch = (n / 23).max(8);
            blocks(64, call % batch + call / batch * (batch / 2))
        })
    }),
    history(
        "three blocks a connection of 17 calls",
        Label::Leak,
        1_000,
        |n| each(n, |call| blocks(200, call / 17 * 3 + call % 17)),
    ),
    history(
        "two blocks a connection beside those that are open",
        Label::Leak,
        20_000,
        |n| {
            let mut random = Random::new(n);
            let mut left = 0;
            each(n, |_| (0, 0))
                .into_iter()
                .zip(1..)
                .map(|(_, call)| {
                    left += 2 * u64::from(random.is_one_of(10));
                    let open = 50 + (call / 37) % 20;
                    blocks(300, left + open)
                })
                .collect()
        },
    ),
    history("beside what rises and falls", Label::Leak, 1_000, |n| {
        let mut random = Random::new(n);
        (1..=n)
            .map(|call| blocks(64, call + random.below(100)))
            .collect()
    }),
    history(
        "twenty blocks at each fortieth of the calls",
        Label::Leak,
        400,
        |n| each(n, |call| blocks(32, call / (n / 40) * 20)),
    ),
    history("blocks of any size", Label::Leak, 10_000, |n| {
        let mut random = Random::new(n);
        let (mut count, mut bytes) = (0, 0);
        (1..=n)
            .map(|_| {
                if random.is_one_of(3) {
                    count += 1;
                    bytes += 1 + random.below(2_000);
                }
                (count, bytes)
            })
            .collect()
    }),
];

fn blocks(size: u64, count: u64) -> (u64, u64) {
    (count, size * count)
}

/// The capacity of a `Vec<u64>` that takes one a call.
pub(super) fn doubling(calls: u64) -> Held {
    each(calls, |call| (1, 8 * call.next_power_of_two().max(4)))
}

/// Some containers of other languages grow so.
fn by_half(calls: u64) -> Held {
    let mut capacity = 4;
    each(calls, |call| (1, call))
        .into_iter()
        .map(|(blocks, needed)| {
            while capacity < needed {
                capacity = capacity * 3 / 2 + 1;
            }
            (blocks, 16 * capacity)
        })
        .collect()
}

/// Of a hash map with so many entries; at most seven of eight are used.
pub(super) fn buckets(entries: u64) -> u64 {
    (entries * 8).div_ceil(7).next_power_of_two().max(4)
}

fn at_random(calls: u64, one_of: u64) -> Held {
    let mut random = Random::new(calls + one_of);
    let mut count = 0;
    (1..=calls)
        .map(|_| {
            count += u64::from(random.is_one_of(one_of));
            blocks(48, count)
        })
        .collect()
}
