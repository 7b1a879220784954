//! The environment: every key as `MEMPROF_SECTION_KEY`.
//!
//! Lists are separated by commas, booleans are true, false, 1, 0, yes, no, on or off. A variable
//! that is empty counts as not set. One that begins like a section but names no key of it is an
//! error; any other `MEMPROF_…` belongs to somebody else and is left alone.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::error::{Fault, FaultKind};
use super::keys::{Key, keys, nearest_key, sections};
use super::layer::{Layer, Place};
use super::value::{Kind, Problem, Raw, Value};

const PREFIX: &str = "MEMPROF_";

/// The variable that names the file.
pub(super) const CONFIG_VARIABLE: &str = "MEMPROF_CONFIG";

/// The variables of memprof that are not keys of the configuration.
///
/// ```
/// assert!(memprof_runtime::config::OTHER_VARIABLES.contains(&"MEMPROF_CONFIG"));
/// ```
pub const OTHER_VARIABLES: [&str; 3] = [CONFIG_VARIABLE, "MEMPROF_PRINT", "MEMPROF_RUN_ID"];

/// The variables of memprof that are set, by name.
pub(super) fn relevant(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<(String, OsString)> {
    let mut relevant: Vec<_> = environment
        .into_iter()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
        .collect();
    relevant.sort_by(|(one, _), (other, _)| one.cmp(other));
    relevant
}

/// The path in `MEMPROF_CONFIG`, if there is one.
pub(super) fn config_path(relevant: &[(String, OsString)]) -> Option<&OsStr> {
    let mut relevant = relevant.iter();
    let (_, path) = relevant.find(|(name, _)| name == CONFIG_VARIABLE)?;
    Some(path)
}

/// What the environment sets; faults go to `faults`, by name of the variable.
pub(super) fn layer(relevant: &[(String, OsString)], faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in relevant {
        let Some((section, rest)) = section(name) else {
            continue;
        };
        let place = Place::Variable { name: name.clone() };
        let Some(key) = keys().iter().find(|key| key.variable() == *name) else {
            let written = rest.to_ascii_lowercase();
            let nearest = nearest_key(section, &written).variable();
            let written = format!("{section}.{written}");
            let kind = FaultKind::UnknownVariable { written, nearest };
            faults.push(Fault { place, kind });
            continue;
        };
        match accept(key, value) {
            Ok(value) => layer.set(key, value, place),
            Err(problem) => faults.push(Fault::value(place, key, &problem)),
        }
    }
    layer
}

/// The section that a variable's name begins with, and the rest of the name.
fn section(name: &str) -> Option<(&'static str, &str)> {
    if OTHER_VARIABLES.contains(&name) {
        return None;
    }
    let name = name.strip_prefix(PREFIX)?;
    sections().find_map(|section| {
        let rest = name.strip_prefix(&section.to_ascii_uppercase())?;
        Some((section, rest.strip_prefix('_')?))
    })
}

fn accept(key: &Key, value: &OsStr) -> Result<Value, Problem> {
    match (key.kind, value.to_str()) {
        (kind, Some(text)) => kind.accept(&raw(kind, text)),
        // A path need not be text.
        (Kind::Directory, None) => Ok(Value::Path(PathBuf::from(value))),
        (kind, None) => kind.accept(&Raw::Other("text that is not UTF-8".to_owned())),
    }
}

/// What `text` stands for, where `kind` is asked for.
fn raw(kind: Kind, text: &str) -> Raw {
    let trimmed = text.trim();
    match kind {
        Kind::Flag => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Raw::Boolean(true),
            "false" | "0" | "no" | "off" => Raw::Boolean(false),
            _ => Raw::Text(text.to_owned()),
        },
        Kind::Count { .. } | Kind::Megabytes => Raw::number(trimmed),
        Kind::Size | Kind::Directory => Raw::Text(text.to_owned()),
        Kind::Formats => {
            let names = trimmed.split(',').map(|name| name.trim().to_owned());
            Raw::List(names.map(Raw::Text).collect())
        }
    }
}
