//! Fresh crates that depend on memprof as a user's do.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::directory::Directory;

/// Which memprof: this repository's.
pub(crate) const MEMPROF: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Small and alike in all crates, so that memprof is built once for all.
pub(crate) const PROFILE: &str = "[profile.dev]\ndebug = false\nincremental = false\n";

/// A crate with a program, a library, unit, integration and doc tests.
pub(crate) fn krate() -> Directory {
    let version = version();
    let manifest = format!(
        "[package]\nname = \"demo\"\nversion = {version:?}\nedition = \"2024\"\n\n\
         [dependencies]\nmemprof = {{ path = {MEMPROF:?} }}\n\n[workspace]\n\n{PROFILE}"
    );
    let directory = Directory::new();
    directory
        .write("Cargo.toml", manifest)
        .write("src/lib.rs", include_str!("crates/lib.rs"))
        .write("src/main.rs", include_str!("crates/main.rs"))
        .write("tests/suite.rs", include_str!("crates/suite.rs"));
    lock(&directory);
    directory
}

/// A crate without a dependency, whose program is this.
pub(crate) fn plain(main: &str) -> Directory {
    let directory = Directory::new();
    let version = version();
    let manifest = format!(
        "[package]\nname = \"plain\"\nversion = {version:?}\nedition = \"2024\"\n\n[workspace]\n"
    );
    directory
        .write("Cargo.toml", manifest)
        .write("src/main.rs", main);
    directory
}

/// Of each crate its own: cargo takes packages of one name and version for the same, wherever they are, and what it
/// built of one for the other.
fn version() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // Relaxed: nothing but the number itself is shared.
    format!("0.1.{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Takes the versions of this workspace, so that no network is needed.
pub(crate) fn lock(directory: &Directory) {
    let lock = Path::new(MEMPROF).join("Cargo.lock");
    fs::copy(lock, directory.path("Cargo.lock")).unwrap();
}
