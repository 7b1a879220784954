//! The judgement: whether what a path retains grows with its calls, or has stopped to.
//!
//! The newest tenth of the calls, the *tail*, is set apart: what came with it may still be in use. Of the rest
//! the *mark* counts, the most that was retained up to then, so that what rises and falls by turns (batches,
//! windows) is not taken for growth. The first eighth is left out: it holds what is made once.
//!
//! How far off it may be: points are taken at least every 16th part of the calls in which something was
//! allocated, so what is read between two of them is off by at most what came with these calls. A cache is
//! known as one when it is full (to about nine tenths) after three quarters of the calls. What rises and falls
//! so fast that the points miss it may be taken for growth: 2 to 8 of 100 simulated batches of random length.

mod curve;

use self::curve::Curve;
use crate::{LeakClass, TrendPoint};

/// Fewer calls than this show no growth.
const LEAST_CALLS: u64 = 4;
/// Fewer calls than this show no end of growth.
const LEAST_CALLS_OF_A_CACHE: u64 = 16;
/// Fewer blocks than this may miss a quarter of the calls by chance; a half is looked at then.
const FEW_BLOCKS: f64 = 16.0;
/// The tail, as a part of the calls.
const TAIL: f64 = 0.1;

/// What a path's points are judged to be.
///
/// ```
/// use memprof_report::{Judgement, LeakClass};
///
/// // Nothing was recorded, nothing is said.
/// assert_eq!(Judgement::of(&[]).class, LeakClass::Undetermined);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The class.
    pub class: LeakClass,
    /// Blocks that came with the newest tenth of the calls and are still there.
    pub tail_blocks: u64,
    /// Bytes that came with the newest tenth of the calls and are still there.
    pub tail_bytes: u64,
}

impl Judgement {
    /// Judges what was retained after so many calls: `trend` is oldest first and ends with what is retained
    /// now. Before its first point nothing was retained. Allocates a little.
    ///
    /// ```
    /// use memprof_report::{Judgement, LeakClass, TrendPoint};
    ///
    /// let point = |calls, blocks| TrendPoint { calls, retained_blocks: blocks, retained_bytes: 8 * blocks };
    /// let leak: Vec<_> = (1..=100).map(|call| point(call, call)).collect();
    /// assert_eq!(Judgement::of(&leak).class, LeakClass::Growing);
    /// assert_eq!(Judgement::of(&leak).tail_blocks, 10);
    ///
    /// let cache: Vec<_> = (1..=100).map(|call| point(call, call.min(30))).collect();
    /// assert_eq!(Judgement::of(&cache).class, LeakClass::Saturating);
    /// ```
    #[must_use]
    pub fn of(trend: &[TrendPoint]) -> Self {
        let Some(end) = trend.last() else {
            return Self::default();
        };
        let blocks = Curve::of(trend, |point| point.retained_blocks);
        let bytes = Curve::of(trend, |point| point.retained_bytes);
        let tail = |curve: &Curve, now: u64| {
            now.saturating_sub(curve.least_from(1.0 - TAIL).round() as u64)
        };
        let judgement = Self {
            class: LeakClass::Undetermined,
            tail_blocks: tail(&blocks, end.retained_blocks),
            tail_bytes: tail(&bytes, end.retained_bytes),
        };
        let is_few = blocks.mark_at(1.0 - TAIL) < FEW_BLOCKS;
        let mut grown = vec![&blocks, &bytes];
        grown.retain(|curve| grows(curve, is_few));
        // One point alone tells nothing of the calls before it.
        let class = if end.calls < LEAST_CALLS || trend.len() < 2 {
            LeakClass::Undetermined
        } else if is_nearly_all(judgement.tail_bytes, end.retained_bytes)
            && end.calls >= LEAST_CALLS_OF_A_CACHE
        {
            LeakClass::Recent
        } else if grown.iter().any(|curve| is_left(curve)) {
            LeakClass::Growing
        } else if !grown.is_empty() {
            // It grew, but most of that was freed at last.
            LeakClass::Undetermined
        } else if end.calls >= LEAST_CALLS_OF_A_CACHE {
            LeakClass::Saturating
        } else {
            LeakClass::Undetermined
        };
        Self { class, ..judgement }
    }
}

fn is_nearly_all(part: u64, all: u64) -> bool {
    part as f64 >= all as f64 * 0.9
}

/// Whether the mark of a curve rises with the calls before the tail. As parts of the last mark, a steady leak
/// gains 0.25 in each quarter; a Vec that doubles gains its half at some moment of the last half.
fn grows(curve: &Curve, is_few: bool) -> bool {
    let mark = |part: f64| curve.mark_at(part * (1.0 - TAIL));
    let (quarter, half, three, whole) = (mark(0.25), mark(0.5), mark(0.75), mark(1.0));
    if whole <= 0.0 {
        return false;
    }
    let (early, middle, late) = (half - quarter, three - half, whole - three);
    let in_last_half = (whole - half) / whole;
    in_last_half >= 0.45
        || late >= 0.2 * whole
        || (late >= whole / 16.0 && middle >= whole / 16.0)
        || (is_few && in_last_half >= 0.25)
        || is_steady([early, middle, late])
}

/// Whether at least half of the mark was never freed again.
fn is_left(curve: &Curve) -> bool {
    curve.least_from(1.0 - TAIL) >= 0.5 * curve.mark_at(1.0 - TAIL)
}

/// Whether growth is small beside what was there before, but the same in each quarter: a slow leak of one
/// that also holds a table.
fn is_steady(gains: [f64; 3]) -> bool {
    let most = gains.iter().copied().fold(0.0, f64::max);
    most >= 8.0 && gains.iter().all(|&gain| gain >= 0.75 * most)
}
