//! `cargo xtask instructions`: how many instructions memprof adds, per event, exactly.
//!
//! The programs of `benches/instructions` run each case with few and with many rounds under callgrind; the
//! difference, divided by the rounds, is free of the start and the end of the program. Counts are the same
//! in every run on one machine, whatever else it does, so the targets of the design can be enforced.
//!
//! Where callgrind is not installed there is nothing to enforce: a note, and success.

mod cases;
mod table;

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::Result;
use crate::repository::target_directory;
use crate::run::{cargo, has_valgrind, succeed};
use cases::{CASES, Case};

const FEW_ROUNDS: u64 = 10_000;
const MANY_ROUNDS: u64 = 310_000;

/// The counted programs, in the order of the table's columns.
const PROGRAMS: [&str; 3] = ["bare", "counting", "owning"];

/// Instructions per event of one case: with each of the programs.
type Counts = [f64; 3];

/// Prints the table; an error when a target is missed.
pub(crate) fn run() -> Result {
    if !has_valgrind() {
        println!("note: no instructions counted: `valgrind` is not installed");
        return Ok(());
    }
    // As cargo builds where no profile says otherwise, which this workspace's does.
    let build = ["build", "--quiet", "--release", "--package", "instructions"];
    succeed(
        cargo()
            .args(build)
            .env("CARGO_PROFILE_RELEASE_LTO", "false"),
    )?;
    let folder = target_directory()?.join("release");
    let counts = count_all(&folder)?;
    print!("{}", table::render(&CASES, &counts));
    let missed: Vec<_> = CASES.iter().zip(&counts).flat_map(table::missed).collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(format!("targets are missed:\n  {}", missed.join("\n  ")).into())
}

/// Counts every case; one thread a program, as the counts do not depend on the load.
fn count_all(folder: &Path) -> Result<Vec<Counts>> {
    let columns = PROGRAMS.map(|program| {
        let program = folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        thread::spawn(move || count_column(&program).map_err(|err| err.to_string()))
    });
    let mut counts = vec![Counts::default(); CASES.len()];
    for (place, column) in columns.into_iter().enumerate() {
        let column = column.join().map_err(|_| "a counting thread panicked")??;
        for (row, count) in counts.iter_mut().zip(column) {
            row[place] = count;
        }
    }
    Ok(counts)
}

fn count_column(program: &Path) -> Result<Vec<f64>> {
    CASES.iter().map(|case| per_event(program, case)).collect()
}

fn per_event(program: &Path, case: &Case) -> Result<f64> {
    let (few, many) = (FEW_ROUNDS / case.shorter_by, MANY_ROUNDS / case.shorter_by);
    let passed = collected(program, case, many)? - collected(program, case, few)?;
    Ok(passed as f64 / ((many - few) * case.events) as f64)
}

/// The instructions of a whole run of the program.
fn collected(program: &Path, case: &Case, rounds: u64) -> Result<i64> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([case.name, &rounds.to_string()])
        .stdin(Stdio::null());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("counting case `{}` failed:\n{said}", case.name).into());
    }
    parse_collected(&said)
        .ok_or_else(|| format!("no `Collected` in what callgrind said:\n{said}").into())
}

/// The number in callgrind's line `==7== Collected : 1234`.
fn parse_collected(said: &str) -> Option<i64> {
    let (_, rest) = said.split_once("Collected :")?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_collected;

    #[test]
    fn the_number_is_found_among_what_callgrind_says() {
        let said = "==7== Events    : Ir\n==7== Collected : 1234\n==7== \n";
        assert_eq!(parse_collected(said), Some(1234));
        assert_eq!(parse_collected("valgrind: no such program"), None);
    }
}
