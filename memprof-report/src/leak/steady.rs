//! Growth with the calls: whether what was never freed again rises with them until the end, about as fast as before.
//!
//! Parts of the calls are compared. The newest tenth is left out: what came with it may still be in use. A fast beginning is
//! left out too, because a table that fills beside a leak is no end of the leak.

use super::curve::{Curve, larger, smaller};

/// What a curve counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Blocks,
    Bytes,
}

/// The newest calls that growth is looked for in, and those before that it is compared with.
pub(super) const LATE: (f64, f64) = (0.6, 0.9);
const MIDDLE: (f64, f64) = (0.3, 0.6);
/// So much of the growth before must go on: a table that fills goes on with less each time.
const GOES_ON: f64 = 0.8;
/// Fewer blocks than this may have come together by chance, unless they came at even distances.
const FEW_BLOCKS: f64 = 12.0;
const LEAST_BLOCKS: f64 = 5.5;

/// Whether the curve grows with the calls.
pub(super) fn grows(curve: &Curve, unit: Unit) -> bool {
    let kept = curve.kept();
    let end = kept.at(LATE.1);
    // What rises and falls by turns was as high before.
    let is_new = end > curve.most(0.0, 0.5);
    // Most of what there was at a time was freed again: what is left may be in use.
    let is_left = end >= 0.6 * curve.most(0.0, LATE.1);
    if !is_new || !is_left {
        return false;
    }
    let late = kept.gain(LATE.0, LATE.1);
    let before = kept.gain(MIDDLE.0, MIDDLE.1);
    if late < GOES_ON * before {
        return false;
    }
    if unit == Unit::Blocks && late < FEW_BLOCKS && is_regular(&kept) {
        return true;
    }
    let is_enough = unit == Unit::Bytes || late >= LEAST_BLOCKS;
    // What was there first and is far more hides whether growth slows down; what begins late has nothing to slow down from.
    let slows_down = late < 1.2 * before && slows_down(&kept);
    is_enough && is_spread(&kept, late, unit) && !slows_down
}

/// Whether the late growth is no single step: each third has its part, and so do most pieces of the curve.
fn is_spread(kept: &Curve, late: f64, unit: Unit) -> bool {
    let thirds = [(0.6, 0.7), (0.7, 0.8), (0.8, 0.9)].map(|(from, to)| kept.gain(from, to));
    let least = thirds.into_iter().fold(f64::INFINITY, smaller);
    if least <= 0.0 || least < 0.4 * late / 3.0 {
        return false;
    }
    // Threads may have kept each other from taking points: a long piece has to rise as the others do.
    let pieces = kept.pieces(MIDDLE.0, 1.0);
    let rising: Vec<(f64, f64)> = pieces.into_iter().filter(|it| it.1 > 0.0).collect();
    if rising.len() < 4 || !are_alike(&rising) {
        return false;
    }
    let pieces = kept.pieces(LATE.0, LATE.1);
    let calls = |pieces: &mut dyn Iterator<Item = &(f64, f64)>| pieces.map(|it| it.0).sum::<f64>();
    let in_rising = calls(&mut pieces.iter().filter(|piece| piece.1 > 0.0));
    if in_rising < 0.6 * calls(&mut pieces.iter()) {
        return false;
    }
    if unit == Unit::Blocks {
        return true;
    }
    // A few buffers that grow to the largest that was asked for rise often, and each time by something else.
    let rates = pieces.iter().map(|(calls, gain)| gain / calls);
    let slowest = rates.clone().fold(f64::INFINITY, smaller);
    slowest >= 0.6 * rates.sum::<f64>() / pieces.len() as f64
}

/// Whether each piece that is far longer than most rises about as fast as the others together. The first may rise by less: before
/// a leak that begins late, the calls that allocate nothing take no points.
fn are_alike(pieces: &[(f64, f64)]) -> bool {
    let mut lengths: Vec<f64> = pieces.iter().map(|piece| piece.0).collect();
    lengths.sort_by(f64::total_cmp);
    let usual = lengths[lengths.len() / 2];
    let sum = |figure: fn(&(f64, f64)) -> f64| pieces.iter().map(figure).sum::<f64>();
    let (calls, gain) = (sum(|piece| piece.0), sum(|piece| piece.1));
    let is_long = |piece: &(f64, f64)| piece.0 > 3.0 * usual;
    pieces.iter().enumerate().all(|(number, piece)| {
        let others = (gain - piece.1) / (calls - piece.0);
        let least = if number == 0 { 0.0 } else { 0.5 * others };
        !is_long(piece) || (least..=2.0 * others).contains(&(piece.1 / piece.0))
    })
}

/// Whether growth slows down: a straight line through the gains of seven tenths of the calls falls, by more than twice the
/// error of its slope (least squares).
fn slows_down(kept: &Curve) -> bool {
    let tenth = |number: i32| f64::from(number) / 10.0;
    let gains: Vec<f64> = (2..9)
        .map(|it| kept.gain(tenth(it), tenth(it + 1)))
        .collect();
    let places = || (-3..=3).map(f64::from);
    let (count, squares) = (7.0, 28.0);
    let mean = gains.iter().sum::<f64>() / count;
    let slope = places()
        .zip(&gains)
        .map(|(at, gain)| at * gain)
        .sum::<f64>()
        / squares;
    let off = |(at, gain): (f64, &f64)| (gain - mean - slope * at).powi(2);
    let error = (places().zip(&gains).map(off).sum::<f64>() / (count - 2.0) / squares).sqrt();
    -slope * count > 0.08 * mean && -slope > 2.0 * error
}

/// Whether the rises after the first tenth are at least seven, about as large and at even distances, and go on to the end:
/// a leak at every so many calls. As many tables that are made once come at any distance.
fn is_regular(kept: &Curve) -> bool {
    let calls = kept.calls();
    let rises = kept.points().windows(2);
    let rises = rises.filter(|ends| ends[1].1 > ends[0].1 && ends[1].0 > 0.1 * calls);
    let rises: Vec<(f64, f64)> = rises
        .map(|ends| (ends[1].0, ends[1].1 - ends[0].1))
        .collect();
    let (Some(last), true) = (rises.last(), rises.len() >= 7) else {
        return false;
    };
    let distances: Vec<f64> = rises.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let sizes: Vec<f64> = rises.iter().map(|rise| rise.1).collect();
    let even = mean(&distances);
    let newest = &sizes[sizes.len() - 6..];
    least(&distances) >= 0.5 * even
        && most(&distances) <= 1.6 * even
        && calls - last.0 <= 1.6 * even
        && later_part(&distances) <= 1.2
        && later_part(&sizes) >= GOES_ON
        && most(newest) <= 2.0 * least(newest)
}

/// The mean of the later half as a part of that of the half before it.
fn later_part(figures: &[f64]) -> f64 {
    let half = figures.len() / 2;
    mean(&figures[figures.len() - half..]) / mean(&figures[..half])
}

fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / figures.len() as f64
}

fn least(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(f64::INFINITY, smaller)
}

fn most(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(0.0, larger)
}
