//! What became of the matching service's memory: its README's command, in release, prints what the README shows and
//! holds the first version against its baseline; its benches keep to theirs.

use std::fs;

use crate::Result;
use crate::repository::root;
use crate::run::{cargo, output, succeed};

const README: &str = "examples/skill_matching/README.md";

/// What the command begins with; the one that takes new figures has more behind.
const COMPARE: &str = "cargo run --release -p skill_matching -- compare ";
const ACCEPT: &str = "--accept";

pub(super) fn run() -> Result {
    let readme = fs::read_to_string(root().join(README))
        .map_err(|err| format!("failed to read `{README}`: {err}"))?;
    let shown = output(cargo().args(arguments(&readme)?))?;
    print!("{shown}");
    if !readme.contains(&format!("```text\n{shown}```\n")) {
        return Err(format!("`{README}` shows something else than its command prints").into());
    }
    Ok(())
}

/// The benches, each once with its budget, and with their time for a moment each.
pub(super) fn benches() -> Result {
    succeed(cargo().args(["test", "--package", "skill_matching", "--bench", "matching"]))?;
    let mut bench = cargo();
    bench.args([
        "bench",
        "--package",
        "skill_matching",
        "--bench",
        "matching",
    ]);
    succeed(bench.args(["--", "--quick", "--noplot", "--discard-baseline"]))
}

/// Of the one command that compares.
fn arguments(readme: &str) -> Result<Vec<&str>> {
    let mut lines = readme
        .lines()
        .filter(|line| line.starts_with(COMPARE) && !line.contains(ACCEPT));
    match (lines.next(), lines.next()) {
        (Some(line), None) => Ok(line.split_whitespace().skip(1).collect()),
        _ => Err(
            format!("`{README}` has to tell exactly one command that begins `{COMPARE}`").into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::arguments;

    const README: &str = "\
        ```sh\n\
        cargo run --release -p skill_matching -- compare --baseline a.json\n\
        cargo run --release -p skill_matching -- compare --baseline a.json --accept\n\
        ```\n";

    #[test]
    fn the_command_compares_and_takes_nothing() {
        let found = arguments(README).unwrap();
        assert_eq!(found.last(), Some(&"a.json"));
        assert!(arguments(&README.repeat(2)).is_err());
        assert!(arguments("").is_err());
    }
}
