//! A walk does what a guide says, as a reader does: files are written, commands run in one shell's folder after the
//! other, and each must succeed and print what the guide says.
//!
//! Two things differ from a reader's way. `../memprof` is this repository, and nothing comes from the network: versions
//! are those of this repository's lock file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::elsewhere::is_elsewhere;
use crate::guide::{Guide, Place, Step};
use crate::pattern::missing;
use crate::repository::repository;

/// Where a walk is done.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Where it begins: a clone, or an empty folder.
    pub folder: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
    /// Settings of cargo for this walk.
    pub variables: Vec<(&'static str, &'static str)>,
}

/// Does all that the guide says.
///
/// # Errors
///
/// The first command that fails or does not print what the guide says, with the guide's line and what it printed.
pub fn walk(guide: &Guide, at: &Surroundings) -> Result<(), String> {
    let mut folder = at.folder.clone();
    follow(guide, at, &mut folder)
}

fn follow(guide: &Guide, at: &Surroundings, folder: &mut PathBuf) -> Result<(), String> {
    if let Place::After(other) = &guide.place {
        follow(&Guide::read(other), at, folder)?;
    }
    for step in &guide.steps {
        match step {
            Step::File {
                path,
                text,
                is_added,
            } => write(&folder.join(path), text, *is_added)
                .map_err(|err| format!("{}: `{path}`: {err}", guide.file))?,
            Step::Command { command, .. } if is_elsewhere(command) => {}
            Step::Command {
                command,
                printed,
                line,
            } => {
                let place = format!("{}:{line}: `{command}`", guide.file);
                println!("    {place}");
                let output = run(command, at, folder).map_err(|err| format!("{place}: {err}"))?;
                if std::env::var_os("WALK_SHOW").is_some() {
                    println!("{output}");
                }
                if let Some(line) = missing(printed, &output) {
                    return Err(format!("{place} does not print\n{line}\nbut\n{output}"));
                }
            }
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str, is_added: bool) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).write(true);
    let file = match is_added {
        true => file.append(true),
        false => file.truncate(true),
    };
    file.open(path)?.write_all(here(text).as_bytes())
}

/// With this repository in place of the clone beside.
fn here(text: &str) -> String {
    text.replace("../memprof", &repository().display().to_string())
}

/// Runs a line in a shell, which may change the folder; gives what it printed to both streams.
fn run(line: &str, at: &Surroundings, folder: &mut PathBuf) -> Result<String, String> {
    lock(folder).map_err(|err| err.to_string())?;
    let last_folder = at.target.join(format!("walk-{}", std::process::id()));
    fs::create_dir_all(&at.target).map_err(|err| err.to_string())?;
    let mut shell = Command::new("bash");
    let script =
        "trap 'pwd > \"$WALK_FOLDER\"' EXIT; set -eo pipefail; exec 2>&1; eval \"$WALK_LINE\"";
    shell.args(["-c", script]).current_dir(&*folder);
    clean_environment(&mut shell, at);
    shell
        .env("WALK_LINE", here(line))
        .env("WALK_FOLDER", &last_folder);
    let output = shell
        .stdin(Stdio::null())
        .output()
        .map_err(|err| err.to_string())?;
    if let Ok(text) = fs::read_to_string(&last_folder) {
        *folder = text.trim_end_matches('\n').into();
        let _ = fs::remove_file(&last_folder);
    }
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(printed),
        false => Err(format!("{}\n{printed}", output.status)),
    }
}

/// Takes the versions of this repository, so that no network is needed. Each time anew: cargo forgets what a package
/// does not need, and chooses by itself what it needs next.
fn lock(folder: &Path) -> std::io::Result<()> {
    if folder.join("Cargo.toml").is_file() {
        fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    }
    Ok(())
}

/// Takes away what is the business of whoever runs this, and says where things go.
fn clean_environment(command: &mut Command, at: &Surroundings) {
    const PREFIXES: [&str; 6] = [
        "MEMPROF_",
        "NEXTEST",
        "RUST_TEST_",
        "RUST_BACKTRACE",
        "CARGO_PKG_",
        "CARGO_PROFILE_",
    ];
    const NAMES: [&str; 6] = [
        "COLUMNS",
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_MANIFEST_DIR",
    ];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_prefixed = PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        if is_prefixed || NAMES.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
    let installed = at.target.join("walk-installed");
    let mut path = vec![installed.join("bin")];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    if let Ok(path) = std::env::join_paths(path) {
        command.env("PATH", path);
    }
    command
        .env("CARGO_INSTALL_ROOT", installed)
        .env("CARGO_TARGET_DIR", &at.target)
        // Benches of this walk are compared with none of another's.
        .env("CRITERION_HOME", at.folder.join("criterion"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_INCREMENTAL", "0")
        .envs(at.variables.iter().copied());
}
