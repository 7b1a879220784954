//! A metric is what the finished calls of one path had of one kind (bytes allocated, or peak): the least,
//! the most, the sum, and a histogram in place.
//!
//! The histogram has four buckets an octave, so a percentile read from it is off by at most 1/9 (11.2 %) of
//! its value; values below 8 are exact. Its memory comes in segments of four octaves, taken when first
//! needed. While all values are the same their number is enough, so an operation whose calls are alike has no segment.

use super::memory::{give_back, take_zeroed};
use super::word::{Count, Pointer};

const BUCKETS_PER_SEGMENT: usize = 16;
const SEGMENTS: usize = 12;
const BUCKETS: usize = BUCKETS_PER_SEGMENT * SEGMENTS;

/// The most that a percentile from the histogram may be off, as a share of its value.
pub(crate) const MAX_RELATIVE_ERROR: f64 = 1.0 / 9.0;

pub(crate) struct Segment {
    counts: [Count; BUCKETS_PER_SEGMENT],
}

pub(crate) struct Metric {
    min: Count,
    max: Count,
    sum: Count,
    /// How many values there were as long as all were the same; 0 once they are in the segments.
    alike: Count,
    /// Null as long as there is no segment.
    segments: Pointer<Segments>,
}

/// The segments of a metric, or null.
type Segments = [Pointer<Segment>; SEGMENTS];

impl Metric {
    pub(crate) const fn new() -> Self {
        Self {
            min: Count::new(u64::MAX),
            max: Count::new(0),
            sum: Count::new(0),
            alike: Count::new(0),
            segments: Pointer::null(),
        }
    }

    /// Adds one call's value. Called by the owner of the row.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn record(&self, value: u64) {
        self.sum.add(value);
        if value == self.min.get() && value == self.max.get() {
            return self.alike.add(1);
        }
        if self.is_empty() {
            self.min.set(value);
            self.max.set(value);
            return self.alike.set(1);
        }
        if self.alike.get() != 0 {
            self.tell_apart();
        }
        if value < self.min.get() {
            self.min.set(value);
        }
        if value > self.max.get() {
            self.max.set(value);
        }
        self.count(bucket_of(value), 1);
    }

    /// Moves the values that were all the same to the segments: from now on there are others.
    #[cold]
    fn tell_apart(&self) {
        // In this order a reader may miss them for a moment and never has them twice.
        let alike = self.alike.get();
        self.alike.set(0);
        if alike > 0 {
            self.count(bucket_of(self.min.get()), alike);
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn count(&self, bucket: usize, calls: u64) {
        // SAFETY: null, or published, and then it lives as long as its row.
        let Some(segments) = (unsafe { self.segments.get().as_ref() }) else {
            return self.count_in_new_segment(bucket, calls);
        };
        // The mask keeps the index inside without a panic path; `bucket_of` never exceeds it.
        let segment = segments[(bucket / BUCKETS_PER_SEGMENT) % SEGMENTS].get();
        if segment.is_null() {
            return self.count_in_new_segment(bucket, calls);
        }
        // SAFETY: a published segment lives as long as its row.
        unsafe { &*segment }.counts[bucket % BUCKETS_PER_SEGMENT].add(calls);
    }

    #[cold]
    fn count_in_new_segment(&self, bucket: usize, calls: u64) {
        if self.segments.get().is_null()
            && let Some(segments) = take_zeroed::<Segments>(1)
        {
            self.segments.set(segments.as_ptr());
        }
        // Without memory the call is missing from the percentiles alone.
        // SAFETY: null, or zeroed when it was taken, which is a list of null pointers.
        if let Some(segments) = unsafe { self.segments.get().as_ref() }
            && let Some(segment) = take_zeroed::<Segment>(1)
        {
            // SAFETY: just taken, zeroed, and all-zero is a valid segment.
            unsafe { segment.as_ref() }.counts[bucket % BUCKETS_PER_SEGMENT].add(calls);
            segments[(bucket / BUCKETS_PER_SEGMENT) % SEGMENTS].set(segment.as_ptr());
        }
    }

    /// Adds all that `other` holds. Called by the owner of `self`.
    pub(crate) fn merge(&self, other: &Metric) {
        if other.is_empty() {
            return;
        }
        let is_alike = other.alike.get() > 0
            && (self.is_empty() || (self.alike.get() > 0 && self.min.get() == other.min.get()));
        if is_alike {
            self.min.set(other.min.get());
            self.max.set(other.max.get());
            self.sum.add(other.sum.get());
            return self.alike.add(other.alike.get());
        }
        self.tell_apart();
        self.min.set(self.min.get().min(other.min.get()));
        self.max.set(self.max.get().max(other.max.get()));
        self.sum.add(other.sum.get());
        other.each_bucket(|bucket, calls| self.count(bucket, calls));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.min.get() == u64::MAX
    }

    /// A copy for the reader.
    pub(crate) fn add_to(&self, copy: &mut MetricCopy) {
        copy.min = copy.min.min(self.min.get());
        copy.max = copy.max.max(self.max.get());
        copy.sum += u128::from(self.sum.get());
        self.each_bucket(|bucket, calls| copy.counts[bucket] += calls);
    }

    fn each_bucket(&self, mut each: impl FnMut(usize, u64)) {
        let alike = self.alike.get();
        if alike > 0 {
            each(bucket_of(self.min.get()), alike);
        }
        // SAFETY: null, or published, and then it lives as long as its row.
        let segments = unsafe { self.segments.get().as_ref() };
        for (at, segment) in segments.into_iter().flatten().enumerate() {
            let segment = segment.get();
            if segment.is_null() {
                continue;
            }
            // SAFETY: a published segment lives as long as its row.
            for (offset, count) in unsafe { &*segment }.counts.iter().enumerate() {
                let calls = count.get();
                if calls > 0 {
                    each(at * BUCKETS_PER_SEGMENT + offset, calls);
                }
            }
        }
    }

    /// Forgets all values, in place.
    pub(crate) fn begin_anew(&self) {
        // SAFETY: null, or published, and then it lives as long as its row.
        let segments = unsafe { self.segments.get().as_ref() };
        for segment in segments.into_iter().flatten() {
            // SAFETY: null, or a published segment, which lives as long as its row.
            if let Some(segment) = unsafe { segment.get().as_ref() } {
                segment.counts.iter().for_each(|count| count.set(0));
            }
        }
        self.min.set(u64::MAX);
        self.max.set(0);
        self.sum.set(0);
        self.alike.set(0);
    }

    /// Gives the segments back.
    ///
    /// # Safety
    /// Nobody reads or writes this metric any more.
    pub(crate) unsafe fn release(&self) {
        let start = self.segments.get();
        // SAFETY: null, or one that is given back below.
        let Some(segments) = (unsafe { start.as_ref() }) else {
            return;
        };
        self.segments.set(std::ptr::null_mut());
        for segment in segments.iter().map(Pointer::get) {
            if !segment.is_null() {
                // SAFETY: taken with length 1, not reachable any more.
                unsafe { give_back(segment, 1) };
            }
        }
        // SAFETY: as above.
        unsafe { give_back(start, 1) };
    }
}

/// A metric copied out, summed over threads.
#[derive(Clone)]
pub(crate) struct MetricCopy {
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) sum: u128,
    counts: [u64; BUCKETS],
}

impl Default for MetricCopy {
    fn default() -> Self {
        Self {
            min: u64::MAX,
            max: 0,
            sum: 0,
            counts: [0; BUCKETS],
        }
    }
}

impl MetricCopy {
    /// Adds the values of another.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        for (count, others) in self.counts.iter_mut().zip(&other.counts) {
            *count += others;
        }
    }

    /// Adds zeroes until the values are as many as `calls`: rows do not record them.
    pub(crate) fn add_zeroes(&mut self, calls: u64) {
        let calls = calls.saturating_sub(self.counts.iter().sum());
        if calls > 0 {
            self.min = 0;
            self.counts[0] += calls;
        }
    }

    /// How many values are in each bucket that has some, with the bucket's least value, the one that stands for it, and its most.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = ([u64; 3], u64)> {
        let counts = self.counts.iter().copied().enumerate();
        counts
            .filter(|(_, calls)| *calls > 0)
            .map(|(bucket, calls)| {
                let (least, most) = ends(bucket);
                // The last one takes all that is larger, too.
                let most = if bucket < BUCKETS - 1 { most } else { u64::MAX };
                ([least, representative(bucket), most], calls)
            })
    }

    /// The value that `share` (0 to 1) of the calls do not exceed: nearest-rank, off by at most
    /// `MAX_RELATIVE_ERROR`.
    pub(crate) fn percentile(&self, share: f64) -> u64 {
        let calls: u64 = self.counts.iter().sum();
        let rank = ((share * calls as f64).ceil() as u64).clamp(1, calls.max(1));
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return representative(bucket).clamp(self.min.min(self.max), self.max);
            }
        }
        self.max
    }
}

/// Four buckets an octave; values below 4 have one each.
#[cfg_attr(optimised, inline(always))]
fn bucket_of(value: u64) -> usize {
    if value < 4 {
        return value as usize;
    }
    let exponent = 63 - value.leading_zeros() as usize;
    let bucket = (exponent - 1) * 4 + ((value >> (exponent - 2)) & 3) as usize;
    if bucket < BUCKETS {
        bucket
    } else {
        BUCKETS - 1
    }
}

/// The least and the most value of a bucket.
fn ends(bucket: usize) -> (u64, u64) {
    if bucket < 8 {
        return (bucket as u64, bucket as u64);
    }
    let exponent = bucket / 4 + 1;
    let width = 1_u64 << (exponent - 2);
    let low = (1_u64 << exponent) + width * (bucket % 4) as u64;
    (low, low + width - 1)
}

/// The harmonic mean of the bucket's ends, which makes the greatest relative error the least.
fn representative(bucket: usize) -> u64 {
    let (low, high) = ends(bucket);
    if low == high {
        return low;
    }
    let (low, high) = (u128::from(low), u128::from(high));
    let rounded = (2 * low * high + (low + high) / 2) / (low + high);
    u64::try_from(rounded).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{MAX_RELATIVE_ERROR, Metric, MetricCopy, bucket_of, representative};

    #[test]
    fn every_value_is_within_the_stated_error() {
        let mut value = 0_u64;
        while value < 1 << 47 {
            let near = representative(bucket_of(value));
            let error = (near as f64 - value as f64).abs() / (value as f64).max(1.0);
            assert!(
                error <= MAX_RELATIVE_ERROR,
                "{value} is read as {near}, off by {error}"
            );
            value = value + 1 + value / 97;
        }
    }

    #[test]
    fn buckets_ascend_without_a_gap() {
        let mut last = 0;
        for value in 1..100_000 {
            let bucket = bucket_of(value);
            assert!(bucket == last || bucket == last + 1);
            last = bucket;
        }
    }

    fn recorded(values: &[u64]) -> Metric {
        let metric = Metric::new();
        values.iter().for_each(|value| metric.record(*value));
        metric
    }

    /// However values are spread over metrics that are merged, and whether they are alike or not, the copy is the same.
    #[test]
    fn values_that_are_alike_count_as_others_do() {
        let cases: [&[u64]; 7] = [
            &[],
            &[8],
            &[8, 8, 8],
            &[8, 8, 9],
            &[9, 8, 8],
            &[8, 8, 1_000, 8],
            &[7, 8],
        ];
        for one in cases {
            for other in cases {
                let (merged, more) = (recorded(one), recorded(other));
                merged.merge(&more);
                merged.record(8);
                let mut copy = MetricCopy::default();
                merged.add_to(&mut copy);

                let all = [one, other, &[8]].concat();
                let mut counts = MetricCopy::default().counts;
                all.iter().for_each(|value| counts[bucket_of(*value)] += 1);
                let sum = all.iter().map(|value| u128::from(*value)).sum();
                let ends = (all.iter().min().copied(), all.iter().max().copied());
                assert_eq!(copy.counts, counts, "{one:?} and {other:?}");
                assert_eq!(copy.sum, sum);
                assert_eq!((Some(copy.min), Some(copy.max)), ends);
                // SAFETY: the metrics are this test's alone.
                unsafe {
                    merged.release();
                    more.release();
                }
            }
        }
    }

    #[test]
    fn percentiles_by_nearest_rank() {
        let metric = Metric::new();
        (1..=100).for_each(|value| metric.record(value));
        let mut copy = MetricCopy::default();
        metric.add_to(&mut copy);
        assert_eq!((copy.min, copy.max, copy.sum), (1, 100, 5050));
        for (share, exact) in [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0)] {
            let read = copy.percentile(share) as f64;
            assert!(
                (read - exact).abs() / exact <= MAX_RELATIVE_ERROR,
                "{share}: {read}"
            );
        }
        // SAFETY: the metric is this test's alone.
        unsafe { metric.release() };
    }
}
