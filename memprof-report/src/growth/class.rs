//! The class: one of the six shapes of growth that are told apart, from the flattest to the steepest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownName;

/// How a figure grows with the size `n` of the input. A class that is steeper is greater.
///
/// `Display` and serde write it as `O(n log n)`; `FromStr` reads the notations that people use:
///
/// ```
/// use memprof_report::GrowthClass;
///
/// assert_eq!("O(n^2)".parse(), Ok(GrowthClass::Quadratic));
/// assert_eq!("O(N²)".parse(), Ok(GrowthClass::Quadratic));
/// assert!(GrowthClass::Linear < GrowthClass::Linearithmic);
///
/// let error = "O(2^n)".parse::<GrowthClass>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`O(2^n)` is no growth class, use one of: O(1), O(log n), O(n), O(n log n), O(n²), O(n³)",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum GrowthClass {
    /// `O(1)`
    Constant,
    /// `O(log n)`
    Logarithmic,
    /// `O(n)`
    Linear,
    /// `O(n log n)`
    Linearithmic,
    /// `O(n²)`
    Quadratic,
    /// `O(n³)`
    Cubic,
}

impl GrowthClass {
    /// Every class, the flattest first.
    ///
    /// ```
    /// # use memprof_report::GrowthClass;
    /// assert!(GrowthClass::ALL.is_sorted());
    /// ```
    pub const ALL: [Self; 6] = [
        Self::Constant,
        Self::Logarithmic,
        Self::Linear,
        Self::Linearithmic,
        Self::Quadratic,
        Self::Cubic,
    ];

    /// Its notation, e.g. `O(n²)`.
    ///
    /// ```
    /// assert_eq!(memprof_report::GrowthClass::Linearithmic.notation(), "O(n log n)");
    /// ```
    pub fn notation(self) -> &'static str {
        match self {
            Self::Constant => "O(1)",
            Self::Logarithmic => "O(log n)",
            Self::Linear => "O(n)",
            Self::Linearithmic => "O(n log n)",
            Self::Quadratic => "O(n²)",
            Self::Cubic => "O(n³)",
        }
    }

    /// The shape at a size. No input has a size below one, hence no logarithm is below zero.
    pub(super) fn at(self, n: u64) -> f64 {
        let n = n as f64;
        let log = n.max(1.0).log2();
        match self {
            Self::Constant => 1.0,
            Self::Logarithmic => log,
            Self::Linear => n,
            Self::Linearithmic => n * log,
            Self::Quadratic => n * n,
            Self::Cubic => n * n * n,
        }
    }
}

impl fmt::Display for GrowthClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.notation())
    }
}

impl FromStr for GrowthClass {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        Ok(match plain.as_str() {
            "o(1)" => Self::Constant,
            "o(logn)" | "o(log(n))" => Self::Logarithmic,
            "o(n)" => Self::Linear,
            "o(nlogn)" | "o(nlog(n))" | "o(n*logn)" | "o(n*log(n))" | "o(n·logn)" => {
                Self::Linearithmic
            }
            "o(n²)" | "o(n^2)" | "o(n*n)" => Self::Quadratic,
            "o(n³)" | "o(n^3)" | "o(n*n*n)" => Self::Cubic,
            _ => {
                return Err(UnknownName {
                    noun: "growth class",
                    found: text.to_owned(),
                    valid: Self::ALL.map(Self::notation).join(", "),
                });
            }
        })
    }
}

impl From<GrowthClass> for &'static str {
    fn from(class: GrowthClass) -> Self {
        class.notation()
    }
}

impl TryFrom<String> for GrowthClass {
    type Error = UnknownName;

    fn try_from(text: String) -> Result<Self, UnknownName> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_reads_what_it_writes() {
        for class in GrowthClass::ALL {
            assert_eq!(class.to_string().parse(), Ok(class));
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(serde_json::from_str::<GrowthClass>(&json).unwrap(), class);
        }
        assert!(GrowthClass::ALL.is_sorted());
    }

    #[test]
    fn other_notations_are_read() {
        for (text, class) in [
            (" o( LOG N ) ", GrowthClass::Logarithmic),
            ("O(log(n))", GrowthClass::Logarithmic),
            ("O(n * log n)", GrowthClass::Linearithmic),
            ("O(N log(N))", GrowthClass::Linearithmic),
            ("O(n ^ 3)", GrowthClass::Cubic),
        ] {
            assert_eq!(text.parse(), Ok(class), "{text}");
        }
        for text in ["", "n", "O()", "O(n", "O(n²) ✗", "O(n!)", "O(m)"] {
            assert!(text.parse::<GrowthClass>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_smallest_sizes_have_no_negative_shape() {
        for class in GrowthClass::ALL {
            assert!(class.at(0) >= 0.0 && class.at(1) >= 0.0, "{class}");
            assert!(class.at(u64::MAX).is_finite(), "{class}");
        }
    }
}
