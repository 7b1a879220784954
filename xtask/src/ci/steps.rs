//! The steps, in the order in which they run: what fails fast comes first.

use std::process::Command;

use super::{
    Step, example, features, leak_check, matching, over_allocators, page, readme, viewers,
};
use crate::run::{cargo, output, succeed};
use crate::{Result, guides, instructions, results, tidy};

/// The crates that are published.
const LIBRARIES: [&str; 4] = [
    "memprof-macros",
    "memprof-report",
    "memprof-runtime",
    "memprof",
];

/// The features of the facade that stand for another library each.
const INTEGRATIONS: [&str; 9] = [
    "bench", "dhat", "jemalloc", "mimalloc", "rayon", "stacks", "stream", "tokio", "tracing",
];

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

pub(super) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        promise: "rustfmt has nothing to change",
        check: || succeed(cargo().args(["fmt", "--all", "--check"])),
    },
    Step {
        name: "tidy",
        promise: "layers, places of unsafe, lengths of files, no leftovers",
        check: tidy::run,
    },
    Step {
        name: "clippy",
        promise: "no warning in any target of the workspace",
        check: || clippy(&["--workspace", "--all-targets"]),
    },
    Step {
        name: "clippy-features",
        promise: "no warning in any library alone, switched on or off; features that clash say so",
        check: clippy_features,
    },
    Step {
        name: "doc",
        promise: "the libraries' documentation has no warning",
        check: doc,
    },
    Step {
        name: "test",
        promise: "the tests pass, by the README's command",
        check: || succeed(cargo().args(readme::test_command()?)),
    },
    Step {
        name: "test-formats",
        promise: "every format's tests pass, those behind features too",
        check: || succeed(cargo().args(["test", "--package", "memprof-report", "--all-features"])),
    },
    Step {
        name: "test-off",
        promise: "switched off, the macros' examples run, and there are two crates",
        check: test_off,
    },
    Step {
        name: "example",
        promise: "the README's example profiles itself on real documents, over three allocators",
        check: example::run,
    },
    Step {
        name: "matching",
        promise: "the matching service's README shows what its comparison prints; no figure is worse",
        check: matching::run,
    },
    Step {
        name: "leak-check",
        promise: "the cache loses nothing under Valgrind, by its README's command",
        check: leak_check::run,
    },
    Step {
        name: "over-allocators",
        promise: "cache and matching keep their figures over every allocator, and work without memprof",
        check: over_allocators::run,
    },
    Step {
        name: "results",
        promise: "the baseline results are what the examples give",
        check: results::check,
    },
    Step {
        name: "guides",
        promise: "the commands of the guides do on a clean copy what the guides say",
        check: guides::run,
    },
    Step {
        name: "page",
        promise: "the page is what its source builds, and does in a browser what it should",
        check: page::run,
    },
    Step {
        name: "viewers",
        promise: "the viewers that people have show what our files say",
        check: viewers::run,
    },
    Step {
        name: "bench",
        promise: "the benches run and print ratios of times, and those of the examples keep to their budgets",
        check: || {
            succeed(cargo().args(["bench", "--package", "memprof", "--bench", "*"]))?;
            example::benches()?;
            matching::benches()
        },
    },
    Step {
        name: "instructions",
        promise: "what the hot paths cost stays within the design's targets",
        check: instructions::run,
    },
];

fn clippy(selection: &[&str]) -> Result {
    clippy_with(selection, &mut cargo())
}

/// By a cargo that has been told more.
pub(super) fn clippy_with(selection: &[&str], cargo: &mut Command) -> Result {
    println!("    {}", selection.join(" "));
    succeed(
        cargo
            .args(["clippy", "--quiet"])
            .args(selection)
            .args(DENY_WARNINGS),
    )
}

fn clippy_features() -> Result {
    for library in LIBRARIES {
        clippy(&["--package", library])?;
    }
    clippy(&[
        "--package",
        "memprof-report",
        "--all-targets",
        "--all-features",
    ])?;
    clippy(&["--package", "memprof", "--no-default-features"])?;
    for feature in INTEGRATIONS {
        clippy(&["--package", "memprof", "--features", feature])?;
        clippy(&[
            "--package",
            "memprof",
            "--no-default-features",
            "--features",
            feature,
        ])?;
    }
    clippy(&["--package", "memprof-macros", "--features", "enabled"])?;
    features::build()?;
    features::clash()
}

fn doc() -> Result {
    let mut command = cargo();
    command.args(["doc", "--no-deps"]);
    for library in LIBRARIES {
        command.args(["--package", library]);
    }
    for feature in INTEGRATIONS {
        command.args(["--features", &format!("memprof/{feature}")]);
    }
    succeed(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn test_off() -> Result {
    succeed(cargo().args([
        "test",
        "--package",
        "memprof",
        "--no-default-features",
        "--doc",
        // The crate's own example prints a report, which is not there when switched off.
        "macros",
    ]))?;
    let tree = output(
        cargo()
            .args(["tree", "--package", "memprof", "--no-default-features"])
            .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]),
    )?;
    let names: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    if names == ["memprof", "memprof-macros"] {
        return Ok(());
    }
    Err(
        format!("switched off, the dependency tree is {names:?}, not memprof and memprof-macros")
            .into(),
    )
}
