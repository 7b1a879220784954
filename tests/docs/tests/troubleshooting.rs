//! Promise: every warning that a report can have stands in the guide, by its code, and every text that an entry of the
//! guide stands under is one that is said.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Where warnings are worded.
const SOURCES: [&str; 3] = [
    "memprof-runtime/src/collect/at_once.rs",
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

/// Where texts are said, and where what is said is compared.
const SAID: [&str; 7] = [
    "cargo-memprof/src",
    "memprof-macros/src",
    "memprof-report/src",
    "memprof-runtime/src",
    "src",
    "tests/benching/tests",
    "tests/ui/cases",
];

/// What the compiler says.
const COMPILER: [&str; 4] = [
    "cannot define multiple global allocators",
    "cannot find function",
    "future cannot be sent between threads safely",
    "the #[global_allocator] in this crate conflicts with global allocator in",
];

/// All text below a folder, with strings that go over several lines put together.
fn said(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            said(&path, all);
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "stderr")
        {
            let mut lines = fs::read_to_string(path).unwrap();
            while let Some(at) = lines.find("\\\n") {
                let rest = lines[at + 2..].trim_start().to_owned();
                lines.truncate(at);
                all.push_str(&lines);
                lines = rest;
            }
            all.push_str(&lines);
        }
    }
}

#[test]
fn every_entry_is_under_a_text_that_is_said() {
    let mut all = String::new();
    for folder in SAID {
        said(&Path::new(REPOSITORY).join(folder), &mut all);
    }
    let guide = fs::read_to_string(Path::new(REPOSITORY).join("docs/troubleshooting.md")).unwrap();
    let headings = guide.split("**").skip(1).step_by(2);
    let texts = headings.flat_map(|heading| heading.split('`').skip(1).step_by(2));
    let mut seen = 0;
    for text in texts {
        let is_said = all.contains(text) || COMPILER.contains(&text);
        assert!(is_said, "nobody says `{text}`");
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}
