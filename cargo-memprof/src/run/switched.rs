//! Switched: which features memprof had in the build, where no program with it began.
//!
//! Asked of `cargo tree`, which resolves them as the build does: of the packages that were built, with their dependencies for
//! tests where those were built, and without what only the build needs.

use std::ffi::OsString;
use std::process::Stdio;

use super::features;
use crate::arguments::RunOptions;
use crate::project::{self, Project, has, option};

/// What a build leaves out of memprof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Off {
    /// It is not there.
    Absent,
    All,
    Reports,
}

/// What was run: the command, its options, and the arguments that went on to cargo.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) command: &'a str,
    pub(super) options: &'a RunOptions,
    pub(super) project: &'a Project,
    pub(super) of_cargo: &'a [OsString],
}

/// Why no program of this build writes a report, where memprof or its reports are not in it; none where they are, or where
/// cargo does not say. A package of the build depends on memprof.
pub(super) fn off(asked: Asked<'_>) -> Option<String> {
    let remedy = "switch its default features on (without `default-features = false`, or by `--features memprof/default`)";
    Some(match read(&tree(asked)?)? {
        Off::Absent => "memprof is not in this build: the dependency on it is optional, for tests alone, or of another \
                        target: switch on the feature that brings it, or make it an ordinary dependency"
            .to_owned(),
        Off::All => format!("memprof is switched off in this build: {remedy}"),
        Off::Reports => format!(
            "memprof has its feature `track` alone in this build, which writes no reports: {remedy}"
        ),
    })
}

/// The packages of the build, a line each: `memprof v0.1.0 (/place)|default,enabled`.
fn tree(asked: Asked<'_>) -> Option<String> {
    let of_cargo = asked.of_cargo;
    let mut cargo = project::cargo();
    // Frozen: nothing is fetched or written for a message.
    cargo.args([
        "tree",
        "--frozen",
        "--quiet",
        "--color=never",
        "--prefix=none",
        "--format={p}|{f}",
    ]);
    let is_example = has(of_cargo, "--example") || has(of_cargo, "--examples");
    let edges = match asked.command == "run" && !is_example {
        true => "--edges=normal,no-proc-macro",
        false => "--edges=normal,dev,no-proc-macro",
    };
    cargo.arg(edges);
    for flag in [
        "--workspace",
        "--all",
        "--all-features",
        "--no-default-features",
    ] {
        if has(of_cargo, flag) {
            cargo.arg(flag);
        }
    }
    for names in [
        &["--package", "-p"][..],
        &["--features", "-F"],
        &["--exclude"],
        &["--manifest-path"],
        &["--target"],
        &["--config"],
    ] {
        for value in option(of_cargo, names) {
            cargo.arg(names[0]).arg(value);
        }
    }
    if !asked.options.no_memory_feature {
        let packages = asked.project.selected(of_cargo);
        cargo.args(features::arguments(&packages, of_cargo));
    }
    let output = cargo.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

/// What every memprof of such a tree lacks.
fn read(tree: &str) -> Option<Off> {
    let mut found = Off::Absent;
    for line in tree.lines().filter(|line| line.starts_with("memprof v")) {
        // Behind a package that was there before stands a mark.
        let features = line.trim_end_matches(" (*)").rsplit_once('|')?.1;
        let mut features = features.split(',');
        if features.clone().any(|feature| feature == "enabled") {
            return None;
        }
        if features.any(|feature| feature == "track") {
            found = Off::Reports;
        } else if found == Off::Absent {
            found = Off::All;
        }
    }
    (!tree.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_off_in_every_memprof() {
        let memprof =
            |features: &str| format!("a v0.1.0 (/a)|enabled\nmemprof v0.1.0 (/m)|{features}\n");
        assert_eq!(read(""), None);
        assert_eq!(read("a v0.1.0|enabled"), Some(Off::Absent));
        assert_eq!(read("memprof-runtime v0.1.0|"), Some(Off::Absent));
        assert_eq!(read(&memprof("")), Some(Off::All));
        assert_eq!(read(&memprof(" (*)")), Some(Off::All));
        assert_eq!(read(&memprof("rayon,track (*)")), Some(Off::Reports));
        assert_eq!(read(&memprof("default,enabled,track")), None);
        for (one, other, off) in [
            ("", "track", Some(Off::Reports)),
            ("track", "", Some(Off::Reports)),
            ("", "enabled,track", None),
            ("enabled,track", "", None),
        ] {
            assert_eq!(read(&format!("{}{}", memprof(one), memprof(other))), off);
        }
    }
}
