//! Promise: the compiler and clippy say of a tracked function what they say of it without the attribute, at the same places.
//!
//! `lints/corpus.rs` is compiled twice, with each `#[track]` and a comment as long in its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::build::Memprof;
use serde_json::Value;

/// A lint, and where it has something to say: line and column.
type Said = (String, u64, u64);

/// What is said otherwise under the attribute, and why. The list in `docs/limits.md` is the same.
const EXCEPTIONS: [(&str, &str); 10] = [
    (
        "clippy::missing_const_for_fn",
        "what is measured runs, and is never constant",
    ),
    (
        "clippy::needless_pass_by_value",
        "owned arguments move into the operation, which is a use",
    ),
    ("clippy::unused_async", "an `async fn` awaits its operation"),
    (
        "clippy::manual_async_fn",
        "the future is part of the operation, and not all of the body",
    ),
    (
        "clippy::implicit_hasher",
        "an argument without a name gets one",
    ),
    (
        "clippy::implicit_return",
        "told at the attribute, where the function's last expression is",
    ),
    (
        "clippy::default_numeric_fallback",
        "the user's body is in the last expression, whose type clippy takes for written",
    ),
    (
        "clippy::missing_transmute_annotations",
        "the type of a function's last expression is written for clippy, that of an arm is not",
    ),
    (
        "clippy::unwrap_or_default",
        "clippy is certain of a parameter's type, not of the variable's that it moves to",
    ),
    ("clippy::or_fun_call", "told in the place of the one above"),
];

fn said(memprof: &Memprof, source: &str, name: &str) -> BTreeMap<Said, usize> {
    let mut said = BTreeMap::new();
    for message in memprof.lint(source, name, "2024") {
        let Some(code) = message["code"]["code"].as_str() else {
            continue;
        };
        assert_ne!(message["level"], "error", "{message}");
        let spans = message["spans"].as_array().expect("spans");
        let place = spans.iter().find(|span| span["is_primary"] == true);
        let at = |key| place.map_or(0, |span: &Value| span[key].as_u64().expect("a number"));
        let of = (code.to_owned(), at("line_start"), at("column_start"));
        *said.entry(of).or_default() += 1;
    }
    said
}

#[test]
fn lints_are_those_without_the_attribute() {
    let memprof = Memprof::build();
    let tracked = include_str!("../../lints/corpus.rs");
    let plain = tracked.replace("#[track]", "/*    */");
    let plain = said(&memprof, &plain, "plain");
    let tracked = said(&memprof, tracked, "tracked");
    let lints: BTreeSet<&str> = plain.keys().map(|(lint, ..)| lint.as_str()).collect();
    assert!(lints.len() >= 100, "{}: {lints:?}", lints.len());

    let is_exception = |(lint, ..): &&Said| EXCEPTIONS.iter().any(|(name, _)| name == lint);
    let all: BTreeSet<&Said> = plain.keys().chain(tracked.keys()).collect();
    let differ = all
        .into_iter()
        .filter(|it| plain.get(*it) != tracked.get(*it));
    let differ: Vec<String> = differ
        .filter(|it| !is_exception(it))
        .map(|it| {
            let times = |said: &BTreeMap<Said, usize>| said.get(it).copied().unwrap_or(0);
            let (lint, line, column) = it;
            let (plain, tracked) = (times(&plain), times(&tracked));
            format!("corpus.rs:{line}:{column}: {lint}, {plain} times plain, {tracked} tracked")
        })
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
