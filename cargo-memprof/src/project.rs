//! The project: what cargo says of the workspace that a command is run in.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::pattern::{fits, is_pattern};

/// A workspace, or a package that is one by itself.
#[derive(Debug)]
pub(crate) struct Project {
    /// Where the workspace's manifest stands.
    pub(crate) root: PathBuf,
    /// Cargo's target directory.
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// A member of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    pub(crate) features: Vec<String>,
    pub(crate) targets: Vec<Target>,
    /// Whether it depends on memprof itself, in whatever way.
    pub(crate) has_memprof: bool,
    /// Whether it is meant where no package is named, at the root of the workspace.
    pub(crate) is_default: bool,
}

/// A target of a package.
#[derive(Debug)]
pub(crate) struct Target {
    /// `bin`, `test`, …
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Target {
    fn of(document: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            kind: text(&document["kind"][0]),
            name: text(&document["name"]),
        }
    }
}

/// The cargo that calls this program, else the one that is found.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

impl Project {
    /// The project of the working directory, or of the `--manifest-path` in cargo's arguments; the target
    /// directory as they say.
    pub(crate) fn find(of_cargo: &[OsString]) -> Result<Self> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version=1"]);
        if let Some(path) = option(of_cargo, &["--manifest-path"]).first() {
            command.arg("--manifest-path").arg(path);
        }
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| {
            Failure::error(format!(
                "cargo cannot be run: {error}: install it, or set `CARGO` to its path"
            ))
        })?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let text = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let text = text.collect::<Vec<_>>().join(" ");
            let text = text.trim_start_matches("error: ");
            return Err(Failure::error(format!(
                "cargo finds no project here: {text}: run this in a package, or name a file"
            )));
        }
        let document: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure::error(format!("failed to read cargo's metadata: {error}")))?;
        let mut project = Self::of(&document);
        if let Some(target) = option(of_cargo, &["--target-dir"]).pop() {
            project.target = PathBuf::from(target);
        }
        Ok(project)
    }

    fn of(document: &Value) -> Self {
        let path = |key: &str| PathBuf::from(document[key].as_str().unwrap_or_default());
        let defaults = document["workspace_default_members"].as_array();
        let packages = document["packages"].as_array().into_iter().flatten();
        let packages = packages.map(|package| {
            let features = package["features"].as_object().into_iter().flatten();
            let targets = package["targets"].as_array().into_iter().flatten();
            let mut dependencies = package["dependencies"].as_array().into_iter().flatten();
            let text = |key: &str| package[key].as_str().unwrap_or_default();
            Package {
                name: text("name").to_owned(),
                manifest: text("manifest_path").into(),
                has_memprof: dependencies.any(|it| it["name"] == "memprof"),
                features: features.map(|(name, _)| name.clone()).collect(),
                targets: targets.map(Target::of).collect(),
                is_default: defaults.is_none_or(|ids| ids.contains(&package["id"])),
            }
        });
        Self {
            packages: packages.collect(),
            root: path("workspace_root"),
            target: path("target_directory"),
        }
    }

    /// What the project is called in a report: its one package, or the directory of its workspace.
    pub(crate) fn name(&self) -> String {
        match &self.packages[..] {
            [package] => package.name.clone(),
            _ => {
                let directory = self.root.file_name().unwrap_or(OsStr::new("workspace"));
                directory.to_string_lossy().into_owned()
            }
        }
    }

    /// `` it has `a`, `b` ``, as many as one reads.
    pub(crate) fn names(&self) -> String {
        const MOST: usize = 10;
        let names = self.packages.iter().take(MOST);
        let names: Vec<String> = names.map(|package| format!("`{}`", package.name)).collect();
        let others = if self.packages.len() > MOST {
            ", …"
        } else {
            ""
        };
        format!("it has {}{others}", names.join(", "))
    }

    /// The packages that cargo means by these arguments.
    pub(crate) fn selected(&self, of_cargo: &[OsString]) -> Vec<&Package> {
        let named = option(of_cargo, &["-p", "--package"]);
        let excluded = option(of_cargo, &["--exclude"]);
        let is_all = has(of_cargo, "--workspace") || has(of_cargo, "--all");
        let all = self.packages.iter();
        let is_of = |specs: &[OsString], package: &Package| {
            specs.iter().any(|spec| is_called(spec, package))
        };
        if is_all {
            return all.filter(|package| !is_of(&excluded, package)).collect();
        }
        if !named.is_empty() {
            return all.filter(|package| is_of(&named, package)).collect();
        }
        let manifest = option(of_cargo, &["--manifest-path"]).pop();
        let here = match manifest {
            Some(path) => std::path::absolute(path).ok(),
            None => nearest_manifest(),
        };
        let is_root = here.as_deref() == Some(&self.root.join("Cargo.toml"));
        let own = |package: &&Package| here.as_ref() == Some(&package.manifest);
        match self.packages.iter().find(own) {
            Some(package) if !is_root => vec![package],
            _ => all.filter(|package| package.is_default).collect(),
        }
    }
}

/// What `-p` names and no package of the workspace is called. It may be a dependency.
pub(crate) fn unknown_packages(project: &Project, of_cargo: &[OsString]) -> Vec<String> {
    let named = option(of_cargo, &["-p", "--package"]);
    let is_known = |spec: &OsString| {
        project
            .packages
            .iter()
            .any(|package| is_called(spec, package))
    };
    let unknown = named.iter().filter(|spec| !is_known(spec));
    unknown
        .map(|spec| spec.to_string_lossy().into_owned())
        .collect()
}

/// Whether the flag is among cargo's own arguments.
pub(crate) fn has(of_cargo: &[OsString], flag: &str) -> bool {
    before_dashes(of_cargo).any(|argument| argument == flag)
}

/// The values of an option among cargo's own arguments, as `--a b`, `--a=b` and `-ab`.
pub(crate) fn option(of_cargo: &[OsString], names: &[&str]) -> Vec<OsString> {
    let mut values = Vec::new();
    let mut arguments = before_dashes(of_cargo);
    while let Some(argument) = arguments.next() {
        for name in names {
            if argument == name {
                values.extend(arguments.next().cloned());
                break;
            }
            let joined = argument.to_str().and_then(|text| text.strip_prefix(name));
            match joined {
                Some(rest) if rest.starts_with('=') => values.push(rest[1..].into()),
                Some(rest) if !name.starts_with("--") => values.push(rest.into()),
                _ => {}
            }
        }
    }
    values
}

fn before_dashes(of_cargo: &[OsString]) -> impl Iterator<Item = &OsString> {
    of_cargo.iter().take_while(|argument| *argument != "--")
}

/// `name`, `name@1.0.0`, a pattern, or a URL: `path+file:///place/name#1.0.0`, `…#name@1.0.0`.
fn is_called(spec: &OsStr, package: &Package) -> bool {
    let spec = spec.to_string_lossy();
    if is_pattern(&spec) {
        return fits(&spec, &package.name);
    }
    let (url, fragment) = spec.split_once('#').unwrap_or((&spec, ""));
    let is_version = fragment.starts_with(|char: char| char.is_ascii_digit());
    let name = match fragment {
        "" => url.rsplit('/').next().unwrap_or_default(),
        _ if is_version => url.rsplit('/').next().unwrap_or_default(),
        fragment => fragment,
    };
    let name = name.split(['@', ':']).next().unwrap_or_default();
    name == package.name
}

fn nearest_manifest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut candidates = here
        .ancestors()
        .map(|directory| directory.join("Cargo.toml"));
    candidates.find(|path| Path::is_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn project() -> Project {
        let package = |name: &str, is_default| Package {
            name: name.to_owned(),
            manifest: PathBuf::from("/none").join(name).join("Cargo.toml"),
            features: Vec::new(),
            targets: Vec::new(),
            has_memprof: true,
            is_default,
        };
        Project {
            root: "/none".into(),
            target: "/none/target".into(),
            packages: vec![package("a", true), package("b", false)],
        }
    }

    #[test]
    fn options_are_read_in_each_of_their_forms() {
        let line = arguments("--package a -p b -pc --package=d -p=e -- -p f");
        assert_eq!(
            option(&line, &["-p", "--package"]),
            ["a", "b", "c", "d", "e"]
        );
        assert!(has(&arguments("--lib -- --all"), "--lib"));
        assert!(!has(&arguments("--lib -- --all"), "--all"));
    }

    #[test]
    fn packages_are_those_that_cargo_means() {
        let project = project();
        for (line, names) in [
            ("--lib", vec!["a"]),
            ("--workspace", vec!["a", "b"]),
            ("-p b", vec!["b"]),
            ("-p b@1.0.0", vec!["b"]),
            ("-p path+file:///none/b#0.1.0", vec!["b"]),
            ("-p path+file:///none/x#b@0.1.0", vec!["b"]),
            ("-p c", vec![]),
            ("-p *", vec!["a", "b"]),
            ("-p [!b]*", vec!["a"]),
            ("-p b*", vec!["b"]),
            ("-p c*", vec![]),
            ("--workspace --exclude b", vec!["a"]),
            ("--workspace --exclude=[a] --exclude c", vec!["b"]),
            ("--workspace --exclude *", vec![]),
            ("--manifest-path /none/b/Cargo.toml", vec!["b"]),
        ] {
            let selected = project.selected(&arguments(line));
            let selected: Vec<&str> = selected.iter().map(|package| &*package.name).collect();
            assert_eq!(selected, names, "{line}");
        }
    }
}
