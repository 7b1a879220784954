//! The split: which of the arguments are memprof's own, and which are cargo's.

use std::ffi::OsString;

use clap::CommandFactory;

use crate::arguments::Arguments;

/// Parts the arguments of the process into memprof's own and, of the commands that run cargo, cargo's.
///
/// What memprof knows is its own wherever it stands before `--`, the rest is cargo's. `--quiet` is both's.
pub(crate) fn split(
    arguments: impl IntoIterator<Item = OsString>,
) -> (Vec<OsString>, Vec<OsString>) {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // Cargo calls `cargo-memprof memprof …`.
    if arguments
        .get(1)
        .is_some_and(|argument| argument == "memprof")
    {
        arguments.remove(1);
    }
    let all = Arguments::command();
    let is_command = |argument: &OsString| !argument.as_encoded_bytes().starts_with(b"-");
    let position = arguments.iter().skip(1).position(is_command);
    let command = position.and_then(|at| all.find_subcommand(&arguments[at + 1]));
    let (Some(at), Some(command)) = (position, command) else {
        return (arguments, Vec::new());
    };
    if !["run", "test", "bench", "nextest"].contains(&command.get_name()) {
        return (arguments, Vec::new());
    }
    let rest = arguments.split_off(at + 2);
    let mut of_cargo = Vec::new();
    let mut rest = rest.into_iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            of_cargo.push(argument);
            of_cargo.extend(rest.by_ref());
        } else if argument == "--quiet" || argument == "-q" {
            arguments.push(argument.clone());
            of_cargo.push(argument);
        } else if argument == "--help" || argument == "-h" {
            arguments.push(argument);
        } else if let Some(takes_value) = own(command, &argument) {
            arguments.push(argument);
            arguments.extend(takes_value.then(|| rest.next()).flatten());
        } else {
            of_cargo.push(argument);
        }
    }
    (arguments, of_cargo)
}

/// Whether the next argument is this one's value; none where it is not memprof's.
fn own(command: &clap::Command, argument: &OsString) -> Option<bool> {
    let text = argument.to_str()?.strip_prefix("--")?;
    let (name, has_value) = match text.split_once('=') {
        Some((name, _)) => (name, true),
        None => (text, false),
    };
    let known = command
        .get_arguments()
        .find(|it| it.get_long() == Some(name))?;
    Some(known.get_action().takes_values() && !has_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> (String, String) {
        let (own, of_cargo) = split(line.split(' ').map(OsString::from));
        let text = |parts: Vec<OsString>| parts.join(" ".as_ref()).into_string().unwrap();
        (text(own), text(of_cargo))
    }

    #[test]
    fn what_memprof_does_not_know_is_cargos() {
        for (line, own, of_cargo) in [
            (
                "x memprof run --format folded --release -- --format a",
                "x run --format folded",
                "--release -- --format a",
            ),
            (
                "x test --top=3 -p a --lib --top 3",
                "x test --top=3 --top 3",
                "-p a --lib",
            ),
            ("x -q test --quiet -q", "x -q test --quiet -q", "--quiet -q"),
            ("x bench --help", "x bench --help", ""),
            ("x run --tree a", "x run --tree", "a"),
            ("x report --release", "x report --release", ""),
            ("x run --top", "x run --top", ""),
            ("x", "x", ""),
            ("x memprof", "x", ""),
        ] {
            assert_eq!(parts(line), (own.to_owned(), of_cargo.to_owned()), "{line}");
        }
    }
}
