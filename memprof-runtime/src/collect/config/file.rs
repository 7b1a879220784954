//! The file: found, read within bounds, and turned into a layer.
//!
//! It is the path in `MEMPROF_CONFIG`, which must exist, or the nearest [`FILE_NAME`] from the
//! start directory upward. Only a regular file is opened (a pipe could block the program), and at
//! most [`MAX_FILE_BYTES`] of it are read.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::environment::CONFIG_VARIABLE;
use super::error::{Fault, FaultKind};
use super::keys::{key, nearest_key, sections};
use super::layer::{Layer, Place};
use super::nearest::nearest;
use super::value::Raw;

/// The name of the file.
///
/// ```
/// assert_eq!(memprof_runtime::config::FILE_NAME, "memory_profiling.toml");
/// ```
pub const FILE_NAME: &str = "memory_profiling.toml";

/// The longest file that is read, in bytes.
///
/// ```
/// assert!(memprof_runtime::config::MAX_FILE_BYTES >= 64 << 10);
/// ```
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// A file that was found and is yet to be read.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The path as messages show it: short where it is plain which file is meant.
    shown: String,
}

/// The file to read: the one that `named` names, relative to `start`, or the nearest from `start`
/// upward, if there is one.
pub(super) fn find(named: Option<&OsStr>, start: Option<&Path>) -> Result<Option<Found>, Fault> {
    match (named, start) {
        (Some(named), start) => named_file(Path::new(named), start).map(Some),
        (None, Some(start)) => Ok(nearest_file(start)),
        (None, None) => Ok(None),
    }
}

fn named_file(named: &Path, start: Option<&Path>) -> Result<Found, Fault> {
    let path = start.map_or_else(|| named.to_owned(), |start| start.join(named));
    let shown = named.display().to_string();
    match fs::metadata(&path) {
        Ok(_) => Ok(Found { path, shown }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Fault {
            place: Place::Variable {
                name: CONFIG_VARIABLE.to_owned(),
            },
            kind: FaultKind::Missing { path: shown },
        }),
        Err(error) => Err(unreadable(&shown, &error)),
    }
}

fn nearest_file(start: &Path) -> Option<Found> {
    start.ancestors().find_map(|directory| {
        let path = directory.join(FILE_NAME);
        // What cannot be looked into (another user's directory, say) holds no file of this run.
        fs::metadata(&path).ok()?;
        let shown = match directory == start {
            true => FILE_NAME.to_owned(),
            false => path.display().to_string(),
        };
        Some(Found { path, shown })
    })
}

/// What the file sets; faults go to `faults`, in the order of their lines.
pub(super) fn layer(found: &Found, faults: &mut Vec<Fault>) -> Layer {
    let mut reader = Reader {
        shown: &found.shown,
        text: "",
        layer: Layer::default(),
        faults: Vec::new(),
    };
    match read(found) {
        Ok(text) => {
            reader.text = &text;
            reader.document();
            // The parser hands out the keys by name.
            reader.faults.sort_by_key(|(offset, _)| *offset);
            faults.extend(reader.faults.into_iter().map(|(_, fault)| fault));
            reader.layer
        }
        Err(fault) => {
            faults.push(fault);
            Layer::default()
        }
    }
}

fn read(found: &Found) -> Result<String, Fault> {
    let shown = &found.shown;
    let whole = |kind| Fault {
        place: Place::File {
            shown: shown.clone(),
        },
        kind,
    };
    let metadata = fs::metadata(&found.path).map_err(|error| unreadable(shown, &error))?;
    if metadata.is_dir() {
        return Err(whole(FaultKind::IsDirectory));
    }
    if !metadata.is_file() {
        return Err(whole(FaultKind::NotAFile));
    }
    let mut bytes = Vec::new();
    File::open(&found.path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(shown, &error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(whole(FaultKind::TooLong {
            max_bytes: MAX_FILE_BYTES,
        }));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Fault {
            place: Place::Line {
                shown: shown.clone(),
                line: line(valid),
            },
            kind: FaultKind::NotUtf8,
        }
    })
}

fn unreadable(shown: &str, error: &io::Error) -> Fault {
    Fault {
        place: Place::File {
            shown: shown.to_owned(),
        },
        kind: FaultKind::Unreadable {
            message: error.to_string(),
        },
    }
}

/// The line, counted from 1, on which what follows `before` stands.
fn line(before: &[u8]) -> usize {
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// A walk over one document that gathers settings, and faults with their offset.
struct Reader<'t> {
    shown: &'t str,
    text: &'t str,
    layer: Layer,
    faults: Vec<(usize, Fault)>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) {
        let document = match DeTable::parse(self.text) {
            Ok(document) => document.into_inner(),
            Err(error) => return self.syntax(&error),
        };
        for (name, value) in &document {
            let written = name.get_ref().as_ref();
            let known = sections().find(|section| *section == written);
            match (known, value.get_ref()) {
                (Some(section), DeValue::Table(table)) => self.section(section, table),
                (Some(section), other) => {
                    let given = raw(other).to_string();
                    self.fault(name, FaultKind::NotASection { section, given });
                }
                (None, DeValue::Table(_)) => {
                    let nearest = nearest(written, sections()).unwrap_or_default();
                    let written = written.to_owned();
                    self.fault(name, FaultKind::UnknownSection { written, nearest });
                }
                (None, _) => {
                    let nearest = nearest_key("", written).path;
                    let written = written.to_owned();
                    self.fault(name, FaultKind::UnknownKey { written, nearest });
                }
            }
        }
    }

    fn section(&mut self, section: &'static str, table: &DeTable<'_>) {
        for (name, value) in table {
            let written = name.get_ref().as_ref();
            let Some(key) = key(section, written) else {
                let nearest = nearest_key(section, written).path;
                let written = format!("{section}.{written}");
                self.fault(name, FaultKind::UnknownKey { written, nearest });
                continue;
            };
            match key.kind.accept(&raw(value.get_ref())) {
                Ok(value) => {
                    let place = self.line_at(name.span().start);
                    self.layer.set(key, value, place);
                }
                Err(problem) => {
                    let entry = problem.entry.and_then(|index| value.get_ref().get(index));
                    let offset = entry.map_or(name.span().start, |entry| entry.span().start);
                    let fault = Fault::value(self.line_at(offset), key, &problem);
                    self.faults.push((offset, fault));
                }
            }
        }
    }

    fn syntax(&mut self, error: &toml::de::Error) {
        let offset = error.span().map_or(0, |span| span.start);
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let fault = Fault {
            place: Place::Column {
                shown: self.shown.to_owned(),
                line: line(before.as_bytes()),
                column: 1 + before[line_start..].chars().count(),
            },
            kind: FaultKind::Syntax {
                message: error.message().to_owned(),
            },
        };
        self.faults.push((offset, fault));
    }

    fn fault<T>(&mut self, at: &Spanned<T>, kind: FaultKind) {
        let offset = at.span().start;
        let place = self.line_at(offset);
        self.faults.push((offset, Fault { place, kind }));
    }

    fn line_at(&self, offset: usize) -> Place {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        Place::Line {
            shown: self.shown.to_owned(),
            line: line(before),
        }
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.clone().into_owned()),
        DeValue::Integer(integer) => {
            let number = i128::from_str_radix(integer.as_str(), integer.radix());
            number.map_or_else(|_| too_long_an_integer(integer.as_str()), Raw::Integer)
        }
        DeValue::Float(float) => {
            let number = float.as_str().parse();
            number.map_or_else(|_| Raw::Other("a number".to_owned()), Raw::Decimal)
        }
        DeValue::Boolean(flag) => Raw::Boolean(*flag),
        DeValue::Datetime(_) => Raw::Other("a date".to_owned()),
        DeValue::Array(entries) => {
            Raw::List(entries.iter().map(|entry| raw(entry.get_ref())).collect())
        }
        DeValue::Table(_) => Raw::Other("a table".to_owned()),
    }
}

fn too_long_an_integer(digits: &str) -> Raw {
    Raw::Other(format!("an integer of {} digits", digits.len()))
}
