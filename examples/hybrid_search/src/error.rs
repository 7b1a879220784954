//! An error is a reason why there is nothing to search, or why the search broke.
//!
//! Each message is one line; where the user can do something about it, the line ends with what. Files
//! that cannot be read inside a corpus are no errors: they are counted and left out.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// What [`Error`] is the error of.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is nothing to search, or why the search broke.
#[derive(Debug)]
pub enum Error {
    /// Cargo has downloaded no sources, or they are not where they are looked for.
    NoRegistry(PathBuf),
    /// The folder given as a corpus is not there, is a file, or may not be read.
    Unreadable(PathBuf, io::Error),
    /// The folder is there and holds no document.
    Empty(PathBuf),
    /// The full-text index refused.
    FullText(tantivy::TantivyError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRegistry(path) => write!(
                f,
                "no crate sources in `{}`: run `cargo fetch`, or name a folder of documents with `--corpus DIR`",
                path.display()
            ),
            Self::Unreadable(path, err) => write!(
                f,
                "failed to read corpus folder `{}`: {err}: name a readable folder with `--corpus DIR`",
                path.display()
            ),
            Self::Empty(path) => write!(
                f,
                "no text documents (.md, .rs, .txt, …) in `{}`: name another folder with `--corpus DIR`",
                path.display()
            ),
            Self::FullText(err) => write!(f, "the full-text index failed: {err}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, err) => Some(err),
            Self::FullText(err) => Some(err),
            Self::NoRegistry(_) | Self::Empty(_) => None,
        }
    }
}

impl From<tantivy::TantivyError> for Error {
    fn from(err: tantivy::TantivyError) -> Self {
        Self::FullText(err)
    }
}
