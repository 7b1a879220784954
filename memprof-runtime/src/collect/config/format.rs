//! The forms that a report can take.
//!
//! One table holds the name of each and whether this version writes it; the rest reads the table.

use std::fmt;

use super::nearest::nearest;

/// A form in which a report can be written. `Display` gives the name that the user writes.
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::Format;
///
/// assert_eq!(Format::Flamegraph.to_string(), "flamegraph");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `json`: the versioned document that every other tool of memprof reads.
    Json,
    /// `table`: text for the terminal.
    Table,
    /// `html`: one page that needs nothing else.
    Html,
    /// `markdown`: for a comment on a pull request.
    Markdown,
    /// `dhat`: for Valgrind's `dh_view.html`.
    Dhat,
    /// `pprof`: a gzipped protocol buffer.
    Pprof,
    /// `folded`: stacks, one a line.
    Folded,
    /// `flamegraph`: an SVG.
    Flamegraph,
    /// `speedscope`: its JSON.
    Speedscope,
}

struct Row {
    format: Format,
    name: &'static str,
    effective: bool,
}

#[rustfmt::skip]
static ROWS: [Row; 9] = [
    Row { format: Format::Json,       name: "json",       effective: true },
    Row { format: Format::Table,      name: "table",      effective: true },
    Row { format: Format::Html,       name: "html",       effective: false },
    Row { format: Format::Markdown,   name: "markdown",   effective: false },
    Row { format: Format::Dhat,       name: "dhat",       effective: false },
    Row { format: Format::Pprof,      name: "pprof",      effective: false },
    Row { format: Format::Folded,     name: "folded",     effective: false },
    Row { format: Format::Flamegraph, name: "flamegraph", effective: false },
    Row { format: Format::Speedscope, name: "speedscope", effective: false },
];

impl Format {
    /// The name that the user writes, such as `json`.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # use memprof::Format;
    /// assert_eq!(Format::Json.name(), "json");
    /// ```
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// Whether this version writes reports of this form.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # use memprof::Format;
    /// assert!(Format::Json.is_effective() && Format::Table.is_effective());
    /// ```
    pub fn is_effective(self) -> bool {
        self.row().is_some_and(|row| row.effective)
    }

    /// The format of that name, in lower case.
    pub(super) fn named(name: &str) -> Option<Format> {
        let row = ROWS.iter().find(|row| row.name == name)?;
        Some(row.format)
    }

    /// The name that a misspelt `name` most likely stands for.
    pub(super) fn nearest_name(name: &str) -> &'static str {
        nearest(name, ROWS.iter().map(|row| row.name)).unwrap_or("json")
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.format == self)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for row in &ROWS {
            assert_eq!(Format::named(row.name), Some(row.format));
            assert_eq!(row.format.name(), row.name);
        }
        assert_eq!(Format::named("JSON"), None);
        assert_eq!(Format::nearest_name("flamgraph"), "flamegraph");
    }
}
