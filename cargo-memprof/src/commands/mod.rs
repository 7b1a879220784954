//! The commands that read reports: each takes its options and comes to something, or fails.

pub(crate) mod baseline;
pub(crate) mod diff;
pub(crate) mod init;
mod last;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod report;

use clap::CommandFactory;

use crate::arguments::Arguments;
use crate::failure::{Done, Result};
use crate::output;
use last::{Use, named_or_last};

/// Prints what the shell is to read.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Done> {
    let mut command = Arguments::command();
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "cargo-memprof", &mut text);
    output::stdout(&text)?;
    Ok(Done::Fine)
}
