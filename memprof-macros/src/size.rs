//! Sizes as people write them in a budget: `"512 KiB"`, `"24 MB"`, `"1.5 GiB"`.
//!
//! The grammar is that of the configuration: KB, MB, GB, TB are powers of 1000, KiB, MiB, GiB, TiB of 1024, and
//! what could be either is refused.

/// The bytes, rounded to the nearest; or what is wrong, in a clause.
pub(crate) fn bytes(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == '_';
    let number = text.trim_start_matches(is_of_number);
    let (number, unit) = text.split_at(text.len() - number.len());
    let factor = factor(unit.trim_start())?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let (Some(whole), Some(decimals)) = (digits(whole), digits(decimals)) else {
        return Err(format!("`{number}` is no number"));
    };
    if factor == 1 && number.contains('.') {
        return Err("a byte cannot be divided".to_owned());
    }
    let scale = 10_u128.pow(decimals.len() as u32);
    let read = |digits: &str| digits.parse::<u128>().ok();
    let bytes = read(&whole)
        .and_then(|whole| whole.checked_mul(factor))
        .zip(read(&decimals))
        .and_then(|(whole, part)| whole.checked_add((part * factor + scale / 2) / scale));
    bytes
        .and_then(|bytes| i64::try_from(bytes).ok())
        .ok_or_else(|| "it is too large".to_owned())
}

/// The digits without the `_` between them; more of them than can matter are none.
fn digits(text: &str) -> Option<String> {
    let is_number = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let is_fit = text.len() <= 24 && text.split('_').all(is_number);
    is_fit.then(|| text.replace('_', ""))
}

fn factor(unit: &str) -> Result<u128, String> {
    const BEYOND_A_BYTE: [char; 4] = ['k', 'm', 'g', 't'];
    if unit.is_empty() || unit == "B" || unit == "b" {
        return Ok(1);
    }
    let lower = unit.to_ascii_lowercase();
    for (power, letter) in (1..).zip(BEYOND_A_BYTE) {
        let Some(rest) = lower.strip_prefix(letter) else {
            continue;
        };
        let may_be_bits = unit.ends_with('b') && unit.starts_with(|c: char| c.is_ascii_uppercase());
        match rest {
            "b" | "ib" if may_be_bits => {
                return Err(format!(
                    "`{unit}` may mean bits, write `{}`",
                    unit.replace('b', "B")
                ));
            }
            "b" => return Ok(1000_u128.pow(power)),
            "ib" => return Ok(1024_u128.pow(power)),
            "" => {
                let upper = letter.to_ascii_uppercase();
                return Err(format!(
                    "`{unit}` is ambiguous, write `{upper}B` (powers of 1000) or `{upper}iB` (of 1024)"
                ));
            }
            _ => {}
        }
    }
    Err(format!("the unit `{unit}` is unknown"))
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_those_of_the_configuration() {
        for (text, expected) in [
            ("4096", 4096),
            ("1_000", 1000),
            ("24 MB", 24_000_000),
            ("2 MiB", 2 << 20),
            ("1.5GiB", 3 << 29),
            (" 0.0005 kb ", 1),
            ("7 B", 7),
            ("3 tib", 3 << 40),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "MB",
            "-1",
            "1.5",
            "1.5 B",
            "2 M",
            "2 Mb",
            "2 MIb",
            "1e3",
            "1.2.3 MB",
            "1_ KB",
            "2 PB",
            "9 parsecs",
            "9223372036854775808",
            "8388608 TiB",
        ] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
