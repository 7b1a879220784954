//! Takes out of messages what depends on the machine, the toolchain's place, and lines of files other than the case.

use std::path::Path;

/// What the compiler said of a case, as it stands in the file beside it.
pub(crate) fn normalize(said: &str, case: &str) -> String {
    let messages = said.trim_end().split("\n\n");
    let normal = messages.map(|message| message_of(message, case));
    let normal: Vec<String> = normal.filter(|message| !message.is_empty()).collect();
    format!("{}\n", normal.join("\n\n"))
}

fn message_of(message: &str, case: &str) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).to_string_lossy();
    let workspace = here.strip_suffix("/tests/ui").unwrap_or(&here);
    let mut lines = Vec::new();
    // Within another file than the case, whose lines move.
    let mut is_elsewhere = false;
    for line in message.lines() {
        let mut line = line.replace(workspace, "$WORKSPACE");
        if let Some((arrow, place)) = arrow(&line) {
            is_elsewhere = !place.starts_with(&format!("cases/{case}.rs:"));
            if is_elsewhere {
                line = format!("{arrow}{}", without_numbers(&of_the_toolchain(place)));
            }
        }
        lines.push(Line::of(&line, is_elsewhere));
    }
    lines.retain(|line| !line.is_of_no_case());
    let numbers = lines.iter().filter_map(|line| match line {
        Line::Gutter { number, .. } => Some(number.len()),
        Line::Text(_) => None,
    });
    let width = numbers.max().unwrap_or(0).max(1);
    let text: Vec<String> = lines.iter().map(|line| line.show(width)).collect();
    text.join("\n")
}

/// A line is text, or has a number and a sign in front.
enum Line {
    Text(String),
    Gutter { number: String, rest: String },
}

impl Line {
    fn of(line: &str, is_elsewhere: bool) -> Self {
        let start = line.trim_start();
        let digits = start.len()
            - start
                .trim_start_matches(|sign: char| sign.is_ascii_digit())
                .len();
        let (number, rest) = start.split_at(digits);
        let rest = rest.trim_start();
        let is_numbered = rest == "|" || rest.starts_with("| ");
        let is_sign = ["--> ", "::: ", "= "]
            .iter()
            .any(|sign| rest.starts_with(sign));
        let is_indented = !number.is_empty() || line.starts_with(' ');
        if is_indented && (is_numbered || number.is_empty() && is_sign) {
            let number = if is_elsewhere { "" } else { number };
            return Self::Gutter {
                number: number.to_owned(),
                rest: rest.to_owned(),
            };
        }
        Self::Text(line.trim_end().to_owned())
    }

    /// Whether it says the same of every program that does not compile.
    fn is_of_no_case(&self) -> bool {
        let Self::Text(text) = self else {
            return false;
        };
        let starts = [
            "error: aborting due to ",
            "Some errors have detailed ",
            "For more information about ",
        ];
        starts.iter().any(|start| text.starts_with(start))
    }

    fn show(&self, width: usize) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Gutter { rest, .. } if rest.starts_with("-->") || rest.starts_with(":::") => {
                format!("{:width$}{rest}", "")
            }
            Self::Gutter { number, rest } => format!("{number:>width$} {}", rest.trim_end()),
        }
    }
}

/// The part of a line up to the place that it names, and the place.
fn arrow(line: &str) -> Option<(&str, &str)> {
    let start = line.trim_start();
    let is_arrow = start.starts_with("--> ") || start.starts_with("::: ");
    is_arrow.then(|| line.split_at(line.len() - start.len() + "--> ".len()))
}

fn of_the_toolchain(place: &str) -> String {
    let is_there = place.starts_with("/rustc/") || place.contains("/rustlib/src/rust/");
    match place.split_once("/library/") {
        Some((_, file)) if is_there => format!("$RUST/{file}"),
        _ => place.to_owned(),
    }
}

/// A place without line and column.
fn without_numbers(place: &str) -> &str {
    place.trim_end_matches(|sign: char| sign == ':' || sign.is_ascii_digit())
}
