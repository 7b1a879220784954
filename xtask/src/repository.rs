//! Where the repository is and what is in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::run::{cargo, output};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    // This package is one folder below it.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds for this workspace.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let metadata = output(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let directory = metadata["target_directory"].as_str();
    Ok(directory
        .ok_or("no target directory in cargo's metadata")?
        .into())
}

/// The files that git tracks and that are there, relative to the root, with `/` between folders.
pub(crate) fn tracked_files() -> Result<Vec<String>> {
    // A checkout may belong to someone else than who runs this, in containers above all.
    let mut list = Command::new("git");
    list.args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(root());
    let listed = output(&mut list)?;
    let files = listed.split('\0').filter(|file| !file.is_empty());
    Ok(files
        .filter(|file| root().join(file).is_file())
        .map(str::to_owned)
        .collect())
}
