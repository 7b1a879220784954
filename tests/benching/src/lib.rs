//! What a crate may have benched: tracked functions that say so, in place.
#![forbid(unsafe_code)]

use std::hint::black_box;

/// The words of a text; benched where it stands.
#[memprof::track("Split", bench(args = [10, 100, 1_000], setup = text, growth = "O(n)"))]
#[must_use]
pub fn split(text: String) -> Vec<String> {
    let words = text.split(' ');
    words.map(str::to_owned).collect()
}

/// A text of so many words of four letters.
#[must_use]
pub fn text(words: usize) -> String {
    vec!["four"; words].join(" ")
}

/// A tracked function without arguments.
#[memprof::track("Table", bench("table", budget(allocations == 1)))]
#[must_use]
pub fn table() -> Vec<u64> {
    black_box((0..256).collect())
}
