//! The programs of this package with frame pointers, by cargo, in a folder outside of this build's.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds programs as `arguments` say, in a folder of cargo's for tests; that folder.
pub(crate) fn build(folder: &str, arguments: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .arg("build")
        .args(arguments)
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("RUSTFLAGS", "-Cforce-frame-pointers=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the programs do not build: {said}");
    target
}

/// A program that takes call stacks as `setting` says, under an environment that does not depend on who runs
/// these tests.
pub(crate) fn command(program: &Path, setting: Option<(&str, &str)>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MEMPROF_") {
            command.env_remove(name);
        }
    }
    command.envs(setting);
    command
}
