//! An error says what cannot be had, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there is no cache.
#[derive(Debug)]
pub enum Error {
    /// The file cannot be made.
    Create(PathBuf, io::Error),
    /// The file cannot be opened.
    Open(PathBuf, io::Error),
    /// The file cannot be mapped.
    Map(PathBuf, io::Error),
    /// The file is not a cache's.
    NotACache(PathBuf, &'static str),
    /// No memory can be of this size.
    Size {
        /// As asked for.
        slots: usize,
        /// As asked for.
        entry_bytes: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(path, err) => write!(
                f,
                "failed to make `{}`: {err}: name a file that is not there yet, in a folder that can be written",
                path.display()
            ),
            Self::Open(path, err) => write!(
                f,
                "failed to open `{}`: {err}: name the file of a cache that another process has made",
                path.display()
            ),
            Self::Map(path, err) => write!(f, "failed to map `{}`: {err}", path.display()),
            Self::NotACache(path, reason) => write!(
                f,
                "`{}` is not a cache of this program: {reason}",
                path.display()
            ),
            Self::Size { slots, entry_bytes } => write!(
                f,
                "no memory has {slots} slots of {entry_bytes} bytes: take at least 1 of each, and fewer"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Create(_, err) | Self::Open(_, err) | Self::Map(_, err) => Some(err),
            Self::NotACache(..) | Self::Size { .. } => None,
        }
    }
}

/// Why an entry was not put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutError {
    /// Every slot has an entry; somebody has to take one first.
    Full,
    /// Key and value have more bytes than a slot.
    TooLong,
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the cache is full: take an entry first",
            Self::TooLong => "key and value are longer than a slot",
        })
    }
}

impl std::error::Error for PutError {}
