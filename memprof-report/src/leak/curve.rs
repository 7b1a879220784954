//! The curve: one figure of a trend over the calls, straight between its points.

use crate::TrendPoint;

/// The part of the calls, at the beginning, whose marks do not count.
const WARM_UP: f64 = 0.125;

pub(super) struct Curve {
    /// Calls and figure, both rising in calls; begins with nothing at no call.
    points: Vec<(f64, f64)>,
    calls: f64,
}

impl Curve {
    /// Points that do not rise in calls, as in a damaged document, are passed over.
    pub(super) fn of(trend: &[TrendPoint], figure: impl Fn(&TrendPoint) -> u64) -> Self {
        let mut points = vec![(0.0, 0.0)];
        for point in trend {
            let (calls, value) = (point.calls as f64, figure(point) as f64);
            match points.last_mut() {
                Some(last) if last.0 >= calls => last.1 = value,
                _ => points.push((calls, value)),
            }
        }
        let calls = points.last().map_or(0.0, |last| last.0);
        Self { points, calls }
    }

    /// The figure after a part of the calls.
    fn at(&self, part: f64) -> f64 {
        let calls = part * self.calls;
        let next = self.points.partition_point(|point| point.0 < calls);
        match (self.points.get(next.wrapping_sub(1)), self.points.get(next)) {
            (Some(before), Some(after)) => {
                let share = (calls - before.0) / (after.0 - before.0);
                before.1 + share * (after.1 - before.1)
            }
            (None, Some(only)) | (Some(only), None) => only.1,
            (None, None) => 0.0,
        }
    }

    /// The most that there was up to a part of the calls, after the warm-up.
    pub(super) fn mark_at(&self, part: f64) -> f64 {
        let (from, to) = (WARM_UP * self.calls, part * self.calls);
        let between = self
            .points
            .iter()
            .filter(|point| from < point.0 && point.0 <= to);
        between.map(|point| point.1).fold(self.at(part), f64::max)
    }

    /// The least that there was from a part of the calls on.
    pub(super) fn least_from(&self, part: f64) -> f64 {
        let from = part * self.calls;
        let later = self.points.iter().filter(|point| point.0 >= from);
        later.map(|point| point.1).fold(self.at(part), f64::min)
    }
}
