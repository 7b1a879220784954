//! An error is a text that cannot be read: one line that says where, and what is to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// What [`Error`] is the error of.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no answer.
#[derive(Debug)]
pub enum Error {
    /// A file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// A line of the candidates has no colon.
    NoColon {
        /// From 1.
        line: usize,
    },
    /// There is nobody to choose from.
    NoCandidates,
    /// Nothing is required.
    NothingRequired,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, err) => write!(
                f,
                "failed to read `{}`: {err}: name a readable text file",
                path.display()
            ),
            Self::NoColon { line } => write!(
                f,
                "candidates, line {line}: no `:`: write a candidate as `Name: skill, skill`"
            ),
            Self::NoCandidates => {
                f.write_str("no candidates: write one a line, as `Name: skill, skill`")
            }
            Self::NothingRequired => f.write_str("no required skills: write one a line"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, err) => Some(err),
            _ => None,
        }
    }
}
