//! The fixture: a crate outside the workspace that depends on memprof as a user's does, built once.
//!
//! It stands under cargo's directory for tests and is built where the crates of other tests are, so that what they have in
//! common is built once. The workspace's lock file comes along: no network is needed.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const MANIFEST: &str = r#"[package]
name = "fixture"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
memprof = { path = "{memprof}" }

[workspace]

[profile.dev]
debug = false
incremental = false
"#;

/// The operations' source, to find lines in.
pub(crate) const LIB: &str = include_str!("fixture/lib.rs");

const FILES: [(&str, &str); 4] = [
    ("src/lib.rs", LIB),
    ("src/main.rs", include_str!("fixture/main.rs")),
    ("tests/suite.rs", include_str!("fixture/suite.rs")),
    ("tests/failing.rs", include_str!("fixture/failing.rs")),
];

/// What cargo built of the fixture.
pub(crate) struct Fixture {
    /// The program, `src/main.rs`.
    pub(crate) program: PathBuf,
    /// The test binary of `tests/suite.rs`.
    pub(crate) suite: PathBuf,
    /// The test binary of `tests/failing.rs`.
    pub(crate) failing: PathBuf,
}

/// The fixture, which the first caller builds.
pub(crate) fn fixture() -> &'static Fixture {
    // Where it does not build, every test says why, but only the first one tries.
    static FIXTURE: OnceLock<Result<Fixture, String>> = OnceLock::new();
    let built = FIXTURE.get_or_init(|| {
        lay_out();
        let output = cargo(&[
            "test",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ])
        .output()
        .unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let messages = String::from_utf8(output.stdout).unwrap();
        Ok(Fixture {
            program: executable(&messages, "fixture", "bin"),
            suite: executable(&messages, "suite", "test"),
            failing: executable(&messages, "failing", "test"),
        })
    });
    match built {
        Ok(fixture) => fixture,
        Err(error) => panic!("the fixture does not build: {error}"),
    }
}

/// A cargo command in the fixture, under an environment that does not depend on who runs these tests.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(arguments)
        .arg("--offline")
        .arg("--manifest-path")
        .arg(crate_directory().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"));
    crate::run::clean_environment(&mut command);
    // As `cargo memprof` builds, in whose tests memprof is built too: with other flags it would be built again.
    command
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", "-Cforce-frame-pointers=yes");
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("end_to_end")
}

fn crate_directory() -> PathBuf {
    root().join("fixture")
}

fn lay_out() {
    let memprof = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = crate_directory();
    fs::create_dir_all(directory.join("src")).unwrap();
    fs::create_dir_all(directory.join("tests")).unwrap();
    let memprof_path = memprof.to_str().unwrap().replace('\\', "/");
    let manifest = MANIFEST.replace("{memprof}", &memprof_path);
    write_if_new(&directory.join("Cargo.toml"), &manifest);
    for (file, text) in FILES {
        write_if_new(&directory.join(file), text);
    }
    let lock = fs::read_to_string(memprof.join("Cargo.lock")).unwrap();
    write_if_new(&directory.join("Cargo.lock"), &lock);
}

/// A file that is as it should be keeps its time, or cargo would build anew.
fn write_if_new(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return;
    }
    // Moved into place, because these tests may run as several processes.
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    fs::write(&temporary, text).unwrap();
    fs::rename(&temporary, path).unwrap();
}

/// The path that cargo's messages give for a target of this name and kind.
fn executable(messages: &str, name: &str, kind: &str) -> PathBuf {
    let of_target = |message: &Value| {
        let target = &message["target"];
        let is_it = target["name"] == name && target["kind"][0] == kind;
        // The program is also built as a test of its own, which is not meant.
        let is_unit_test = kind == "bin" && message["profile"]["test"] == true;
        let path = message["executable"].as_str()?;
        (is_it && !is_unit_test).then(|| PathBuf::from(path))
    };
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .find_map(|message| of_target(&message))
        .unwrap_or_else(|| panic!("cargo built no {kind} {name}"))
}
