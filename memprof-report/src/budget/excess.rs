//! The excess in a line: `peak 2.1 MiB > 2.0 MiB (+5.0 %) in "Hybrid Search" (src/search.rs:41); largest
//! part: "Merge" +110 KiB (src/merge.rs:9)`.
//!
//! Figures are short as long as that shows the difference; else they are exact.

use std::fmt;

use super::Limit;
use crate::render::units;

/// A limit that was not kept.
///
/// ```
/// use memprof_report::{Bound, Excess, Limit, Metric};
///
/// let excess = Excess {
///     limit: Limit::new(Metric::Allocations, Bound::at_most(12)),
///     actual: 15,
///     name: Some("Search".into()),
///     place: Some("src/search.rs:41".into()),
///     largest: None,
///     notes: Vec::new(),
/// };
/// assert_eq!(excess.to_string(), r#"allocations 15 > 12 (+25.0 %) in "Search" (src/search.rs:41)"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// What was allowed.
    pub limit: Limit,
    /// What it was.
    pub actual: i64,
    /// Whose figure it is: an operation's or test's name.
    pub name: Option<String>,
    /// Where that stands: `src/search.rs:41`.
    pub place: Option<String>,
    /// What has most of it, where there are nested operations: one of them, or [`Part::own`].
    pub largest: Option<Part>,
    /// What else the reader has to know, each a clause.
    pub notes: Vec<String>,
}

/// What a nested operation has of a figure, without those nested in it.
///
/// ```
/// use memprof_report::{Bound, Excess, Limit, Metric, Part};
///
/// let excess = Excess {
///     limit: Limit::new(Metric::PeakBytes, Bound::at_most(100)),
///     actual: 150,
///     name: None,
///     place: None,
///     largest: Some(Part { name: "Merge".into(), place: "src/merge.rs:9".into(), figure: 80 }),
///     notes: Vec::new(),
/// };
/// assert_eq!(
///     excess.to_string(),
///     r#"peak 150 B > 100 B (+50.0 %); largest part: "Merge" +80 B (src/merge.rs:9)"#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Where it stands: `src/merge.rs:9`.
    pub place: String,
    /// Its share, in bytes or as a number.
    pub figure: i64,
}

impl Part {
    /// The share of what was done in no nested operation: it needs no name.
    ///
    /// ```
    /// use memprof_report::{Bound, Excess, Limit, Metric, Part};
    ///
    /// let excess = Excess {
    ///     limit: Limit::new(Metric::Allocations, Bound::at_most(12)),
    ///     actual: 15,
    ///     name: None,
    ///     place: None,
    ///     largest: Some(Part::own(14)),
    ///     notes: Vec::new(),
    /// };
    /// assert_eq!(excess.to_string(), "allocations 15 > 12 (+25.0 %); largest part: its own code +14");
    /// ```
    pub fn own(figure: i64) -> Self {
        Self {
            name: String::new(),
            place: String::new(),
            figure,
        }
    }

    fn is_own(&self) -> bool {
        self.name.is_empty() && self.place.is_empty()
    }
}

impl Excess {
    /// The limit that was passed: the most, or the least where the figure is below that.
    ///
    /// ```
    /// # use memprof_report::{Bound, Excess, Limit, Metric};
    /// # let excess = |actual| Excess {
    /// #     limit: Limit::new(Metric::Allocations, Bound::between(2, 12)),
    /// #     actual, name: None, place: None, largest: None, notes: Vec::new(),
    /// # };
    /// // Of a limit of 2 to 12:
    /// assert_eq!(excess(13).passed(), 12);
    /// assert_eq!(excess(1).passed(), 2);
    /// ```
    pub fn passed(&self) -> i64 {
        let bound = self.limit.bound;
        if self.actual < bound.least {
            bound.least
        } else {
            bound.most
        }
    }

    /// `peak 2.1 MiB > 2.0 MiB (+5.0 %)`
    fn comparison(&self) -> String {
        let (actual, limit) = (self.actual, self.passed());
        let sign = match () {
            () if self.limit.bound.is_exact() => '≠',
            () if actual < limit => '<',
            () => '>',
        };
        let difference = i128::from(actual) - i128::from(limit);
        let mut shown = (self.short(actual), self.short(limit));
        let percent = difference as f64 / (limit as f64).abs() * 100.0;
        // What rounds away is shown in full; a share of next to nothing says nothing.
        let is_told = shown.0 != shown.1 && limit != 0 && (0.05..10_000.0).contains(&percent.abs());
        let difference = if is_told {
            format!("{percent:+.1} %")
        } else {
            shown = (self.exact(actual), self.exact(limit));
            let amount = i64::try_from(difference).unwrap_or(i64::MAX);
            format!("{}{}", plus(amount), self.exact(amount))
        };
        let key = self.limit.key();
        format!("{key} {} {sign} {} ({difference})", shown.0, shown.1)
    }

    fn short(&self, figure: i64) -> String {
        signed(figure, |amount| match self.limit.metric.is_bytes() {
            true => units::short_bytes(amount),
            false => units::count(amount),
        })
    }

    fn exact(&self, figure: i64) -> String {
        let unit = if self.limit.metric.is_bytes() {
            " B"
        } else {
            ""
        };
        signed(figure, |amount| format!("{}{unit}", units::count(amount)))
    }
}

fn plus(figure: i64) -> &'static str {
    if figure < 0 { "" } else { "+" }
}

fn signed(figure: i64, show: impl Fn(u64) -> String) -> String {
    let sign = if figure < 0 { "-" } else { "" };
    format!("{sign}{}", show(figure.unsigned_abs()))
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.comparison())?;
        if let Some(name) = &self.name {
            write!(f, " in \"{name}\"")?;
        }
        match (&self.name, &self.place) {
            (Some(_), Some(place)) => write!(f, " ({place})")?,
            (None, Some(place)) => write!(f, " at {place}")?,
            (_, None) => {}
        }
        if let Some(part) = &self.largest {
            let figure = self.short(part.figure);
            let plus = plus(part.figure);
            f.write_str("; largest part: ")?;
            match part.is_own() {
                true => write!(f, "its own code {plus}{figure}")?,
                false => write!(f, "\"{}\" {plus}{figure} ({})", part.name, part.place)?,
            }
        }
        for note in &self.notes {
            write!(f, "; {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bound, Metric};

    const MIB: i64 = 1 << 20;

    fn excess(metric: Metric, bound: Bound, actual: i64) -> Excess {
        Excess {
            limit: Limit::new(metric, bound),
            actual,
            name: Some("Hybrid Search".into()),
            place: Some("src/search.rs:41".into()),
            largest: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn it_says_limit_actual_difference_place_and_part() {
        let mut passed = excess(
            Metric::PeakBytes,
            Bound::at_most(2 * MIB),
            2 * MIB + MIB / 10,
        );
        passed.largest = Some(Part {
            name: "Merge".into(),
            place: "src/merge.rs:9".into(),
            figure: 110 * 1024,
        });
        assert_eq!(
            passed.to_string(),
            "peak 2.1 MiB > 2.0 MiB (+5.0 %) in \"Hybrid Search\" (src/search.rs:41); largest part: \
             \"Merge\" +110 KiB (src/merge.rs:9)"
        );
        passed.name = None;
        passed.largest = None;
        passed.notes.push("and so on".into());
        assert_eq!(
            passed.to_string(),
            "peak 2.1 MiB > 2.0 MiB (+5.0 %) at src/search.rs:41; and so on"
        );
    }

    #[test]
    fn what_rounds_away_is_exact() {
        for (metric, bound, actual, expected) in [
            (
                Metric::PeakBytes,
                Bound::at_most(2 * MIB),
                2 * MIB + 1,
                "peak 2,097,153 B > 2,097,152 B (+1 B)",
            ),
            (
                Metric::RetainedBytes,
                Bound::at_most(0),
                24,
                "retained 24 B > 0 B (+24 B)",
            ),
            (
                Metric::Allocations,
                Bound::exactly(12),
                9,
                "allocations 9 ≠ 12 (-25.0 %)",
            ),
            (
                Metric::Allocations,
                Bound::between(1, 12),
                0,
                "allocations 0 < 1 (-100.0 %)",
            ),
            (
                Metric::NetBytes,
                Bound::at_most(-100),
                -50,
                "net -50 B > -100 B (+50.0 %)",
            ),
            (
                Metric::MaxCallPeakBytes,
                Bound::at_most(10),
                5_000,
                "per_call_peak 5,000 B > 10 B (+4,990 B)",
            ),
        ] {
            let line = excess(metric, bound, actual).comparison();
            assert_eq!(line, expected);
        }
    }
}
