//! The tests beside attributes of other crates. They are a package with a workspace and a lock file of its own, so that no other
//! build needs those crates.

use std::process::Command;

use crate::Result;
use crate::repository::{root, target_directory};
use crate::run::{cargo, succeed};

pub(super) fn run() -> Result {
    succeed(beside()?.args(["fmt", "--check"]))?;
    let clippy = ["clippy", "--quiet", "--locked", "--all-targets"];
    succeed(beside()?.args(clippy).args(["--", "-D", "warnings"]))?;
    succeed(beside()?.args(["test", "--locked"]))
}

/// Cargo in that folder, where its configuration is; what it builds is kept with all else.
fn beside() -> Result<Command> {
    let mut cargo = cargo();
    cargo.current_dir(root().join("tests/neighbours"));
    cargo.env("CARGO_TARGET_DIR", target_directory()?.join("neighbours"));
    Ok(cargo)
}
