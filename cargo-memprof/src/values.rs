//! The values: what is typed as a number with a unit.

/// `5%` or `0.05`.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    };
    let share = share.filter(|share| share.is_finite() && *share >= 0.0);
    share.ok_or_else(|| "not a share: give one like `5%`".to_owned())
}

/// `4096` or `4KiB`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: Option<u64> = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kib" => Some(1 << 10),
        "kb" => Some(1_000),
        "mib" => Some(1 << 20),
        "mb" => Some(1_000_000),
        "gib" => Some(1 << 30),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    let bytes = number.parse::<u64>().ok().zip(factor);
    let bytes = bytes.and_then(|(number, factor)| number.checked_mul(factor));
    bytes.ok_or_else(|| "not a number of bytes: give one like `4096` or `4KiB`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_sizes() {
        assert_eq!(share("5%"), Ok(0.05));
        assert_eq!(share("0.05"), Ok(0.05));
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("4 KiB"), Ok(4096));
        assert_eq!(size("1MB"), Ok(1_000_000));
        for wrong in ["", "%", "-1%", "nan", "inf", "5 percent"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        for wrong in [
            "",
            "KiB",
            "-1",
            "1.5KiB",
            "99999999999999999999",
            "99999999999999GiB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
