//! The leak check of the cache's README: its test under Valgrind, by the very command that is written there.
//!
//! Where there is no Valgrind, a note says what was not looked at.

use std::fs;

use crate::Result;
use crate::repository::root;
use crate::run::{cargo, has_valgrind, succeed};

const README: &str = "examples/kv_ring_buffer/README.md";

/// What the command says first; the rest of the line is the README's affair.
const RUNNER: &str = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=";

pub(super) fn run() -> Result {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !has_valgrind() {
        println!("note: leaks are not looked for: no valgrind on x86-64 Linux");
        return Ok(());
    }
    let readme = fs::read_to_string(root().join(README))
        .map_err(|err| format!("failed to read `{README}`: {err}"))?;
    let mut lines = readme.lines().filter(|line| line.starts_with(RUNNER));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(
            format!("`{README}` has to tell exactly one command that begins `{RUNNER}`").into(),
        );
    };
    let (variables, arguments) =
        command(line).ok_or_else(|| format!("`{README}`: no command of cargo: {line}"))?;
    succeed(cargo().args(arguments).envs(variables))
}

type Variables<'a> = Vec<(&'a str, &'a str)>;

/// `NAME=value NAME="of words" cargo arguments`, taken apart.
fn command(line: &str) -> Option<(Variables<'_>, std::str::SplitWhitespace<'_>)> {
    let mut variables = Vec::new();
    let mut rest = line;
    while !rest.starts_with("cargo ") {
        let (name, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\" ")?,
            None => value.split_once(' ')?,
        };
        variables.push((name, value));
        rest = after;
    }
    Some((variables, rest.strip_prefix("cargo")?.split_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_command_is_variables_and_arguments() {
        let (variables, arguments) = command("A=\"b c --d=e\" F=1 cargo test -p g").unwrap();
        assert_eq!(variables, [("A", "b c --d=e"), ("F", "1")]);
        assert_eq!(arguments.collect::<Vec<_>>(), ["test", "-p", "g"]);
        assert!(command("A=\"b c cargo test").is_none());
        assert!(command("valgrind cargo").is_none());
    }
}
