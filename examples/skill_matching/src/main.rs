//! Finds the candidates for a job and shows what that did to memory; `compare` shows what has become of it
//! since the first version.
//!
//! This file is only arguments and output; the service is the library beside it. Run it with
//! `cargo run --release -p skill_matching`, and `… -- compare`.

#![forbid(unsafe_code)]

#[cfg(feature = "memory-profiling")]
mod compare;
mod recording;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use recording::Recording;
use skill_matching::{Match, Version, allocator, embed, people};

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

/// Find the candidates that have the required skills, and see what it costs in memory.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Args {
    #[cfg(feature = "memory-profiling")]
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    find: Find,
}

#[cfg(feature = "memory-profiling")]
#[derive(clap::Subcommand)]
enum Command {
    /// Run both versions and show what each stage needs less; exits with 3 where that is less than promised
    Compare(compare::Args),
}

#[derive(clap::Args)]
struct Find {
    /// File of candidates, one a line: `Name: skill, skill` [default: made-up ones]
    #[arg(long, value_name = "FILE", requires = "required")]
    candidates: Option<PathBuf>,

    /// File of required skills, one a line [default: made-up ones]
    #[arg(long, value_name = "FILE", requires = "candidates")]
    required: Option<PathBuf>,

    /// How many candidates to make up, for half as many required skills
    #[arg(long, value_name = "N", default_value = "100", value_parser = positive, conflicts_with = "candidates")]
    size: usize,

    /// Which version of the service to ask
    #[arg(long, value_name = "VERSION", default_value = "after")]
    service: Version,

    /// Folder for the memory report
    #[arg(long, value_name = "DIR", default_value = "memory_reports")]
    output: PathBuf,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("expected a whole number of at least 1".to_owned()),
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let out = &mut io::stdout().lock();
    match run(&args, out) {
        Ok(code) => code,
        // The reader of a pipe has seen enough.
        Err(err) if is_broken_pipe(err.as_ref()) => ExitCode::SUCCESS,
        Err(err) => {
            let _ = writeln!(io::stderr(), "error: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    #[cfg(feature = "memory-profiling")]
    if let Some(Command::Compare(args)) = &args.command {
        return compare::run(args, out);
    }
    find(&args.find, out)?;
    Ok(ExitCode::SUCCESS)
}

fn find(args: &Find, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let (candidates, required) = match (&args.candidates, &args.required) {
        (Some(candidates), Some(required)) => (read(candidates)?, read(required)?),
        _ => (
            people::made_up_candidates(args.size),
            people::made_up_required((args.size / 2).max(1)),
        ),
    };
    let recording = Recording::start(&args.output)?;
    // A service has its model before the first question.
    embed::model();
    let found = skill_matching::find(args.service, &candidates, &required)?;
    show(&found, out)?;
    recording.show(out)?;
    recording.finish(out)
}

fn read(path: &Path) -> Result<String, skill_matching::Error> {
    std::fs::read_to_string(path)
        .map_err(|err| skill_matching::Error::Unreadable(path.to_owned(), err))
}

fn show(found: &[Match], out: &mut impl Write) -> io::Result<()> {
    for (place, found) in (1..).zip(found) {
        writeln!(out, "{place}. {:.4}  {}", found.score, found.name)?;
    }
    Ok(())
}

fn is_broken_pipe(err: &(dyn Error + 'static)) -> bool {
    err.downcast_ref::<io::Error>()
        .is_some_and(|err| err.kind() == io::ErrorKind::BrokenPipe)
}
