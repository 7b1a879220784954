//! `list`: every tracked site of a program, by place, with its calls.

use std::fmt::Write;

use super::{Use, named_or_last};
use crate::arguments::ListOptions;
use crate::failure::{Done, Result};
use crate::output;

/// What stands in place of a number of calls, so that it is seen among them.
const NEVER: &str = "never called";

pub(crate) fn list(options: &ListOptions) -> Result<Done> {
    let report = named_or_last(&options.files, options.input, Use::Show)?;
    let shown = |name: &str| {
        let name = name.replace(char::is_control, " ");
        match name.trim().is_empty() {
            true => "[unnamed]".to_owned(),
            false => name,
        }
    };
    let sites = report.operations.iter();
    let lines: Vec<[String; 3]> = sites
        .filter(|site| site.calls == 0 || !options.never_called)
        .map(|site| {
            let place = format!("{}:{}:{}", site.file, site.line, site.column);
            let calls = match site.calls {
                0 => NEVER.to_owned(),
                1 => "1 call".to_owned(),
                calls => format!("{calls} calls"),
            };
            [shown(&site.name), calls, shown(&place)]
        })
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let (names, calls) = (width(0), width(1));
    let mut text = String::new();
    for [name, number, place] in &lines {
        let _ = writeln!(text, "{name:<names$}  {number:>calls$}  {place}");
    }
    let never = report.operations.iter().filter(|site| site.calls == 0);
    let (all, never) = (report.operations.len(), never.count());
    let sites = if all == 1 { "site" } else { "sites" };
    let _ = writeln!(text, "{all} {sites}, {never} never called");
    output::stdout(text.as_bytes())?;
    Ok(Done::Fine)
}
