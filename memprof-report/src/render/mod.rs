//! Rendering: a report as text for people.
//!
//! Nothing here looks at the environment; who prints says what the place is like, see [`TableOptions`].
//! Text out of the program (names, files, messages) may hold anything and is escaped before it is shown.

mod apart;
mod color;
mod columns;
mod diff;
mod external;
mod findings;
mod fragmentation;
mod growth;
mod head;
mod leaks;
mod options;
pub(crate) mod signs;
mod stacks;
mod stats;
mod table;
pub(crate) mod text;
mod tree;
pub(crate) mod units;

pub use options::TableOptions;
pub use table::Table;
pub use tree::Tree;

/// Stands where a figure was not counted: a 0 would be a lie.
pub(crate) const NOT_AVAILABLE: &str = "n/a";
/// In less there would be a word on each line; a place that is narrower gets this.
const LEAST_WIDTH: usize = 40;
