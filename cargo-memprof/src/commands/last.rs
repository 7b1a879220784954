//! The last run: what the commands take where no file is named.
//!
//! Which run it is and how old, is told. Where the last one has no report, one before it may be shown, with a
//! warning; it is never judged, since a gate would pass on the figures of another day.

use std::path::PathBuf;

use memprof_report::Report;

use crate::failure::{Failure, Result, notice, warning};
use crate::input::Input;
use crate::project::Project;
use crate::run::is_going_on;
use crate::runs::{Run, Runs, State};

/// What the figures are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To be looked at.
    Show,
    /// To be compared, or to be compared with.
    Judge,
}

/// The report of the files that were named, else of the last run.
pub(super) fn named_or_last(files: &[PathBuf], input: Input, purpose: Use) -> Result<Report> {
    if !files.is_empty() {
        return input.merged(files);
    }
    let project = Project::find(&[])?;
    let runs = Runs::of(&project);
    // Of the last run, why it has none.
    let mut missing: Option<String> = None;
    for run in runs.all().iter().rev() {
        let Some((report, flaw)) = report_of(run, &project, input)? else {
            let text = format!("the last run ({}) {}", run.told(), without_report(run));
            missing.get_or_insert(text);
            continue;
        };
        return match (missing, purpose) {
            (None, Use::Judge) => match flaw {
                Some(flaw) => Err(Failure::error(format!(
                    "the last run ({}) is not judged: {flaw}: run again, or name its files: {}",
                    run.told(),
                    run.processes().display()
                ))),
                None => Ok(told(run, report)),
            },
            (None, Use::Show) => {
                let report = told(run, report);
                if let Some(flaw) = flaw {
                    warning(&format!("the run is incomplete: {flaw}"));
                }
                Ok(report)
            }
            (Some(missing), Use::Judge) => Err(Failure::error(format!(
                "{missing}: an older run is not judged: run again, or name a file"
            ))),
            (Some(missing), Use::Show) => {
                warning(&format!("{missing}: this is an older run, {}", run.told()));
                Ok(report)
            }
        };
    }
    let shown = runs.directory.display();
    Err(Failure::error(match missing {
        Some(missing) => format!("{missing}: there is no run before it: run again, or name a file"),
        None => format!(
            "there is no run of this workspace in `{shown}`: make one with `cargo memprof test` or `cargo \
             memprof run`, or name a file"
        ),
    }))
}

fn told(run: &Run, report: Report) -> Report {
    notice(&format!("the last run: {}", run.told()));
    report
}

/// The report of the run, and what is wanting in it; none where it has none.
fn report_of(
    run: &Run,
    project: &Project,
    input: Input,
) -> Result<Option<(Report, Option<String>)>> {
    let command = run.state.as_ref().map_or("", |state| &state.command);
    let sum = run.sum(&project.name(), command)?;
    let flaw = flaw(
        run,
        &sum.cut_off().iter().map(|it| it.name()).collect::<Vec<_>>(),
    );
    let report = match run.is_whole() {
        true => Some(input.merged(&[run.report()])?),
        false => sum.report,
    };
    Ok(report.map(|report| (report, flaw)))
}

/// Why the report does not stand for the run. That a process was ended on purpose, in a run that went well, is none.
fn flaw(run: &Run, cut_off: &[String]) -> Option<String> {
    let state = run.state.as_ref()?;
    match (state.status, cut_off.first()) {
        (None, _) if is_going_on(state) => Some("it is still going on".to_owned()),
        // A program is one process, whose report is there.
        (None, None) if state.command == "run" => None,
        (None, _) => Some("it was cut off before its end".to_owned()),
        (Some(0), _) | (_, None) => None,
        (Some(status), Some(name)) => Some(format!(
            "`{name}` ended before it wrote a report, and cargo with status {status}"
        )),
    }
}

/// Why the run has no report, as the rest of a sentence.
fn without_report(run: &Run) -> String {
    let state = run.state.as_ref();
    let failure = state.and_then(|state| state.failure.clone());
    let is_over = |state: &State| state.status.is_some() || !is_going_on(state);
    match (failure, state.is_some_and(|state| !is_over(state))) {
        (Some(failure), _) => format!("has no report: {failure}"),
        (None, true) => "is still going on and has no report yet".to_owned(),
        (None, false) => "has no report: it was cut off before its end".to_owned(),
    }
}
