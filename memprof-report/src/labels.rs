//! Labels: operations and frames of call stacks as tables and viewers show them.
//!
//! A [`Label`] is one place with its name and where it stands. Operations of one name get `(file:line)`
//! behind it, and the column where that is not enough. No label is blank or has a control character.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::{Frame, OperationReport, PathReport, Report};

/// What stands for the root path.
pub(crate) const OUTSIDE: &str = "[outside any operation]";

/// What stands for the callers of a stack that was cut off.
pub(crate) const TRUNCATED: &str = "[call stack cut off: stack_trace_depth]";

/// A place as a viewer shows it.
#[derive(Debug)]
pub(crate) struct Label<'a> {
    /// What tells it from all others that have another place or name.
    pub(crate) name: String,
    /// The function: of an operation the one that it stands in, of a frame its own.
    #[cfg_attr(not(feature = "pprof"), allow(dead_code))]
    pub(crate) function: Option<String>,
    pub(crate) file: Option<&'a str>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    /// Of a call stack's frame, that frame; of an operation none.
    pub(crate) frame: Option<&'a Frame>,
    /// Whether `name` has the place in it already.
    pub(crate) has_place: bool,
}

/// Which operations share their names.
pub(crate) struct Namesakes<'a> {
    report: &'a Report,
    by_name: HashMap<&'a str, u32>,
    by_line: HashMap<(&'a str, &'a str, u32), u32>,
}

impl<'a> Namesakes<'a> {
    pub(crate) fn new(report: &'a Report) -> Self {
        let mut by_name = HashMap::new();
        let mut by_line = HashMap::new();
        for row in &report.operations {
            *by_name.entry(row.name.as_str()).or_default() += 1;
            *by_line.entry(line_of(row)).or_default() += 1;
        }
        Self {
            report,
            by_name,
            by_line,
        }
    }

    /// What an operation of the report is called.
    pub(crate) fn name(&self, row: &OperationReport) -> String {
        let mut name = shown(&row.name);
        if self.is_shared(row) {
            let _ = write!(name, " ({}:{}", shown(&row.file), row.line);
            if self.by_line.get(&line_of(row)) > Some(&1) {
                let _ = write!(name, ":{}", row.column);
            }
            name.push(')');
        }
        name
    }

    /// Whether others bear its name.
    fn is_shared(&self, row: &OperationReport) -> bool {
        self.by_name.get(row.name.as_str()) > Some(&1)
    }

    /// The label of the operation at that index, which must be one.
    pub(crate) fn operation(&self, index: usize) -> Label<'a> {
        let row = &self.report.operations[index];
        let function = [row.module.as_str(), row.function.as_str()];
        let function: Vec<&str> = function
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        Label {
            name: self.name(row),
            function: Some(shown(&function.join("::"))),
            file: Some(&row.file),
            line: Some(row.line),
            column: Some(row.column),
            frame: None,
            has_place: self.is_shared(row),
        }
    }
}

/// The operation at that position of a path, as an index into the report's; none where the report does not list
/// it under that name, which a damaged document may not.
pub(crate) fn listed(report: &Report, path: &PathReport, position: usize) -> Option<usize> {
    let (index, name) = (*path.operations.get(position)?, path.path.get(position)?);
    let row = report.operations.get(index)?;
    (row.name == *name).then_some(index)
}

/// The operations that were called, each with a name that no other has: for what compares by name alone.
pub(crate) fn called(report: &Report) -> Vec<(String, &OperationReport)> {
    let namesakes = Namesakes::new(report);
    let mut taken: HashSet<String> = HashSet::new();
    // Where to go on counting, so that many of one name take no longer than many of several.
    let mut numbers: HashMap<String, u64> = HashMap::new();
    let rows = report.operations.iter().enumerate();
    let called = rows.filter(|(_, row)| row.calls > 0);
    called
        .map(|(index, row)| {
            let name = namesakes.operation(index).name;
            let mut free = name.clone();
            // Sites out of one macro share their place, and names can look alike once they are shown.
            while !taken.insert(free.clone()) {
                let number = numbers.entry(name.clone()).or_insert(1);
                *number += 1;
                free = format!("{name} #{number}");
            }
            (free, row)
        })
        .collect()
}

impl<'a> Label<'a> {
    /// An operation of which only the name is known, or [`OUTSIDE`].
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: shown(name),
            function: None,
            file: None,
            line: None,
            column: None,
            frame: None,
            has_place: false,
        }
    }

    pub(crate) fn frame(frame: &'a Frame) -> Self {
        let function = frame.function.as_deref().map(shown);
        // What `addr2line` and its like ask for, and the same in every run.
        let in_object = frame.object.as_ref().zip(frame.object_offset);
        let in_object = in_object.map(|(object, offset)| format!("{}+{offset:#x}", shown(object)));
        let name = match (function.clone().or(in_object), frame.address, &frame.object) {
            (Some(name), _, _) => name,
            (None, Some(address), Some(object)) => format!("{address:#x} (in {})", shown(object)),
            (None, Some(address), None) => format!("{address:#x}"),
            (None, None, Some(object)) => format!("[unknown] (in {})", shown(object)),
            (None, None, None) => "[unknown]".to_owned(),
        };
        Self {
            name,
            function,
            file: frame.file.as_deref(),
            line: frame.line,
            column: frame.column,
            frame: Some(frame),
            has_place: false,
        }
    }
}

/// The text with control characters escaped, and those that no XML document may hold; never blank.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{fffe}' | '\u{ffff}' => shown.extend(char.escape_unicode()),
            char if char.is_control() => shown.extend(char.escape_default()),
            char => shown.push(char),
        }
    }
    if shown.trim().is_empty() {
        return "[unnamed]".to_owned();
    }
    shown
}

fn line_of(row: &OperationReport) -> (&str, &str, u32) {
    (&row.name, &row.file, row.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are_but_for_what_no_viewer_can_show() {
        assert_eq!(
            shown("Suche “größte” \\ 'x' <T>"),
            "Suche “größte” \\ 'x' <T>"
        );
        assert_eq!(shown("a\nb\tc\0d\u{1b}[0m"), "a\\nb\\tc\\u{0}d\\u{1b}[0m");
        assert_eq!(shown("\u{ffff}"), "\\u{ffff}");
        assert_eq!(["", "  ", "\u{a0}"].map(shown), ["[unnamed]"; 3]);
    }

    #[test]
    fn namesakes_have_their_place_and_others_have_not() {
        let mut report = Report::default();
        for (name, line, column) in [("A", 1, 1), ("B", 2, 1), ("B", 3, 1), ("B", 3, 9)] {
            report.operations.push(OperationReport {
                name: name.into(),
                file: "src/a.rs".into(),
                line,
                column,
                ..Default::default()
            });
        }
        let namesakes = Namesakes::new(&report);
        let names = [0, 1, 2, 3].map(|index| namesakes.operation(index).name);
        assert_eq!(
            names,
            [
                "A",
                "B (src/a.rs:2)",
                "B (src/a.rs:3:1)",
                "B (src/a.rs:3:9)"
            ]
        );
    }

    #[test]
    fn a_frame_is_named_by_what_is_known_of_it() {
        let mut frame = Frame::default();
        assert_eq!(Label::frame(&frame).name, "[unknown]");
        frame.address = Some(0x7f00);
        assert_eq!(Label::frame(&frame).name, "0x7f00");
        frame.object = Some("libc.so.6".into());
        assert_eq!(Label::frame(&frame).name, "0x7f00 (in libc.so.6)");
        frame.function = Some("qsort".into());
        assert_eq!(Label::frame(&frame).name, "qsort");
    }
}
