//! Growth beneath what rises and falls: of each batch, or each request under way, a part stays for good.
//!
//! Points lie anywhere in a batch, so two of them tell little. Here all of them do: a straight line through them (least squares)
//! has to rise by far more than they scatter about it, by a good part of what is held, and as fast in the newer half as in the
//! older one. They have to scatter by chance: a queue whose length wanders lies along a line for a while too, but many of its
//! points in a row are then on one side of it.

use super::curve::Curve;

/// The calls that are looked at: a beginning and the tail are left out.
const CALLS: (f64, f64) = (0.2, 0.9);
const LEAST_POINTS: usize = 10;
/// What is never freed again gains at least this part of what it is.
const LEAST_GAIN: f64 = 0.4;
/// The line rises by at least so many times what points scatter about it (their standard deviation).
const LEAST_RISE: f64 = 8.0;
/// The newer half rises at least so much of what the older one did.
const GOES_ON: f64 = 0.8;
/// The least Durbin-Watson statistic: 2 is that of scatter by chance, 0 that of points that follow each other.
const LEAST_CHANCE: f64 = 1.1;

/// Whether the curve falls now and then, so that its growth is to be looked for beneath, and has points enough for that.
pub(super) fn falls(curve: &Curve) -> bool {
    let points = newer_points(curve);
    points.len() >= LEAST_POINTS && points.windows(2).any(|ends| ends[1].1 < ends[0].1)
}

/// Whether a curve that falls now and then still grows with the calls.
pub(super) fn grows(curve: &Curve) -> bool {
    if !is_higher(curve) {
        return false;
    }
    let points = newer_points(curve);
    let line = Line::through(&points);
    let middle = points.len() / 2;
    let older = Line::through(&points[..=middle]);
    let newer = Line::through(&points[middle..]);
    let error = 2.0 * newer.error.hypot(GOES_ON * older.error);
    let calls = (CALLS.1 - CALLS.0) * curve.calls();
    line.slope * calls >= LEAST_RISE * line.scatter
        && line.chance >= LEAST_CHANCE
        && newer.slope >= 0.5 * line.slope
        && newer.slope + error >= GOES_ON * older.slope
}

fn newer_points(curve: &Curve) -> Vec<(f64, f64)> {
    let (begin, end) = (CALLS.0 * curve.calls(), CALLS.1 * curve.calls());
    let points = curve.points().iter();
    let is_newer = |point: &&(f64, f64)| begin < point.0 && point.0 <= end;
    points.filter(is_newer).copied().collect()
}

/// Whether what was never freed again is more than there ever was in the older half, most of what there ever was, and much of it
/// new.
fn is_higher(curve: &Curve) -> bool {
    let kept = curve.kept();
    let left = kept.at(CALLS.1);
    let swing = curve.swing(CALLS.0, CALLS.1);
    left > curve.most(0.0, 0.5) + swing
        && left >= 0.6 * curve.most(0.0, CALLS.1)
        && kept.gain(0.3, CALLS.1) >= LEAST_GAIN * left
}

/// A straight line through points, by least squares.
struct Line {
    slope: f64,
    /// The standard error of the slope.
    error: f64,
    /// The standard deviation of the points about the line.
    scatter: f64,
    /// The Durbin-Watson statistic of the points about the line.
    chance: f64,
}

impl Line {
    /// At least three points, at different calls.
    fn through(points: &[(f64, f64)]) -> Self {
        let count = points.len() as f64;
        let mean = |figure: fn(&(f64, f64)) -> f64| points.iter().map(figure).sum::<f64>() / count;
        let (calls, held) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f64 = points.iter().map(|point| (point.0 - calls).powi(2)).sum();
        let shared = points.iter().map(|point| (point.0 - calls) * point.1);
        let slope = shared.sum::<f64>() / spread;
        let off: Vec<f64> = points
            .iter()
            .map(|point| point.1 - held - slope * (point.0 - calls))
            .collect();
        let squares: f64 = off.iter().map(|off| off * off).sum();
        let steps = off.windows(2).map(|ends| (ends[1] - ends[0]).powi(2));
        let scatter = (squares / (count - 2.0)).sqrt();
        Self {
            slope,
            error: scatter / spread.sqrt(),
            scatter,
            chance: steps.sum::<f64>() / squares,
        }
    }
}
