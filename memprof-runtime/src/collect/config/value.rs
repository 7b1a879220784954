//! Values: from what a source holds, over what its key allows, to what a field stores.
//!
//! A [`Raw`] is what stood in the file or the environment, a [`Value`] one that a [`Kind`] has
//! found fit. All sources pass through [`Kind::check`], so none can bring in what another refuses.

use std::fmt;
use std::path::PathBuf;

use super::Format;
use super::error::{one_line, quoted};
use super::settings::BYTES_PER_MB;
use super::size::parse_size;

/// What a source holds, before it is known whether it fits. `Display` says it in an error.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    Boolean(bool),
    Integer(i128),
    Decimal(f64),
    Text(String),
    List(Vec<Raw>),
    /// Something that no key accepts, in words.
    Other(String),
}

/// What a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// True or false.
    Flag,
    /// A whole number in a range, both ends included.
    Count { min: u64, max: u64 },
    /// Bytes, as an integer or as text with a unit.
    Size,
    /// A number of MB, stored in bytes.
    Megabytes,
    /// A path that is not empty.
    Directory,
    /// One format or several, none twice.
    Formats,
}

/// A value in the form in which its field stores it. Sizes are integers, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Flag(bool),
    Integer(u64),
    Path(PathBuf),
    Formats(Vec<Format>),
}

/// Why a value does not fit, as the end of a sentence that begins with its key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) what: String,
    /// Which entry of a list it is about, counted from 0.
    pub(super) entry: Option<usize>,
}

impl Kind {
    /// Turns `raw` into a value that fits, or says why it does not.
    pub(super) fn accept(self, raw: &Raw) -> Result<Value, Problem> {
        let value = match (self, raw) {
            (Kind::Flag, Raw::Boolean(flag)) => Value::Flag(*flag),
            (Kind::Count { .. }, Raw::Integer(number)) => match u64::try_from(*number) {
                Ok(number) => Value::Integer(number),
                Err(_) => return Err(self.wanted_instead_of(number)),
            },
            (Kind::Size, Raw::Integer(number)) => match u64::try_from(*number) {
                Ok(bytes) => Value::Integer(bytes),
                Err(_) => return Err(out_of_range(number, *number < 0)),
            },
            (Kind::Size, Raw::Text(text)) => match parse_size(text) {
                Ok(bytes) => Value::Integer(bytes),
                Err(message) => return Err(Problem::new(format!("must be a size, but {message}"))),
            },
            (Kind::Megabytes, Raw::Integer(number)) => match whole_megabytes(*number) {
                Some(bytes) => Value::Integer(bytes),
                None => return Err(out_of_range(number, *number < 0)),
            },
            (Kind::Megabytes, Raw::Decimal(number)) if !number.is_nan() => {
                match megabytes(*number) {
                    Some(bytes) => Value::Integer(bytes),
                    None => return Err(out_of_range(number, *number < 0.0)),
                }
            }
            (Kind::Directory, Raw::Text(text)) => Value::Path(PathBuf::from(text)),
            (Kind::Formats, Raw::Text(_)) => formats(std::slice::from_ref(raw))?,
            (Kind::Formats, Raw::List(entries)) => formats(entries)?,
            _ => return Err(self.wanted_instead_of(raw)),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Says why a value of the right type does not fit, if so.
    pub(super) fn check(self, value: &Value) -> Result<(), Problem> {
        match (self, value) {
            (Kind::Count { min, max }, Value::Integer(number)) if !(min..=max).contains(number) => {
                Err(self.wanted_instead_of(number))
            }
            (Kind::Directory, Value::Path(path)) if path.as_os_str().is_empty() => {
                Err(Problem::new("must not be empty".to_owned()))
            }
            (Kind::Formats, Value::Formats(formats)) => check_formats(formats),
            _ => Ok(()),
        }
    }

    fn wanted_instead_of(self, given: &dyn fmt::Display) -> Problem {
        Problem::new(format!("must be {self}, not {given}"))
    }
}

/// What the kind wants, to stand after "must be".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Flag => f.write_str("true or false"),
            Kind::Count { min, max: u64::MAX } => write!(f, "a whole number, {min} or more"),
            Kind::Count { min, max } => write!(f, "a whole number from {min} to {max}"),
            Kind::Size => f.write_str("a size such as 4096 or \"512 KiB\""),
            Kind::Megabytes => f.write_str("a number of MB, such as 100 or 0.5"),
            Kind::Directory => f.write_str("a path"),
            Kind::Formats => f.write_str("a format or a list of formats"),
        }
    }
}

impl Problem {
    fn new(what: String) -> Problem {
        Problem { what, entry: None }
    }
}

impl Raw {
    /// A number as text, as the environment has it; other text stays text.
    pub(super) fn number(text: &str) -> Raw {
        if let Ok(number) = text.parse() {
            return Raw::Integer(number);
        }
        match text.parse() {
            Ok(number) => Raw::Decimal(number),
            Err(_) => Raw::Text(text.to_owned()),
        }
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Boolean(flag) => write!(f, "{flag}"),
            Raw::Integer(number) => write!(f, "the integer {number}"),
            Raw::Decimal(number) => write!(f, "the number {number}"),
            Raw::Text(text) => write!(f, "the string {}", quoted(text)),
            Raw::List(_) => f.write_str("a list"),
            Raw::Other(words) => f.write_str(&one_line(words)),
        }
    }
}

fn whole_megabytes(number: i128) -> Option<u64> {
    u64::try_from(number).ok()?.checked_mul(BYTES_PER_MB)
}

/// Bytes of a decimal number of MB, to the nearest byte; `None` if it is negative or more than a
/// `u64` can hold.
fn megabytes(number: f64) -> Option<u64> {
    let bytes = (number * BYTES_PER_MB as f64).round();
    // `u64::MAX as f64` is 2^64, the first value that does not fit.
    let fits = number >= 0.0 && bytes < u64::MAX as f64;
    fits.then_some(bytes as u64)
}

fn out_of_range(number: &dyn fmt::Display, is_negative: bool) -> Problem {
    Problem::new(match is_negative {
        true => format!("must not be negative, and is {number}"),
        false => format!("is too large: {number}"),
    })
}

fn formats(entries: &[Raw]) -> Result<Value, Problem> {
    let mut formats = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let problem = |what| Problem {
            what,
            entry: Some(index),
        };
        let Raw::Text(name) = entry else {
            return Err(problem(format!("must list names of formats, not {entry}")));
        };
        let Some(format) = Format::named(name) else {
            return Err(problem(format!(
                "names the unknown format {}; the nearest valid format is \"{}\"",
                quoted(name),
                Format::nearest_name(name),
            )));
        };
        formats.push(format);
    }
    Ok(Value::Formats(formats))
}

fn check_formats(formats: &[Format]) -> Result<(), Problem> {
    if formats.is_empty() {
        return Err(Problem::new("must name at least one format".to_owned()));
    }
    for (index, format) in formats.iter().enumerate() {
        if formats[..index].contains(format) {
            return Err(Problem {
                what: format!("names the format \"{format}\" twice"),
                entry: Some(index),
            });
        }
    }
    Ok(())
}

/// As the file would have it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Flag(flag) => write!(f, "{flag}"),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Path(path) => f.write_str(&quoted(&path.to_string_lossy())),
            Value::Formats(formats) => {
                let names: Vec<_> = formats.iter().map(|f| format!("\"{f}\"")).collect();
                match names.as_slice() {
                    [name] => f.write_str(name),
                    names => write!(f, "[{}]", names.join(", ")),
                }
            }
        }
    }
}
