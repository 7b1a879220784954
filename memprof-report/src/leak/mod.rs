//! The judgement: whether what a path retains grows with its calls, or has stopped to.
//!
//! A leak is told in one of three ways. `steady`: what was never freed again rises with the calls until the end, about as fast as
//! before. `beneath`: so it does under what rises and falls. `stepwise`: a list that is one block doubles whenever it is full.
//! What has not grown since the middle of the calls is a cache. All else is left open: few calls, single steps, growth that
//! slows down. No verdict is better than a wrong one.
//!
//! The newest tenth of the calls, the *tail*, is set apart: what came with it may still be in use.
//!
//! How far off it may be: points are taken at about every 16th to 32nd part of the calls, and between two of them the curve is
//! taken for straight. What rises and falls so fast that the points miss it is known by the highest of them only. Of a leak of
//! few blocks at random calls nothing is said; growth of a table whose keys hardly ever come again cannot be told from a leak.

mod beneath;
mod curve;
mod steady;
mod stepwise;

use self::curve::{Curve, larger};
use self::steady::Unit;
use crate::{LeakClass, TrendPoint};

/// Fewer calls than this show nothing.
const LEAST_CALLS: u64 = 16;
/// Fewer points than this show no course.
const LEAST_POINTS: usize = 4;
/// Fewer blocks than this do not show an end of growth within the last half of the calls.
const FEW_BLOCKS: f64 = 16.0;
/// The first part of the calls, in which something may be higher than ever again.
const WARM_UP: f64 = 0.125;
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
        let class = if end.calls < LEAST_CALLS || trend.len() < 2 {
            LeakClass::Undetermined
        } else if is_nearly_all(judgement.tail_bytes, end.retained_bytes) {
            LeakClass::Recent
        } else if trend.len() < LEAST_POINTS {
            LeakClass::Undetermined
        } else if grows(&blocks, Unit::Blocks)
            || grows(&bytes, Unit::Bytes)
            || stepwise::grows(&bytes)
        {
            LeakClass::Growing
        } else if has_stopped(&blocks, &bytes) {
            LeakClass::Saturating
        } else {
            LeakClass::Undetermined
        };
        Self { class, ..judgement }
    }
}

/// By how many bytes a call what a trend tells of grows, where it is a leak: over the newest calls before the tail, or, of a list
/// that grows by steps, over all calls.
pub(crate) fn bytes_per_call(trend: &[TrendPoint]) -> f64 {
    let bytes = Curve::of(trend, |point| point.retained_bytes);
    let (over, gain) = if stepwise::grows(&bytes) {
        (1.0, bytes.end())
    } else {
        (
            steady::LATE.1 - steady::LATE.0,
            bytes.kept().gain(steady::LATE.0, steady::LATE.1),
        )
    };
    gain / (over * bytes.calls()).max(1.0)
}

/// Whether the curve grows with the calls. Two points of one that falls now and then do not tell.
fn grows(curve: &Curve, unit: Unit) -> bool {
    match beneath::falls(curve) {
        true => beneath::grows(curve),
        false => steady::grows(curve, unit),
    }
}

fn is_nearly_all(part: u64, all: u64) -> bool {
    part as f64 >= all as f64 * 0.9
}

/// Whether most of the calls, or a quarter of them where there are many blocks, brought next to nothing.
fn has_stopped(blocks: &Curve, bytes: &Curve) -> bool {
    let has_many = blocks.most(WARM_UP, 1.0) >= FEW_BLOCKS;
    let of = |curve: &Curve, least: f64| {
        let most = curve.most(WARM_UP, 1.0);
        let in_last_quarter = most - curve.most(WARM_UP, 0.75);
        is_flat(curve, most) || has_many && in_last_quarter <= least * most
    };
    of(blocks, 0.04) && of(bytes, 0.06)
}

/// Whether the last half brought next to nothing. Between two points nobody knows when something came: what did before the
/// middle has to be known by then.
fn is_flat(curve: &Curve, most: f64) -> bool {
    let middle = 0.5 * curve.calls();
    let known = curve.points().iter().filter(|point| point.0 <= middle);
    let warm = WARM_UP * curve.calls();
    let last = known.clone().next_back().map_or(0.0, |point| point.1);
    let known = known.filter(|point| point.0 > warm).map(|point| point.1);
    known.fold(last, larger) >= 0.98 * most
}
