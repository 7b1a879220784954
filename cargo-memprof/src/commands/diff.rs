//! `diff`: one report compared with another.

use std::slice;

use memprof_report::{Diff, Report, SubjectKind, Verdict};

use super::{Use, named_or_last};
use crate::arguments::DiffArguments;
use crate::failure::{Done, Failure, Result};
use crate::format::Compared;

pub(crate) fn diff(options: &DiffArguments) -> Result<Done> {
    options.output.check()?;
    let after = options.after.as_slice();
    if after.iter().any(|path| path.as_os_str() == "-") && options.before.as_os_str() == "-" {
        return Err(Failure::usage("`-` is given twice: stdin can be read once"));
    }
    let old = options.input.merged(slice::from_ref(&options.before))?;
    let new = named_or_last(after, options.input, Use::Judge)?;
    let mut allowed = options.allowances.options();
    allowed.gate_process = options.gate_process;
    let diff = Diff::between(&old, &new, &allowed).map_err(|refusal| {
        Failure::error(format!(
            "the reports cannot be compared: {refusal}: give reports of programs that were built alike"
        ))
    })?;
    related(&diff, &old, &new)?;
    let compared = Compared {
        old: &old,
        new: &new,
        options: &allowed,
    };
    let form = options.format;
    options
        .output
        .write(&form.render(&diff, Some(&compared), options.output.path())?)?;
    Ok(Done::exceeded(diff.is_regression()))
}

/// Refuses programs of two names that have no operation in common: all would be new or gone.
fn related(diff: &Diff, old: &Report, new: &Report) -> Result {
    let operations = diff
        .rows
        .iter()
        .filter(|row| row.subject.kind != SubjectKind::Process);
    let mut verdicts = operations.map(|row| row.verdict).peekable();
    let is_strange = old.run.name != new.run.name
        && verdicts.peek().is_some()
        && verdicts.all(|verdict| matches!(verdict, Verdict::New | Verdict::Gone));
    match is_strange {
        true => Err(Failure::error(format!(
            "the reports are of two programs, `{}` and `{}`, that have no operation in common: give two \
             reports of one program",
            old.run.name, new.run.name
        ))),
        false => Ok(()),
    }
}
