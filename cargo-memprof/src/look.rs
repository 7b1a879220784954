//! The look: how text is laid out for the place that it goes to.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::path::Path;

use memprof_report::TableOptions;

/// Width and colour for that file, or for stdout where there is none. Colour is for terminals only.
pub(crate) fn options(to: Option<&Path>) -> TableOptions {
    let is_stdout = to.is_none_or(|path| path.as_os_str() == "-");
    let is_terminal = is_stdout && io::stdout().is_terminal();
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let no_color = match is_dumb {
        true => Some("1".into()),
        false => std::env::var_os("NO_COLOR"),
    };
    let columns = || {
        let size = terminal_size::terminal_size();
        size.map(|(width, _)| usize::from(width.0))
    };
    let wished = std::env::var("COLUMNS").ok();
    let wished = wished.and_then(|columns| columns.parse().ok());
    let columns = match is_stdout {
        true => wished.or_else(|| columns().filter(|_| is_terminal)),
        false => None,
    };
    TableOptions::for_terminal(is_terminal, no_color.as_deref().map(OsStr::new), columns)
}
