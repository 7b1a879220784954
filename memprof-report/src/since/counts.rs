//! The counts: what the calls of an operation had, so finely that the calls of a part of the time can be told.
//!
//! The recorder adds them to its reports; they are no part of the document. Two of them have a difference, which the
//! figures made of them (least, most, percentiles) have not.

use std::collections::BTreeMap;

use crate::{Distribution, Growth, OperationGrowth};

/// What the finished calls of one operation had.
#[doc(hidden)]
#[derive(Debug, Clone, Default)]
pub struct CallCounts {
    /// Bytes that a call allocated.
    pub allocated: ValueCounts,
    /// The peak of a call.
    pub peak: ValueCounts,
    /// What calls had by the size of their input.
    pub sizes: Vec<InputCounts>,
}

/// The values of calls, in order.
#[doc(hidden)]
#[derive(Debug, Clone, Default)]
pub struct ValueCounts {
    /// The sum of all values.
    pub sum: u128,
    /// Those that there are, ascending, each once.
    pub counts: Vec<Counted>,
}

/// So many values of about this size.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The least that they may be.
    pub least: u64,
    /// What stands for them.
    pub value: u64,
    /// The most that they may be.
    pub most: u64,
    /// How many.
    pub calls: u64,
}

/// What the calls with inputs of about one size had: sums.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct InputCounts {
    /// Which sizes are taken together.
    pub bucket: u32,
    pub calls: u64,
    pub size: u128,
    pub allocated_bytes: u128,
    pub allocations: u128,
    pub peak_bytes: u128,
}

impl ValueCounts {
    pub(super) fn calls(&self) -> u64 {
        let calls = self.counts.iter().map(|counted| counted.calls);
        calls.fold(0, u64::saturating_add)
    }

    /// Those that came after `earlier`.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let before: BTreeMap<u64, u64> = earlier
            .counts
            .iter()
            .map(|counted| (counted.least, counted.calls))
            .collect();
        let counts = self.counts.iter().filter_map(|counted| {
            let calls = before.get(&counted.least).copied().unwrap_or(0);
            let calls = counted.calls.saturating_sub(calls);
            (calls > 0).then_some(Counted { calls, ..*counted })
        });
        Self {
            sum: self.sum.saturating_sub(earlier.sum),
            counts: counts.collect(),
        }
    }

    /// The bounds of the least and of the most of these values, which are some of those that `all` tells of. The ends of
    /// `before`, the others, were there already; what lies beyond them is new.
    pub(super) fn ends(
        &self,
        all: &Distribution,
        before: Option<&Distribution>,
    ) -> Option<[Counted; 2]> {
        let (mut first, mut last) = (*self.counts.first()?, *self.counts.last()?);
        if let (1, Ok(value)) = (self.calls(), u64::try_from(self.sum)) {
            (first.least, first.value, first.most) = (value, value, value);
            return Some([first, first]);
        }
        let within = |end: &mut Counted| {
            end.least = end.least.clamp(all.min, all.max);
            end.value = end.value.clamp(all.min, all.max);
            end.most = end.most.clamp(all.min, all.max);
        };
        within(&mut first);
        within(&mut last);
        if before.is_none_or(|before| all.min < before.min) {
            (first.least, first.value, first.most) = (all.min, all.min, all.min);
        }
        if before.is_none_or(|before| all.max > before.max) {
            (last.least, last.value, last.most) = (all.max, all.max, all.max);
        }
        Some([first, last])
    }

    /// How these values spread.
    pub(super) fn distribution(
        &self,
        all: &Distribution,
        before: Option<&Distribution>,
    ) -> Option<Distribution> {
        /// What the recorder's percentiles may be off by.
        const MOST_RELATIVE_ERROR: f64 = 1.0 / 9.0;

        let [first, last] = self.ends(all, before)?;
        let (min, max) = (first.value, last.value.max(first.value));
        let exact = first.least == first.most && last.least == last.most && min == max;
        let calls = self.calls();
        let at = |share: f64| {
            let rank = ((share * calls as f64).ceil() as u64).clamp(1, calls);
            let mut seen = 0;
            let found = self.counts.iter().find(|counted| {
                seen += counted.calls;
                seen >= rank
            });
            found.map_or(max, |counted| counted.value).clamp(min, max)
        };
        Some(Distribution {
            min,
            max,
            mean: (self.sum as f64 / calls as f64).clamp(first.least as f64, last.most as f64),
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            exact,
            max_relative_error: if exact { 0.0 } else { MOST_RELATIVE_ERROR },
        })
    }
}

/// How the calls that came after `earlier` grow with the size of their input.
pub(super) fn growth(
    now: &[InputCounts],
    earlier: &[InputCounts],
    whole: &OperationGrowth,
) -> Option<OperationGrowth> {
    let mut sums: BTreeMap<u32, InputCounts> = BTreeMap::new();
    for point in now {
        sums.entry(point.bucket).or_default().add(point);
    }
    for point in earlier {
        if let Some(sum) = sums.get_mut(&point.bucket) {
            sum.take(point);
        }
    }
    sums.retain(|_, sum| sum.calls > 0);
    if sums.is_empty() {
        return None;
    }
    let fit = |figure: fn(&InputCounts) -> u128| {
        let points = sums
            .values()
            .map(|sum| (sum.mean(sum.size), sum.mean(figure(sum))));
        Growth::fit(&points.collect::<Vec<_>>())
    };
    Some(OperationGrowth {
        declared: whole.declared,
        allocated_bytes: fit(|sum| sum.allocated_bytes),
        allocations: fit(|sum| sum.allocations),
        peak_bytes: fit(|sum| sum.peak_bytes),
    })
}

impl InputCounts {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.size += other.size;
        self.allocated_bytes += other.allocated_bytes;
        self.allocations += other.allocations;
        self.peak_bytes += other.peak_bytes;
    }

    fn take(&mut self, other: &Self) {
        self.calls = self.calls.saturating_sub(other.calls);
        self.size = self.size.saturating_sub(other.size);
        self.allocated_bytes = self.allocated_bytes.saturating_sub(other.allocated_bytes);
        self.allocations = self.allocations.saturating_sub(other.allocations);
        self.peak_bytes = self.peak_bytes.saturating_sub(other.peak_bytes);
    }

    /// The mean over the calls, rounded.
    fn mean(&self, sum: u128) -> u64 {
        let calls = u128::from(self.calls.max(1));
        u64::try_from((sum + calls / 2) / calls).unwrap_or(u64::MAX)
    }
}
