//! Promise: with the feature `track` alone, a library is instrumented and brings nothing that makes reports. What it tracks is
//! in the report of the program that has memprof's default features.
//!
//! Cargo unites the features of all that it builds at once, so each check is a build of its own, outside of the workspace. The
//! sources are in `tests/light/`.
//!
//! Not on Windows: so far the tests were run there under Wine alone, where cargo is that of the other system.
#![cfg(not(windows))]
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// That of the crates of other tests.
const PROFILE: &str = "[profile.dev]\ndebug = false\nincremental = false\n\n";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a directory");
    // The versions that this workspace is built with, which are there without a network.
    fs::copy(here().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    folder
}

/// The library by itself; its folder.
fn library() -> PathBuf {
    let folder = folder("light_library");
    let source = here().join("tests/light/infers.rs");
    let more =
        format!("[[example]]\nname = \"infers\"\npath = {source:?}\n\n{PROFILE}[workspace]\n");
    write_library(&folder, &more);
    folder
}

fn write_library(folder: &Path, more: &str) {
    let (memprof, source) = (here(), here().join("tests/light/library.rs"));
    let manifest = format!(
        "[package]\nname = \"library\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\npath = {source:?}\n\n\
         [dependencies.memprof]\npath = {memprof:?}\ndefault-features = false\nfeatures = [\"track\"]\n\n{more}"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest");
}

fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates");
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(folder);
    command.env("CARGO_TARGET_DIR", target);
    command.env("CARGO_NET_OFFLINE", "true");
    command.env_remove("CARGO_BUILD_TARGET");
    command.output().expect("cargo runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn no_crate_in_the_graph_makes_reports() {
    let output = cargo(
        &library(),
        &["tree", "--edges=normal", "--prefix=none", "--format={lib}"],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    let crates: Vec<&str> = told.lines().filter(|name| !name.is_empty()).collect();
    assert!(crates.contains(&"memprof_runtime"), "{crates:?}");
    let heavy = [
        "serde",
        "serde_json",
        "serde_core",
        "toml",
        "winnow",
        "memprof_report",
        "memory_stats",
    ];
    for name in heavy {
        assert!(!crates.contains(&name), "{name} in {crates:?}");
    }
}

#[test]
fn what_is_inferred_without_memprof_is_inferred_with_it() {
    let output = cargo(&library(), &["run", "--example=infers"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_budget_is_not_kept_in_silence() {
    let output = cargo(&library(), &["test", "--lib"]);
    assert!(!output.status.success());
    let told = text(&output.stdout);
    assert!(told.contains("this budget is not judged"), "{told}");
    assert!(told.contains("[dev-dependencies]"), "{told}");
}

#[test]
fn what_the_library_tracks_is_in_the_report_of_the_program() {
    let folder = folder("light_program");
    let library = folder.join("library");
    fs::create_dir_all(&library).expect("a directory");
    write_library(&library, "");
    let (memprof, source) = (here(), here().join("tests/light/program.rs"));
    let manifest = format!(
        "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [[bin]]\nname = \"program\"\npath = {source:?}\n\n\
         [dependencies]\nlibrary = {{ path = \"library\" }}\nmemprof = {{ path = {memprof:?} }}\n\n\
         {PROFILE}[workspace]\nmembers = [\"library\"]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest");
    let output = cargo(&folder, &["run", "--package=program"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}
