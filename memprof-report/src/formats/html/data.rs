//! The data: JSON and text in such a form that they cannot end the element that they stand in.
//!
//! In JSON the characters that HTML takes for markup can only be inside of strings, so they are written as
//! their escapes there and the document stays the same one.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::formats::FormatError;
use crate::formats::error::Kind;

/// The value as JSON for the inside of a `<script>`.
pub(super) fn script(value: &impl Serialize) -> Result<String, FormatError> {
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, ForScript);
    value.serialize(&mut serializer).map_err(Kind::Json)?;
    // The serializer writes what it is given in pieces of text, all of them UTF-8.
    Ok(
        String::from_utf8(json)
            .unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into()),
    )
}

/// The text for the inside of an element.
pub(super) fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Writes JSON without `<`, `>`, `&` and the line separators of JavaScript.
struct ForScript;

impl Formatter for ForScript {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut rest = fragment;
        let is_meant = |char: char| matches!(char, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
        while let Some(at) = rest.find(is_meant) {
            let (before, from) = rest.split_at(at);
            CompactFormatter.write_string_fragment(writer, before)?;
            let mut chars = from.chars();
            if let Some(char) = chars.next() {
                write!(writer, "\\u{:04x}", u32::from(char))?;
            }
            rest = chars.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_script_ends_it() {
        let hostile = "</script><!--<script>]]>&amp;\u{2028}\u{2029}\"\\\0🦀";
        let json = script(&hostile).expect("text");
        assert_eq!(
            json,
            "\"\\u003c/script\\u003e\\u003c!--\\u003cscript\\u003e]]\\u003e\\u0026amp;\
             \\u2028\\u2029\\\"\\\\\\u0000🦀\""
        );
        assert_eq!(
            serde_json::from_str::<String>(&json).expect("json"),
            hostile
        );
    }

    #[test]
    fn text_has_no_markup() {
        assert_eq!(text("</title>&amp;"), "&lt;/title&gt;&amp;amp;");
    }
}
