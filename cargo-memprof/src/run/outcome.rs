//! The outcome: how cargo ended, and where no process wrote a report, why not and what to do.

use super::ended::Ended;
use super::switched::{self, Asked};
use super::wrong;
use crate::runs::{Note, Sum};

/// What makes a program one that reports.
const REMEDY: &str = "put `#[memprof::track]` on a function that is called, and install `memprof::Allocator` as the \
                      `#[global_allocator]`";
/// How a program comes to write its report.
const ENDS: &str = "a report is written where `main` returns or `std::process::exit` is called; docs/long-running.md has \
                    programs that never end";

/// Why there is no report: what happened, then what to do.
pub(super) fn why(ended: &Ended, sum: &Sum, asked: Asked<'_>) -> String {
    let what = match (sum.cut_off().first(), sum.silent.is_empty()) {
        (Some(note), _) => cut_off(ended, note, sum.cut_off().len()),
        (None, false) => silent(&sum.silent),
        (None, true) => not_begun(ended, asked),
    };
    format!("no process wrote a report: {what}")
}

/// What is said beside a report that others are not in; none where there is nothing to say.
pub(super) fn incomplete(sum: &Sum) -> Option<String> {
    let cut_off = sum.cut_off();
    let first = cut_off.first()?;
    let (name, pid) = (first.name(), first.pid);
    let is_running = super::is_running(pid);
    Some(match (cut_off.len(), is_running) {
        (1, true) => format!(
            "`{name}` (process {pid}) is still running and not in this report: `cargo memprof report` has it once it \
             has written one"
        ),
        (1, false) => format!(
            "`{name}` (process {pid}) ended before it wrote a report and is not in this one: {ENDS}"
        ),
        (number, _) => format!(
            "{number} processes, such as `{name}` ({pid}), have written no report and are not in this one: {ENDS}"
        ),
    })
}

/// Of programs that began and did not come to their end.
fn cut_off(ended: &Ended, note: &Note, number: usize) -> String {
    let (name, pid) = (note.name(), note.pid);
    if super::is_running(pid) {
        return format!(
            "`{name}` (process {pid}) is still running: `cargo memprof report` finds its report once it has written \
             one"
        );
    }
    let others = match number {
        1 => String::new(),
        2 => ", and so did another process".to_owned(),
        number => format!(", and so did {} other processes", number - 1),
    };
    match ended.signal() {
        Some(signal) => {
            format!("`{name}` was ended by {signal} before it wrote one{others}: {ENDS}")
        }
        None => format!(
            "`{name}` ended before it wrote one{others}, by a signal, `abort` or `_exit` (cargo's status is {}): {ENDS}",
            ended.status
        ),
    }
}

/// Of programs that came to their end and had nothing to tell.
fn silent(notes: &[Note]) -> String {
    // The nearest to one that has.
    let best = notes
        .iter()
        .max_by_key(|note| (note.copies.len() > 1, note.has_allocator, note.sites));
    let Some(note) = best else {
        return REMEDY.to_owned();
    };
    let name = note.name();
    if note.copies.len() > 1 {
        return format!(
            "`{name}` has {} copies of memprof ({}), which do not know of each other: a tracked function counts in the copy \
             that its crate depends on, and no copy that reports has one that was called; have all packages depend on one \
             version, `cargo tree --duplicates` shows who needs which",
            note.copies.len(),
            note.copies.join(", ")
        );
    }
    match (note.has_allocator, note.sites) {
        (true, 0) => format!(
            "`{name}` has no tracked function: put `#[memprof::track]` on the functions that matter; those of a crate \
             count where a line names it"
        ),
        (true, 1) => format!(
            "the tracked function of `{name}` was not called: run what calls it, or track others"
        ),
        (true, sites) => format!(
            "none of the {sites} tracked functions of `{name}` was called: run what calls them, or track others"
        ),
        (false, 0) => {
            format!("`{name}` has no tracked function and not memprof's allocator: {REMEDY}")
        }
        (false, _) => format!(
            "`{name}` has not memprof's allocator, and no tracked function was called: {REMEDY}"
        ),
    }
}

/// Where no program with memprof in it began.
fn not_begun(ended: &Ended, asked: Asked<'_>) -> String {
    const AGAIN: &str = "run it again, and for longer";
    if let Some(signal) = ended.signal() {
        return format!(
            "the run was ended by {signal} before a program with memprof in it began: {AGAIN}"
        );
    }
    let status = ended.status;
    let Asked {
        project, of_cargo, ..
    } = asked;
    if status != 0
        && let Some(wrong) = wrong::argument(asked)
    {
        return wrong;
    }
    let selected = project.selected(of_cargo);
    let without = selected.iter().find(|package| !package.has_memprof);
    let has_none = selected.iter().all(|package| !package.has_memprof);
    let off = || switched::off(asked);
    match (status, without) {
        (0, Some(package)) if has_none => format!(
            "package `{}` does not depend on memprof: `cargo add memprof`, {REMEDY}",
            package.name
        ),
        (0, _) => {
            off().unwrap_or_else(|| format!("no program that ran has memprof in it: {REMEDY}"))
        }
        (_, Some(package)) if has_none => format!(
            "cargo ended with status {status}, as its messages above say, and package `{}` does not depend on memprof: \
             `cargo add memprof`, {REMEDY}",
            package.name
        ),
        _ => match off() {
            // The build may have failed or the program; this is so in both cases.
            Some(off) => {
                format!("cargo ended with status {status}, as its messages above say, and {off}")
            }
            None => format!(
                "cargo ended with status {status} before a program with memprof in it began; most likely the build \
                 failed: correct what its messages above say"
            ),
        },
    }
}
