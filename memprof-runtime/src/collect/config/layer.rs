//! A layer: what one source sets, and where it says so.
//!
//! A key that a source leaves alone is absent from its layer. Layers are merged key by key; the
//! place of a value stays with it, so that later messages can point there.

use std::collections::BTreeMap;
use std::fmt;

use super::keys::Key;
use super::value::Value;

/// Settings by the path of their key.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    settings: BTreeMap<&'static str, Setting>,
}

/// A checked value and where it was given.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// Where something was given. `Display` begins an error message with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A file as a whole, by the path to show.
    File { shown: String },
    /// A line of a file, counted from 1.
    Line { shown: String, line: usize },
    /// A line and column of a file, counted from 1, in characters.
    Column {
        shown: String,
        line: usize,
        column: usize,
    },
    /// An environment variable, by its name.
    Variable { name: String },
    /// The program itself.
    Builder,
}

impl Layer {
    pub(super) fn set(&mut self, key: &Key, value: Value, place: Place) {
        self.settings.insert(key.path, Setting { value, place });
    }

    pub(super) fn get(&self, path: &str) -> Option<&Setting> {
        self.settings.get(path)
    }

    /// Lays `higher` over this one: what it sets replaces what was set here.
    pub(super) fn put_over(&mut self, higher: Layer) {
        self.settings.extend(higher.settings);
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { shown } => write!(f, "{shown}"),
            Place::Line { shown, line } => write!(f, "{shown}:{line}"),
            Place::Column {
                shown,
                line,
                column,
            } => write!(f, "{shown}:{line}:{column}"),
            Place::Variable { name } => write!(f, "environment variable `{name}`"),
            Place::Builder => write!(f, "builder"),
        }
    }
}
