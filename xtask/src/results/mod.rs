//! `cargo xtask results`: runs the three examples and writes what they took into `docs/results.md`.
//!
//! What is exact is the same on every machine, as long as the compiler is the same: `--check`, a step of the gate, says
//! whether the page still has what the programs give. Times and resident memory are the machine's, and not compared.

mod documents;
mod figures;
mod machine;
mod page;
mod programs;

use std::fs;
use std::path::Path;

use machine::Machine;
use programs::PROGRAMS;

use crate::Result;
use crate::repository::{root, target_directory};

const PAGE: &str = "docs/results.md";

/// What to do with the figures.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Compare the exact figures with those of the page, and write nothing
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result {
    match options.check {
        true => check(),
        false => {
            let page = fresh(&Machine::this()?)?;
            fs::write(root().join(PAGE), page)?;
            println!("wrote {PAGE}");
            Ok(())
        }
    }
}

/// An error unless the committed page has the exact figures of now.
pub(crate) fn check() -> Result {
    let committed = fs::read_to_string(root().join(PAGE))
        .map_err(|err| format!("failed to read `{PAGE}`: {err}"))?;
    let machine = Machine::this()?;
    if !machine.has_versions_of(&committed) {
        println!(
            "note: {PAGE} is of another compiler or platform, so its figures are not compared"
        );
        return Ok(());
    }
    let fresh = fresh(&machine)?;
    match page::first_difference(&committed, &fresh) {
        None => Ok(()),
        Some((committed, fresh)) => Err(format!(
            "{PAGE} has\n  {committed}\nand the programs give\n  {fresh}\nrun `cargo xtask results` and commit the page"
        )
        .into()),
    }
}

/// The page as it is now.
fn fresh(machine: &Machine) -> Result<String> {
    let folder = target_directory()?.join("xtask-results");
    let mut results = Vec::new();
    for program in PROGRAMS {
        println!("    {}", program.name);
        results.push((program, figures::of(program, fresh_folder(&folder)?)?));
    }
    Ok(page::write(machine, &results))
}

/// An empty folder; programs run in it and are told relative paths, because the lengths of paths are in their figures.
fn fresh_folder(folder: &Path) -> Result<&Path> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    // The nearest one is read: this says that all is as by default.
    fs::write(folder.join("memory_profiling.toml"), "")?;
    Ok(folder)
}
