//! Which of the valid names a misspelt one most likely stands for.
//!
//! The distance counts inserted, lost, replaced and swapped neighbouring characters; a name that is
//! part of a valid one, as `leaks` of `detect_leaks`, is as near as a slip of one character. What
//! the user wrote is cut to [`MAX_CHARS`] first, so that the cost is bounded whatever stands in a
//! file.

/// More characters than any valid name has.
const MAX_CHARS: usize = 64;

/// The candidate nearest to `name`; of equals the first.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates.min_by_key(|candidate| distance(name, candidate))
}

/// How far `name` is from the valid `candidate`, case aside.
pub(super) fn distance(name: &str, candidate: &str) -> usize {
    const MIN_PART_BYTES: usize = 3;
    let is_proper_part = (MIN_PART_BYTES..candidate.len()).contains(&name.len())
        && candidate.contains(&name.to_ascii_lowercase());
    match is_proper_part {
        true => 1,
        false => edits(&letters(name), &letters(candidate)),
    }
}

/// The optimal string alignment of the two.
fn edits(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = above[j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if swapped {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[other.len()]
}

fn letters(name: &str) -> Vec<char> {
    let lower = name.chars().map(|c| c.to_ascii_lowercase());
    lower.take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        let cases = [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("memory", "MEMORY", 0),
            ("memroy", "memory", 1),
            ("sample_rat", "sample_rate", 1),
            ("kitten", "sitting", 3),
            ("größe", "grösse", 2),
            ("Leaks", "detect_leaks", 1),
            ("le", "detect_leaks", 10),
        ];
        for (one, other, expected) in cases {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
        let endless = "x".repeat(1 << 20);
        assert_eq!(distance(&endless, "json"), MAX_CHARS);
    }

    #[test]
    fn nearest_prefers_the_first_of_equals() {
        assert_eq!(nearest("ac", ["ab", "ad"].into_iter()), Some("ab"));
        assert_eq!(nearest("ac", [].into_iter()), None);
    }
}
