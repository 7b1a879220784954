//! `cargo xtask compile-cost`: what `#[memprof::track]` adds to builds, per tracked function.
//!
//! Two programs are built with and without the attribute on each of their functions: a generated one (`generated`), with
//! memprof as libraries and as programs have it, and this repository's own command line (`own`). Printed are the CPU time of
//! `cargo check` and of a debug build, and the size of the debug binary by what its sections are for. Times are medians of
//! interleaved runs; other work on the machine changes them by some percent, sizes not at all.

mod annotate;
mod cpu;
mod elf;
mod generated;
mod own;
mod project;
mod table;

use std::path::Path;
use std::time::Duration;

use crate::Result;
use crate::repository::target_directory;
use elf::Size;
use project::{Form, Project};

/// What to measure, and how often.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many functions the generated program has
    #[arg(long, value_name = "N", default_value_t = 1000)]
    functions: usize,

    /// How often each time is taken; with 0, sizes are all that is told
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,

    /// Count the instructions of `cargo check` too, with callgrind, whatever else the machine does
    #[arg(long)]
    instructions: bool,

    /// Measure one program alone
    #[arg(long, value_enum)]
    only: Option<Program>,
}

/// What is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Program {
    /// The generated one, with memprof as libraries have it
    Light,
    /// The generated one, with memprof as programs have it
    Default,
    /// The command line of this repository, with memprof as libraries have it
    Own,
}

/// Without the attribute and with it.
type Pair<T> = [T; 2];

/// What tracking costs in one program.
struct Cost {
    title: &'static str,
    functions: usize,
    check: Option<Pair<Duration>>,
    build: Option<Pair<Duration>>,
    instructions: Option<Pair<u64>>,
    sizes: Pair<Size>,
}

/// What the gate does: sizes of small programs, and of the command line.
pub(crate) fn gate() -> Result {
    run(&Options {
        functions: 100,
        runs: 0,
        instructions: false,
        only: None,
    })
}

pub(crate) fn run(options: &Options) -> Result {
    let folder = target_directory()?.join("xtask-compile-cost");
    println!(
        "{:<20} {:>13} {:>13} {:>9}",
        "", "untracked", "tracked", "growth"
    );
    for program in [Program::Light, Program::Default, Program::Own] {
        if options.only.is_none_or(|only| only == program) {
            let pair = program.write(&folder, options.functions)?;
            let cost = measure(program.title(), &pair, options)?;
            println!("{}", table::render(&cost));
        }
    }
    Ok(())
}

impl Program {
    fn title(self) -> &'static str {
        match self {
            Self::Light => "generated, light form",
            Self::Default => "generated, default form",
            Self::Own => "cargo-memprof, light form",
        }
    }

    /// Writes both forms of it below `folder`.
    fn write(self, folder: &Path, functions: usize) -> Result<Pair<Project>> {
        let write = |name: &str, is_tracked| match self {
            Self::Light => {
                let folder = folder.join(format!("light-{name}"));
                generated::write_to(&folder, Form::Light, functions, is_tracked)
            }
            Self::Default => {
                let folder = folder.join(format!("default-{name}"));
                generated::write_to(&folder, Form::Default, functions, is_tracked)
            }
            Self::Own => own::write_to(&folder.join(format!("own-{name}")), is_tracked),
        };
        Ok([write("untracked", false)?, write("tracked", true)?])
    }
}

fn measure(title: &'static str, pair: &Pair<Project>, options: &Options) -> Result<Cost> {
    let [untracked, tracked] = pair;
    Ok(Cost {
        title,
        functions: tracked.functions,
        check: times(pair, "check", options.runs)?,
        build: times(pair, "build", options.runs)?,
        instructions: match options.instructions {
            true => Some([untracked.instructions()?, tracked.instructions()?]),
            false => None,
        },
        sizes: [untracked.size()?, tracked.size()?],
    })
}

/// The median of each, taken in turns.
fn times(pair: &Pair<Project>, command: &str, runs: usize) -> Result<Option<Pair<Duration>>> {
    let mut times: Pair<Vec<Duration>> = Default::default();
    for project in pair.iter().filter(|_| runs > 0) {
        project.prepare(command)?;
    }
    for _ in 0..runs {
        for (project, times) in pair.iter().zip(&mut times) {
            times.push(project.time(command)?);
        }
    }
    Ok((runs > 0).then(|| times.map(median)))
}

/// Of an even number, the upper one in the middle.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let times = [5, 1, 9].map(Duration::from_secs).to_vec();
        assert_eq!(median(times), Duration::from_secs(5));
    }
}
