//! The commands that the README tells users to type, so that what is tested is what is written.
//!
//! They are lines of fenced blocks of `sh`. One that is not found, or that a shell would have to take apart,
//! is an error: then either the README or this gate is wrong.

use std::fs;

use crate::Result;
use crate::repository::root;

const EXAMPLE: &str = "cargo run --release -p hybrid_search";
const TEST: &str = "cargo test --workspace";

/// Arguments for cargo that run the example.
pub(super) fn example_command() -> Result<Vec<String>> {
    command(&readme()?, EXAMPLE)
}

/// Arguments for cargo that run the tests.
pub(super) fn test_command() -> Result<Vec<String>> {
    command(&readme()?, TEST)
}

fn readme() -> Result<String> {
    fs::read_to_string(root().join("README.md"))
        .map_err(|err| format!("failed to read `README.md`: {err}").into())
}

/// The one command of `readme` that begins with `start`, without its `cargo`.
fn command(readme: &str, start: &str) -> Result<Vec<String>> {
    let mut lines = shell_lines(readme).filter(|line| line.starts_with(start));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(format!(
            "`README.md` has to tell exactly once, in a block of ```sh, to type `{start}`"
        )
        .into());
    };
    if line.contains(['"', '\'', '$', '|', '&', ';', '<', '>', '\\']) {
        return Err(format!("the README's `{line}` needs a shell").into());
    }
    Ok(line.split_whitespace().skip(1).map(str::to_owned).collect())
}

/// The lines of all blocks of `sh`, without comments.
pub(super) fn shell_lines(readme: &str) -> impl Iterator<Item = &str> {
    let mut is_shell = false;
    readme.lines().map(str::trim).filter_map(move |line| {
        if line.starts_with("```") {
            is_shell = line == "```sh";
            return None;
        }
        let command = line.split(" #").next().unwrap_or(line).trim();
        is_shell.then_some(command)
    })
}

#[cfg(test)]
mod tests {
    use super::{EXAMPLE, TEST, command};

    const README: &str = "\
        `cargo test --workspace` in a text is no command.\n\
        ```sh\n\
        cargo run --release -p hybrid_search   # writes a report\n\
        ```\n\
        ```toml\n\
        cargo test --workspace\n\
        ```\n";

    #[test]
    fn commands_are_lines_of_shell_blocks() {
        let example = command(README, EXAMPLE).unwrap();
        assert_eq!(example, ["run", "--release", "-p", "hybrid_search"]);
    }

    #[test]
    fn a_command_that_is_missing_twice_there_or_quoted_is_an_error() {
        let missing = command(README, TEST).unwrap_err().to_string();
        assert!(missing.contains("exactly once"), "{missing}");
        assert!(command(&README.repeat(2), EXAMPLE).is_err());
        let quoted = "```sh\ncargo test --workspace -- 'a b'\n```";
        assert!(command(quoted, TEST).is_err());
    }

    #[test]
    fn the_readme_has_both() {
        super::example_command().unwrap();
        super::test_command().unwrap();
    }
}
