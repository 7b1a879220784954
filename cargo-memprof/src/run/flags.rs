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
    let settings = configurations()
        .iter()
        .flat_map(settings)
        .collect::<Vec<_>>();
    for setting in settings
        .into_iter()
        .chain([format!("build.rustflags=[\"{FLAG}\"]")])
    {
        arguments.push("--config".into());
        arguments.push(setting.into());
    }
}

/// The flags of a file's `target` tables and of `build`, with ours, as `--config` takes them. Lists are
/// joined by cargo; a string is replaced.
fn settings(configuration: &Table) -> Vec<String> {
    let mut settings = Vec::new();
    let tables = configuration.get("target").and_then(Value::as_table);
    for (name, table) in tables.into_iter().flatten() {
        let key = format!("target.{}.rustflags", Value::from(name.as_str()));
        match table.get("rustflags") {
            Some(Value::Array(_)) => settings.push(format!("{key}=[\"{FLAG}\"]")),
            Some(Value::String(flags)) => {
                settings.push(format!("{key}={}", Value::from(format!("{flags} {FLAG}"))));
            }
            _ => {}
        }
    }
    settings
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
        let mut found = settings(&table);
        found.sort();
        for setting in &found {
            // What cargo reads, too.
            assert!(setting.parse::<Table>().is_ok(), "{setting}");
        }
        assert_eq!(
            found,
            [
                "target.\"x86_64-unknown-linux-gnu\".rustflags=[\"-Cforce-frame-pointers=yes\"]",
                "target.'cfg(target_os = \"linux\")'.rustflags=\"-Cb=2 -Cforce-frame-pointers=yes\"",
            ]
        );
    }
}
