//! The flags: frame pointers, by which call stacks are walked fast, added to the flags that are there.
//!
//! Cargo takes flags from one place of several: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, the `target` tables
//! of its configuration that fit, `build.rustflags`; the last two also as variables, such as
//! `CARGO_BUILD_RUSTFLAGS`. Ours are appended in that place, so that no flag of the user is lost. A string
//! that is typed (`--config`) leaves no room for ours, which is told.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};

use crate::failure::notice;
use crate::project::option;

const FLAG: &str = "-Cforce-frame-pointers=yes";
/// Where flags are that no other place has.
const BUILD: &str = "build.rustflags";

/// Arranges that programs are built with frame pointers. `arguments` are to stand before those of cargo.
pub(super) fn frame_pointers(
    cargo: &mut Command,
    arguments: &mut Vec<OsString>,
    of_cargo: &[OsString],
) {
    // By the unit separator, or by spaces.
    for (name, separator) in [("CARGO_ENCODED_RUSTFLAGS", "\u{1f}"), ("RUSTFLAGS", " ")] {
        // Cargo takes the first that is set, an empty one too.
        if let Some(mut flags) = std::env::var_os(name) {
            if !flags.is_empty() {
                flags.push(separator);
            }
            flags.push(FLAG);
            cargo.env(name, flags);
            return;
        }
    }
    settings_as_variables(cargo);
    let typed = typed(of_cargo);
    let mut settings: Vec<(String, String)> = Vec::new();
    for (key, value) in typed.iter().chain(&configurations()).flat_map(settings_of) {
        // The nearest file's: a string there stands in place of those further up.
        if settings.iter().all(|(other, _)| *other != key) {
            settings.push((key, value));
        }
    }
    if settings.iter().all(|(key, _)| key != BUILD) {
        settings.push((BUILD.to_owned(), format!("[\"{FLAG}\"]")));
    }
    let is_string = |value: &str| !value.starts_with('[');
    let typed: Vec<(String, String)> = typed.iter().flat_map(settings_of).collect();
    for (key, value) in settings {
        // Cargo joins lists; of strings it takes what is typed last, which is not ours.
        if is_string(&value) && typed.iter().any(|(other, _)| *other == key) {
            notice(&format!(
                "built without frame pointers, so that call stacks take longer: `--config` has `{key}` as a string: \
                 give a list"
            ));
            continue;
        }
        arguments.push("--config".into());
        arguments.push(format!("{key}={value}").into());
    }
}

/// Appends ours to the variables that stand for `target.<triple>.rustflags` and for `build.rustflags`, which cargo joins
/// with what files and `--config` have of the same.
fn settings_as_variables(cargo: &mut Command) {
    for (name, mut flags) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_target = text.starts_with("CARGO_TARGET_") && text.ends_with("_RUSTFLAGS");
        if is_target || text == "CARGO_BUILD_RUSTFLAGS" {
            flags.push(" ");
            flags.push(FLAG);
            cargo.env(&name, flags);
        }
    }
}

/// The flags of a file, those of its `target` tables and of `build`, with ours, as `--config` takes them.
/// Lists are joined by cargo; a string is replaced.
fn settings_of(configuration: &Table) -> Vec<(String, String)> {
    let with_ours = |flags: &Value| match flags {
        Value::Array(_) => Some(format!("[\"{FLAG}\"]")),
        Value::String(flags) => Some(Value::from(format!("{flags} {FLAG}")).to_string()),
        _ => None,
    };
    let tables = configuration.get("target").and_then(Value::as_table);
    let targets = tables.into_iter().flatten().map(|(name, table)| {
        let key = format!("target.{}.rustflags", Value::from(name.as_str()));
        (key, table.get("rustflags"))
    });
    let build = configuration
        .get("build")
        .and_then(|build| build.get("rustflags"));
    targets
        .chain([(BUILD.to_owned(), build)])
        .filter_map(|(key, flags)| Some((key, with_ours(flags?)?)))
        .collect()
}

/// What `--config` has among cargo's arguments, as files or as settings, the last and thereby strongest first.
fn typed(of_cargo: &[OsString]) -> Vec<Table> {
    let table = |value: &OsString| match Path::new(value).is_file() {
        true => read(value),
        false => value.to_str()?.parse().ok(),
    };
    let values = option(of_cargo, &["--config"]);
    values.iter().rev().filter_map(table).collect()
}

fn read(path: impl AsRef<OsStr>) -> Option<Table> {
    fs::read_to_string(Path::new(&path)).ok()?.parse().ok()
}

/// Cargo's configuration files, from here upward and in its home. What cannot be read, cargo tells.
fn configurations() -> Vec<Table> {
    let here = std::env::current_dir().unwrap_or_default();
    let above = here.ancestors().map(|directory| directory.join(".cargo"));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let directories = above.chain(home);
    directories
        .flat_map(|directory| ["config.toml", "config"].map(|name| directory.join(name)))
        .filter_map(read)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_targets_are_kept() {
        let table: Table =
            "[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Ca=1\"]\nlinker = \"x\"\n\
                            [target.'cfg(target_os = \"linux\")']\nrustflags = \"-Cb=2\"\n\
                            [target.other]\nlinker = \"x\"\n\
                            [build]\nrustflags = [\"-Cc=3\"]\n"
                .parse()
                .unwrap();
        let found = settings_of(&table);
        let mut found: Vec<String> = found
            .into_iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        found.sort();
        for setting in &found {
            // What cargo reads, too.
            assert!(setting.parse::<Table>().is_ok(), "{setting}");
        }
        assert_eq!(
            found,
            [
                "build.rustflags=[\"-Cforce-frame-pointers=yes\"]",
                "target.\"x86_64-unknown-linux-gnu\".rustflags=[\"-Cforce-frame-pointers=yes\"]",
                "target.'cfg(target_os = \"linux\")'.rustflags=\"-Cb=2 -Cforce-frame-pointers=yes\"",
            ]
        );
    }
}
