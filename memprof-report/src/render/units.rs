//! Units: numbers as people read them.
//!
//! Bytes below 10 KiB are exact; above, they have three digits and a binary unit, rounded to the nearest.
//! All arithmetic is on integers, so that no figure is off by a float's rounding.

/// Bytes below this are printed as they are.
const EXACT_BELOW_BYTES: u64 = 10 * 1024;
const BYTE_UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// A count with separators: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 block`, `1,234 blocks`.
pub(crate) fn number_of(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// Bytes for a table's cell: `9,999 B`, `12.3 MiB`.
pub(crate) fn bytes(number: u64) -> String {
    if number < EXACT_BELOW_BYTES {
        return format!("{} B", count(number));
    }
    let mut unit: u128 = 1024;
    for name in BYTE_UNITS {
        if let Some(figure) = three_digits(number.into(), unit, 1024) {
            return format!("{figure} {name}");
        }
        unit *= 1024;
    }
    // Out of reach: every u64 is below 16 EiB.
    format!("{} B", count(number))
}

/// Bytes for a sentence: `9,999 B`, `2.1 MiB`, `110 KiB`.
pub(crate) fn short_bytes(number: u64) -> String {
    if number < EXACT_BELOW_BYTES {
        return format!("{} B", count(number));
    }
    let number = u128::from(number);
    let mut unit: u128 = 1024;
    for name in BYTE_UNITS {
        let (tenths, whole) = ((number * 10 + unit / 2) / unit, (number + unit / 2) / unit);
        if tenths < 1000 {
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
        if whole < 1024 {
            return format!("{whole} {name}");
        }
        unit *= 1024;
    }
    // Out of reach: every u64 is below 16 EiB.
    format!("{number} B")
}

/// Bytes that may be negative: `-12.3 MiB`.
pub(crate) fn signed_bytes(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", bytes(number.unsigned_abs()))
}

/// Bytes with the exact number beside them, where it is not already exact: `12.3 MiB (12,897,485 bytes)`.
pub(crate) fn bytes_and_exact(number: u64) -> String {
    match number {
        1 => "1 byte".to_owned(),
        0..EXACT_BELOW_BYTES => format!("{} bytes", count(number)),
        _ => format!("{} ({} bytes)", bytes(number), count(number)),
    }
}

/// Whether [`bytes`] rounds.
pub(super) fn is_rounded(number: u64) -> bool {
    number >= EXACT_BELOW_BYTES
}

/// A time: `532 ns`, `1.24 s`, `2 min 3 s`.
pub(super) fn duration(ns: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    if ns < 1000 {
        return format!("{ns} ns");
    }
    for (name, unit, end) in [
        ("µs", 1000, 1000),
        ("ms", 1_000_000, 1000),
        ("s", SECOND, 60),
    ] {
        if let Some(figure) = three_digits(ns.into(), unit.into(), end) {
            return format!("{figure} {name}");
        }
    }
    let seconds = ns.saturating_add(SECOND / 2) / SECOND;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours == 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else {
        format!("{} h {minutes} min", count(hours))
    }
}

/// `number` in units of `unit`, rounded to three digits (four from 1000 on); none where that makes `end` or
/// more, for then the next unit is due.
fn three_digits(number: u128, unit: u128, end: u128) -> Option<String> {
    let rounded = |scale: u128| (number * scale + unit / 2) / unit;
    let (hundredths, tenths, whole) = (rounded(100), rounded(10), rounded(1));
    if hundredths < 1000 {
        Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
    } else if tenths < (end * 10).min(1000) {
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    } else {
        (whole < end).then(|| whole.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;

    #[test]
    fn counts_have_separators() {
        let shown = [0, 999, 1000, 12_345, 123_456, 1_234_567].map(count);
        assert_eq!(
            shown,
            ["0", "999", "1,000", "12,345", "123,456", "1,234,567"]
        );
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn few_bytes_are_exact() {
        assert_eq!(
            [0, 1, 1024, 10 * KIB - 1].map(bytes),
            ["0 B", "1 B", "1,024 B", "10,239 B"]
        );
        assert!(!is_rounded(10 * KIB - 1));
        assert!(is_rounded(10 * KIB));
    }

    #[test]
    fn many_bytes_have_three_digits() {
        let shown = [10 * KIB, 100 * KIB - 1, 12_897_485, 128 * KIB, 5 * MIB / 4].map(bytes);
        assert_eq!(
            shown,
            ["10.0 KiB", "100 KiB", "12.3 MiB", "128 KiB", "1.25 MiB"]
        );
    }

    #[test]
    fn rounding_never_makes_1024_of_a_unit() {
        let shown = [1000 * KIB, 1023 * KIB, MIB - 513, MIB - 512, MIB].map(bytes);
        assert_eq!(
            shown,
            ["1000 KiB", "1023 KiB", "1023 KiB", "1.00 MiB", "1.00 MiB"]
        );
    }

    #[test]
    fn the_largest_numbers_are_shown() {
        assert_eq!(bytes(u64::MAX), "16.0 EiB");
        assert_eq!(signed_bytes(i64::MIN), "-8.00 EiB");
        assert_eq!(
            [-1, 0, -20 * 1024].map(signed_bytes),
            ["-1 B", "0 B", "-20.0 KiB"]
        );
    }

    #[test]
    fn the_exact_number_stands_beside_a_rounded_one() {
        assert_eq!(bytes_and_exact(1), "1 byte");
        assert_eq!(number_of(1, "block"), "1 block");
        assert_eq!(number_of(0, "block"), "0 blocks");
        assert_eq!(number_of(1_234, "call"), "1,234 calls");
        assert_eq!(bytes_and_exact(2000), "2,000 bytes");
        assert_eq!(bytes_and_exact(12_897_485), "12.3 MiB (12,897,485 bytes)");
    }

    #[test]
    fn times_have_the_unit_that_suits_them() {
        let shown = [0, 999, 1000, 999_600, 1_240_000_000, 59_940_000_000].map(duration);
        assert_eq!(
            shown,
            ["0 ns", "999 ns", "1.00 µs", "1.00 ms", "1.24 s", "59.9 s"]
        );
        let shown = [59_960_000_000, 123_000_000_000, 7_260_000_000_000].map(duration);
        assert_eq!(shown, ["1 min 0 s", "2 min 3 s", "2 h 1 min"]);
        assert_eq!(duration(u64::MAX), "5,124,095 h 34 min");
    }
}
