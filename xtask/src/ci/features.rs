//! The features of the examples that choose an allocator: each that is legal builds without a warning, and where two of
//! them ask for a global allocator each the compiler says which, and what to do. That the examples' tests hold over
//! every allocator is a step of its own, since it takes long.

use std::fs;
use std::process::{Command, Stdio};

use super::steps::clippy_with;
use crate::Result;
use crate::repository::target_directory;
use crate::run::{cargo, show};

const PACKAGES: [&str; 3] = ["hybrid_search", "kv_ring_buffer", "skill_matching"];

/// Without the default `memory-profiling`, and with it. The default itself is a member of the workspace.
const LEGAL: [(bool, &str); 8] = [
    (false, ""),
    (false, "jemalloc"),
    (false, "mimalloc"),
    (false, "dhat"),
    (false, "dhat-heap"),
    (true, "jemalloc"),
    (true, "mimalloc"),
    (true, "dhat-heap"),
];

/// Two allocators each, and how the error names them.
const CLASHES: [(&str, &str, &str); 4] = [
    ("jemalloc", "mimalloc", "`jemalloc` and `mimalloc`"),
    ("dhat", "jemalloc", "`dhat` (or `dhat-heap`) and `jemalloc`"),
    ("dhat", "mimalloc", "`dhat` (or `dhat-heap`) and `mimalloc`"),
    (
        "dhat-heap",
        "jemalloc",
        "`dhat` (or `dhat-heap`) and `jemalloc`",
    ),
];

/// Builds each legal set of all packages at once.
pub(super) fn build() -> Result {
    for (is_profiling, feature) in LEGAL {
        let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
        let mut selection: Vec<&str> = packages.chain(["--all-targets"]).collect();
        if !is_profiling {
            selection.push("--no-default-features");
        }
        if !feature.is_empty() {
            selection.extend(["--features", feature]);
        }
        clippy_with(&selection, &mut cargo_for(is_profiling)?)?;
    }
    Ok(())
}

/// Without memprof jemalloc would be built with features that nothing else here has, for two minutes, and nothing is linked
/// with it: an empty library stands in for it.
fn cargo_for(is_profiling: bool) -> Result<Command> {
    let mut cargo = cargo();
    if !is_profiling {
        let folder = target_directory()?.join("xtask-features");
        fs::create_dir_all(&folder)?;
        let library = folder.join("libjemalloc.so");
        fs::write(&library, "")?;
        cargo.env("JEMALLOC_OVERRIDE", library);
    }
    Ok(cargo)
}

/// Has each clash found by the compiler in every package, whether memory is profiled or not.
pub(super) fn clash() -> Result {
    for (one, other, names) in CLASHES {
        for is_profiling in [true, false] {
            refuse(&format!("{one},{other}"), names, is_profiling)?;
        }
    }
    Ok(())
}

/// All packages at once, for what they depend on is then built once; each is judged by what is said of it.
fn refuse(features: &str, names: &str, is_profiling: bool) -> Result {
    let mut command = cargo_for(is_profiling)?;
    command.args(["check", "--quiet", "--color=never", "--keep-going"]);
    command.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    command.args(["--features", features]);
    if !is_profiling {
        command.arg("--no-default-features");
    }
    println!("    {} is refused", show(&command));
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    judge(&said, names).map_err(|what| format!("`{}` {what}:\n{said}", show(&command)).into())
}

/// The clash has to be told once of each package, with what to do, and nothing else but that the package did not compile.
fn judge(said: &str, names: &str) -> std::result::Result<(), String> {
    let begin = format!("error: the features {names} clash: a program has one global allocator");
    let (mut clashing, mut ended) = (Vec::new(), Vec::new());
    let mut lines = said.lines();
    while let Some(line) = lines.next() {
        if let Some(remedy) = line.strip_prefix(&begin) {
            if !remedy.contains("Enable one of the two") && !remedy.contains("out to run dhat") {
                return Err("does not say what to do".to_owned());
            }
            let place = lines.next().unwrap_or_default();
            clashing.extend(between(place, "--> examples/", "/"));
        } else if let Some(package) = between(line, "error: could not compile `", "`") {
            ended.push(package);
        } else if line.starts_with("error") {
            return Err(format!("says beside `{begin}`: {line}"));
        }
    }
    clashing.sort_unstable();
    ended.sort_unstable();
    if clashing != PACKAGES {
        return Err(format!(
            "says `{begin}` of {clashing:?}, not of {PACKAGES:?}"
        ));
    }
    if ended != PACKAGES {
        return Err(format!("compiles one of {PACKAGES:?}"));
    }
    Ok(())
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

#[cfg(test)]
mod tests {
    use super::{PACKAGES, judge};

    fn said() -> String {
        let of_one = |package| {
            format!(
                "error: the features `a` and `b` clash: a program has one global allocator. Enable one of the two, and \
                 so on\n  --> examples/{package}/src/a.rs:8:1\n   |\n\nerror: could not compile `{package}` (lib)\n"
            )
        };
        PACKAGES.map(of_one).concat()
    }

    #[test]
    fn a_clash_is_one_error_of_each_package_with_its_remedy() {
        let said = said();
        assert_eq!(judge(&said, "`a` and `b`"), Ok(()));
        assert!(judge(&said, "`a` and `c`").is_err());
        assert!(judge(&said.replace("Enable", "Have"), "`a` and `b`").is_err());
        let more = format!("error[E0433]: cannot find type\n{said}");
        assert!(judge(&more, "`a` and `b`").is_err());
        assert!(judge("", "`a` and `b`").is_err());
        let elsewhere = said.replace("kv_ring_buffer/", "hybrid_search/");
        assert!(judge(&elsewhere, "`a` and `b`").is_err());
        let compiles = said.replace("error: could not compile `kv_ring_buffer`", "");
        assert!(judge(&compiles, "`a` and `b`").is_err());
    }
}
