//! `cargo xtask builds`: figures that are exact in debug builds are exact in optimised builds too.
//!
//! What LLVM knows about an allocation depends on what it inlines, so on level, codegen units and LTO. The exact tests
//! run under many combinations of these. `tests/optimised` has a corpus for this, and compiles the other tests again.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::Result;
use crate::repository::target_directory;
use crate::run::{cargo, show};

/// Which builds to test.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Test all 18 builds, with all exact tests
    ///
    /// Without it, two builds are tested: one with fat LTO, and one without LTO; both with the corpus and with signals
    /// at each instruction, the second also with the model and the allocator's events. In these two, dependencies and memprof-report are not optimised, which
    /// saves half of the time.
    #[arg(long)]
    pub(crate) all: bool,
}

/// What distinguishes one release build from another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Build {
    opt_level: &'static str,
    codegen_units: &'static str,
    lto: &'static str,
}

const OPT_LEVELS: [&str; 3] = ["2", "3", "s"];
const CODEGEN_UNITS: [&str; 2] = ["1", "16"];
const LTO: [&str; 3] = ["off", "thin", "fat"];

/// The builds of the gate, with their tests. Both are wrong in many shapes if footers are not opaque to LLVM.
const GATE: [(Build, &[&str]); 2] = [
    (
        Build {
            opt_level: "3",
            codegen_units: "1",
            lto: "fat",
        },
        // Fat LTO compiles a whole program for each test.
        &["corpus", "signals"],
    ),
    (
        Build {
            opt_level: "2",
            codegen_units: "1",
            lto: "off",
        },
        &["corpus", "model", "events", "signals"],
    ),
];

/// Packages, as profiles name them, that the gate does not optimise: dependencies, and the one that renders reports.
const NOT_OPTIMISED: [&str; 2] = ["\"*\"", "memprof-report"];

/// Earlier builds are removed when they take more than this.
const MOST_BYTES: u64 = 3 << 30;

/// The builds without `--all`.
pub(crate) fn gate() -> Result {
    run(&Options { all: false })
}

pub(crate) fn run(options: &Options) -> Result {
    let builds = if options.all {
        let every = every_test();
        all().into_iter().map(|it| (it, every.clone())).collect()
    } else {
        GATE.map(|(build, tests)| (build, some_tests(tests)))
            .to_vec()
    };
    let folder = target_directory()?.join("xtask-builds");
    let mut exact = 0;
    for (build, tests) in &builds {
        if bytes_in(&folder) > MOST_BYTES {
            fs::remove_dir_all(&folder)?;
        }
        let began = Instant::now();
        let is_exact = test(build, tests, &folder)?;
        let result = if is_exact { "ok" } else { "FAILED" };
        let seconds = began.elapsed().as_secs_f64();
        println!("{}: {result} ({seconds:.1} s)", build.name());
        exact += usize::from(is_exact);
    }
    let count = builds.len();
    println!("{exact} of {count} builds are exact");
    if exact == count {
        Ok(())
    } else {
        Err(format!("{} of {count} builds failed", count - exact).into())
    }
}

/// Every combination.
fn all() -> Vec<Build> {
    let mut builds = Vec::new();
    for opt_level in OPT_LEVELS {
        for codegen_units in CODEGEN_UNITS {
            for lto in LTO {
                builds.push(Build {
                    opt_level,
                    codegen_units,
                    lto,
                });
            }
        }
    }
    builds
}

impl Build {
    fn name(&self) -> String {
        let Self {
            opt_level,
            codegen_units,
            lto,
        } = self;
        format!("opt-level {opt_level}, codegen-units {codegen_units:>2}, lto {lto:<4}")
    }

    fn environment(&self) -> [(&'static str, &'static str); 5] {
        [
            ("CARGO_INCREMENTAL", "0"),
            ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", self.codegen_units),
            ("CARGO_PROFILE_RELEASE_LTO", self.lto),
        ]
    }
}

/// Arguments for cargo that select every exact test.
fn every_test() -> Vec<String> {
    [
        "--package=optimised",
        "--features=optimised/again",
        "--package=memory_growth",
        "--tests",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Arguments for cargo that select these tests, and keep the rest of their build short.
fn some_tests(tests: &[&str]) -> Vec<String> {
    let feature = match tests {
        ["corpus", "signals"] => "signals",
        _ => "gate",
    };
    let mut arguments = vec![
        "--package=optimised".to_owned(),
        format!("--features=optimised/{feature}"),
    ];
    arguments.extend(tests.iter().map(|test| format!("--test={test}")));
    for package in NOT_OPTIMISED {
        arguments.push(format!(
            "--config=profile.release.package.{package}.opt-level=0"
        ));
    }
    arguments
}

/// Whether the tests pass in a build. Prints their output if they do not.
fn test(build: &Build, tests: &[String], folder: &Path) -> Result<bool> {
    let mut command = cargo();
    command.args(["test", "--quiet", "--release", "--no-fail-fast"]);
    command.args(tests).arg("--target-dir").arg(folder);
    command.envs(build.environment());
    let output = command
        .output()
        .map_err(|err| format!("failed to start `{}`: {err}", show(&command)))?;
    if !output.status.success() {
        println!("`{}` failed: {}", show(&command), output.status);
        for text in [&output.stdout, &output.stderr] {
            print!("{}", String::from_utf8_lossy(text));
        }
    }
    Ok(output.status.success())
}

/// The size of all files below `folder`; 0 if there is no such folder.
fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let bytes = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.filter_map(|entry| entry.ok()).map(bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::root;

    #[test]
    fn all_builds_are_eighteen_different_ones() {
        let builds = all();
        assert_eq!(builds.len(), 18);
        for (at, build) in builds.iter().enumerate() {
            assert!(!builds[..at].contains(build), "{build:?} is there twice");
        }
    }

    #[test]
    fn the_builds_of_the_gate_are_two_of_them_and_run_the_corpus() {
        let [(first, _), (second, _)] = GATE;
        assert_ne!(first, second);
        for (build, tests) in GATE {
            assert!(all().contains(&build), "{build:?}");
            assert!(tests.contains(&"corpus"), "{build:?}");
        }
    }

    #[test]
    fn all_builds_are_optimised_as_a_whole() {
        let is_config = |argument: &String| argument.starts_with("--config");
        assert!(!every_test().iter().any(is_config));
        assert!(some_tests(GATE[0].1).iter().any(is_config));
    }

    #[test]
    fn a_folder_has_the_size_of_its_files() {
        assert_eq!(bytes_in(Path::new("no such folder")), 0);
        let manifest = fs::metadata(root().join("Cargo.toml")).unwrap().len();
        let sources = bytes_in(&root().join("xtask"));
        assert!(sources > manifest, "{sources}");
    }
}
