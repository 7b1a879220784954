//! The pattern: a name with wildcards, as cargo has them for packages: `*`, `?`, `[a-c]`, `[!a-c]`.

/// Whether cargo takes it for a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', ']'])
}

/// Whether a name fits a pattern; none fits one that is not closed, which cargo refuses.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // Whether what was read of the pattern fits the name up to there. No going back, so no name takes long.
    let mut ends = vec![false; name.len() + 1];
    ends[0] = true;
    let mut rest = pattern.chars();
    while let Some(char) = rest.next() {
        if char == '*' {
            let first = ends.iter().position(|is_end| *is_end);
            let first = first.unwrap_or(ends.len());
            ends[first..].fill(true);
            continue;
        }
        let set = match char {
            '[' => match Set::read(&mut rest) {
                Some(set) => set,
                None => return false,
            },
            '?' => Set::ANY,
            char => Set::one(char),
        };
        for end in (1..ends.len()).rev() {
            ends[end] = ends[end - 1] && set.has(name[end - 1]);
        }
        ends[0] = false;
    }
    ends[name.len()]
}

/// Characters of which one is to stand at a place.
struct Set {
    ranges: Vec<(char, char)>,
    /// Whether it is all others.
    is_inverted: bool,
}

impl Set {
    const ANY: Self = Self {
        ranges: Vec::new(),
        is_inverted: true,
    };

    fn one(char: char) -> Self {
        Self {
            ranges: vec![(char, char)],
            is_inverted: false,
        }
    }

    /// What stands behind `[`, to its end and with it.
    fn read(rest: &mut std::str::Chars<'_>) -> Option<Self> {
        // A `]` at the beginning is one of the characters.
        let is_inverted = rest.as_str().starts_with('!');
        let text = &rest.as_str()[usize::from(is_inverted)..];
        let first = text.chars().next()?.len_utf8();
        let end = first + text[first..].find(']')?;
        let chars: Vec<char> = text[..end].chars().collect();
        *rest = text[end + 1..].chars();
        let mut ranges = Vec::new();
        let mut chars = &chars[..];
        while let [one, behind @ ..] = chars {
            chars = match behind {
                ['-', last, behind @ ..] => {
                    ranges.push((*one, *last));
                    behind
                }
                _ => {
                    ranges.push((*one, *one));
                    behind
                }
            };
        }
        Some(Self {
            ranges,
            is_inverted,
        })
    }

    fn has(&self, char: char) -> bool {
        let mut ranges = self.ranges.iter();
        ranges.any(|&(first, last)| first <= char && char <= last) != self.is_inverted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_as_cargo_has_it() {
        for (pattern, fitting, others) in [
            ("*", &["", "a", "ab"][..], &[][..]),
            ("a*", &["a", "ab", "a*"], &["", "ba"]),
            ("*-b*", &["-b", "a-bc", "-b-b"], &["b", "a-"]),
            ("a?c", &["abc", "aüc"], &["ac", "abbc"]),
            ("[ab]", &["a", "b"], &["c", "ab", "[ab]"]),
            ("x[a-c]", &["xa", "xc"], &["xd", "x", "x-"]),
            ("[!a-c]*", &["d", "da"], &["a", ""]),
            ("[]]", &["]"], &["[]]", ""]),
            ("[a-]", &["a", "-"], &["b"]),
            ("[a", &[], &["a", "[a"]),
            ("[", &[], &["["]),
            ("[!", &[], &["!"]),
            ("plain", &["plain"], &["plai", "plainer"]),
        ] {
            for name in fitting {
                assert!(fits(pattern, name), "{pattern} {name}");
            }
            for name in others {
                assert!(!fits(pattern, name), "{pattern} {name}");
            }
        }
        let many = "*a".repeat(200) + "b";
        assert!(!fits(&many, &"a".repeat(10_000)));
    }
}
