//! What may stand for a bound in an assertion: a number, a size as text, a range.

use crate::collect::config::parse_size;
use memprof_report::Bound;
use std::ops::{RangeInclusive, RangeToInclusive};

/// A bound as an expression gives it: any integer, a size such as `"2 MiB"`, `1..=12` or `..=12`.
pub trait Allowed {
    /// The bound; a plain number is the most.
    #[doc(hidden)]
    fn bound(self) -> Bound;
}

/// A bound as a literal gives it. Implemented for one integer type alone, so that the compiler knows which
/// one an untyped literal is.
pub trait Literal {
    /// The number.
    #[doc(hidden)]
    fn number(self) -> i64;
}

impl Literal for i64 {
    fn number(self) -> i64 {
        self
    }
}

impl Literal for &str {
    #[track_caller]
    fn number(self) -> i64 {
        match parse_size(self) {
            Ok(bytes) => i64::try_from(bytes).unwrap_or(i64::MAX),
            Err(error) => panic!("{error}"),
        }
    }
}

impl Allowed for &str {
    #[track_caller]
    fn bound(self) -> Bound {
        Bound::at_most(self.number())
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(
            impl Allowed for $integer {
                fn bound(self) -> Bound {
                    Bound::at_most(saturated(self))
                }
            }

            impl Allowed for RangeInclusive<$integer> {
                fn bound(self) -> Bound {
                    Bound::between(saturated(*self.start()), saturated(*self.end()))
                }
            }

            impl Allowed for RangeToInclusive<$integer> {
                fn bound(self) -> Bound {
                    Bound::at_most(saturated(self.end))
                }
            }
        )*
    };
}

integers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

impl Allowed for RangeInclusive<&str> {
    #[track_caller]
    fn bound(self) -> Bound {
        Bound::between(self.start().number(), self.end().number())
    }
}

fn saturated(number: impl TryInto<i64> + PartialOrd + Default) -> i64 {
    let is_negative = number < Default::default();
    let limit = if is_negative { i64::MIN } else { i64::MAX };
    number.try_into().unwrap_or(limit)
}
