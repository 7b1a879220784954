//! The page of `memprof_report::formats::html`: that the bundle which is checked in is what `page/` builds, and
//! that the page does in a browser what it should.
//!
//! Only this step needs Node.js, npm's registry and Chromium; who has none of them builds and tests the crate all
//! the same. Where one lacks, a note says what was not looked at.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::example;
use crate::Result;
use crate::repository::{root, target_directory};
use crate::run::succeed;

/// Where the bundle is checked in.
const BUNDLE: &str = "memprof-report/src/formats/html";
const FILES: [&str; 3] = ["page.js", "page.css", "policy.txt"];

pub(super) fn run() -> Result {
    if !has("node") || !has("npm") {
        println!("note: the page was neither built nor tested: Node.js is not installed");
        return Ok(());
    }
    // Nothing of a package runs but what the build names.
    succeed(at_page("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    compare()?;
    let browsers = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    if std::env::var_os("CHROMIUM").is_none() && !browsers.into_iter().any(has) {
        println!("note: the page was not tested: Chromium is not installed");
        return Ok(());
    }
    succeed(
        at_page("npm")
            .arg("test")
            .env("MEMPROF_REPORT", example::report()?),
    )
}

/// An error unless a fresh build gives the very bytes that are checked in.
fn compare() -> Result {
    let fresh = target_directory()?.join("xtask-page");
    succeed(at_page("node").arg("build.mjs").arg(&fresh))?;
    let read = |folder: &Path, file: &str| {
        let path = folder.join(file);
        fs::read(&path).map_err(|err| format!("failed to read `{}`: {err}", path.display()))
    };
    for file in FILES {
        if read(&root().join(BUNDLE), file)? != read(&fresh, file)? {
            return Err(format!(
                "{BUNDLE}/{file} is not what page/ builds; run `npm ci && npm run build` there and check it in"
            )
            .into());
        }
    }
    Ok(())
}

fn at_page(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root().join("page"));
    command
}

fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
