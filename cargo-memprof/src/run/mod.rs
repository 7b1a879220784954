//! `run`, `test`, `bench`, `nextest`: cargo runs the programs, each process writes its report, and what
//! they come to together is shown and written.
//!
//! Cargo's output goes where it always goes. Cargo's failure is this command's, whatever the reports are.

mod cargo;
mod ended;
mod features;
mod flags;
mod outcome;
mod reporting;
#[cfg(unix)]
mod signals;
mod switched;
#[cfg(unix)]
mod tree;
#[cfg(unix)]
mod witness;
mod wrong;

use std::ffi::OsString;

use memprof_report::Report;

use crate::arguments::RunOptions;
use crate::failure::{Done, Failure, Result, is_quiet, notice};
use crate::format::Format;
use crate::output;
use crate::project::{Project, has};
use crate::runs::{Run, Runs, State, Sum};
use reporting::Reporting;
#[cfg(unix)]
pub(crate) use witness::serve;

/// Runs the command. `line` is how it was typed.
pub(crate) fn run(
    command: &str,
    options: &RunOptions,
    of_cargo: Vec<OsString>,
    line: String,
) -> Result<Done> {
    let reporting = Reporting::find(options)?;
    // The table is shown whatever is written.
    options
        .view
        .check(&[&[Format::Table], &reporting.formats[..]].concat())?;
    let project = Project::find(&of_cargo)?;
    if command == "nextest" {
        cargo::is_nextest_there()?;
    }
    let mut run = Runs::of(&project).begin(command, line)?;
    let ended = match cargo::run(command, options, &project, &of_cargo, &run) {
        Ok(ended) => ended,
        Err(failure) => {
            // Nothing was run.
            run.forget();
            return Err(failure);
        }
    };
    let status = ended.status;
    let sum = match run.sum(&project.name(), command) {
        Ok(sum) => sum,
        Err(failure) => {
            run.end(status, &[], Some("its reports cannot be read".to_owned()));
            return Err(failure);
        }
    };
    let Some(report) = &sum.report else {
        if status == 0 && runs_nothing(&of_cargo) {
            run.forget();
            return Ok(Done::Fine);
        }
        let asked = switched::Asked {
            command,
            options,
            project: &project,
            of_cargo: &of_cargo,
        };
        let why = outcome::why(&ended, &sum, asked);
        run.end(status, &sum.files, Some(why.clone()));
        return match status {
            0 => Err(Failure::error(why)),
            // It is what comes of cargo's failure, most often, and cargo has said why.
            status => {
                notice(&why);
                Ok(Done::Cargo(status))
            }
        };
    };
    let result = show(command, options, report, &sum, &run, &reporting);
    run.end(status, &sum.files, None);
    match (status, result) {
        (0, result) => result,
        (status, Ok(_)) => Ok(Done::Cargo(status)),
        (status, Err(failure)) => {
            notice(&failure.into_text());
            Ok(Done::Cargo(status))
        }
    }
}

/// Whether what makes the run is still there.
pub(crate) fn is_going_on(state: &State) -> bool {
    state.status.is_none() && is_running(state.pid)
}

#[cfg(unix)]
fn is_running(pid: u32) -> bool {
    tree::is_running(pid)
}

/// Elsewhere it is not asked for.
#[cfg(not(unix))]
fn is_running(_: u32) -> bool {
    false
}

/// Whether cargo was asked for something else than to run a program.
fn runs_nothing(of_cargo: &[OsString]) -> bool {
    let behind = of_cargo.iter().skip_while(|argument| *argument != "--");
    let is_list = behind
        .into_iter()
        .any(|argument| argument == "--list" || argument == "--help");
    is_list
        || ["--no-run", "--help", "--version", "--build-plan"]
            .iter()
            .any(|flag| has(of_cargo, flag))
}

/// Writes the report and prints its table.
fn show(
    command: &str,
    options: &RunOptions,
    report: &Report,
    sum: &Sum,
    run: &Run,
    reporting: &Reporting,
) -> Result<Done> {
    let written = write(command, options, report, run, reporting)?;
    if !is_quiet() {
        let table = Format::Table.render(report, &options.view.view(), None)?;
        output::stdout(b"\n")?;
        output::stdout(&table)?;
        let number = sum.number;
        let processes = if number == 1 { "process" } else { "processes" };
        notice(&format!(
            "{number} {processes}, report written to {written}"
        ));
    }
    if let Some(incomplete) = outcome::incomplete(sum) {
        notice(&incomplete);
    }
    Ok(Done::exceeded(!report.violations.is_empty()))
}

/// Writes the report into the run's directory, for `report` and `check`, and in the forms and to the place
/// that were asked for; where.
fn write(
    command: &str,
    options: &RunOptions,
    report: &Report,
    run: &Run,
    reporting: &Reporting,
) -> Result<String> {
    let view = options.view.view();
    let bytes = Format::Json.render(report, &view, None)?;
    output::new_file(&run.report(), &bytes)?;
    let mut written = Vec::new();
    for &format in &reporting.formats {
        let extension = format.extension();
        let path = match &reporting.directory {
            Some(directory) => directory.join(format!("{command}-{}.{extension}", run.id)),
            None => run.directory.join(format!("report.{extension}")),
        };
        if path != run.report() {
            output::new_file(&path, &format.render(report, &view, Some(&path))?)?;
        }
        written.push(path.display().to_string());
    }
    Ok(written.join(", "))
}
