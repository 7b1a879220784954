//! What steps in JavaScript need besides Rust: Node.js with npm, packages from its registry, Chromium.
//!
//! Whether a program is there a step asks first, and tells with a note what it cannot look at. What is there has
//! to work: packages that cannot be had are an error, be it the registry or the lock file that is wrong.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::run::succeed;

/// By the names that `browser/chromium.mjs` looks for.
pub(super) fn is_chromium_there() -> bool {
    const NAMES: [&str; 5] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    env::var_os("CHROMIUM").is_some() || NAMES.into_iter().any(is_on_path)
}

pub(super) fn is_on_path(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Installs what the `package-lock.json` of `folder` lists, beside it. Nothing of a package runs by that.
pub(super) fn install_packages(folder: &Path) -> Result {
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .arg("--loglevel=error")
        .current_dir(folder);
    succeed(&mut npm)
}
