//! The viewers that people have, on files of ours: what they need and what is there, the files, the checks.
//!
//! The checks are in `viewers/`, scripts for Node, a file a viewer. They look at two reports: one that has
//! everything, and that of a real run with dhat underneath. What is not installed is told, and not checked;
//! speedscope is a package, which npm has to get where it is there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::node::{install_packages, is_chromium_there, is_on_path};
use crate::Result;
use crate::repository::{root, target_directory};
use crate::run::{cargo, succeed};

/// A viewer is a script of `viewers/tests` and what it needs, by Debian's names.
struct Viewer {
    script: &'static str,
    needs: &'static [Need],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Chromium,
    Go,
    DhView,
    Speedscope,
}

const VIEWERS: [Viewer; 4] = [
    Viewer {
        script: "pprof.test.mjs",
        needs: &[Need::Go],
    },
    Viewer {
        script: "flamegraph.test.mjs",
        needs: &[Need::Chromium],
    },
    Viewer {
        script: "dhat.test.mjs",
        needs: &[Need::Chromium, Need::DhView],
    },
    Viewer {
        script: "speedscope.test.mjs",
        needs: &[Need::Chromium, Need::Speedscope],
    },
];

pub(super) fn run() -> Result {
    if !is_on_path("node") {
        println!("note: no viewer is checked: Debian's `nodejs` is not installed");
        return Ok(());
    }
    let scripts: Vec<_> = VIEWERS
        .iter()
        .filter(|viewer| is_possible(viewer))
        .collect();
    if scripts.is_empty() {
        return Ok(());
    }
    let folders = folders()?;
    for viewer in scripts {
        println!("    {}", viewer.script);
        if viewer.needs.contains(&Need::Speedscope) {
            install_packages(&viewers())?;
        }
        let mut node = Command::new("node");
        node.args(["--test", "--test-reporter=spec"])
            .arg(viewers().join("tests").join(viewer.script))
            .env("VIEWERS_FOLDERS", env::join_paths(&folders)?);
        succeed(&mut node)?;
    }
    Ok(())
}

fn viewers() -> PathBuf {
    root().join("viewers")
}

/// Whether all is there that the viewer needs; says what is not.
fn is_possible(viewer: &Viewer) -> bool {
    let missing = viewer.needs.iter().filter_map(|need| need.missing());
    let missing: Vec<&str> = missing.collect();
    for what in &missing {
        println!("note: {} is not run: {what}", viewer.script);
    }
    missing.is_empty()
}

impl Need {
    /// What to say where it is not there.
    fn missing(self) -> Option<&'static str> {
        let (is_there, missing) = match self {
            Self::Chromium => (
                is_chromium_there(),
                "no Chromium; install Debian's `chromium` or name one in $CHROMIUM",
            ),
            Self::Go => (is_on_path("go"), "no `go`; install Debian's `golang-go`"),
            Self::DhView => (
                is_dh_view_there(),
                "no dh_view.html; install Debian's `valgrind` or name one in $DH_VIEW",
            ),
            Self::Speedscope => (
                is_on_path("npm"),
                "no `npm` to get speedscope with; install Debian's `npm`",
            ),
        };
        (!is_there).then_some(missing)
    }
}

/// Where `viewers/tests/dhat.test.mjs` looks for it.
fn is_dh_view_there() -> bool {
    const PLACES: [&str; 2] = [
        "/usr/libexec/valgrind/dh_view.html",
        "/usr/lib/valgrind/dh_view.html",
    ];
    env::var_os("DH_VIEW").is_some() || PLACES.into_iter().any(|place| Path::new(place).exists())
}

/// Makes the files to look at: a folder for each report, with the report itself and every format.
fn folders() -> Result<[PathBuf; 2]> {
    let output = target_directory()?.join("xtask-viewers");
    if output.exists() {
        fs::remove_dir_all(&output)?;
    }
    let (known, real) = (output.join("known"), output.join("real"));
    write_formats(&viewers().join("report.json"), &known)?;

    let run = output.join("run");
    let mut example = cargo();
    example.args(["run", "--quiet", "--example", "memory_profile"]);
    example.args(["--features", "dhat-heap", "--"]);
    succeed(example.arg(root().join("memprof-runtime")).arg(&run))?;
    write_formats(&report_in(&run)?, &real)?;
    fs::rename(run.join("dhat-heap.json"), real.join("dhat-heap.json"))?;
    Ok([known, real])
}

fn write_formats(report: &Path, folder: &Path) -> Result {
    let mut example = cargo();
    example.args(["run", "--quiet", "--package", "memprof-report"]);
    example.args(["--all-features", "--example", "write_formats", "--"]);
    succeed(example.arg(report).arg(folder))?;
    fs::copy(report, folder.join("report.json"))?;
    Ok(())
}

/// memprof's report, beside dhat's file.
fn report_in(folder: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.ends_with("dhat-heap.json") && path.extension().is_some_and(|it| it == "json") {
            return Ok(path);
        }
    }
    Err("the example `memory_profile` left no report".into())
}
