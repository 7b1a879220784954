//! What a guide says that a command prints, held against what it printed.
//!
//! In a guide `…` stands for anything within a line, and lines may be left out; what is written has to come, in its
//! order.

/// Whether the line is as the pattern says, but for spaces at its end.
pub fn matches(pattern: &str, line: &str) -> bool {
    let line = line.trim_end();
    let mut parts = pattern.trim_end().split('…');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The first of the expected lines that the output does not have, after those before it.
pub fn missing<'a>(expected: &'a [String], output: &str) -> Option<&'a str> {
    let mut lines = output.lines();
    let mut expected = expected.iter().filter(|line| !line.trim().is_empty());
    let absent = expected.find(|pattern| !lines.any(|line| matches(pattern, line)));
    absent.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::{matches, missing};

    #[test]
    fn an_ellipsis_is_anything_within_a_line() {
        assert!(matches("a … c", "a b c "));
        assert!(matches("…", ""));
        assert!(matches("a…b…c", "a-b-b-c"));
        assert!(!matches("a…b", "a b c"));
        assert!(!matches("a", "a b"));
        assert!(!matches("aba…aba", "aba"));
    }

    #[test]
    fn lines_come_in_their_order_with_others_between() {
        let expected = ["one".to_owned(), "th…".to_owned()];
        assert_eq!(missing(&expected, "one\ntwo\nthree\n"), None);
        assert_eq!(missing(&expected, "three\none\n"), Some("th…"));
    }
}
