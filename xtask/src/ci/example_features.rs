//! The features of the examples that choose an allocator: what is promised of them holds in each build, and where two
//! ask for a global allocator each, the compiler says which, and what to do.

use std::process::Stdio;

use crate::Result;
use crate::run::{cargo, show, succeed};

const PACKAGES: [&str; 2] = ["kv_ring_buffer", "skill_matching"];

/// Each has a build with the default `memory-profiling` and one without.
const ALLOCATORS: [&str; 3] = ["jemalloc", "mimalloc", "dhat-heap"];

/// Two allocators each, and how the error names them.
const CLASHES: [(&str, &str); 4] = [
    ("jemalloc,mimalloc", "`jemalloc` and `mimalloc`"),
    ("dhat,jemalloc", "`dhat` (or `dhat-heap`) and `jemalloc`"),
    ("dhat,mimalloc", "`dhat` (or `dhat-heap`) and `mimalloc`"),
    (
        "dhat-heap,jemalloc",
        "`dhat` (or `dhat-heap`) and `jemalloc`",
    ),
];

pub(super) fn run() -> Result {
    // The same tests, which state the same figures.
    for allocator in ALLOCATORS {
        for_all(&["test"], &["--features", allocator])?;
    }
    for_all(&["test"], &["--no-default-features"])?;
    for_all(&["test"], &["--no-default-features", "--features", "dhat"])?;
    for allocator in ALLOCATORS {
        let clippy = ["clippy", "--all-targets"];
        let deny_warnings = ["--features", allocator, "--", "-D", "warnings"];
        for_all(&clippy, &deny_warnings)?;
        for_all(
            &clippy,
            &[&["--no-default-features"], &deny_warnings[..]].concat(),
        )?;
    }
    for package in PACKAGES {
        for (features, names) in CLASHES {
            refuse(package, features, names)?;
        }
    }
    Ok(())
}

/// Runs a command of cargo on all packages at once.
fn for_all(command: &[&str], selection: &[&str]) -> Result {
    println!("    {} {}", command.join(" "), selection.join(" "));
    let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
    let mut cargo = cargo();
    cargo.args(command).arg("--quiet").args(packages);
    succeed(cargo.args(selection))
}

/// Has a clash found by the compiler.
fn refuse(package: &str, features: &str, names: &str) -> Result {
    let mut command = cargo();
    command.args(["check", "--quiet", "--color=never"]);
    command.args(["--package", package, "--features", features]);
    println!("    {} is refused", show(&command));
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let command = show(&command);
        return Err(format!("`{command}` has two global allocators and compiles").into());
    }
    judge(&said, names).map_err(|what| format!("`{}` {what}:\n{said}", show(&command)).into())
}

/// The clash has to be told, with what to do, and nothing else but that the package did not compile.
fn judge(said: &str, names: &str) -> std::result::Result<(), String> {
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    let [clash, _could_not_compile] = errors[..] else {
        let number = errors.len();
        return Err(format!("gives {number} errors, not one and its end"));
    };
    let begin = format!("error: the features {names} clash: a program has one global allocator");
    if !clash.starts_with(&begin) {
        return Err(format!("does not say `{begin}`"));
    }
    if !clash.contains("Enable one of the two") && !clash.contains("out to run dhat") {
        return Err("does not say what to do".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;

    const SAID: &str = "error: the features `a` and `b` clash: a program has one global allocator. Enable one of the \
                        two, and so on\n --> a.rs\nerror: could not compile `c` (lib)\n";

    #[test]
    fn a_clash_is_one_error_with_its_remedy() {
        assert_eq!(judge(SAID, "`a` and `b`"), Ok(()));
        assert!(judge(SAID, "`a` and `c`").is_err());
        assert!(judge(&SAID.replace("Enable", "Have"), "`a` and `b`").is_err());
        assert!(judge(&format!("error[E0433]: no type\n{SAID}"), "`a` and `b`").is_err());
        assert!(judge("", "`a` and `b`").is_err());
    }
}
