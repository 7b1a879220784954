//! The text: a baseline as a file that is committed.
//!
//! JSON, an entry a line, in an order that depends on nothing but what the entries are called. So a changed
//! operation is one changed line, and two branches conflict only where both changed the same operation.
//! A line for each figure would show which one it is, but most changes touch all of an operation's figures.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Baseline, BaselineEntry, Versions};
use crate::render::text::escaped;

/// The version that is written, and the newest that is read.
const SCHEMA_VERSION: u64 = 1;
const FORMAT: &str = "memprof-baseline";

/// Why a text could not be read as a baseline, where, and what to do about it.
///
/// ```
/// use memprof_report::Baseline;
///
/// let error = Baseline::from_json("{ \"format\": ").unwrap_err();
/// assert_eq!(error.to_string().lines().count(), 1);
/// ```
#[derive(Debug)]
pub struct BaselineError(Kind);

#[derive(Debug)]
enum Kind {
    Json(serde_json::Error),
    CutOff(serde_json::Error),
    Conflict { line: usize },
    NotOurs { is_report: bool },
    Newer(u64),
    Twice { name: String, file: String },
}

/// What every schema version has in common, and what tells other documents apart.
#[derive(Deserialize)]
struct Header {
    format: Option<serde_json::Value>,
    schema_version: Option<serde_json::Value>,
    operations: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "schema_version")]
    _schema_version: u64,
    builds: BTreeMap<String, Versions>,
    entries: Vec<BaselineEntry>,
}

impl Baseline {
    /// The baseline as the text of its file, with a line break at its end.
    ///
    /// ```
    /// use memprof_report::Baseline;
    ///
    /// let text = Baseline::default().to_json()?;
    /// assert!(text.starts_with("{\n  \"format\": \"memprof-baseline\",\n"));
    /// assert_eq!(Baseline::from_json(&text)?, Baseline::default());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// None that is known: a baseline is plain data with text as keys.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut builds = Vec::new();
        for (build, versions) in &self.builds {
            let (build, versions) = (json(build)?, json(versions)?);
            builds.push(format!("\n    {build}: {versions}"));
        }
        let mut entries = Vec::new();
        for entry in &self.entries {
            entries.push(format!("\n    {}", json(entry)?));
        }
        let block = |lines: Vec<String>| match lines.is_empty() {
            true => String::new(),
            false => lines.join(",") + "\n  ",
        };
        Ok(format!(
            "{{\n  \"format\": \"{FORMAT}\",\n  \"schema_version\": {SCHEMA_VERSION},\n  \
             \"builds\": {{{}}},\n  \"entries\": [{}]\n}}\n",
            block(builds),
            block(entries),
        ))
    }

    /// Reads a baseline from the text of its file. Formatting and order are free.
    ///
    /// ```
    /// use memprof_report::Baseline;
    ///
    /// let newer = r#"{ "format": "memprof-baseline", "schema_version": 2 }"#;
    /// assert_eq!(
    ///     Baseline::from_json(newer).unwrap_err().to_string(),
    ///     "baseline has schema version 2, this memprof reads up to 1: use a newer memprof",
    /// );
    /// ```
    ///
    /// # Errors
    /// Where the text is not JSON, not a baseline, of a newer schema version, or has an entry that cannot
    /// be. A field or metric that this version does not know is an error too: it would not be gated.
    pub fn from_json(text: &str) -> Result<Self, BaselineError> {
        if let Some(line) = conflict(text) {
            return Err(BaselineError(Kind::Conflict { line }));
        }
        let header: Header =
            serde_json::from_str(text).map_err(|error| BaselineError::of_header(error, text))?;
        let version = header.schema_version.as_ref().and_then(|it| it.as_u64());
        let is_ours = header.format.as_ref().and_then(|it| it.as_str()) == Some(FORMAT);
        match version {
            Some(version) if is_ours && version > SCHEMA_VERSION => {
                return Err(BaselineError(Kind::Newer(version)));
            }
            Some(1..) if is_ours => {}
            _ => {
                let is_report = header.operations.is_some();
                return Err(BaselineError(Kind::NotOurs { is_report }));
            }
        }
        let document: Document =
            serde_json::from_str(text).map_err(|error| BaselineError(Kind::Json(error)))?;
        let mut baseline = Self {
            entries: document.entries,
            builds: document.builds,
        };
        baseline.sort();
        let twice = baseline
            .entries
            .windows(2)
            .find(|pair| pair[0].key() == pair[1].key());
        match twice {
            Some(pair) => {
                let (name, file) = (pair[0].name.clone(), pair[0].file.clone());
                Err(BaselineError(Kind::Twice { name, file }))
            }
            None => Ok(baseline),
        }
    }
}

impl BaselineError {
    /// What is JSON and of another shape at its very beginning is not ours.
    fn of_header(error: serde_json::Error, text: &str) -> Self {
        // An end behind a sign is a bad number to the parser.
        let is_cut = error.is_eof() || text.trim_end().ends_with('-');
        Self(match error.classify() {
            serde_json::error::Category::Data => Kind::NotOurs { is_report: false },
            _ if is_cut => Kind::CutOff(error),
            _ => Kind::Json(error),
        })
    }
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const RESTORE: &str = "restore it from version control, or delete it and write it anew with \
                               `cargo memprof accept`";
        match &self.0 {
            Kind::CutOff(error) => {
                let error = escaped(&error.to_string());
                write!(f, "baseline ends too early: {error}: {RESTORE}")
            }
            Kind::Json(error) => {
                let error = escaped(&error.to_string());
                write!(f, "failed to read baseline: {error}: {RESTORE}")
            }
            Kind::Conflict { line } => write!(
                f,
                "baseline has merge conflicts, the first at line {line}: keep both sides' lines, each \
                 entry once, then run `cargo memprof accept`"
            ),
            Kind::NotOurs { is_report: true } => write!(
                f,
                "not a memprof baseline but a report: make a baseline of a run with `cargo memprof accept`"
            ),
            Kind::NotOurs { is_report: false } => write!(
                f,
                "not a memprof baseline: it has no `format` \"{FORMAT}\" with a `schema_version`: {RESTORE}"
            ),
            Kind::Newer(version) => write!(
                f,
                "baseline has schema version {version}, this memprof reads up to {SCHEMA_VERSION}: use a \
                 newer memprof"
            ),
            Kind::Twice { name, file } => write!(
                f,
                "baseline has \"{}\" ({}) twice in one build: remove one of the two lines",
                escaped(name),
                escaped(file)
            ),
        }
    }
}

impl std::error::Error for BaselineError {}

/// The first line that a merge left behind, from 1. JSON has none that begins so.
fn conflict(text: &str) -> Option<usize> {
    let is_mark = |line: &str| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
    text.lines().position(is_mark).map(|index| index + 1)
}

fn json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(value)
}
