//! `cargo xtask ci`: everything that must hold before a change goes in.
//!
//! The steps run in order, each under its name and with its time, and the first failure is the last step.
//! What the README tells users to type is run as it stands there.

mod example;
mod features;
mod leak_check;
mod matching;
mod node;
mod over_allocators;
mod page;
mod readme;
mod steps;
mod viewers;

use std::time::{Duration, Instant};

use crate::Result;
use steps::STEPS;

/// Which steps to run: all of them, unless told otherwise.
#[derive(clap::Args)]
pub(crate) struct Options {
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

/// A step is a name, what it holds the repository to, and the check.
struct Step {
    name: &'static str,
    promise: &'static str,
    check: fn() -> Result,
}

pub(crate) fn run(options: &Options) -> Result {
    if options.list {
        for step in STEPS {
            println!("{:<16}{}", step.name, step.promise);
        }
        return Ok(());
    }
    let selected = match (options.only, options.from) {
        (Some(only), _) => &STEPS[only..=only],
        (None, from) => &STEPS[from.unwrap_or(0)..],
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
        println!("  {name:<16}{:>10}", seconds(*passed));
    }
    println!("  {:<16}{:>10}", "all", seconds(all));
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
