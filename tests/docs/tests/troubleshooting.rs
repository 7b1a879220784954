//! Promise: every warning that a report can have stands in the guide, by its code.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Where warnings are worded.
const SOURCES: [&str; 2] = [
    "memprof-runtime/src/collect/warnings.rs",
    "memprof-runtime/src/collect/stacks/mod.rs",
];

/// String literals of letters and hyphens, with a hyphen.
fn codes(source: &str) -> impl Iterator<Item = &str> {
    let literals = source.split('"').skip(1).step_by(2);
    literals.filter(|literal| {
        let is_code = |c: char| c.is_ascii_lowercase() || c == '-';
        literal.contains('-') && literal.chars().all(is_code)
    })
}

#[test]
fn every_warning_is_explained() {
    let read = |file: &str| fs::read_to_string(Path::new(REPOSITORY).join(file)).unwrap();
    let guide = read("docs/troubleshooting.md");
    let sources = SOURCES.map(read);
    let codes: Vec<&str> = sources.iter().flat_map(|source| codes(source)).collect();
    assert!(codes.len() >= 9, "{codes:?}");
    for code in codes {
        assert!(guide.contains(&format!("**`{code}`")), "{code}");
    }
}
