//! The reporting: in which forms a run is written, and where to; options over environment over
//! `memory_profiling.toml`.
//!
//! The programs check the whole configuration; here two of its keys are looked at.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use toml::{Table, Value};

use crate::arguments::RunOptions;
use crate::failure::{Failure, Result};
use crate::format::Format;

const FILE_NAME: &str = "memory_profiling.toml";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reporting {
    /// At least one, and each once.
    pub(super) formats: Vec<Format>,
    /// None where nothing names one.
    pub(super) directory: Option<PathBuf>,
}

impl Reporting {
    pub(super) fn find(options: &RunOptions) -> Result<Self> {
        let file = match path() {
            Some(path) => read(&path)?,
            None => Table::new(),
        };
        let configured = |key: &str| file.get("reporting")?.get(key);
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let formats = if !options.format.is_empty() {
            options.format.clone()
        } else if let Some(names) = variable("MEMPROF_REPORTING_FORMAT") {
            let names = names.to_string_lossy().into_owned();
            formats(names.split(','), "MEMPROF_REPORTING_FORMAT")?
        } else {
            match configured("format") {
                Some(Value::String(name)) => formats([name.as_str()], FILE_NAME)?,
                Some(Value::Array(names)) => {
                    formats(names.iter().filter_map(Value::as_str), FILE_NAME)?
                }
                _ => Vec::new(),
            }
        };
        let directory = options.output_directory.clone();
        let directory = directory
            .or_else(|| variable("MEMPROF_REPORTING_OUTPUT_DIRECTORY").map(PathBuf::from))
            .or_else(|| configured("output_directory")?.as_str().map(PathBuf::from));
        Ok(Self {
            formats: each_once(formats),
            directory,
        })
    }
}

/// `MEMPROF_CONFIG`, else the nearest file from here upward.
fn path() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("MEMPROF_CONFIG").filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let here = std::env::current_dir().ok()?;
    let mut candidates = here.ancestors().map(|directory| directory.join(FILE_NAME));
    candidates.find(|path| path.is_file())
}

fn read(path: &Path) -> Result<Table> {
    let shown = path.display();
    let text = crate::input::Input::default().text(path, "configuration")?;
    text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].lines().count().max(1));
        Failure::error(format!(
            "`{shown}`, line {line}: {}: correct it",
            error.message()
        ))
    })
}

/// Without those that were named before; json where there is none.
fn each_once(named: Vec<Format>) -> Vec<Format> {
    let mut formats = Vec::new();
    for format in named {
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    if formats.is_empty() {
        formats.push(Format::Json);
    }
    formats
}

/// The formats of these names.
fn formats<'a>(names: impl IntoIterator<Item = &'a str>, place: &str) -> Result<Vec<Format>> {
    let mut formats = Vec::new();
    for name in names {
        let name = name.trim();
        match Format::from_str(name, true) {
            Ok(format) => formats.push(format),
            Err(_) => {
                let valid = Format::value_variants().iter().map(Format::to_string);
                let valid = valid.collect::<Vec<_>>().join(", ");
                return Err(Failure::error(format!(
                    "{place} asks for a format `{name}` that there is not: choose of {valid}"
                )));
            }
        }
    }
    Ok(formats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_name() {
        assert_eq!(
            each_once(formats(["json", " folded", "json"], "x").unwrap()),
            [Format::Json, Format::Folded]
        );
        assert_eq!(each_once(formats([], "x").unwrap()), [Format::Json]);
        let error = formats(["jsn"], "x").unwrap_err().into_text();
        assert!(
            error.starts_with("x asks for a format `jsn` that there is not: choose of table, json"),
            "{error}"
        );
    }
}
