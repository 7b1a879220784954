//! `cargo memprof`: run, test and bench a package under memprof, look at what it reports, compare it with
//! another run, and gate it.
//!
//! ```sh
//! cargo memprof test                         # cargo's own output, then one table of all processes
//! cargo memprof run --format folded --release -- --size 10
//! cargo memprof report --top 10 --sort peak  # the last run once more
//! cargo memprof diff before.json after.json
//! cargo memprof accept && git add memprof.baseline.json
//! cargo memprof check                        # the last run against the baseline
//! ```
//!
//! The program itself counts: it needs `#[memprof::track]` on what is to be seen, and one of memprof's
//! allocators. This command sets where the reports of its processes go, makes one of them, and shows it.
//! Everything that reads or renders a report is in `memprof-report`; here is what a command line adds: files,
//! arguments, and the words of an error. **A failure is one line that names the thing, the place and the
//! remedy; whatever fails, no file is changed; no input makes it panic.**
//!
//! Exit status: 0 fine, 1 an error, 2 wrong usage, 3 a budget, a threshold or a baseline was exceeded. Where
//! cargo was run and failed, it is cargo's own; where a signal ended it, 128 and the signal's number.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod examples;
mod failure;
mod format;
mod input;
mod look;
mod output;
mod pattern;
mod processes;
mod progress;
mod project;
mod run;
mod runs;
mod split;
mod values;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::{Done, Failure, Result};

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    #[cfg(unix)]
    if let Some(code) = run::serve(&typed) {
        return code;
    }
    let line = line(&typed);
    let (own, of_cargo) = split::split(typed);
    let arguments = match Arguments::try_parse_from(own) {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error),
    };
    match dispatch(arguments, of_cargo, line) {
        Ok(done) => done.into(),
        Err(failure) => failure.told(),
    }
}

/// Help and version are errors to clap, with a status of their own, and a closed pipe is none. All others get
/// one line, as every failure here.
fn refused(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help {
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let told =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more "));
    let told = told.collect::<Vec<_>>().join(" ");
    let told = told.trim_start_matches("error: ");
    Failure::usage(format!("{told}: try `--help`")).told()
}

/// What was typed behind `cargo memprof`.
fn line(typed: &[OsString]) -> String {
    let mut words = typed.iter().skip(1).map(|word| word.to_string_lossy());
    let first = words.next().filter(|word| word != "memprof");
    first.into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

fn dispatch(arguments: Arguments, of_cargo: Vec<OsString>, line: String) -> Result<Done> {
    if arguments.quiet {
        failure::be_quiet();
    }
    match arguments.command {
        Command::Run(options) => run::run("run", &options, of_cargo, line),
        Command::Test(options) => run::run("test", &options, of_cargo, line),
        Command::Bench(options) => run::run("bench", &options, of_cargo, line),
        Command::Nextest(options) => run::run("nextest", &options, of_cargo, line),
        Command::Report(options) => commands::report::report(&options),
        Command::Diff(options) => commands::diff::diff(&options),
        Command::Check(options) => commands::baseline::check(&options),
        Command::Accept(options) => commands::baseline::accept(&options),
        Command::Merge(options) => commands::merge::merge(&options),
        Command::List(options) => commands::list::list(&options),
        Command::Init(options) => commands::init::init(&options),
        Command::Completions { shell } => commands::completions(shell),
    }
}
