//! The fit: how well a shape goes through the points.
//!
//! `y ≈ a + b·g(n)` by least squares with neither `a` nor `b` below zero. Every point weighs by its own
//! size, so that an error of 10 % counts the same at 1 KiB as at 1 GiB; else the largest input alone would
//! decide.

use super::GrowthClass;

/// How far a class is from the points: the root of the mean square of the relative errors.
pub(super) fn relative_rms(points: &[(u64, u64)], class: GrowthClass) -> f64 {
    let rows = weighted(points, class);
    let sum = |f: fn(&Row) -> f64| rows.iter().map(f).sum::<f64>();
    let (oo, os, ss) = (
        sum(|row| row.one * row.one),
        sum(|row| row.one * row.shape),
        sum(|row| row.shape * row.shape),
    );
    let (ot, st) = (
        sum(|row| row.one * row.target),
        sum(|row| row.shape * row.target),
    );

    // On each edge of what is allowed, and inside where the free optimum lies there.
    let mut candidates = vec![(quotient(ot, oo), 0.0), (0.0, quotient(st, ss))];
    if class == GrowthClass::Constant {
        candidates.truncate(1);
    }
    let determinant = oo * ss - os * os;
    let (a, b) = (
        quotient(ot * ss - st * os, determinant),
        quotient(st * oo - ot * os, determinant),
    );
    if class != GrowthClass::Constant && a >= 0.0 && b >= 0.0 {
        candidates.push((a, b));
    }
    candidates
        .into_iter()
        .map(|(a, b)| rms(&rows, a, b))
        .fold(f64::INFINITY, f64::min)
}

/// A point divided by its `y`: `target ≈ a·one + b·shape`.
struct Row {
    one: f64,
    shape: f64,
    target: f64,
}

fn weighted(points: &[(u64, u64)], class: GrowthClass) -> Vec<Row> {
    // A zero has no size of its own to be measured by; the smallest of the others stands in.
    let least = points.iter().map(|&(_, y)| y).filter(|&y| y > 0).min();
    let least = least.unwrap_or(1);
    // Both are scaled to about one, so that no square overflows or cancels.
    let top = |numbers: &mut dyn Iterator<Item = f64>| numbers.fold(0.0, f64::max);
    let highest = top(&mut points.iter().map(|&(n, _)| class.at(n)));
    let scale = least as f64;
    points
        .iter()
        .map(|&(n, y)| {
            let weight = y.max(least) as f64;
            Row {
                one: scale / weight,
                shape: quotient(class.at(n), highest) * (scale / weight),
                target: y as f64 / weight,
            }
        })
        .collect()
}

fn rms(rows: &[Row], a: f64, b: f64) -> f64 {
    let errors = rows
        .iter()
        .map(|row| (a * row.one + b * row.shape - row.target).powi(2));
    quotient(errors.sum::<f64>(), rows.len() as f64).sqrt()
}

/// The quotient; zero where there is none.
fn quotient(dividend: f64, divisor: f64) -> f64 {
    let quotient = dividend / divisor;
    if quotient.is_finite() { quotient } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_goes_through_its_own_points() {
        let points = [10, 100, 1000, 10_000];
        for class in GrowthClass::ALL {
            let own = points.map(|n| (n, (4096.0 + 1e6 * class.at(n)) as u64));
            assert!(relative_rms(&own, class) < 1e-6, "{class}");
        }
    }

    #[test]
    fn the_error_is_relative() {
        // 10 % above at one of two sizes: the constant 1/(…)-weighted in between is off by about 5 % at both.
        let rms = relative_rms(&[(1, 100), (2, 110)], GrowthClass::Constant);
        let larger = relative_rms(&[(1, 100_000_000), (2, 110_000_000)], GrowthClass::Constant);
        assert!((rms - larger).abs() < 1e-12);
        assert!((rms - 0.0476).abs() < 0.001, "{rms}");
    }

    #[test]
    fn nothing_falls_as_the_input_grows() {
        // A falling line would go through these; with b ≥ 0 the constant is the best of every class.
        let points = [(1, 300), (2, 200), (3, 100)];
        let constant = relative_rms(&points, GrowthClass::Constant);
        for class in GrowthClass::ALL {
            let rms = relative_rms(&points, class);
            assert!((rms - constant).abs() < 1e-12, "{class}: {rms}");
        }
    }
}
