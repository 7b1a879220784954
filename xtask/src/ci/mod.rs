//! `cargo xtask ci`: the gate, which is everything that must hold before a change goes in.
//!
//! The steps run in order, each under its name and with its time, and the first failure is the last step.
//! What the README tells users to type is run as it stands there. `cargo xtask ci full` adds what takes too long for
//! every change: each set of features, each allocator, the guides, the viewers, the benches.

mod example;
mod features;
mod leak_check;
mod matching;
mod neighbours;
mod node;
mod over_allocators;
mod page;
mod readme;
mod steps;
mod viewers;

use std::time::{Duration, Instant};

use crate::Result;
use steps::STEPS;

/// Which steps to run: those of the gate, unless told otherwise.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How much to check
    #[arg(value_enum, default_value_t = Extent::Gate)]
    extent: Extent,

    /// Print the names of the steps, run none
    #[arg(long, conflicts_with_all = ["from", "only"])]
    list: bool,

    /// Begin with this step
    #[arg(long, value_name = "STEP", value_parser = known)]
    from: Option<usize>,

    /// Run this step alone
    #[arg(long, value_name = "STEP", value_parser = known, conflicts_with = "from")]
    only: Option<usize>,
}

/// How much is checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Extent {
    /// What every change has to pass
    Gate,
    /// That, and what takes too long for every change
    Full,
}

/// A step is a name, what it holds the repository to, the least extent that it is part of, and the check.
struct Step {
    name: &'static str,
    promise: &'static str,
    extent: Extent,
    check: fn() -> Result,
}

pub(crate) fn run(options: &Options) -> Result {
    if options.list {
        for step in STEPS {
            let note = if step.extent == Extent::Full {
                " (full)"
            } else {
                ""
            };
            println!("{:<18}{}{note}", step.name, step.promise);
        }
        return Ok(());
    }
    let selected: Vec<&Step> = match (options.only, options.from) {
        (Some(only), _) => vec![&STEPS[only]],
        (None, from) => STEPS[from.unwrap_or(0)..]
            .iter()
            .filter(|step| step.extent <= options.extent)
            .collect(),
    };
    let began = Instant::now();
    let mut times = Vec::new();
    for step in selected {
        println!("\n==> {}: {}", step.name, step.promise);
        let step_began = Instant::now();
        let result = (step.check)();
        let passed = step_began.elapsed();
        times.push((step.name, passed));
        if let Err(err) = result {
            println!("<== {}: FAILED after {}", step.name, seconds(passed));
            summarize(&times, began.elapsed());
            return Err(format!("step `{}`: {err}", step.name).into());
        }
        println!("<== {}: {}", step.name, seconds(passed));
    }
    summarize(&times, began.elapsed());
    Ok(())
}

fn summarize(times: &[(&str, Duration)], all: Duration) {
    println!("\nTime of each step:");
    for (name, passed) in times {
        println!("  {name:<18}{:>10}", seconds(*passed));
    }
    println!("  {:<18}{:>10}", "all", seconds(all));
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn known(name: &str) -> std::result::Result<usize, String> {
    STEPS
        .iter()
        .position(|step| step.name == name)
        .ok_or_else(|| "no such step; `cargo xtask ci --list` names them".to_owned())
}
