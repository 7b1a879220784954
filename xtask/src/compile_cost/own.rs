//! This repository's command line, as a program that people wrote: every function of it and of `memprof-report` tracked, in
//! the light form, which does not depend on what is tracked here.

use std::fs;
use std::path::Path;

use super::annotate::annotate;
use super::project::{Form, PROFILE, Project, write, write_lock};
use crate::Result;
use crate::repository::{root, tracked_files};

const PACKAGES: [&str; 2] = ["cargo-memprof", "memprof-report"];

/// The parts of this workspace's manifest that those of the packages refer to.
const INHERITED: [&str; 4] = [
    "workspace.package",
    "workspace.dependencies",
    "workspace.lints.rust",
    "workspace.lints.clippy",
];

/// Copies the packages into `folder`, with the attribute on each function or without it.
pub(super) fn write_to(folder: &Path, is_tracked: bool) -> Result<Project> {
    let mut functions = 0;
    for path in tracked_files()? {
        let Some(package) = PACKAGES
            .iter()
            .find(|it| path.starts_with(&format!("{it}/")))
        else {
            continue;
        };
        let to = folder.join(&path);
        if path.starts_with(&format!("{package}/src/")) && path.ends_with(".rs") {
            let text = fs::read_to_string(root().join(&path))?;
            let (annotated, count) = annotate(&text);
            functions += count;
            write(&to, if is_tracked { annotated } else { text })?;
        } else if path == format!("{package}/Cargo.toml") {
            write(&to, manifest(&fs::read_to_string(root().join(&path))?))?;
        } else if !path.starts_with(&format!("{package}/tests/")) {
            write(&to, fs::read(root().join(&path))?)?;
        }
    }
    let whole = fs::read_to_string(root().join("Cargo.toml"))?;
    let whole = workspace(&whole) + PROFILE;
    write(&folder.join("Cargo.toml"), whole)?;
    write_lock(folder)?;
    Ok(Project {
        folder: folder.to_owned(),
        program: "cargo-memprof",
        roots: vec![
            folder.join("cargo-memprof/src/main.rs"),
            folder.join("memprof-report/src/lib.rs"),
        ],
        functions,
    })
}

/// That of a package, with memprof among what it depends on.
fn manifest(text: &str) -> String {
    let dependency = Form::Light.dependency();
    text.replacen(
        "[dependencies]\n",
        &format!("[dependencies]\n{dependency}"),
        1,
    )
}

fn workspace(whole: &str) -> String {
    let mut text = format!("[workspace]\nmembers = {PACKAGES:?}\nresolver = \"3\"\n\n");
    let mut is_inherited = false;
    for line in whole.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            is_inherited = INHERITED.contains(&name);
        }
        if is_inherited {
            text += line;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_inherit_what_they_refer_to() {
        let whole = "[workspace]\nmembers = []\n\n[workspace.package]\nversion = \"1.0.0\"\n\n[package]\nname = \"a\"\n";
        assert_eq!(
            workspace(whole),
            "[workspace]\nmembers = [\"cargo-memprof\", \"memprof-report\"]\nresolver = \"3\"\n\n\
             [workspace.package]\nversion = \"1.0.0\"\n\n"
        );
    }
}
