//! The program as a user runs it, in a folder of its own with three documents.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn run(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hybrid_search"))
        .args(args)
        .current_dir(directory)
        .env("CARGO_HOME", directory.join("no-cargo-home"))
        .output()
        .unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Makes the folder `docs`.
pub(crate) fn write_corpus(directory: &Path) {
    let docs = directory.join("docs");
    fs::create_dir(&docs).unwrap();
    for (file, about) in [
        ("pool.md", "a pool that hands out blocks of memory"),
        ("tree.md", "a balanced tree of ordered keys"),
        ("clock.md", "a clock that never runs backwards"),
    ] {
        let words = format!("# About {about}\n\nThis text describes {about}, at some length.\n");
        fs::write(docs.join(file), words).unwrap();
    }
}
