//! Every public item shows an example.
//!
//! Looked at are the functions, methods, types, traits, constants and macros that the four libraries give to
//! programs, as they stand in the text: a `pub` item of the files below, or an exported macro, has a fence of
//! three back-quotes in its documentation, of code that is compiled. `rustc` warns of a `pub` that nobody outside can reach, so what is
//! written `pub` is public. That an example compiles and holds is the doc tests' business.
//!
//! Not looked at: fields, variants and methods of traits, which the example of their type stands for; what
//! only generated code names (`#[doc(hidden)]`, and the files of `GENERATED`); the off build, whose items bear
//! the names and do nothing of what is documented when memprof is on.

use super::File;

/// Where the public items of the libraries are, as beginnings of paths.
const LIBRARIES: [&str; 5] = [
    "memprof-macros/src/lib.rs",
    "memprof-report/src/",
    "memprof-runtime/src/",
    "src/assertions.rs",
    "src/macros.rs",
];

/// Files whose public items are for generated code alone, by way of `__private`.
const GENERATED: [&str; 9] = [
    "memprof-runtime/src/collect/bench/entry.rs",
    "memprof-runtime/src/collect/bench/harness.rs",
    "memprof-runtime/src/collect/budget/",
    "memprof-runtime/src/lib.rs",
    "memprof-runtime/src/record/call.rs",
    "memprof-runtime/src/record/future.rs",
    "memprof-runtime/src/record/handover.rs",
    "memprof-runtime/src/record/scope.rs",
    "memprof-runtime/src/record/stacks/",
];

const ITEMS: [&str; 8] = [
    "fn", "struct", "enum", "trait", "const", "static", "type", "union",
];

/// What may stand between `pub` and `fn`.
const QUALIFIERS: [&str; 3] = ["async", "const", "unsafe"];

pub(super) fn check(file: &File, code: &str, errors: &mut Vec<String>) {
    let path = file.path.as_str();
    let is_shown = LIBRARIES.iter().any(|start| path.starts_with(start));
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    if !is_shown || is_test || GENERATED.iter().any(|start| path.starts_with(start)) {
        return;
    }
    let text: Vec<&str> = file.text.lines().collect();
    for (index, line) in code.lines().enumerate() {
        let Some(item) = public_item(line) else {
            continue;
        };
        let above = above(&text[..index]);
        let is_exported = !item.starts_with("macro_rules!") || has(&above, "#[macro_export]");
        if !is_exported || has(&above, "#[doc(hidden)]") || has_example(&above) {
            continue;
        }
        errors.push(format!(
            "{path}:{}: `{item}` has no example in its documentation",
            index + 1
        ));
    }
}

/// `fn name`, of a line of code that begins such an item.
fn public_item(line: &str) -> Option<String> {
    let line = line.trim_start();
    let words = match line.strip_prefix("pub ") {
        Some(item) => item,
        None if line.starts_with("macro_rules!") => line,
        None => return None,
    };
    let mut words = words.split_whitespace().peekable();
    let mut kind = words.next()?;
    // `const NAME` is an item, `const fn` a function.
    while QUALIFIERS.contains(&kind)
        && words
            .peek()
            .is_some_and(|next| *next == "fn" || QUALIFIERS.contains(next))
    {
        kind = words.next()?;
    }
    if !ITEMS.contains(&kind) && kind != "macro_rules!" {
        return None;
    }
    let name = words.next()?;
    let end = name.find(|char: char| !char.is_alphanumeric() && char != '_' && char != '$');
    Some(format!("{kind} {}", &name[..end.unwrap_or(name.len())]))
}

/// The documentation and the attributes right above an item.
fn above<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let is_part = |line: &&&str| {
        let line = line.trim();
        // The middle of an attribute of several lines begins with neither.
        !line.is_empty() && !line.ends_with(['{', '}', ';'])
            || ["///", "#["].iter().any(|start| line.starts_with(start))
    };
    let mut above: Vec<&str> = lines.iter().rev().take_while(is_part).copied().collect();
    above.reverse();
    above
}

/// Whether a block of code is in the documentation that is compiled: one of `text` or `toml` is not.
fn has_example(lines: &[&str]) -> bool {
    const COMPILED: [&str; 4] = ["", "no_run", "should_panic", "standalone_crate"];
    let mut is_open = false;
    lines.iter().any(|line| {
        // Of `/// ```` and of `#[cfg_attr(…, doc = "```")]`.
        let Some((_, tag)) = line.split_once("```") else {
            return false;
        };
        is_open = !is_open;
        is_open && COMPILED.contains(&tag.trim_end_matches([')', ']', '"']))
    })
}

fn has(lines: &[&str], what: &str) -> bool {
    lines.iter().any(|line| line.contains(what))
}

#[cfg(test)]
mod tests {
    use super::{File, check, public_item};

    fn errors(path: &str, text: &str) -> Vec<String> {
        let file = File::new(path.to_owned(), text.to_owned());
        let mut errors = Vec::new();
        check(&file, file.code.as_deref().unwrap_or_default(), &mut errors);
        errors
    }

    #[test]
    fn public_items_are_known_by_their_words() {
        for (line, item) in [
            ("pub fn f(a: u8) {", Some("fn f")),
            ("    pub const fn new() -> Self {", Some("fn new")),
            ("pub async fn join_all(self) {", Some("fn join_all")),
            ("pub const NAME: &str =", Some("const NAME")),
            ("pub struct Pair<A>(A);", Some("struct Pair")),
            ("macro_rules! scope {", Some("macro_rules! scope")),
            ("pub use a::b;", None),
            ("pub mod a;", None),
            ("pub(crate) fn f() {}", None),
            ("pub name: String,", None),
        ] {
            assert_eq!(public_item(line).as_deref(), item, "{line}");
        }
    }

    #[test]
    fn an_item_without_an_example_is_found() {
        let path = "memprof-report/src/a.rs";
        let with = "/// A.\n///\n/// ```\n/// ```\n#[derive(\n    Debug,\n)]\npub struct A;\n";
        assert_eq!(errors(path, with), [""; 0]);
        let without = format!("{with}\n/// B.\n#[must_use]\npub fn b() {{}}\n");
        assert_eq!(
            errors(path, &without),
            ["memprof-report/src/a.rs:12: `fn b` has no example in its documentation"]
        );
        // What is not compiled is no example.
        let text = "/// ```text\n/// f()\n/// ```\npub fn f() {}\n";
        assert_eq!(errors(path, text).len(), 1);
        // That of the method before it is not its own.
        let methods =
            "impl A {\n    /// ```\n    pub fn a() {\n    }\n    /// B.\n    pub fn b() {}\n}\n";
        assert_eq!(errors(path, methods).len(), 1);
        assert_eq!(
            errors("memprof-report/tests/a.rs", "pub fn b() {}"),
            [""; 0]
        );
    }

    #[test]
    fn what_is_not_for_programs_needs_none() {
        let path = "src/macros.rs";
        assert_eq!(errors(path, "#[doc(hidden)]\npub fn f() {}"), [""; 0]);
        assert_eq!(errors(path, "/// A.\nmacro_rules! inner {"), [""; 0]);
        assert_eq!(
            errors(path, "#[macro_export]\nmacro_rules! outer {").len(),
            1
        );
    }
}
