//! The page of `memprof_report::formats::html`: that the bundle which is checked in is what `page/` builds, and
//! that the page does in a browser what it should.
//!
//! Nobody needs Node.js, npm or Chromium to build and test the crate: where one of them is not installed, a note
//! says what was not looked at. Where npm is, its registry has to give what the lock file lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::example;
use super::node::{install_packages, is_chromium_there, is_on_path};
use crate::Result;
use crate::repository::{root, target_directory};
use crate::run::succeed;

/// Where the bundle is checked in.
const BUNDLE: &str = "memprof-report/src/formats/html";
const FILES: [&str; 3] = ["page.js", "page.css", "policy.txt"];

pub(super) fn run() -> Result {
    if !is_on_path("node") || !is_on_path("npm") {
        println!("note: the page was neither built nor tested: no Node.js, or no npm");
        return Ok(());
    }
    install_packages(&folder())?;
    compare()?;
    if !is_chromium_there() {
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

fn folder() -> PathBuf {
    root().join("page")
}

fn at_page(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder());
    command
}
