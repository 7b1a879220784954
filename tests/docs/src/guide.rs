//! What a guide has its reader do.
//!
//! - A block of `sh` has commands, a line each.
//! - A block of `console` has commands behind `$ `, and below each what it prints (see `pattern`).
//! - A block below a line that ends with a colon and names a file in a code span is that file: ``In `src/main.rs`:``.
//!   Where that line says ``Add to `FILE` ``, the block is added to its end.
//! - `<!-- walk: … -->` says where all that is done: `in a clone` (which is the default), `beside a clone` in an empty
//!   folder, or `after FILE`, where that other guide ends.

use std::fs;
use std::path::PathBuf;

use crate::markdown::{Fence, fences};
use crate::repository::repository;

/// A guide and what it has its reader do.
#[derive(Debug)]
pub struct Guide {
    /// Its file, relative to the repository.
    pub file: String,
    /// Its text.
    pub text: String,
    /// Where it begins.
    pub place: Place,
    /// What is to be done, in this order.
    pub steps: Vec<Step>,
}

/// Where a guide begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the root of a clone of this repository.
    InClone,
    /// In an empty folder beside one.
    BesideClone,
    /// Where that guide ends.
    After(String),
}

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A file is written, or something is added to it.
    File {
        /// Relative to the current folder.
        path: String,
        /// What is written.
        text: String,
        /// Whether it is added to what is there.
        is_added: bool,
    },
    /// A command is run, and succeeds.
    Command {
        /// For the shell.
        command: String,
        /// What it prints at least; see `pattern`.
        printed: Vec<String>,
        /// Where it stands in the guide, from 1.
        line: usize,
    },
}

/// All guides.
pub fn guides() -> Vec<Guide> {
    let mut files = vec!["README.md".to_owned()];
    files.extend(below("docs").filter(|file| file.ends_with(".md")));
    files.extend(below("examples").map(|folder| folder + "/README.md"));
    files.retain(|file| repository().join(file).is_file());
    files.iter().map(|file| Guide::read(file)).collect()
}

/// What is in a folder of the repository, sorted.
fn below(folder: &str) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(repository().join(folder))
        .into_iter()
        .flatten();
    let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    names.sort();
    let named = |path: PathBuf| Some(format!("{folder}/{}", path.file_name()?.to_str()?));
    names
        .into_iter()
        .filter_map(named)
        .collect::<Vec<_>>()
        .into_iter()
}

impl Guide {
    /// Reads a file of the repository.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn read(file: &str) -> Self {
        let text = fs::read_to_string(repository().join(file));
        let text = text.unwrap_or_else(|err| panic!("failed to read `{file}`: {err}"));
        Self::parse(file, text)
    }

    fn parse(file: &str, text: String) -> Self {
        let place = place(&text);
        let mut steps = Vec::new();
        for fence in fences(&text) {
            match fence.language {
                "sh" => steps.extend(commands(&fence)),
                "console" => steps.extend(transcript(&fence)),
                // What stands in a clone is there already.
                _ if place == Place::InClone => {}
                _ => steps.extend(written(&fence)),
            }
        }
        Self {
            file: file.to_owned(),
            place,
            steps,
            text,
        }
    }

    /// Whether there is something to be run.
    pub fn has_commands(&self) -> bool {
        let is_command = |step: &Step| matches!(step, Step::Command { .. });
        self.steps.iter().any(is_command)
    }
}

fn place(text: &str) -> Place {
    let Some((_, rest)) = text.split_once("<!-- walk: ") else {
        return Place::InClone;
    };
    match rest.split_once(" -->").map(|(place, _)| place) {
        Some("in a clone") => Place::InClone,
        Some("beside a clone") => Place::BesideClone,
        Some(place) if place.starts_with("after ") => Place::After(place["after ".len()..].into()),
        place => panic!("no place to walk: {place:?}"),
    }
}

/// The commands of a block of `sh`; a backslash at the end of a line continues it.
fn commands(fence: &Fence<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut begun = String::new();
    for (line, text) in (fence.line..).zip(fence.text.lines()) {
        begun += text.trim();
        if let Some(continued) = begun.strip_suffix('\\') {
            begun.truncate(continued.len());
            continue;
        }
        let command = without_comment(&std::mem::take(&mut begun)).to_owned();
        if !command.is_empty() {
            let printed = Vec::new();
            steps.push(Step::Command {
                command,
                printed,
                line,
            });
        }
    }
    steps
}

fn without_comment(command: &str) -> &str {
    let end = match command.starts_with('#') {
        true => 0,
        false => command.find(" #").unwrap_or(command.len()),
    };
    command[..end].trim()
}

/// The commands of a block of `console`, with what they print.
fn transcript(fence: &Fence<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (line, text) in (fence.line..).zip(fence.text.lines()) {
        match (text.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step::Command {
                command: without_comment(command).to_owned(),
                printed: Vec::new(),
                line,
            }),
            (None, Some(Step::Command { printed, .. })) => printed.push(text.to_owned()),
            (None, _) => panic!("line {line}: a block of `console` begins with `$ `"),
        }
    }
    steps
}

/// The file that a block is.
fn written(fence: &Fence<'_>) -> Option<Step> {
    let above = fence.above.strip_suffix(':')?;
    let is_file = |span: &&str| {
        let ends = [".rs", ".toml", ".txt"];
        ends.iter().any(|end| span.ends_with(end)) && !span.contains(' ')
    };
    let path = above.split('`').skip(1).step_by(2).find(is_file)?;
    Some(Step::File {
        path: path.to_owned(),
        text: fence.text.clone(),
        is_added: above.contains("Add to `"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Guide, Place, Step};

    fn command(command: &str, printed: &[&str], line: usize) -> Step {
        Step::Command {
            command: command.to_owned(),
            printed: printed.iter().map(|&line| line.to_owned()).collect(),
            line,
        }
    }

    #[test]
    fn what_is_to_be_done_is_read_out_of_the_text() {
        let text = "<!-- walk: beside a clone -->\nIn `src/main.rs`:\n```rust\nfn main() {}\n```\n\
                    Add to `Cargo.toml`, at its end:\n```toml\n[features]\n```\n\
                    ```sh\ncargo run   # says nothing\ncargo \\\n  test\n```\n\
                    ```console\n$ echo one\none\n$ true\n```\nJust `text`:\n```text\nno file\n```\n";
        let guide = Guide::parse("g.md", text.to_owned());
        assert_eq!(guide.place, Place::BesideClone);
        let file = |path: &str, text: &str, is_added| Step::File {
            path: path.to_owned(),
            text: text.to_owned(),
            is_added,
        };
        assert_eq!(
            guide.steps,
            [
                file("src/main.rs", "fn main() {}\n", false),
                file("Cargo.toml", "[features]\n", true),
                command("cargo run", &[], 11),
                command("cargo test", &[], 13),
                command("echo one", &["one"], 16),
                command("true", &[], 18),
            ]
        );
    }

    #[test]
    fn in_a_clone_no_file_is_written() {
        let text = "In `src/main.rs`:\n```rust\nfn main() {}\n```\n";
        assert_eq!(Guide::parse("g.md", text.to_owned()).steps, []);
    }
}
