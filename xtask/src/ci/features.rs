//! The features of the examples that choose an allocator: each that is legal builds without a warning, and where two of
//! them ask for a global allocator each the compiler says which, and what to do. That the examples' tests hold over
//! every allocator is a step of its own, since it takes long.

use std::process::Stdio;

use super::steps::clippy;
use crate::Result;
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
        clippy(&selection)?;
    }
    Ok(())
}

/// Has each clash found by the compiler, whether memory is profiled or not.
pub(super) fn clash() -> Result {
    for package in PACKAGES {
        for (one, other, names) in CLASHES {
            for is_profiling in [true, false] {
                refuse(package, &format!("{one},{other}"), names, is_profiling)?;
            }
        }
    }
    Ok(())
}

fn refuse(package: &str, features: &str, names: &str, is_profiling: bool) -> Result {
    let mut command = cargo();
    command.args(["check", "--quiet", "--color=never"]);
    command.args(["--package", package, "--features", features]);
    if !is_profiling {
        command.arg("--no-default-features");
    }
    println!("    {} is refused", show(&command));
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Err(format!(
            "`{}` has two global allocators and compiles",
            show(&command)
        )
        .into());
    }
    judge(package, &said, names)
        .map_err(|what| format!("`{}` {what}:\n{said}", show(&command)).into())
}

/// The clash has to be told, with what to do, and nothing else but that the package did not compile.
fn judge(package: &str, said: &str, names: &str) -> std::result::Result<(), String> {
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    let [clash, last] = errors[..] else {
        return Err(format!(
            "gives {} errors, not one and its end",
            errors.len()
        ));
    };
    let begin = format!("error: the features {names} clash: a program has one global allocator");
    if !clash.starts_with(&begin) {
        return Err(format!("does not say `{begin}`"));
    }
    if !clash.contains("Enable one of the two") && !clash.contains("out to run dhat") {
        return Err("does not say what to do".to_owned());
    }
    if !last.starts_with(&format!("error: could not compile `{package}`")) {
        return Err("ends otherwise".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;

    const SAID: &str = "error: the features `a` and `b` clash: a program has one global allocator. Enable one of the \
                        two, and so on\n --> a.rs\nerror: could not compile `search` (lib)\n";

    #[test]
    fn a_clash_is_one_error_with_its_remedy() {
        assert_eq!(judge("search", SAID, "`a` and `b`"), Ok(()));
        assert!(judge("search", SAID, "`a` and `c`").is_err());
        assert!(judge("search", &SAID.replace("Enable", "Have"), "`a` and `b`").is_err());
        let more = format!("error[E0433]: cannot find type\n{SAID}");
        assert!(judge("search", &more, "`a` and `b`").is_err());
        assert!(judge("search", "", "`a` and `b`").is_err());
        assert!(judge("cache", SAID, "`a` and `b`").is_err());
    }
}
