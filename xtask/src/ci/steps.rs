//! The steps, in the order in which they run: what fails fast comes first.

use std::process::Command;

use super::Extent::{Full, Gate};
use super::{
    Step, example, features, leak_check, matching, neighbours, over_allocators, page, readme,
    viewers,
};
use crate::repository::target_directory;
use crate::run::{cargo, output, succeed};
use crate::{Result, builds, compile_cost, guides, instructions, results, tidy};

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
        extent: Gate,
        check: || succeed(cargo().args(["fmt", "--all", "--check"])),
    },
    Step {
        name: "tidy",
        promise: "layers, places of unsafe, lengths of files, no leftovers",
        extent: Gate,
        check: tidy::run,
    },
    Step {
        name: "clippy",
        promise: "no warning in any target of the workspace, nor in the library switched off or light",
        extent: Gate,
        check: || {
            clippy(&["--workspace", "--all-targets"])?;
            let memprof = ["--package", "memprof", "--no-default-features"];
            clippy(&memprof)?;
            clippy(&[&memprof[..], &["--features", "track"]].concat())
        },
    },
    Step {
        name: "clippy-features",
        promise: "no warning in any library alone, switched on or off; features that clash say so",
        extent: Full,
        check: clippy_features,
    },
    Step {
        name: "doc",
        promise: "the documentation has no warning",
        extent: Gate,
        check: || doc(&["--workspace", "--lib"]),
    },
    Step {
        name: "test",
        promise: "the tests pass, by the README's command",
        extent: Gate,
        check: || succeed(cargo().args(readme::test_command()?)),
    },
    Step {
        name: "doc-features",
        promise: "nor has that of the libraries alone, with every feature",
        extent: Full,
        check: || {
            let packages = LIBRARIES.map(|library| format!("--package={library}"));
            let features = INTEGRATIONS.map(|feature| format!("--features=memprof/{feature}"));
            let selection = packages.iter().chain(&features).map(String::as_str);
            doc(&Vec::from_iter(selection))
        },
    },
    Step {
        name: "test-formats",
        promise: "every format's tests pass, those behind features too",
        extent: Full,
        check: || succeed(cargo().args(["test", "--package", "memprof-report", "--all-features"])),
    },
    Step {
        name: "neighbours",
        promise: "the attributes get on with those of ten other crates, above and below",
        extent: Full,
        check: neighbours::run,
    },
    Step {
        name: "thread-storage",
        promise: "threads, signals and forks are as harmless where a thread's figures are in memory of memprof's own",
        extent: Full,
        check: thread_storage,
    },
    Step {
        name: "test-off",
        promise: "switched off, the macros' examples run, and there are two crates",
        extent: Gate,
        check: test_off,
    },
    Step {
        name: "builds",
        promise: "what is exact in debug is exact in optimised builds",
        extent: Gate,
        check: builds::gate,
    },
    Step {
        name: "example",
        promise: "the README's example profiles itself on real documents and keeps to its thresholds",
        extent: Gate,
        check: example::run,
    },
    Step {
        name: "matching",
        promise: "the matching service's README shows what its comparison prints; no figure is worse",
        extent: Gate,
        check: matching::run,
    },
    Step {
        name: "results",
        promise: "the baseline results are what the examples give",
        extent: Gate,
        check: results::check,
    },
    Step {
        name: "page",
        promise: "the page is what its source builds, and does in a browser what it should",
        extent: Gate,
        check: page::run,
    },
    Step {
        name: "instructions",
        promise: "what the hot paths cost stays within the design's targets",
        extent: Gate,
        check: instructions::run,
    },
    Step {
        name: "stack-costs",
        promise: "call stacks cost at most a tenth of dhat's, sampled ones at most 3 %, in instructions",
        extent: Full,
        check: || {
            let package = ["test", "--package", "stacks", "--features", "costs"];
            succeed(cargo().args(package).args(["--test", "costs"]))
        },
    },
    Step {
        name: "compile-cost",
        promise: "a program compiles with every function of it tracked; prints what that adds to its debug binary",
        extent: Full,
        check: compile_cost::gate,
    },
    Step {
        name: "jemalloc",
        promise: "over jemalloc, figures are as exact, and its heap is taken apart",
        extent: Full,
        check: || {
            let package = ["test", "--package", "heaps", "--features", "jemalloc"];
            succeed(cargo().args(package))
        },
    },
    Step {
        name: "example-features",
        promise: "the README's example works with every feature, over three allocators alike",
        extent: Full,
        check: example::features,
    },
    Step {
        name: "leak-check",
        promise: "the cache loses nothing under Valgrind, by its README's command",
        extent: Full,
        check: leak_check::run,
    },
    Step {
        name: "over-allocators",
        promise: "cache and matching keep their figures over every allocator, and work without memprof",
        extent: Full,
        check: over_allocators::run,
    },
    Step {
        name: "builds-all",
        promise: "that holds in 18 of them, for every exact test",
        extent: Full,
        check: || builds::run(&builds::Options { all: true }),
    },
    Step {
        name: "guides",
        promise: "the commands of the guides do what the guides say, beside a clone and in one",
        extent: Full,
        check: || {
            let walks = ["test", "--package", "docs", "--features", "walks"];
            succeed(cargo().args(walks).args(["--test", "walks"]))?;
            guides::run()
        },
    },
    Step {
        name: "viewers",
        promise: "the viewers that people have show what our files say",
        extent: Full,
        check: viewers::run,
    },
    Step {
        name: "bench",
        promise: "the benches run and print ratios of times, and those of the examples keep to their budgets",
        extent: Full,
        check: || {
            succeed(cargo().args(["bench", "--package", "memprof", "--bench", "*"]))?;
            example::benches()?;
            matching::benches()
        },
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
    clippy(&[
        "--package",
        "heaps",
        "--all-targets",
        "--features",
        "jemalloc",
    ])?;
    features::build()?;
    features::clash()
}

fn doc(selection: &[&str]) -> Result {
    let mut command = cargo();
    command.args(["doc", "--no-deps"]).args(selection);
    succeed(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// As on other systems (`record::own`). In a folder of its own, or all would be built again afterwards.
fn thread_storage() -> Result {
    const TESTS: [&str; 5] = [
        "late_first_events",
        "thread_locals",
        "signals",
        "fuzz",
        "it",
    ];
    let folder = target_directory()?.join("xtask-thread-storage");
    for words in ["keyed", "pointed"] {
        let mut command = cargo();
        command
            .args(["test", "--package", "memprof"])
            .env("MEMPROF_BUILD_WORDS", words)
            .env("CARGO_TARGET_DIR", &folder);
        for test in TESTS {
            command.args(["--test", test]);
        }
        succeed(&mut command)?;
    }
    Ok(())
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
