//! Promise: switched off, memprof is not there. Its dependency tree is itself and its macros, every name
//! that instrumented code uses still compiles without a warning, and the machine code is that of the
//! program without the attributes.
//!
//! Cargo unites the features of all that it builds at once, so each check is a build of its own: a crate
//! outside of the workspace, depending on this one by its path. The sources of these crates are in
//! `tests/off/`.
//!
//! Not on Windows: so far the tests were run there under Wine alone, where cargo is that of the other system.
#![cfg(not(windows))]
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Small, and that of the crates of other tests, so that what they have in common is built once.
const PROFILE: &str = "[profile.dev]\ndebug = false\nincremental = false\n\n";

/// A crate that uses memprof as others do, without default features. The package `adapters` has the same programs with
/// memprof on.
struct Outside {
    directory: PathBuf,
}

impl Outside {
    fn new(name: &str, target: &str, source: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir_all(&directory).expect("a directory");
        let source = here.join("tests/off").join(source);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [{target}]\nname = \"{name}\"\npath = {source:?}\n\n\
             [dependencies.memprof]\npath = {here:?}\ndefault-features = false\n\
             features = [\"dhat\", \"stream\"]\n\n\
             [features]\non = []\n\n\
             {PROFILE}\
             [lints.rust.unexpected_cfgs]\nlevel = \"warn\"\ncheck-cfg = [\"cfg(tracked)\"]\n\n\
             [workspace]\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest).expect("the manifest");
        // The versions that this workspace is built with, which are there without a network.
        fs::copy(here.join("Cargo.lock"), directory.join("Cargo.lock")).expect("the lock file");
        Self { directory }
    }

    /// What cargo prints; it has to succeed.
    fn cargo(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", self.target_directory())
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("CARGO_BUILD_TARGET")
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {arguments:?}:\n{errors}");
        String::from_utf8(output.stdout).expect("cargo prints text")
    }

    /// What a command of cargo's says on stderr; it has to succeed.
    fn cargo_errors(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", self.target_directory())
            .env("CARGO_NET_OFFLINE", "true")
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "cargo {arguments:?}:\n{errors}");
        errors
    }

    /// That of the crates of other tests.
    fn target_directory(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates")
    }
}

#[test]
fn tree_is_memprof_and_its_macros() {
    let outside = Outside::new("off_tree", "[bin]", "names.rs");
    let tree = outside.cargo(&[
        "tree",
        "--edges=normal,build",
        "--prefix=none",
        "--format={lib}",
    ]);
    // The first line is the crate itself, which has no library.
    assert_eq!(
        tree.trim().lines().collect::<Vec<_>>(),
        ["memprof", "memprof_macros"]
    );
}

#[test]
fn every_name_compiles_and_runs() {
    let outside = Outside::new("off_names", "[bin]", "names.rs");
    outside.cargo(&["run"]);
}

#[test]
fn every_name_for_other_libraries_compiles_and_runs() {
    let outside = Outside::new("off_libraries", "[bin]", "libraries.rs");
    let manifest = outside.directory.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("the manifest");
    let text = text.replace("\"stream\"", "\"rayon\", \"tokio\", \"tracing\"");
    let libraries = "[dependencies]\nrayon = \"1\"\n\
                     tokio = { version = \"1\", default-features = false, features = [\"rt\"] }\n\
                     tracing-subscriber = { version = \"0.3\", default-features = false, features = [\"std\", \"registry\"] }\n";
    fs::write(&manifest, format!("{text}\n{libraries}")).expect("the manifest");
    outside.cargo(&["run"]);
}

#[test]
fn attributes_give_back_their_input() {
    Outside::new("off_given_back", "[bin]", "given_back.rs").cargo(&["run"]);
}

#[test]
fn tests_say_once_that_nothing_is_checked() {
    let outside = Outside::new("off_budgets", "lib", "budgets.rs");
    let errors = outside.cargo_errors(&["test", "--lib"]);
    let told = "memprof: budgets and assertions are not checked: memprof is switched off; build the tests with its default \
                features\n";
    assert_eq!(errors.matches(told).count(), 1, "{errors}");
}

#[test]
fn machine_code_is_that_of_the_plain_program() {
    let outside = Outside::new("off_code", "lib", "code.rs");
    let plain = assembly(&outside, &[]);
    let tracked = assembly(&outside, &["--cfg=tracked"]);
    assert!(plain.contains("off_code"), "{plain}");
    let mut lines = plain.lines().zip(tracked.lines());
    let different = lines.find(|(plain, tracked)| plain != tracked);
    assert_eq!(different, None, "plain and tracked");
    assert_eq!(plain.lines().count(), tracked.lines().count());
}

/// The whole library in text.
fn assembly(outside: &Outside, flags: &[&str]) -> String {
    let base = [
        "--lib",
        "--release",
        "--",
        "--emit=asm",
        "-Ccodegen-units=1",
        "-Cdebuginfo=0",
    ];
    // A folder of its own: what is in it is looked through, and removed.
    let target = outside.directory.join("target");
    fs::remove_dir_all(&target).ok();
    let folder = format!("--target-dir={}", target.display());
    outside.cargo(&[&["rustc", &folder], &base[..], flags].concat());
    let dependencies = target.join("release/deps");
    let files = fs::read_dir(&dependencies).expect("a directory");
    let mut files = files.map(|file| file.expect("a file").path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "s"));
    fs::read_to_string(file.expect("assembly")).expect("text")
}
