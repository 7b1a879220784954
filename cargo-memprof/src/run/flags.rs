//! The flags: frame pointers, by which call stacks are walked fast, added to the flags that are there.
//!
//! Cargo takes flags from one place of several: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, the `target` tables
//! of its configuration that fit, `build.rustflags`. Ours are appended in that place, so that no flag of
//! the user is lost.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use toml::{Table, Value};

const FLAG: &str = "-Cforce-frame-pointers=yes";
/// Where flags are that no other place has.
const BUILD: &str = "build.rustflags";

/// Arranges that programs are built with frame pointers.
pub(super) fn frame_pointers(cargo: &mut Command, arguments: &mut Vec<OsString>) {
    let set = |name: &str| std::env::var_os(name).filter(|flags| !flags.is_empty());
    // By the unit separator, or by spaces.
    for (name, separator) in [("CARGO_ENCODED_RUSTFLAGS", "\u{1f}"), ("RUSTFLAGS", " ")] {
        if let Some(mut flags) = set(name) {
            flags.push(separator);
            flags.push(FLAG);
            cargo.env(name, flags);
            return;
        }
    }
    let mut settings: Vec<(String, String)> = Vec::new();
    for (key, value) in configurations().iter().flat_map(settings_of) {
        // The nearest file's: a string there stands in place of those further up.
        if settings.iter().all(|(other, _)| *other != key) {
            settings.push((key, value));
        }
    }
    if settings.iter().all(|(key, _)| key != BUILD) {
        settings.push((BUILD.to_owned(), format!("[\"{FLAG}\"]")));
    }
    for (key, value) in settings {
        arguments.push("--config".into());
        arguments.push(format!("{key}={value}").into());
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

/// Cargo's configuration files, from here upward and in its home. What cannot be read, cargo tells.
fn configurations() -> Vec<Table> {
    let here = std::env::current_dir().unwrap_or_default();
    let above = here.ancestors().map(|directory| directory.join(".cargo"));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let directories = above.chain(home);
    directories
        .flat_map(|directory| ["config.toml", "config"].map(|name| directory.join(name)))
        .filter_map(|path| std::fs::read_to_string(path).ok()?.parse().ok())
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
