//! `cargo xtask tidy`: what must be so in this repository and no compiler checks.
//!
//! Each rule looks at the tracked files, one at a time, and says what it finds with file and line. The rules
//! are the file `rules.rs`, that of public items `examples.rs`; `code.rs` tells code from comments and strings.
//! Also a test, so that `cargo test --workspace` finds the same.

pub(crate) mod code;
mod examples;
mod rules;

use std::fs;

use crate::Result;
use crate::repository::{root, tracked_files};

/// A tracked text file.
struct File {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
    /// Of a Rust file: the text with comments and strings blanked, line by line.
    code: Option<String>,
}

impl File {
    fn new(path: String, text: String) -> Self {
        let code = path.ends_with(".rs").then(|| code::only(&text));
        Self { path, text, code }
    }
}

/// What the rules found.
#[derive(Default)]
struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

/// Prints what is untidy; an error when a rule is broken.
pub(crate) fn run() -> Result {
    let findings = look()?;
    for warning in &findings.warnings {
        println!("warning: {warning}");
    }
    if findings.errors.is_empty() {
        return Ok(());
    }
    Err(format!("untidy:\n  {}", findings.errors.join("\n  ")).into())
}

fn look() -> Result<Findings> {
    let mut findings = Findings::default();
    for path in tracked_files()? {
        // What is not text has nothing to tidy.
        if let Ok(text) = fs::read_to_string(root().join(&path)) {
            rules::check(&File::new(path, text), &mut findings);
        }
    }
    Ok(findings)
}

#[test]
fn the_repository_is_tidy() {
    let findings = look().unwrap();
    assert!(findings.errors.is_empty(), "{:#?}", findings.errors);
}
