//! The chores of this repository, as `cargo xtask COMMAND`; one file per command.
#![forbid(unsafe_code)]

mod allocators;
mod builds;
mod ci;
mod compile_cost;
mod guides;
mod instructions;
mod report;
mod repository;
mod results;
mod run;
mod tidy;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command ends with. Its message is a lowercase fragment that names the thing.
type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The chores of the memprof repository.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the example over the system's allocator, jemalloc and mimalloc, and compare
    Allocators(allocators::Options),
    /// Run the exact tests in optimised builds: two, or 18 with --all
    Builds(builds::Options),
    /// Everything that must hold before a change goes in, step by step
    Ci(ci::Options),
    /// Measure what tracking adds to the time of builds and to the size of debug binaries
    CompileCost(compile_cost::Options),
    /// Do what the guides say on a clean copy of the repository
    Guides,
    /// Run the three examples and write what they took into docs/results.md
    Results(results::Options),
    /// Count the instructions of memprof's hot paths and compare them with the targets
    Instructions,
    /// Check what the compiler does not: layers, places of unsafe, lengths of files, leftovers
    Tidy,
}

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Allocators(options) => allocators::run(&options),
        Command::Builds(options) => builds::run(&options),
        Command::Ci(options) => ci::run(&options),
        Command::CompileCost(options) => compile_cost::run(&options),
        Command::Guides => guides::run(),
        Command::Results(options) => results::run(&options),
        Command::Instructions => instructions::run(),
        Command::Tidy => tidy::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("error: {err}");
            ExitCode::FAILURE
        }
    }
}
