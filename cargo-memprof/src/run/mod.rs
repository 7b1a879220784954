//! `run`, `test`, `bench`, `nextest`: cargo runs the programs, each process writes its report, and what
//! they come to together is shown and written.
//!
//! Cargo's output goes where it always goes. Cargo's failure is this command's, whatever the reports are.

mod cargo;
mod features;
mod flags;
mod reporting;

use std::ffi::OsString;

use memprof_report::Report;

use crate::arguments::RunOptions;
use crate::failure::{Done, Failure, Result, is_quiet, notice};
use crate::format::Format;
use crate::input::Input;
use crate::output;
use crate::processes;
use crate::project::{Project, has};
use crate::runs::{Run, Runs};
use reporting::Reporting;

pub(crate) fn run(command: &str, options: &RunOptions, of_cargo: Vec<OsString>) -> Result<Done> {
    let reporting = Reporting::find(options)?;
    // The table is shown whatever is written.
    options
        .view
        .check(&[&[Format::Table], &reporting.formats[..]].concat())?;
    let project = Project::find(&of_cargo)?;
    let run = Runs::of(&project).begin()?;
    let status = cargo::run(command, options, &project, &of_cargo, &run)?;
    let result = report(command, options, &project, &run, &reporting);
    match (status, result) {
        (0, Err(_)) if runs_nothing(&of_cargo) => Ok(Done::Fine),
        (0, result) => result,
        (status, Ok(_)) => Ok(Done::Cargo(status)),
        (status, Err(failure)) => {
            // It is what comes of cargo's failure, most often, and cargo has said why.
            notice(&failure.into_text());
            Ok(Done::Cargo(status))
        }
    }
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

fn report(
    command: &str,
    options: &RunOptions,
    project: &Project,
    run: &Run,
    reporting: &Reporting,
) -> Result<Done> {
    let directory = run.processes();
    // The files of our own run: that they are meant is known.
    let input = Input { is_unlimited: true };
    let sources = match directory.is_dir() {
        true => input.reports(&[directory])?,
        false => Vec::new(),
    };
    let (sources, _) = processes::latest(sources);
    let number = sources.len();
    let sources = sources.into_iter().map(|source| input.whole(source));
    let Some(mut report) = processes::as_one(sources)? else {
        return Err(Failure::error(
            "no process wrote a report: put `#[memprof::track]` on a function that is called, and install \
             `memprof::Allocator` as the `#[global_allocator]`",
        ));
    };
    if number > 1 {
        report.run.name = format!("{} (cargo {command})", project.name());
    }
    let written = write(command, options, &report, run, reporting)?;
    if !is_quiet() {
        let table = Format::Table.render(&report, &options.view.view(), None)?;
        output::stdout(b"\n")?;
        output::stdout(&table)?;
        let processes = if number == 1 { "process" } else { "processes" };
        notice(&format!(
            "{number} {processes}, report written to {written}"
        ));
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
