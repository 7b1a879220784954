//! What is wrong with a configuration, and where.
//!
//! A [`Fault`] is one thing that is wrong at one place; all messages are worded here. A
//! [`ConfigError`] is the first fault and the number of the others. It always prints as one line,
//! whatever stood in the file or the environment.

use std::fmt;

use super::keys::Key;
use super::layer::Place;
use super::value::Problem;

/// Why the configuration cannot be used: one line that names the place (file and line, environment
/// variable, or builder), the key, what is wrong with it and, for an unknown key, the nearest
/// valid one.
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::Profiler;
///
/// let error = Profiler::builder().stack_trace_depth(0).build().unwrap_err();
/// assert!(error.to_string().contains("memory.stack_trace_depth"), "{error}");
/// ```
#[derive(Clone)]
pub struct ConfigError {
    first: Fault,
    more: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) kind: FaultKind,
}

#[derive(Clone, Debug)]
pub(super) enum FaultKind {
    UnknownKey {
        written: String,
        nearest: &'static str,
    },
    UnknownVariable {
        written: String,
        nearest: String,
    },
    UnknownSection {
        written: String,
        nearest: &'static str,
    },
    NotASection {
        section: &'static str,
        given: String,
    },
    Value {
        key: &'static str,
        problem: String,
    },
    Exclusive {
        one: &'static str,
        other: &'static str,
        other_place: String,
    },
    Syntax {
        message: String,
    },
    NotUtf8,
    Missing {
        path: String,
    },
    Unreadable {
        message: String,
    },
    IsDirectory,
    NotAFile,
    TooLong {
        max_bytes: u64,
    },
}

impl ConfigError {
    /// The error that tells of `faults`, which are in order; `None` if there are none.
    pub(super) fn first_of(faults: Vec<Fault>) -> Option<ConfigError> {
        let more = faults.len().saturating_sub(1);
        let first = faults.into_iter().next()?;
        Some(ConfigError { first, more })
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { place, kind } = &self.first;
        write!(f, "{}: {}", one_line(&place.to_string()), kind)?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}

impl Fault {
    pub(super) fn value(place: Place, key: &Key, problem: &Problem) -> Fault {
        let kind = FaultKind::Value {
            key: key.path,
            problem: problem.what.clone(),
        };
        Fault { place, kind }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::UnknownKey { written, nearest } => write!(
                f,
                "unknown key `{}`; the nearest valid key is `{nearest}`",
                short(written),
            ),
            FaultKind::UnknownVariable { written, nearest } => write!(
                f,
                "unknown key `{}`; the nearest valid variable is `{nearest}`",
                short(written),
            ),
            FaultKind::UnknownSection { written, nearest } => write!(
                f,
                "unknown section `[{}]`; the nearest valid section is `[{nearest}]`",
                short(written),
            ),
            FaultKind::NotASection { section, given } => {
                write!(
                    f,
                    "`{section}` must be a section `[{section}]`, not {given}"
                )
            }
            FaultKind::Value { key, problem } => write!(f, "`{key}` {problem}"),
            FaultKind::Exclusive {
                one,
                other,
                other_place,
            } => write!(
                f,
                "`{one}` and `{other}` ({other_place}) exclude each other; set one of the two",
            ),
            FaultKind::Syntax { message } => write!(f, "not valid TOML: {}", one_line(message)),
            FaultKind::NotUtf8 => f.write_str("not valid UTF-8"),
            FaultKind::Missing { path } => write!(f, "there is no file `{}`", one_line(path)),
            FaultKind::Unreadable { message } => {
                write!(f, "failed to read the file: {}", one_line(message))
            }
            FaultKind::IsDirectory => f.write_str("is a directory, not a file"),
            FaultKind::NotAFile => f.write_str("is not a regular file"),
            FaultKind::TooLong { max_bytes } => {
                write!(f, "the file is longer than {max_bytes} bytes")
            }
        }
    }
}

/// Readable, because `fn main() -> Result<…>` prints it so.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigError({self})")
    }
}

/// The text in quotes and escaped, cut where it gets long.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// The text without quotes, on one line, cut where it gets long.
fn short(text: &str) -> String {
    one_line(&cut(text))
}

/// The text with line breaks and other control characters turned into spaces.
pub(super) fn one_line(text: &str) -> String {
    text.trim_end().replace(|c: char| c.is_control(), " ")
}

fn cut(text: &str) -> String {
    const MAX_CHARS: usize = 64;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
