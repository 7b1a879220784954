//! A package that is built to see what that takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::cpu;
use super::elf::Size;
use crate::Result;
use crate::repository::root;
use crate::run::{cargo, output};

/// What of memprof a package asks for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// What a library is instrumented with.
    Light,
    /// What a program has: the allocator and the reports.
    Default,
}

impl Form {
    /// The line of a manifest.
    pub(super) fn dependency(self) -> String {
        let features = match self {
            Self::Light => ", default-features = false, features = [\"track\"]",
            Self::Default => "",
        };
        format!("memprof = {{ path = {:?}{features} }}\n", root())
    }
}

/// In a manifest: memprof in as many units as cargo makes of a package that is not of the workspace. Here it is one.
pub(super) const PROFILE: &str = "\
    [profile.dev.package.memprof-runtime]\ncodegen-units = 16\n\n\
    [profile.dev.package.memprof-macros]\ncodegen-units = 16\n";

/// A package with its own workspace.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    /// Its program.
    pub(super) program: &'static str,
    /// The sources that begin its crates: one of them newer, and cargo compiles the crate anew.
    pub(super) roots: Vec<PathBuf>,
    /// How many functions of it are tracked, in the one of two that has them tracked.
    pub(super) functions: usize,
}

impl Project {
    /// Compiles what it depends on; nothing of that is in any figure.
    pub(super) fn prepare(&self, command: &str) -> Result {
        output(&mut self.cargo(command)).map(drop)
    }

    /// The CPU time of one more `cargo check` or `cargo build`, of its own crates from nothing.
    pub(super) fn time(&self, command: &str) -> Result<Duration> {
        self.forget()?;
        cpu::taken(|| self.prepare(command))
    }

    /// The instructions of one `cargo check`, of its own crates from nothing.
    pub(super) fn instructions(&self) -> Result<u64> {
        self.forget()?;
        let logs = self.target().join("callgrind");
        if logs.exists() {
            fs::remove_dir_all(&logs)?;
        }
        fs::create_dir_all(&logs)?;
        // Cargo runs a program in front of the compiler, and gives it no arguments of its own.
        let wrapper = self.target().join("under-callgrind");
        let script = format!(
            "#!/bin/sh\nexec valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file={:?}/%p \"$@\"\n",
            logs
        );
        write(&wrapper, script)?;
        output(Command::new("chmod").arg("+x").arg(&wrapper))?;
        output(self.cargo("check").env("RUSTC_WORKSPACE_WRAPPER", &wrapper))?;
        let mut instructions = 0;
        for log in fs::read_dir(logs)? {
            let log = fs::read_to_string(log?.path())?;
            instructions += collected(&log).unwrap_or(0);
        }
        Ok(instructions)
    }

    /// The size of the program, built from nothing.
    pub(super) fn size(&self) -> Result<Size> {
        self.forget()?;
        self.prepare("build")?;
        let program = format!("{}{}", self.program, std::env::consts::EXE_SUFFIX);
        Size::of_file(&self.target().join("debug").join(program))
    }

    fn forget(&self) -> Result {
        let incremental = self.target().join("debug/incremental");
        if incremental.exists() {
            fs::remove_dir_all(incremental)?;
        }
        for root in &self.roots {
            let text = fs::read(root)?;
            fs::write(root, text)?;
        }
        Ok(())
    }

    /// Of all packages together, so that what they depend on is compiled once.
    fn target(&self) -> PathBuf {
        self.folder.with_file_name("target")
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = cargo();
        cargo.args([command, "--quiet"]);
        cargo.current_dir(&self.folder);
        cargo.env("CARGO_TARGET_DIR", self.target());
        // The versions of this workspace, which are there without a network.
        cargo.env("CARGO_NET_OFFLINE", "true");
        // As a user has it who has configured nothing: else the environment could change how many units there are.
        for name in ["CARGO_INCREMENTAL", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
            cargo.env_remove(name);
        }
        cargo
    }
}

/// What callgrind counted, if it was a crate that was compiled: cargo also asks the compiler what it is.
fn collected(log: &str) -> Option<u64> {
    if !log.contains("--emit=") {
        return None;
    }
    let (_, rest) = log.split_once("Collected :")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Writes a file and the folders above it, unless it is there as it should be.
pub(super) fn write(file: &Path, text: impl AsRef<[u8]>) -> Result {
    let text = text.as_ref();
    if fs::read(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)
        .map_err(|err| format!("failed to write `{}`: {err}", file.display()).into())
}

/// Gives a package the versions that this workspace is built with.
pub(super) fn write_lock(folder: &Path) -> Result {
    fs::create_dir_all(folder)?;
    let lock = folder.join("Cargo.lock");
    fs::copy(root().join("Cargo.lock"), lock).map(drop)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn what_compiles_nothing_is_not_counted() {
        let log = |arguments| format!("==7== Command: rustc {arguments}\n==7== Collected : 1234\n");
        assert_eq!(
            collected(&log("--crate-name a --emit=metadata")),
            Some(1234)
        );
        assert_eq!(collected(&log("-vV")), None);
    }
}
