//! Cargo: the process that builds and runs the programs, under an environment in which they write reports.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitStatus};

use super::ended::Ended;
use super::{features, flags};
use crate::arguments::RunOptions;
use crate::failure::{Failure, Result};
use crate::project::{self, Project};
use crate::runs::Run;

/// Runs cargo to its end; how it ended.
pub(super) fn run(
    command: &str,
    options: &RunOptions,
    project: &Project,
    of_cargo: &[OsString],
    run: &Run,
) -> Result<Ended> {
    let mut cargo = project::cargo();
    let mut own: Vec<OsString> = Vec::new();
    let mut rest = of_cargo;
    if command == "nextest" {
        // Both `nextest` and `nextest run` are understood.
        cargo.args(["nextest", "run"]);
        if let Some((first, others)) = of_cargo.split_first()
            && first == "run"
        {
            rest = others;
        }
    } else {
        cargo.arg(command);
    }
    if !options.no_memory_feature {
        own.extend(features::arguments(&project.selected(of_cargo), of_cargo));
    }
    if !options.no_frame_pointers {
        flags::frame_pointers(&mut cargo, &mut own, of_cargo);
    }
    // Ours first: behind an argument that is not its own, `cargo run` hands everything on to the program.
    cargo.args(own).args(rest);
    environment(&mut cargo, run);
    let ended = wait(&mut cargo).map_err(|error| {
        Failure::error(format!(
            "cargo cannot be run: {error}: install it, or set `CARGO` to its path"
        ))
    })?;
    Ok(Ended::new(ended.0, ended.1))
}

/// Its status, and the first signal that came for the run.
#[cfg(unix)]
fn wait(cargo: &mut Command) -> io::Result<(ExitStatus, Option<i32>)> {
    let kept = super::signals::Kept::begin()?;
    kept.wait(cargo.spawn()?)
}

#[cfg(not(unix))]
fn wait(cargo: &mut Command) -> io::Result<(ExitStatus, Option<i32>)> {
    Ok((cargo.status()?, None))
}

/// What every process of the run finds in its environment.
fn environment(cargo: &mut Command, run: &Run) {
    // With a run id, reports go to this directory even where a program names another one.
    cargo.env("MEMPROF_RUN_ID", &run.id);
    cargo.env("MEMPROF_REPORTING_OUTPUT_DIRECTORY", run.processes());
    cargo.env("MEMPROF_REPORTING_FORMAT", "json");
    // One table of all, instead of one of each, unless they were asked for.
    if std::env::var_os("MEMPROF_PRINT").is_none_or(|wish| wish.is_empty()) {
        cargo.env("MEMPROF_PRINT", "0");
    }
}

/// Fails where cargo has no such command.
pub(super) fn is_nextest_there() -> Result {
    let found = project::cargo().args(["nextest", "--version"]).output();
    match found {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(Failure::error(
            "cargo has no `nextest`: install it with `cargo install cargo-nextest --locked`, or use `cargo \
             memprof test`",
        )),
    }
}
