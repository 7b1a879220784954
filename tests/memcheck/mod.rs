//! Whether there is a Valgrind for programs of this target.

use std::process::Command;

/// `None` if it runs this program; otherwise why it does not: there is none, or it cannot start what is built for this
/// target, as where it lacks the symbols of the target's loader. What it says itself begins otherwise than what it says of a
/// program, so a program that fails under it is none of that.
pub(crate) fn is_missing() -> Option<String> {
    let tried = Command::new("valgrind")
        .arg(std::env::current_exe().expect("this program"))
        .arg("--list")
        .output();
    let Ok(tried) = tried else {
        return Some("valgrind is not installed".to_owned());
    };
    let said = String::from_utf8_lossy(&tried.stderr);
    let refusal = said.lines().find(|line| line.starts_with("valgrind:"))?;
    (!tried.status.success()).then(|| format!("valgrind does not run here ({refusal})"))
}
