//! Caches, interners and tables: they fill, and are full.

use super::leaks::buckets;
use super::random::Random;
use super::{Held, History, Label, each, history};

pub(super) const ALL: &[History] = &[
    history("full after a thousandth", Label::Full, 1_000, |n| {
        full_at(n, 1)
    }),
    history("full after a fiftieth", Label::Full, 100, |n| {
        full_at(n, 20)
    }),
    history("full after a tenth", Label::Full, 100, |n| full_at(n, 100)),
    history("full after three tenths", Label::Full, 100, |n| {
        full_at(n, 300)
    }),
    history("full after half", Label::Full, 100, |n| full_at(n, 500)),
    history("full after three fifths", Label::Full, 100, |n| {
        full_at(n, 600)
    }),
    history(
        "a map of 300 boxes, asked for in turn",
        Label::Full,
        2_000,
        |n| {
            each(n, |call| {
                let keys = call.min(300);
                (1 + keys, 17 * buckets(keys) + 50 * keys)
            })
        },
    ),
    history(
        "a map of 300 numbers, asked for in turn",
        Label::Full,
        2_000,
        |n| each(n, |call| (1, 17 * buckets(call.min(300)))),
    ),
    history("a list that stops to double early", Label::Full, 100, |n| {
        each(n, |call| (1, 8 * call.min(n * 3 / 10).next_power_of_two()))
    }),
    history("ten keys a call, by chance", Label::Full, 1_000, |n| {
        distinct(&uniform(n, n / 10))
    }),
    history("four keys a call, by chance", Label::Full, 1_000, |n| {
        distinct(&uniform(n, n / 4))
    }),
    history("a thousand keys by Zipf", Label::Full, 20_000, |n| {
        distinct(&zipf(n, 1_000, 1.0))
    }),
    history("few keys by Zipf", Label::Full, 2_000, |n| {
        distinct(&zipf(n, n / 20, 1.0))
    }),
    history("flat Zipf", Label::Full, 4_000, |n| {
        distinct(&zipf(n, n / 20, 0.8))
    }),
    history("steep Zipf", Label::Full, 4_000, |n| {
        distinct(&zipf(n, n / 20, 1.2))
    }),
    history("many keys by Zipf", Label::Open, 10_000, |n| {
        distinct(&zipf(n, n / 4, 1.0))
    }),
    history("half as many keys as calls", Label::Open, 10_000, |n| {
        distinct(&uniform(n, n / 2))
    }),
    history("an interner of 200 words", Label::Full, 4_000, |n| {
        let words = distinct(&zipf(n, 200, 1.0)).into_iter();
        let with_table = |(words, _): (u64, u64)| (1 + words, 20 * words + 16 * buckets(words));
        words.map(with_table).collect()
    }),
    history(
        "an interner of the words of a text",
        Label::Open,
        10_000,
        |n| each(n, |call| (call.isqrt(), 40 * call.isqrt())),
    ),
    history("a cache that evicts one by one", Label::Full, 1_000, |n| {
        let mut random = Random::new(n);
        (1..=n)
            .map(|call| {
                let held = call.min(n / 50).saturating_sub(random.below(4)).max(1);
                (held, 80 * held)
            })
            .collect()
    }),
];

fn full_at(calls: u64, per_mille: u64) -> Held {
    let full = (calls * per_mille / 1_000).max(1);
    each(calls, |call| (call.min(full), 80 * call.min(full)))
}

fn uniform(calls: u64, keys: u64) -> Vec<u64> {
    let mut random = Random::new(calls + keys);
    (0..calls).map(|_| random.below(keys)).collect()
}

/// Keys of which the one of rank `r` comes as often as `r` to the power of `-exponent`.
fn zipf(calls: u64, keys: u64, exponent: f64) -> Vec<u64> {
    let mut random = Random::new(calls + keys);
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=keys)
        .map(|rank| {
            sum += (rank as f64).powf(-exponent);
            sum
        })
        .collect();
    let mut key = || {
        let at = random.part() * sum;
        sums.partition_point(|sum| *sum <= at) as u64
    };
    (0..calls).map(|_| key()).collect()
}

/// A block of 90 bytes for each key that was met.
fn distinct(keys: &[u64]) -> Held {
    let mut met = vec![false; keys.iter().max().map_or(0, |most| *most as usize + 1)];
    let mut count = 0;
    keys.iter()
        .map(|key| {
            count += u64::from(!std::mem::replace(&mut met[*key as usize], true));
            (count, 90 * count)
        })
        .collect()
}
