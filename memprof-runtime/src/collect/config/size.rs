//! Sizes as people write them: `512 KiB`, `24 MB`, `1.5GiB`, `4096`, `1_000`.
//!
//! KB, MB, GB, TB are powers of 1000, KiB, MiB, GiB, TiB powers of 1024, in exact integer
//! arithmetic. Case does not matter as long as nothing is ambiguous: `mb` is MB, but `Mb` (bits?)
//! and `M` (which of the two?) are refused with a word on what to write.

use super::error::quoted;

/// Parses a size into bytes: a number, decimals and `_` between digits allowed, and a unit of B,
/// KB, MB, GB, TB (1000), KiB, MiB, GiB, TiB (1024); none means bytes. A fraction of a byte is
/// rounded to the nearest.
///
/// ```
/// use memprof_runtime::config::parse_size;
///
/// assert_eq!(parse_size("512 KiB"), Ok(524_288));
/// assert_eq!(parse_size("1.5 MB"), Ok(1_500_000));
/// assert!(parse_size("24 Mb").is_err());
/// ```
///
/// # Errors
///
/// One line that quotes the text, says what is wrong with it and shows valid examples.
pub fn parse_size(text: &str) -> Result<u64, String> {
    bytes(text.trim()).map_err(|problem| {
        format!(
            "{} is not a size: {problem}; write for example \"4096\", \"512 KiB\", \"24 MB\" or \
             \"1.5 GiB\"",
            quoted(text),
        )
    })
}

fn bytes(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.starts_with('-') {
        return Err("it is negative".to_owned());
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let bad_number = || format!("{} is not a number", quoted(number));
    if number.is_empty() {
        return Err("it does not begin with a number".to_owned());
    }
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let whole = digits(whole).ok_or_else(bad_number)?;
    let fraction = match fraction {
        Some(fraction) => Some(digits(fraction).ok_or_else(bad_number)?),
        None => None,
    };
    let factor = factor(unit.trim_start())?;
    if fraction.is_some() && factor == 1 {
        return Err("a byte cannot be divided".to_owned());
    }
    let too_large = || format!("it is more than {} bytes", u64::MAX);
    let whole: u64 = whole.parse().map_err(|_| too_large())?;
    let bytes = u128::from(whole) * u128::from(factor) + part(fraction.as_deref(), factor);
    u64::try_from(bytes).map_err(|_| too_large())
}

/// The digits of `text` without the `_` between them; `None` if it is anything else.
fn digits(text: &str) -> Option<String> {
    let groups_are_digits = text
        .split('_')
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    groups_are_digits.then(|| text.replace('_', ""))
}

/// The bytes of the decimals `fraction` of a unit, rounded to the nearest.
fn part(fraction: Option<&str>, factor: u64) -> u128 {
    // 18 decimals resolve a millionth of a byte even in a TiB; the product stays below 2^101.
    let decimals = fraction.unwrap_or("").chars().take(18);
    let (value, scale) = decimals.fold((0_u128, 1_u128), |(value, scale), digit| {
        let digit = u128::from(digit.to_digit(10).unwrap_or(0));
        (value * 10 + digit, scale * 10)
    });
    (value * u128::from(factor) + scale / 2) / scale
}

/// Bytes per unit.
fn factor(unit: &str) -> Result<u64, String> {
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1000_u64.pow(2),
        "gb" => 1000_u64.pow(3),
        "tb" => 1000_u64.pow(4),
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        "k" | "m" | "g" | "t" => {
            let letter = unit.to_ascii_uppercase();
            return Err(format!(
                "the unit `{unit}` is ambiguous, write {letter}B (powers of 1000) or {letter}iB \
                 (powers of 1024)",
            ));
        }
        _ => return Err(format!("the unit {} is unknown", quoted(unit))),
    };
    let looks_like_bits =
        unit.len() > 1 && unit.starts_with(|c: char| c.is_ascii_uppercase()) && unit.ends_with('b');
    if looks_like_bits {
        let bytes = unit.replace('b', "B");
        return Err(format!("the unit `{unit}` may mean bits, write {bytes}"));
    }
    Ok(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact() {
        let cases = [
            ("0", 0),
            ("4096", 4096),
            ("1_000", 1_000),
            ("  7 B ", 7),
            ("1kB", 1_000),
            ("512 KiB", 524_288),
            ("512kib", 524_288),
            ("2 MiB", 2_097_152),
            ("24 MB", 24_000_000),
            ("24mb", 24_000_000),
            ("1.5GiB", 1_610_612_736),
            ("0.5 KB", 500),
            ("0.1 KiB", 102),
            ("1_000.000_1 KB", 1_000_000),
            ("3\tTB", 3_000_000_000_000),
            ("1 TIB", 1_099_511_627_776),
            ("18446744073709551615", u64::MAX),
            ("18014398509481983.999 KiB", u64::MAX),
            ("0.00000000000000000000000000001 TiB", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_size(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_reason() {
        let cases = [
            ("", "it is empty"),
            (" ", "it is empty"),
            ("-1", "it is negative"),
            ("-2 MiB", "it is negative"),
            ("MiB", "it does not begin with a number"),
            ("+5", "it does not begin with a number"),
            (".5 MiB", "\".5\" is not a number"),
            ("5. MiB", "\"5.\" is not a number"),
            ("1.2.3", "\"1.2.3\" is not a number"),
            ("_1", "\"_1\" is not a number"),
            ("1__0", "\"1__0\" is not a number"),
            ("1_ KiB", "\"1_\" is not a number"),
            ("1.5", "a byte cannot be divided"),
            ("1.5 B", "a byte cannot be divided"),
            ("1e3", "the unit \"e3\" is unknown"),
            ("1,000", "the unit \",000\" is unknown"),
            ("12 XB", "the unit \"XB\" is unknown"),
            ("1 MiB 2", "the unit \"MiB 2\" is unknown"),
            ("1 Mb", "the unit `Mb` may mean bits, write MB"),
            ("1 Kib", "the unit `Kib` may mean bits, write KiB"),
            (
                "4k",
                "the unit `k` is ambiguous, write KB (powers of 1000) or KiB (powers of 1024)",
            ),
            (
                "18446744073709551616",
                "it is more than 18446744073709551615 bytes",
            ),
            (
                "99999999999999999999999 TiB",
                "it is more than 18446744073709551615 bytes",
            ),
            ("16777216 TiB", "it is more than 18446744073709551615 bytes"),
        ];
        for (text, reason) in cases {
            let expected = format!(
                "{text:?} is not a size: {reason}; write for example \"4096\", \"512 KiB\", \
                 \"24 MB\" or \"1.5 GiB\"",
            );
            assert_eq!(parse_size(text), Err(expected));
        }
    }
}
