//! `check` and `accept`: a run against the baseline that is committed, and into it.

use std::path::{Path, PathBuf};

use memprof_report::{Baseline, Diff, DiffRow, Report, Verdict};

use super::{Use, named_or_last};
use crate::arguments::{AcceptOptions, CheckOptions};
use crate::failure::{Done, Failure, Result, notice};
use crate::input::Input;
use crate::output;
use crate::project::Project;

/// What the baseline is called.
const FILE_NAME: &str = "memprof.baseline.json";

pub(crate) fn check(options: &CheckOptions) -> Result<Done> {
    options.output.check()?;
    let path = options.baseline.clone().or_else(above);
    let path = path.unwrap_or_else(|| FILE_NAME.into());
    let baseline = read(&path, options.input)?;
    let report = named_or_last(&options.files, options.input, Use::Judge)?;
    let shown = path.display();
    let diff = baseline
        .check(&figures(&report)?, &options.allowances.options())
        .map_err(|refusal| {
            Failure::error(format!(
                "the run cannot be checked against `{shown}`: {refusal}: build it as the baseline was, or \
                 take this build too with `cargo memprof accept`"
            ))
        })?;
    if let Some(why) = nothing_compared(&diff) {
        return Err(Failure::error(format!(
            "the report of `{}` has no operation that baseline `{shown}` has{why}",
            report.run.name
        )));
    }
    options
        .output
        .write(&options.format.render(&diff, None, options.output.path())?)?;
    for violation in &report.violations {
        notice(&format!(
            "{} was exceeded: {}",
            violation.threshold, violation.message
        ));
    }
    let is_exceeded = diff.is_regression() || !report.violations.is_empty();
    Ok(Done::exceeded(is_exceeded))
}

/// Why no figure was compared, as the rest of a sentence, and what to do; none where one was. A gate that compared nothing has
/// held nothing.
fn nothing_compared(diff: &Diff) -> Option<String> {
    let is_compared = |row: &DiffRow| {
        let verdict = row.verdict;
        !matches!(
            verdict,
            Verdict::New | Verdict::Gone | Verdict::NotComparable
        )
    };
    if diff.rows.iter().any(is_compared) {
        return None;
    }
    let mut reasons = diff.rows.iter().filter_map(|row| row.reason.as_deref());
    Some(match reasons.next() {
        Some(reason) => {
            format!(" and can be compared ({reason}): take it with `cargo memprof accept`")
        }
        None if diff.count(Verdict::New) == 0 => ": none was called: run what calls one, or give a \
                                                  report of the program that it was made of"
            .to_owned(),
        None => ": give a report of the program that it was made of, or add this one with `cargo memprof \
                 accept`"
            .to_owned(),
    })
}

pub(crate) fn accept(options: &AcceptOptions) -> Result<Done> {
    let report = named_or_last(&options.files, options.input, Use::Judge)?;
    let current = figures(&report)?;
    let number = current.entries().len();
    if number == 0 {
        return Err(Failure::error(
            "the report has no operation that was called, so that there is nothing to accept: run what \
             calls one",
        ));
    }
    let path = match options.baseline.clone().or_else(above) {
        Some(path) => path,
        None => root()?.join(FILE_NAME),
    };
    let mut baseline = match path.try_exists() {
        Ok(false) => Baseline::default(),
        _ => read(&path, options.input)?,
    };
    baseline.accept(&current);
    let text = baseline.to_json();
    let text = text.map_err(|error| Failure::error(format!("failed to write json: {error}")))?;
    output::file(&path, text.as_bytes())?;
    let operations = if number == 1 {
        "operation"
    } else {
        "operations"
    };
    let shown = path.display();
    notice(&format!(
        "took {number} {operations} into {shown}: commit it"
    ));
    Ok(Done::Fine)
}

fn figures(report: &Report) -> Result<Baseline> {
    Baseline::of_report(report).map_err(|refusal| {
        Failure::error(format!(
            "the report of `{}` has no figures: {refusal}: install `memprof::Allocator` as its \
             `#[global_allocator]`",
            report.run.name
        ))
    })
}

fn read(path: &Path, input: Input) -> Result<Baseline> {
    let text = input.text(path, "baseline")?;
    let shown = path.display();
    if text.trim().is_empty() {
        return Err(Failure::error(format!(
            "baseline `{shown}` is empty: restore it from version control, or delete it and write it anew \
             with `cargo memprof accept`"
        )));
    }
    // The error has its remedy.
    Baseline::from_json(&text).map_err(|error| Failure::error(format!("`{shown}`: {error}")))
}

/// The nearest baseline, from the working directory upward.
fn above() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut candidates = here.ancestors().map(|directory| directory.join(FILE_NAME));
    candidates.find(|path| path.exists())
}

/// Where a first baseline goes: to the root of the workspace, or here where there is none.
fn root() -> Result<PathBuf> {
    match Project::find(&[]) {
        Ok(project) => Ok(project.root),
        Err(_) => Ok(PathBuf::new()),
    }
}
