//! A plan says which allocations have their stacks taken, and what each of them stands for.
//!
//! Plans are numbered and never change; a stack keeps the number of its plan, so a block that is freed
//! weighs what it weighed when it was allocated, whatever plan is current then.

use crate::record::lock::Lock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// More different plans than this in one process are not followed.
const MOST: usize = 64;

/// Which allocations are sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Every one.
    Every,
    /// One in so many, at random; at least 2.
    OneIn(u64),
    /// A Poisson process with this mean distance in allocated bytes.
    Bytes(u64),
}

/// Which allocations are sampled, and how many frames of their stacks are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) depth: u32,
}

struct Slot {
    /// 0: no plan yet.
    kind: AtomicU32,
    depth: AtomicU32,
    period: AtomicU64,
}

/// Number `n` is slot `n - 1`. A slot is written once, before its number is given away.
static PLANS: [Slot; MOST] = [const {
    Slot {
        kind: AtomicU32::new(0),
        depth: AtomicU32::new(0),
        period: AtomicU64::new(0),
    }
}; MOST];

/// The number of the plan that is followed; 0 for none.
static CURRENT: AtomicU32 = AtomicU32::new(0);

/// Held while a slot is written.
static WRITING: Lock<()> = Lock::new(());

/// The number of the current plan; 0 for none.
#[inline(always)]
pub(super) fn current() -> u32 {
    // Acquire: partner of the release in `make_current`; who sees the number sees the plan.
    CURRENT.load(Ordering::Acquire)
}

/// The plan of that number.
#[inline]
pub(super) fn numbered(number: u32) -> Option<Plan> {
    let slot = PLANS.get((number as usize).checked_sub(1)?)?;
    let period = slot.period.load(Ordering::Relaxed);
    let kind = match slot.kind.load(Ordering::Relaxed) {
        1 => Kind::Every,
        2 => Kind::OneIn(period),
        3 => Kind::Bytes(period),
        _ => return None,
    };
    Some(Plan {
        kind,
        depth: slot.depth.load(Ordering::Relaxed),
    })
}

pub(super) fn make_current(plan: Option<Plan>) -> bool {
    let number = match plan {
        None => 0,
        Some(plan) => match number_of(plan) {
            Some(number) => number,
            None => return false,
        },
    };
    // Release: partner of the acquire in `current`.
    CURRENT.store(number, Ordering::Release);
    true
}

fn number_of(plan: Plan) -> Option<u32> {
    let _writing = WRITING.lock();
    for number in 1..=MOST as u32 {
        match numbered(number) {
            Some(known) if known == plan => return Some(number),
            Some(_) => {}
            None => {
                let (kind, period) = match plan.kind {
                    Kind::Every => (1, 1),
                    Kind::OneIn(period) => (2, period),
                    Kind::Bytes(period) => (3, period),
                };
                let slot = &PLANS[number as usize - 1];
                slot.depth.store(plan.depth, Ordering::Relaxed);
                slot.period.store(period, Ordering::Relaxed);
                slot.kind.store(kind, Ordering::Relaxed);
                return Some(number);
            }
        }
    }
    None
}

/// What a sampled block stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weight {
    /// How many blocks.
    pub(super) blocks: f64,
    pub(super) bytes: f64,
    /// What it adds to the variance of the estimates.
    pub(super) blocks_variance: f64,
    pub(super) bytes_variance: f64,
}

impl Kind {
    /// The weight of a sampled block of `size` bytes: it was sampled with the probability p, so it stands
    /// for 1 / p blocks (Horvitz and Thompson), which makes sums of weights unbiased. That sum's variance is
    /// Σ (1 − p) / p over all blocks, estimated without bias by Σ (1 − p) / p² over the sampled ones.
    pub(super) fn weight(self, size: u64) -> Weight {
        let size = size as f64;
        let probability = match self {
            Self::Every => 1.0,
            Self::OneIn(period) => 1.0 / period as f64,
            Self::Bytes(period) => -(-size / period as f64).exp_m1(),
        };
        let blocks = 1.0 / probability;
        let variance = (1.0 - probability) * blocks * blocks;
        Weight {
            blocks,
            bytes: size * blocks,
            blocks_variance: variance,
            bytes_variance: size * size * variance,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Weight};

    #[test]
    fn every_block_stands_for_itself() {
        let weight = Kind::Every.weight(100);
        let exact = Weight {
            blocks: 1.0,
            bytes: 100.0,
            blocks_variance: 0.0,
            bytes_variance: 0.0,
        };
        assert_eq!(weight, exact);
    }

    #[test]
    fn one_in_ten_stands_for_ten() {
        let weight = Kind::OneIn(10).weight(8);
        assert_eq!((weight.blocks, weight.bytes), (10.0, 80.0));
        assert_eq!(
            (weight.blocks_variance, weight.bytes_variance),
            (90.0, 5760.0)
        );
    }

    #[test]
    fn a_small_block_stands_for_the_interval_and_a_large_one_for_itself() {
        let interval = Kind::Bytes(1 << 20);
        let small = interval.weight(1);
        assert!((small.bytes - 1_048_576.5).abs() < 0.01, "{small:?}");
        let large = interval.weight(1 << 30);
        assert_eq!((large.blocks, large.bytes), (1.0, (1_u64 << 30) as f64));
        assert_eq!(large.bytes_variance, 0.0);
    }
}
