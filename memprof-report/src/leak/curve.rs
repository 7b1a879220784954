//! The curve: one figure of a trend over the calls, straight between its points.

use crate::TrendPoint;

pub(super) struct Curve {
    /// Calls and figure, both rising in calls; begins with nothing at no call.
    points: Vec<(f64, f64)>,
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
        Self { points }
    }

    /// What was never freed again: at each point the least that there was from there on.
    pub(super) fn kept(&self) -> Self {
        let mut points = self.points.clone();
        let mut least = f64::INFINITY;
        for point in points.iter_mut().rev() {
            least = smaller(least, point.1);
            point.1 = least;
        }
        Self { points }
    }

    /// By how much it falls again: the mean of what points lie above the least of those after them. Of what never falls, nothing.
    pub(super) fn swing(&self, from: f64, to: f64) -> f64 {
        let (from, until) = (from * self.calls(), to * self.calls());
        let kept = self.kept();
        let pairs = self.points.iter().zip(&kept.points);
        let falls = pairs.filter(|(it, _)| from < it.0 && it.0 <= until);
        let falls: Vec<f64> = falls.map(|(point, kept)| point.1 - kept.1).collect();
        falls.iter().sum::<f64>() / larger(falls.len() as f64, 1.0)
    }

    pub(super) fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    pub(super) fn calls(&self) -> f64 {
        self.points.last().map_or(0.0, |last| last.0)
    }

    pub(super) fn end(&self) -> f64 {
        self.points.last().map_or(0.0, |last| last.1)
    }

    /// The figure after a part of the calls.
    pub(super) fn at(&self, part: f64) -> f64 {
        let calls = part * self.calls();
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

    /// How far it rose between two parts of the calls.
    pub(super) fn gain(&self, from: f64, to: f64) -> f64 {
        self.at(to) - self.at(from)
    }

    /// The most that there was after a part of the calls, up to another one.
    pub(super) fn most(&self, from: f64, to: f64) -> f64 {
        let (from, until) = (from * self.calls(), to * self.calls());
        let between = self.points.iter().filter(|it| from < it.0 && it.0 <= until);
        between.map(|point| point.1).fold(self.at(to), larger)
    }

    /// The least that there was from a part of the calls on.
    pub(super) fn least_from(&self, part: f64) -> f64 {
        let from = part * self.calls();
        let later = self.points.iter().filter(|point| point.0 >= from);
        later.map(|point| point.1).fold(self.at(part), smaller)
    }

    /// Between two parts of the calls, over how many calls each straight piece goes, and by how much it rises.
    pub(super) fn pieces(&self, from: f64, to: f64) -> Vec<(f64, f64)> {
        let (begin, until) = (from * self.calls(), to * self.calls());
        let mut ends = vec![(begin, self.at(from))];
        let inner = self.points.iter().filter(|it| begin < it.0 && it.0 < until);
        ends.extend(inner);
        ends.push((until, self.at(to)));
        let piece = |ends: &[(f64, f64)]| (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
        ends.windows(2).map(piece).collect()
    }
}

/// The larger figure. Not `f64::max`: LLVM 22 crashes where it makes vectors of some loops with it, under fat LTO with one codegen
/// unit.
pub(super) fn larger(one: f64, other: f64) -> f64 {
    if other > one { other } else { one }
}

/// The smaller figure, as above.
pub(super) fn smaller(one: f64, other: f64) -> f64 {
    if other < one { other } else { one }
}
