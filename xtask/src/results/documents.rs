//! The documents that the search engine indexes: the same on every machine, because the lock file has their checksum.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::run::{cargo, output};

const PACKAGE: &str = "tantivy";

/// Copies them into the folder `documents` of this one.
pub(super) fn copy(folder: &Path) -> Result {
    copy_folder(&sources()?, &folder.join("documents"))
}

/// Where cargo keeps the package's sources.
fn sources() -> Result<PathBuf> {
    let metadata = output(cargo().args(["metadata", "--format-version=1", "--locked"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == PACKAGE);
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let folder = manifest.and_then(|manifest| Path::new(manifest).parent());
    Ok(folder
        .ok_or("no package `tantivy` in cargo's metadata")?
        .join("src"))
}

fn copy_folder(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_folder(&entry.path(), &to)?,
            false => drop(fs::copy(entry.path(), to)?),
        }
    }
    Ok(())
}
