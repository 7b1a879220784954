//! Running other programs: always at the root, always without input, always checked.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::Result;
use crate::repository::root;

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs `command`, which prints what it likes; an error unless it succeeds.
pub(crate) fn succeed(command: &mut Command) -> Result {
    let shown = show(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|err| format!("failed to start `{shown}`: {err}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed: {status}").into())
    }
}

/// Runs `command` and gives back what it printed to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|err| format!("failed to start `{shown}`: {err}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{shown}` failed: {}\n{said}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The command line, for people.
pub(crate) fn show(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program())
        .file_stem()
        .unwrap_or(OsStr::new("?"));
    let mut shown = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shown += &format!("{}={:?} ", name.display(), value);
        }
    }
    shown += &program.to_string_lossy();
    for arg in command.get_args() {
        shown += &format!(" {}", arg.to_string_lossy());
    }
    shown
}

/// Whether Valgrind is installed, which some steps need and tell of when it is not.
pub(crate) fn has_valgrind() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
