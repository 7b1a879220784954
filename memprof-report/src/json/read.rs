//! Reading: a report out of JSON text, or the reason why it is none.
//!
//! The text may be anything; no input panics or exhausts the stack. The version is looked at before the
//! rest, so that a document of the future is refused by its version and not by a field that it lacks.

use std::fmt;

use serde::Deserialize;
use serde::de::{Error, IgnoredAny};

use crate::render::text::escaped;
use crate::{Report, SCHEMA_VERSION};

/// Why a text could not be read as a report.
///
/// ```
/// use memprof_report::Report;
///
/// let error = Report::from_json("{}").unwrap_err();
/// assert_eq!(error.to_string(), "not a memprof report: it has no `schema_version`");
/// ```
#[derive(Debug)]
pub struct ReadError(Kind);

#[derive(Debug)]
enum Kind {
    NotJson(serde_json::Error),
    NotAReport(serde_json::Error),
    NoVersion,
    NotVersioned(serde_json::Error),
    Newer(u64),
}

/// What every schema version has in common.
#[derive(Deserialize)]
struct Versioned {
    schema_version: Option<u64>,
}

impl Report {
    /// Reads a report from its JSON document. Fields that this version does not know are passed over.
    ///
    /// ```
    /// use memprof_report::Report;
    ///
    /// let error = Report::from_json(r#"{ "schema_version": 2 }"#).unwrap_err();
    /// assert_eq!(error.to_string(), "report has schema version 2, this memprof reads up to 1");
    /// ```
    ///
    /// # Errors
    /// Where the text is not JSON, is not a report, or is a report of a newer schema version.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        // It is gone through twice.
        let text = without_blanks_behind(text);
        if !text.trim_start().starts_with('{') {
            // A struct can be read of a list too, and is no report for that.
            let valid = serde_json::from_str::<IgnoredAny>(text);
            return Err(match valid {
                Ok(_) => ReadError(Kind::NotVersioned(Error::custom("it is no object"))),
                Err(error) => ReadError(Kind::NotJson(error)),
            });
        }
        let found: Versioned = serde_json::from_str(text).map_err(ReadError::of_version)?;
        match found.schema_version {
            None | Some(0) => return Err(ReadError(Kind::NoVersion)),
            Some(version) if version > u64::from(SCHEMA_VERSION) => {
                return Err(ReadError(Kind::Newer(version)));
            }
            Some(_) => {}
        }
        serde_json::from_str(text).map_err(ReadError::from_serde)
    }
}

impl ReadError {
    /// Whether the text ends before its document does, as of a writer that was stopped.
    ///
    /// ```
    /// # use memprof_report::Report;
    /// assert!(Report::from_json(r#"{ "schema_version": 1, "#).unwrap_err().is_cut_off());
    /// ```
    pub fn is_cut_off(&self) -> bool {
        matches!(&self.0, Kind::NotJson(error) if error.is_eof())
    }

    /// Whether it is the report of a newer memprof.
    ///
    /// ```
    /// # use memprof_report::Report;
    /// assert!(Report::from_json(r#"{ "schema_version": 2 }"#).unwrap_err().is_newer());
    /// ```
    pub fn is_newer(&self) -> bool {
        matches!(self.0, Kind::Newer(_))
    }

    /// Whether it is JSON that never claimed to be a report: it has no version of a schema.
    ///
    /// ```
    /// # use memprof_report::Report;
    /// assert!(Report::from_json(r#"{ "name": "package" }"#).unwrap_err().is_foreign());
    /// ```
    pub fn is_foreign(&self) -> bool {
        matches!(self.0, Kind::NoVersion | Kind::NotVersioned(_))
    }

    fn of_version(error: serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Data => Self(Kind::NotVersioned(error)),
            _ => Self(Kind::NotJson(error)),
        }
    }

    fn from_serde(error: serde_json::Error) -> Self {
        Self(match error.classify() {
            serde_json::error::Category::Data => Kind::NotAReport(error),
            _ => Kind::NotJson(error),
        })
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::NotJson(error) => write!(f, "not json: {}", one_line(error)),
            Kind::NotAReport(error) | Kind::NotVersioned(error) => {
                write!(f, "not a memprof report: {}", one_line(error))
            }
            Kind::NoVersion => write!(f, "not a memprof report: it has no `schema_version`"),
            Kind::Newer(version) => write!(
                f,
                "report has schema version {version}, this memprof reads up to {SCHEMA_VERSION}"
            ),
        }
    }
}

/// The text without the blanks of JSON at its end.
fn without_blanks_behind(text: &str) -> &str {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let blanks = text.bytes().rev().take_while(is_blank).count();
    &text[..text.len() - blanks]
}

/// The error may hold text of the document, whatever that is.
fn one_line(error: &serde_json::Error) -> String {
    escaped(&error.to_string())
}

impl std::error::Error for ReadError {}
