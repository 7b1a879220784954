//! The README's example, run on a few real documents, and a look at the report that it leaves.

use std::fs;
use std::path::{Path, PathBuf};

use memprof_report::Report;

use super::readme;
use crate::Result;
use crate::repository::target_directory;
use crate::run::{cargo, succeed};

/// Enough for every step of the example to have something to do.
const DOCUMENTS: &str = "300";

pub(super) fn run() -> Result {
    let output = folder()?;
    if output.exists() {
        fs::remove_dir_all(&output)?;
    }
    let mut command = cargo();
    command.args(readme::example_command()?);
    command.args(["--", "--limit", DOCUMENTS, "--output"]);
    succeed(command.arg(&output))?;

    let file = only_report(&output)?;
    let report = Report::from_json(&fs::read_to_string(&file)?)
        .map_err(|err| format!("failed to read report `{}`: {err}", file.display()))?;
    check(&report)
}

/// The file of the report that the example's last run left, however old; the example runs if there is none.
pub(super) fn report() -> Result<PathBuf> {
    let output = folder()?;
    if !output.exists() {
        run()?;
    }
    only_report(&output)
}

fn folder() -> Result<PathBuf> {
    Ok(target_directory()?.join("xtask-example"))
}

fn only_report(folder: &Path) -> Result<PathBuf> {
    let mut reports = json_files(folder)?;
    match (reports.pop(), reports.len()) {
        (Some(file), 0) => Ok(file),
        (last, others) => {
            let number = others + usize::from(last.is_some());
            Err(format!("the example left {number} JSON reports, not one").into())
        }
    }
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .map_err(|err| format!("the example left no folder `{}`: {err}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    Ok(files)
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
    println!("    report: {allocating} operations that allocated, no warning");
    Ok(())
}
