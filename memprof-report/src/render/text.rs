//! Text: what the program's names become before they stand in a table.
//!
//! Widths are those of a terminal, where a character takes no, one or two columns. Nothing that leaves
//! [`escaped`] can move the cursor, change colours or turn the direction of writing.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns of a terminal the text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text with control characters, line breaks and changes of direction made visible.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// The text in at most `limit` columns, with `…` for its middle where it is longer.
///
/// Both ends stay since both tell names apart: `search::index::…::insert`, `Merge (src/…/merge.rs:41)`.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(1);
    let head = fitting(text.chars(), kept.div_ceil(2));
    let tail = fitting(text.chars().rev(), kept / 2);
    let head: String = text.chars().take(head).collect();
    let tail: String = {
        let skipped = text.chars().count().saturating_sub(tail);
        // A mark that was torn from its letter would land on the `…`.
        let torn = |c: &char| columns(*c) == 0;
        text.chars().skip(skipped).skip_while(torn).collect()
    };
    format!("{head}…{tail}")
}

/// Fills lines of at most `limit` columns with the words; all but the first are indented. A word that is
/// longer gets a line of its own.
pub(super) fn wrapped(words: &str, limit: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in words.split(' ') {
        let wide = width(word);
        if used == 0 {
            used = wide;
        } else if used + 1 + wide <= limit {
            out.push(' ');
            used += 1 + wide;
        } else {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            used = indent + wide;
        }
        out.push_str(word);
    }
    out
}

/// The text at the left of a field.
pub(super) fn left(text: &str, field: usize) -> String {
    format!("{text}{}", " ".repeat(field.saturating_sub(width(text))))
}

/// The text at the right of a field.
pub(super) fn right(text: &str, field: usize) -> String {
    format!("{}{text}", " ".repeat(field.saturating_sub(width(text))))
}

/// How many of the characters fit into `limit` columns.
fn fitting(chars: impl Iterator<Item = char>, limit: usize) -> usize {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += columns(*c);
            used <= limit
        })
        .count()
}

/// The columns of a character, never too few: U+FE0F makes the one before it an emoji, hence wider.
fn columns(c: char) -> usize {
    match c {
        '\u{fe0f}' => 1,
        c => c.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_leaves_nothing_that_a_terminal_obeys() {
        assert_eq!(
            escaped("\x1b[31mred\n\r\t\u{7f}\u{9b}1m"),
            r"\u{1b}[31mred\n\r\t\u{7f}\u{9b}1m"
        );
        assert_eq!(escaped("a\u{202e}b\u{2028}c"), r"a\u{202e}b\u{2028}c");
        assert_eq!(escaped("naïve 検索 🦀"), "naïve 検索 🦀");
    }

    #[test]
    fn shortened_keeps_both_ends() {
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("abcdefghij", 9), "abcd…ghij");
        assert_eq!(shortened("abcdefghij", 4), "ab…j");
        assert_eq!(shortened("abcdefghij", 1), "…");
        assert_eq!(shortened("abcdefghij", 0), "…");
        assert_eq!(shortened("", 0), "");
    }

    #[test]
    fn shortened_counts_columns_and_not_characters() {
        for limit in 1..20 {
            for text in [
                "検索検索検索検索",
                "🦀🦀🦀🦀🦀🦀",
                "☎\u{fe0f}☎\u{fe0f}☎\u{fe0f}☎\u{fe0f}",
                "e\u{301}e\u{301}e\u{301}e\u{301}",
            ] {
                let short = shortened(text, limit);
                assert!(width(&short) <= limit, "{short:?} in {limit}");
                assert!(!short.contains("…\u{301}"), "{short:?}");
            }
        }
    }

    #[test]
    fn wrapped_breaks_between_words() {
        assert_eq!(wrapped("one two three", 7, 2), "one two\n  three");
        assert_eq!(
            wrapped("one twothreefour five", 7, 2),
            "one\n  twothreefour\n  five"
        );
        assert_eq!(wrapped("", 7, 2), "");
    }

    #[test]
    fn fields_are_filled_by_columns() {
        assert_eq!(left("検索", 6), "検索  ");
        assert_eq!(right("検索", 6), "  検索");
        assert_eq!(right("longer", 3), "longer");
    }
}
