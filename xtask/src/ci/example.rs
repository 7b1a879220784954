//! The README's example, run on a few real documents: a look at the report that it leaves, at the thresholds of its
//! configuration, at the builds without memory profiling and with dhat, and at the run over three allocators.

use std::fs;
use std::path::{Path, PathBuf};

use memprof_report::Report;

use super::readme;
use crate::repository::{root, target_directory};
use crate::run::{cargo, succeed};
use crate::{Result, allocators, report};

/// Enough for every step of the example to have something to do.
const DOCUMENTS: usize = 300;

const CONFIGURATION: &str = "examples/hybrid_search/memory_profiling.toml";
/// What the example is held to, and what it certainly passes.
const THRESHOLD: &str = "max_peak_usage_mb = 80";
const LOWERED: &str = "max_peak_usage_mb = 1";

pub(super) fn run() -> Result {
    let output = folder()?;
    profile(&root().join(CONFIGURATION), &output)?;
    let report = report::read(&output)?;
    check(&report)?;
    if let Some(violation) = report.violations.first() {
        return Err(format!("the example passes a threshold: {}", violation.message).into());
    }
    thresholds_are_read()
}

/// The builds without memory profiling and with dhat, and the run over three allocators.
pub(super) fn features() -> Result {
    tests_of_other_features()?;
    type_its_readme("cargo run -p hybrid_search")?;
    allocators::run(&allocators::Options { limit: DOCUMENTS })
}

/// The file of the report that the example's last run left, however old; the example runs if there is none.
pub(super) fn report() -> Result<PathBuf> {
    let output = folder()?;
    if !output.exists() {
        run()?;
    }
    report::only(&output)
}

fn folder() -> Result<PathBuf> {
    Ok(target_directory()?.join("xtask-example"))
}

/// Runs the README's command under a configuration.
fn profile(configuration: &Path, output: &Path) -> Result {
    if output.exists() {
        fs::remove_dir_all(output)?;
    }
    let mut command = cargo();
    command.args(readme::example_command()?);
    command.args(["--", "--limit", &DOCUMENTS.to_string(), "--output"]);
    succeed(command.arg(output).env("MEMPROF_CONFIG", configuration))
}

/// What must be in any report of a program that did something under memprof.
fn check(report: &Report) -> Result {
    let is_complete = report.run.allocator.installed && report.run.allocator.ownership;
    if !is_complete {
        return Err("the report says that memprof's allocator was not at work".into());
    }
    let called = report.operations.iter().filter(|row| row.calls > 0);
    let allocating = called.filter(|row| row.allocated_bytes > 0).count();
    if allocating == 0 {
        return Err("the report has no operation that allocated anything".into());
    }
    if let Some(warning) = report.warnings.first() {
        return Err(format!("the report warns: {}: {}", warning.code, warning.message).into());
    }
    println!("    report: {allocating} operations that allocated, no warning, no violation");
    Ok(())
}

/// The same run under the same configuration but for one threshold, which it then violates.
fn thresholds_are_read() -> Result {
    let committed = fs::read_to_string(root().join(CONFIGURATION))?;
    let lowered = committed.replace(THRESHOLD, LOWERED);
    if lowered == committed {
        return Err(format!("`{CONFIGURATION}` has no line `{THRESHOLD}`").into());
    }
    let output = target_directory()?.join("xtask-example-lowered");
    fs::create_dir_all(&output)?;
    let file = output.with_extension("toml");
    fs::write(&file, lowered)?;
    profile(&file, &output)?;
    let violations = report::read(&output)?.violations;
    match &violations[..] {
        [violation] if violation.threshold == "max_peak_usage_mb" => {
            println!("    with `{LOWERED}`: {}", violation.message);
            Ok(())
        }
        _ => Err(format!("with `{LOWERED}` the report has the violations {violations:?}").into()),
    }
}

/// The benches, each once with its budget, and all of them for a moment with their time.
pub(super) fn benches() -> Result {
    type_its_readme("cargo test -p hybrid_search --benches")?;
    type_its_readme("cargo bench -p hybrid_search")
}

/// What the example's README tells to type, with arguments behind it that make it short; none where it is done with
/// arguments of its own, by what is named beside it.
const COMMANDS: [(&str, &[&str]); 7] = [
    ("cargo run --release -p hybrid_search", &[]), // `profile`
    (
        "MEMPROF_CONFIG=examples/hybrid_search/memory_profiling.toml cargo run --release -p hybrid_search",
        &[], // `profile`
    ),
    ("cargo xtask allocators", &[]), // `allocators::run`
    ("cargo test -p hybrid_search --benches", &["--quiet"]),
    (
        "cargo bench -p hybrid_search",
        &[
            "--",
            "--warm-up-time=0.05",
            "--measurement-time=0.1",
            "--sample-size=10",
            "--nresamples=1000",
            "--noplot",
            "--discard-baseline",
        ],
    ),
    (
        "cargo run -p hybrid_search --no-default-features -- --limit 100",
        &["--quiet"],
    ),
    (
        "cargo run -p hybrid_search --features dhat-heap -- --limit 100",
        &["--quiet", "--output=target/xtask-dhat"],
    ),
];

/// Types those of its README's lines that begin so; an error where a line of it is not among the known ones.
fn type_its_readme(start: &str) -> Result {
    let readme = fs::read_to_string(root().join("examples/hybrid_search/README.md"))?;
    let lines: Vec<&str> = readme::shell_lines(&readme).collect();
    if lines
        .iter()
        .any(|line| COMMANDS.iter().all(|it| it.0 != *line))
    {
        return Err("the example's README has commands that no step runs".into());
    }
    for (line, more) in COMMANDS {
        if !lines.contains(&line) {
            return Err(format!("the example's README does not tell to type `{line}`").into());
        }
        if line.starts_with(start) && !more.is_empty() {
            let mut command = cargo();
            command.args(line.split_whitespace().skip(1)).args(more);
            succeed(&mut command)?;
        }
    }
    Ok(())
}

/// The tests of the example's program as it is built without memory profiling, and with dhat.
fn tests_of_other_features() -> Result {
    for arguments in [
        &["--no-default-features", "--test", "cli"][..],
        &["--features", "dhat-heap", "--test", "dhat"],
        &[
            "--no-default-features",
            "--features",
            "dhat-heap",
            "--test",
            "dhat",
        ],
    ] {
        let mut command = cargo();
        command.args(["test", "--package", "hybrid_search"]);
        succeed(command.args(arguments))?;
    }
    Ok(())
}
