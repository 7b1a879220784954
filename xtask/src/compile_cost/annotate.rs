//! Puts `#[memprof::track]` on every function of a source file that can bear it.
//!
//! It goes by words, not by syntax: enough for formatted code, and the compiler says where it was not.

use crate::tidy::code;

const ATTRIBUTE: &str = "#[memprof::track]";

/// The file with the attribute, and how many functions bear it. Tests are left out.
pub(super) fn annotate(text: &str) -> (String, usize) {
    let code = code::only(text);
    let lines: Vec<&str> = code.lines().collect();
    let mut annotated = String::with_capacity(text.len());
    let (mut count, mut depth, mut ignored_to) = (0, 0_usize, None);
    for (at, line) in text.lines().enumerate() {
        let code = lines.get(at).copied().unwrap_or_default();
        if ignored_to.is_none() {
            if begins_ignored(&lines[at..]) {
                ignored_to = Some(depth);
            } else if is_function(code) && has_body(&lines[at..]) {
                annotated += ATTRIBUTE;
                annotated.push('\n');
                count += 1;
            }
        }
        for char in code.chars() {
            match char {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if ignored_to == Some(depth) && code.contains(['}', ';']) {
            ignored_to = None;
        }
        annotated += line;
        annotated.push('\n');
    }
    (annotated, count)
}

/// A macro, whose functions may be fragments, or what is for tests only.
fn begins_ignored(lines: &[&str]) -> bool {
    let line = lines[0].trim_start();
    line.starts_with("macro_rules!") || line.starts_with("#[cfg(test)]")
}

/// Whether a line begins a function that runs in the program.
fn is_function(line: &str) -> bool {
    for word in line.split_whitespace() {
        match word {
            "fn" => return true,
            "async" | "default" | "extern" | "unsafe" => {}
            _ if word == "pub" || word.starts_with("pub(") => {}
            _ => return false,
        }
    }
    false
}

/// Whether braces come before a semicolon.
fn has_body(lines: &[&str]) -> bool {
    let mut depth = 0_usize;
    for char in lines.iter().flat_map(|line| line.chars()) {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' if depth == 0 => return true,
            ';' if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_with_a_body_are_tracked() {
        let text = "pub(crate) async fn a() {}\nimpl A {\n    fn b(\n        c: [u8; 2],\n    ) -> u8 {\n        0\n    }\n}\n";
        let (annotated, count) = annotate(text);
        assert_eq!(count, 2);
        assert!(annotated.starts_with("#[memprof::track]\npub(crate) async fn a() {}\n"));
        assert!(annotated.contains("impl A {\n#[memprof::track]\n    fn b(\n"));
        assert_eq!(annotated.replace("#[memprof::track]\n", ""), text);
    }

    #[test]
    fn what_cannot_be_tracked_and_tests_stay_as_they_are() {
        for text in [
            "const fn a() {}\n",
            "trait A {\n    fn a(&self);\n}\n",
            "// fn a() {}\nlet a = \"\nfn a() {}\n\";\n",
            "macro_rules! a {\n    () => {\n        fn a() {}\n    };\n}\n",
            "#[cfg(test)]\nmod tests {\n    fn a() {}\n}\n",
            "type A = fn(u8);\n",
        ] {
            assert_eq!(annotate(text), (text.to_owned(), 0));
        }
        let text = "#[cfg(test)]\nmod tests;\n\nfn a() {}\n";
        assert_eq!(annotate(text).1, 1);
    }
}
