//! The growth: how a figure rises with the size of its input, and whether that is what was declared.
//!
//! A class is named only where it goes through the points; else there is the exponent between the last
//! two, which claims less. Too few points can be shown but never fail a gate. It is arithmetic alone:
//! what was measured for which size is the caller's to know.

mod class;
mod fit;

pub use class::GrowthClass;

use serde::{Deserialize, Serialize};

/// Below this many sizes nothing is said.
pub(crate) const LEAST_TO_PRINT: usize = 3;
/// Below this many sizes, or within less than [`LEAST_RATIO`], nothing is gated.
const LEAST_TO_GATE: usize = 4;
const LEAST_RATIO: u64 = 10;
/// A class is named up to this relative RMS.
const NAMED_UP_TO_RMS: f64 = 0.10;
/// The simplest class wins that is at most this much worse than the best.
const SIMPLER_UP_TO: f64 = 1.15;
/// What a constant meets within this relative RMS does not grow: one more digit of `n` in a buffer, or
/// another thread's timing, is no growth.
const NO_GROWTH_UP_TO_RMS: f64 = 0.03;
/// Where no class is named: how much more than the declared class a figure may grow over the last decade. A
/// `Vec`'s capacity alone can be off by so much.
const UNNAMED_UP_TO: f64 = 2.0;

/// How a figure grows with the size of its input.
///
/// Size ratios of 2, 4 or 10 are best, since a `Vec`'s capacity is a staircase of powers of two.
///
/// ```
/// use memprof_report::{Growth, GrowthClass, GrowthVerdict, Metric};
///
/// let growth = Growth::fit(&[(10, 25_216), (100, 30_976), (1000, 88_576), (10_000, 664_576)]);
/// assert_eq!(growth.class, Some(GrowthClass::Linear));
/// assert_eq!(growth.against(GrowthClass::Linear), GrowthVerdict::Within);
/// assert_eq!(growth.against(GrowthClass::Constant), GrowthVerdict::Exceeded);
/// assert_eq!(
///     growth.line(Metric::PeakBytes, Some(GrowthClass::Linear)),
///     "peak growth O(n): 25.2 kB → 31 kB → 88.6 kB → 665 kB (n = 10 → 100 → 1,000 → 10,000), declared O(n) ✓",
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Growth {
    /// The simplest class that goes through the points; none where there are fewer than three sizes or no
    /// class comes within a relative RMS of 0.10.
    pub class: Option<GrowthClass>,
    /// The exponent between the last two sizes: `ln(y₂/y₁) / ln(n₂/n₁)`. A `y` of zero counts as one. None
    /// where there are no two sizes.
    pub exponent: Option<f64>,
    /// The relative RMS of the class, or of the best one where none is named; 0.0 without points.
    pub rms: f64,
    /// The points as `(n, y)`, sorted by size, one a size: where a size was measured more than once, the
    /// mean, rounded.
    pub points: Vec<(u64, u64)>,
}

/// Whether a figure grows as was declared.
///
/// ```
/// use memprof_report::{Growth, GrowthClass, GrowthVerdict};
///
/// let verdict = Growth::fit(&[(10, 80), (100, 800)]).against(GrowthClass::Constant);
/// let GrowthVerdict::CannotGate { reason } = verdict else { panic!("{verdict:?}") };
/// assert_eq!(reason, "2 sizes, a gate needs 4");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GrowthVerdict {
    /// It grows as declared, or less steeply.
    Within,
    /// It grows more steeply than declared.
    Exceeded,
    /// The points do not suffice for a gate, whatever they look like.
    CannotGate {
        /// What lacks.
        reason: String,
    },
}

impl Growth {
    /// Fits the growth of `y` over `n` to points `(n, y)` in any order.
    ///
    /// Equal figures, zero included, are `O(1)`. Any input gives an answer; see [`Growth::class`] for when
    /// no class is named.
    ///
    /// ```
    /// use memprof_report::{Growth, GrowthClass};
    ///
    /// let growth = Growth::fit(&[(100, 800), (10, 80), (1000, 8000)]);
    /// assert_eq!(growth.class, Some(GrowthClass::Linear));
    /// assert_eq!(growth.points[0], (10, 80));
    /// assert_eq!(Growth::fit(&[(10, 80)]).class, None);
    /// ```
    pub fn fit(points: &[(u64, u64)]) -> Self {
        let points = by_size(points);
        let exponent = tail_exponent(&points);
        if points.len() < LEAST_TO_PRINT {
            return Self {
                exponent,
                points,
                ..Self::default()
            };
        }
        let (class, rms) = simplest(&points);
        Self {
            class: (rms <= NAMED_UP_TO_RMS).then_some(class),
            exponent,
            rms,
            points,
        }
    }

    /// Whether it grows no more steeply than declared.
    ///
    /// A gate needs four sizes, the largest at least ten times the smallest. Where no class is named, the
    /// figure exceeds what is declared when it grows over the last decade by more than twice as much.
    ///
    /// ```
    /// use memprof_report::{Growth, GrowthClass, GrowthVerdict};
    ///
    /// let squares = Growth::fit(&[(10, 100), (20, 400), (50, 2500), (100, 10_000)]);
    /// assert_eq!(squares.against(GrowthClass::Quadratic), GrowthVerdict::Within);
    /// assert_eq!(squares.against(GrowthClass::Linear), GrowthVerdict::Exceeded);
    /// ```
    pub fn against(&self, declared: GrowthClass) -> GrowthVerdict {
        match (self.cannot_gate(), self.is_steeper_than(declared)) {
            (Some(reason), _) => GrowthVerdict::CannotGate { reason },
            (None, Some(true)) => GrowthVerdict::Exceeded,
            (None, _) => GrowthVerdict::Within,
        }
    }

    /// Why these points cannot fail a gate; none where they can.
    pub(crate) fn cannot_gate(&self) -> Option<String> {
        let sizes = self.points.len();
        if sizes < LEAST_TO_GATE {
            let ending = if sizes == 1 { "" } else { "s" };
            return Some(format!(
                "{sizes} size{ending}, a gate needs {LEAST_TO_GATE}"
            ));
        }
        // An input of size zero has no ratio.
        let least = self.points.iter().map(|&(n, _)| n.max(1)).min()?;
        let most = self.points.iter().map(|&(n, _)| n).max()?;
        (most / least < LEAST_RATIO).then(|| {
            format!(
                "sizes from {least} to {most}, a gate needs the largest to be {LEAST_RATIO} times the smallest"
            )
        })
    }

    /// Whether what can be said of the points is steeper than that class; none where nothing can.
    pub(crate) fn is_steeper_than(&self, declared: GrowthClass) -> Option<bool> {
        if self.points.len() < LEAST_TO_PRINT {
            return None;
        }
        if let Some(class) = self.class {
            return Some(class > declared);
        }
        let &[first, .., last] = self.points.as_slice() else {
            return None;
        };
        let decade = self.points.iter().rev();
        let before = decade.copied().find(|&(n, _)| n <= last.0 / LEAST_RATIO);
        let before = before.unwrap_or(first);
        // A shape that begins at zero has no ratio; nothing is above it then.
        let allowed = declared.at(last.0) / declared.at(before.0) * UNNAMED_UP_TO;
        Some(ratio(before.1, last.1) > allowed)
    }
}

/// Sorted, one a size.
fn by_size(points: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut sorted = points.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|left, right| left.0 == right.0)
        .map(|same| {
            let sum: u128 = same.iter().map(|&(_, y)| u128::from(y)).sum();
            let number = same.len() as u128;
            let mean = (sum + number / 2) / number;
            // A mean is never above the largest of its numbers.
            (same[0].0, u64::try_from(mean).unwrap_or(u64::MAX))
        })
        .collect()
}

/// The simplest class that is about as good as the best, and its relative RMS.
fn simplest(points: &[(u64, u64)]) -> (GrowthClass, f64) {
    let fits = GrowthClass::ALL.map(|class| (class, fit::relative_rms(points, class)));
    let best = fits.iter().map(|fit| fit.1).fold(f64::INFINITY, f64::min);
    let is_as_good = |&(class, rms): &(GrowthClass, f64)| {
        let is_constant = class == GrowthClass::Constant && rms <= NO_GROWTH_UP_TO_RMS;
        // The last term is what arithmetic itself may be off where the points are met exactly.
        is_constant || rms <= best * SIMPLER_UP_TO + 1e-9
    };
    // The best itself is always among them.
    fits.into_iter()
        .find(is_as_good)
        .unwrap_or((GrowthClass::Constant, best))
}

fn tail_exponent(points: &[(u64, u64)]) -> Option<f64> {
    let &[.., (n1, y1), (n2, y2)] = points else {
        return None;
    };
    let exponent = ratio(y1, y2).ln() / ratio(n1, n2).ln();
    exponent.is_finite().then_some(exponent)
}

/// The ratio of two numbers of which a zero counts as one.
fn ratio(from: u64, to: u64) -> f64 {
    to.max(1) as f64 / from.max(1) as f64
}
