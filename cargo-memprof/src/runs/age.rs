//! How long ago something was, in words.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, by the system's clock.
pub(crate) fn now() -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_millis()
}

/// `3 seconds ago`, in the largest unit of which it is more than two.
pub(crate) fn ago(milliseconds: u128) -> String {
    let seconds = milliseconds / 1000;
    let units = [("day", 86_400), ("hour", 3600), ("minute", 60)];
    let fits = |&&(_, length): &&(&str, u128)| seconds >= 2 * length;
    let (unit, length) = units.iter().find(fits).copied().unwrap_or(("second", 1));
    match seconds / length {
        0 => "less than a second ago".to_owned(),
        1 => format!("1 {unit} ago"),
        number => format!("{number} {unit}s ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn an_age_is_told_in_a_unit_that_fits() {
        for (seconds, expected) in [
            (0, "less than a second ago"),
            (1, "1 second ago"),
            (119, "119 seconds ago"),
            (120, "2 minutes ago"),
            (7_199, "119 minutes ago"),
            (7_200, "2 hours ago"),
            (200_000, "2 days ago"),
        ] {
            assert_eq!(ago(seconds * 1000), expected);
        }
    }
}
