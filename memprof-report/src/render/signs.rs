//! Signs: figures and differences of either sign, in the unit of their metric, and shares in percent.

use super::units::{bytes, count};
use crate::Metric;

/// A figure: `12.3 MiB`, `-3`.
pub(crate) fn figure(number: i128, metric: Metric) -> String {
    let sign = if number < 0 { "-" } else { "" };
    // Only the difference of the farthest numbers is cut here.
    let size = u64::try_from(number.unsigned_abs()).unwrap_or(u64::MAX);
    match metric.is_bytes() {
        true => format!("{sign}{}", bytes(size)),
        false => format!("{sign}{}", count(size)),
    }
}

/// A difference, which always has its sign: `+112 KiB`.
pub(crate) fn difference(number: i128, metric: Metric) -> String {
    let sign = if number < 0 { "" } else { "+" };
    format!("{sign}{}", figure(number, metric))
}

/// A share in percent: `+0.05 %`, `-12.3 %`, `+1,200 %`.
pub(crate) fn share(share: f64) -> String {
    let sign = if share < 0.0 { '-' } else { '+' };
    let percent = share.abs() * 100.0;
    if percent < 0.005 {
        format!("{sign}<0.01 %")
    } else if percent < 9.995 {
        format!("{sign}{percent:.2} %")
    } else if percent < 99.95 {
        format!("{sign}{percent:.1} %")
    } else {
        format!("{sign}{} %", count(percent.round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_always_has_its_sign() {
        let shown = [-20_480, -1, 0, 1].map(|n| difference(n, Metric::NetBytes));
        assert_eq!(shown, ["-20.0 KiB", "-1 B", "+0 B", "+1 B"]);
        let shown = [-12_345, 12_345].map(|n| figure(n, Metric::Calls));
        assert_eq!(shown, ["-12,345", "12,345"]);
        assert_eq!(figure(i128::MIN, Metric::NetBytes), "-16.0 EiB");
    }

    #[test]
    fn shares_have_about_three_digits() {
        let shown = [0.000_01, 0.0005, 0.0914, 0.09999, -0.123, 0.9999, 12.0].map(share);
        assert_eq!(
            shown,
            [
                "+<0.01 %", "+0.05 %", "+9.14 %", "+10.0 %", "-12.3 %", "+100 %", "+1,200 %"
            ]
        );
        assert_eq!(share(f64::INFINITY), "+18,446,744,073,709,551,615 %");
    }
}
