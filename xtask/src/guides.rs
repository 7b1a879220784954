//! `cargo xtask guides`: does what the guides say that begin in a clone of this repository, on a clean copy of it.
//!
//! What the guides say is read by the package `docs`, whose tests follow those that begin beside a clone.

use std::fs;
use std::path::Path;

use docs::{Guide, Place, Surroundings, guides, walk};

use crate::Result;
use crate::repository::{root, target_directory, tracked_files};

pub(crate) fn run() -> Result {
    let target = target_directory()?;
    let clone = target.join("xtask-guides");
    let is_here = |guide: &Guide| guide.place == Place::InClone && guide.has_commands();
    for guide in guides().into_iter().filter(is_here) {
        println!("    {}", guide.file);
        clean_copy(&clone)?;
        let at = Surroundings {
            folder: clone.clone(),
            target: target.clone(),
            variables: Vec::new(),
        };
        walk(&guide, &at)?;
    }
    Ok(())
}

/// Makes `clone` the files that git tracks and nothing else. What is there already and the same keeps its time, so that
/// cargo does not build it again.
fn clean_copy(clone: &Path) -> Result {
    let tracked = tracked_files()?;
    remove_others(clone, clone, &tracked)?;
    for file in &tracked {
        let (from, to) = (root().join(file), clone.join(file));
        let content = fs::read(from)?;
        if fs::read(&to).is_ok_and(|there| there == content) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(to, content)?;
    }
    Ok(())
}

/// Removes the files below `folder` that are not among these.
fn remove_others(clone: &Path, folder: &Path, tracked: &[String]) -> Result {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        let name = path
            .strip_prefix(clone)?
            .to_string_lossy()
            .replace('\\', "/");
        if path.is_dir() {
            remove_others(clone, &path, tracked)?;
        } else if !tracked.contains(&name) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
