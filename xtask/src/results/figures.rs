//! The figures of a program: it runs twice, and what is called exact has to be the same both times.

use std::fs;
use std::path::Path;
use std::process::Command;

use memprof_report::{OperationReport, Report};

use super::programs::Program;
use crate::Result;
use crate::repository::root;
use crate::run::{cargo, output};

/// What a program gave.
pub(super) struct Figures {
    /// The report of the last run.
    pub(super) report: Report,
    /// The last paragraph that it showed in its second form, where there is one.
    pub(super) shown: Option<String>,
}

pub(super) fn of(program: &Program, folder: &Path) -> Result<Figures> {
    (program.prepare)(folder)?;
    let first = report(program, folder)?;
    let report = report(program, folder)?;
    for name in program.exact {
        let (first, second) = (
            exact(row(&first, program, name)?),
            exact(row(&report, program, name)?),
        );
        if first != second {
            let program = program.name;
            return Err(
                format!("`{name}` of {program} is not exact: {first:?}, then {second:?}").into(),
            );
        }
    }
    let shown = match program.shown {
        Some(arguments) => Some(last_paragraph(&output(&mut command(
            program, arguments, folder,
        ))?)),
        None => None,
    };
    Ok(Figures { report, shown })
}

/// The row of an operation.
pub(super) fn row<'a>(
    report: &'a Report,
    program: &Program,
    name: &str,
) -> Result<&'a OperationReport> {
    let row = report.operation(name).filter(|row| row.calls > 0);
    Ok(row.ok_or_else(|| format!("`{name}` of {} was not called", program.name))?)
}

/// Calls, allocations, allocated bytes, the highest peak of a call, and what is retained.
pub(super) fn exact(row: &OperationReport) -> [u64; 5] {
    let retained = row.retained_bytes.unwrap_or_default();
    [
        row.calls,
        row.allocations,
        row.allocated_bytes,
        row.peak_bytes,
        retained,
    ]
}

fn report(program: &Program, folder: &Path) -> Result<Report> {
    let reports = folder.join("reports");
    if reports.exists() {
        fs::remove_dir_all(&reports)?;
    }
    output(command(program, program.arguments, folder).args(["--output", "reports"]))?;
    for entry in fs::read_dir(&reports)? {
        let file = entry?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            return Ok(Report::from_json(&fs::read_to_string(file)?)?);
        }
    }
    Err(format!("{} left no report", program.name).into())
}

fn command(program: &Program, arguments: &[&str], folder: &Path) -> Command {
    let mut command = cargo();
    command.current_dir(folder);
    command.args(["run", "--quiet", "--release", "--manifest-path"]);
    command.arg(root().join("Cargo.toml"));
    command
        .args(["--package", program.name, "--"])
        .args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MEMPROF_") {
            command.env_remove(name);
        }
    }
    command
}

fn last_paragraph(text: &str) -> String {
    let last = text.trim_end().rsplit("\n\n").next();
    last.unwrap_or_default().to_owned()
}
