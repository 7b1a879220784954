//! The programs of this package as a release build with frame pointers, by cargo, in a folder of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the programs.
pub(crate) fn programs() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frame-pointers");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--bins", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("RUSTFLAGS", "-C force-frame-pointers=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the programs do not build: {said}");
    target.join("release")
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
