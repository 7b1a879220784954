//! Wrong arguments: what cargo was asked to build and the workspace does not have. Cargo has said so in its own words, which
//! went to the terminal.

use super::switched::Asked;
use crate::pattern::{fits, is_pattern};
use crate::project::{Package, option, unknown_packages};

/// The options that name a target, and what cargo calls its kind.
const TARGETS: [(&str, &str); 4] = [
    ("--bin", "bin"),
    ("--example", "example"),
    ("--test", "test"),
    ("--bench", "bench"),
];
/// So many names one reads.
const MOST: usize = 10;

/// The first of them, and what to do; none where cargo failed for another reason.
pub(super) fn argument(asked: Asked<'_>) -> Option<String> {
    let Asked {
        project, of_cargo, ..
    } = asked;
    if let Some(name) = unknown_packages(project, of_cargo).first() {
        return Some(format!(
            "the workspace has no package `{name}`: {}: correct `-p`",
            project.names()
        ));
    }
    let selected = project.selected(of_cargo);
    if selected.is_empty() {
        return None;
    }
    target(asked, &selected).or_else(|| feature(asked, &selected))
}

fn target(asked: Asked<'_>, selected: &[&Package]) -> Option<String> {
    // Behind the first argument that is not its own, `cargo run` has those of the program.
    let options = if asked.command == "run" { 2 } else { 4 };
    for (flag, kind) in &TARGETS[..options] {
        let targets = selected.iter().flat_map(|package| &package.targets);
        let of_kind = targets.filter(|target| target.kind == *kind);
        let names: Vec<&str> = of_kind.map(|target| target.name.as_str()).collect();
        for value in option(asked.of_cargo, &[flag]) {
            let value = value.to_string_lossy();
            let is_it = |name: &&str| match is_pattern(&value) {
                true => fits(&value, name),
                false => **name == value,
            };
            if !names.iter().any(is_it) {
                let (packages, has) = whose(selected);
                let targets = match names.is_empty() {
                    true => format!("no {kind} target"),
                    false => format!("no {kind} target `{value}`: {has} {}", listed(&names)),
                };
                return Some(format!("{packages} {targets}: correct `{flag}`"));
            }
        }
    }
    None
}

fn feature(asked: Asked<'_>, selected: &[&Package]) -> Option<String> {
    let values = option(asked.of_cargo, &["--features", "-F"]);
    for value in values {
        let value = value.to_string_lossy();
        for name in value.split([',', ' ']).filter(|name| !name.is_empty()) {
            // `PACKAGE/FEATURE` may be of a dependency, whose features are not known here.
            let has = |package: &&Package| package.features.iter().any(|feature| feature == name);
            if !name.contains('/') && !selected.iter().any(has) {
                let (packages, _) = whose(selected);
                return Some(format!(
                    "{packages} no feature `{name}`: correct `--features`"
                ));
            }
        }
    }
    None
}

/// ``package `a` has`` and `it has`, of those that were selected.
fn whose(selected: &[&Package]) -> (String, &'static str) {
    match selected {
        [package] => (format!("package `{}` has", package.name), "it has"),
        _ => ("the packages that are built have".to_owned(), "they have"),
    }
}

/// `` `a`, `b` ``, as many as one reads.
fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    let others = if names.len() > MOST { ", …" } else { "" };
    format!("{}{others}", shown.join(", "))
}
