//! The table's options: how wide it may be and whether it has colours.

use std::ffi::OsStr;

/// The width of what is not printed to a terminal, in columns.
const WIDTH_OF_A_FILE: usize = 120;
/// The width of a terminal that does not tell its own, in columns.
const WIDTH_OF_A_TERMINAL: usize = 80;

/// How a [`Table`](crate::Table) is to look. The default is that of a file: 120 columns, no colour.
///
/// ```
/// use memprof_report::TableOptions;
///
/// let options = TableOptions::default();
/// assert_eq!((options.width, options.color), (120, false));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableOptions {
    /// How many columns of a terminal the table may take.
    pub width: usize,
    /// Whether it has colours, as ANSI escape sequences.
    pub color: bool,
    /// Whether call stacks have their frames of the standard library and of collections, see
    /// [`Frame::is_library`](crate::Frame::is_library).
    pub library_frames: bool,
}

impl TableOptions {
    /// The options for a place, out of what the caller knows of it.
    ///
    /// There is colour on a terminal only, and none where `NO_COLOR` is set to something. The width is
    /// `columns`; where that is not known, 80 on a terminal and 120 elsewhere.
    ///
    /// ```
    /// use std::io::IsTerminal;
    /// use memprof_report::{Report, Table, TableOptions};
    ///
    /// let options = TableOptions::for_terminal(
    ///     std::io::stdout().is_terminal(),
    ///     std::env::var_os("NO_COLOR").as_deref(),
    ///     std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()),
    /// );
    /// print!("{}", Table::new(&Report::default()).options(options));
    /// ```
    pub fn for_terminal(
        is_terminal: bool,
        no_color: Option<&OsStr>,
        columns: Option<usize>,
    ) -> Self {
        let width = match columns {
            Some(columns) if columns > 0 => columns,
            _ if is_terminal => WIDTH_OF_A_TERMINAL,
            _ => WIDTH_OF_A_FILE,
        };
        let forbidden = no_color.is_some_and(|value| !value.is_empty());
        Self {
            width,
            color: is_terminal && !forbidden,
            library_frames: false,
        }
    }
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            width: WIDTH_OF_A_FILE,
            color: false,
            library_frames: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(is_terminal: bool, no_color: Option<&str>, columns: Option<usize>) -> (usize, bool) {
        let TableOptions { width, color, .. } =
            TableOptions::for_terminal(is_terminal, no_color.map(OsStr::new), columns);
        (width, color)
    }

    #[test]
    fn colour_is_for_terminals_that_do_not_forbid_it() {
        assert_eq!(options(true, None, Some(100)), (100, true));
        assert_eq!(options(true, Some(""), Some(100)), (100, true));
        assert_eq!(options(true, Some("1"), Some(100)), (100, false));
        assert_eq!(options(false, None, Some(100)), (100, false));
    }

    #[test]
    fn an_unknown_width_is_that_of_the_place() {
        assert_eq!(options(false, None, None), (120, false));
        assert_eq!(options(true, None, None), (80, true));
        assert_eq!(options(true, None, Some(0)), (80, true));
    }
}
