//! The growth in a line: `peak growth O(n²): 2 MB → 15 MB → 45 MB (n = 100 → 300 → 500), declared O(n) ✗`.
//!
//! Bytes have decimal units here, unlike in tables: the sizes beside them are decimal too, so that ten
//! times as much reads as ten times as much.

use super::units::count;
use crate::growth::LEAST_TO_PRINT;
use crate::{Growth, GrowthClass, Metric};

/// Of more points than this the middle is left out.
const MOST_SHOWN: usize = 8;
const ARROW: &str = " → ";
const BYTE_UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];

impl Growth {
    /// The growth of a figure in one line, with a mark for what was declared: ✗ where it grows more steeply.
    ///
    /// Where the points cannot fail a gate the line says so behind the mark.
    ///
    /// ```
    /// use memprof_report::{Growth, Metric};
    ///
    /// let growth = Growth::fit(&[(100, 2_000_000), (300, 15_000_000), (500, 45_000_000)]);
    /// assert_eq!(
    ///     growth.line(Metric::PeakBytes, None),
    ///     "peak growth O(n²): 2 MB → 15 MB → 45 MB (n = 100 → 300 → 500)",
    /// );
    /// ```
    pub fn line(&self, metric: Metric, declared: Option<GrowthClass>) -> String {
        let shape = match (self.class, self.exponent) {
            _ if self.points.len() < LEAST_TO_PRINT => "unknown".to_owned(),
            (Some(class), _) => class.to_string(),
            (None, Some(exponent)) => format!("~n^{exponent:.2}"),
            (None, None) => "unknown".to_owned(),
        };
        let figure = |&(_, y): &(u64, u64)| match metric.is_bytes() {
            true => decimal_bytes(y),
            false => count(y),
        };
        let mut line = format!("{} growth {shape}", metric.label());
        if !self.points.is_empty() {
            let sizes = chain(self.points.iter().map(|&(n, _)| count(n)).collect());
            let figures = chain(self.points.iter().map(figure).collect());
            line.push_str(&format!(": {figures} (n = {sizes})"));
        }
        if let Some(declared) = declared {
            line.push_str(&format!(", declared {declared}"));
            match self.is_steeper_than(declared) {
                Some(true) => line.push_str(" ✗"),
                Some(false) => line.push_str(" ✓"),
                None => {}
            }
            if let Some(reason) = self.cannot_gate() {
                line.push_str(&format!(" (not gated: {reason})"));
            }
        }
        line
    }
}

fn chain(mut parts: Vec<String>) -> String {
    if parts.len() > MOST_SHOWN {
        let half = MOST_SHOWN / 2;
        parts.splice(half..parts.len() - half, ["…".to_owned()]);
    }
    parts.join(ARROW)
}

/// Up to three digits, without zeros that say nothing: `999 B`, `2 MB`, `24.6 kB`.
fn decimal_bytes(number: u64) -> String {
    let number = u128::from(number);
    if number < 1000 {
        return format!("{number} B");
    }
    let mut unit: u128 = 1000;
    for name in BYTE_UNITS {
        for (decimals, scale) in [(2, 100), (1, 10), (0, 1)] {
            let scaled = (number * scale + unit / 2) / unit;
            // Three digits; what rounds up to a thousand is one of the next unit.
            if scaled < 1000 {
                return format!("{} {name}", trimmed(scaled, decimals));
            }
        }
        unit *= 1000;
    }
    // Out of reach: every u64 is below 19 EB.
    format!("{number} B")
}

fn trimmed(scaled: u128, decimals: usize) -> String {
    let digits = format!("{scaled:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_bytes_have_three_digits_at_most() {
        let shown = [
            0, 999, 1000, 1234, 2_000_000, 15_060_000, 999_499, 999_500, 24_576,
        ]
        .map(decimal_bytes);
        assert_eq!(
            shown,
            [
                "0 B", "999 B", "1 kB", "1.23 kB", "2 MB", "15.1 MB", "999 kB", "1 MB", "24.6 kB"
            ]
        );
        assert_eq!(decimal_bytes(1_005_000), "1.01 MB");
        assert_eq!(decimal_bytes(u64::MAX), "18.4 EB");
    }

    #[test]
    fn many_points_lose_their_middle() {
        let parts = |number: usize| (1..=number).map(|n| n.to_string()).collect();
        assert_eq!(chain(parts(8)), "1 → 2 → 3 → 4 → 5 → 6 → 7 → 8");
        assert_eq!(chain(parts(20)), "1 → 2 → 3 → 4 → … → 17 → 18 → 19 → 20");
    }
}
