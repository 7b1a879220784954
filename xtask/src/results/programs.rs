//! Which programs are run, and which of their figures are exact everywhere.

use std::path::Path;

use super::documents;
use crate::Result;

/// An example and what of it is on the page.
pub(super) struct Program {
    /// Its package.
    pub(super) name: &'static str,
    /// What it does here.
    pub(super) about: &'static str,
    /// Its arguments, as they are on the page.
    pub(super) arguments: &'static [&'static str],
    /// Puts what the program reads into its folder.
    pub(super) prepare: fn(&Path) -> Result,
    /// Operations with the same figures on every machine. Each is there, or it is an error.
    pub(super) exact: &'static [&'static str],
    /// Operations that are told too and not compared: threads, clocks or random numbers are in their figures.
    pub(super) other: &'static [&'static str],
    /// Arguments of a second run, whose last paragraph of output is exact and on the page.
    pub(super) shown: Option<&'static [&'static str]>,
}

pub(super) const PROGRAMS: &[Program] = &[
    Program {
        name: "hybrid_search",
        about: "A search engine by words and by likeness indexes 200 files of the sources of tantivy, of the version that \
                `Cargo.lock` has, and answers eight queries.",
        arguments: &["--corpus", "documents", "--limit", "200", "--quiet"],
        prepare: documents::copy,
        exact: &["Embed", "Insert Vector", "Vector Search"],
        other: &[
            "Indexing Operation",
            "Index Writer",
            "Full Text Search",
            "Search Operation",
        ],
        shown: None,
    },
    Program {
        name: "skill_matching",
        about: "A service finds the candidates for a job among 100, by 50 required skills; then both of its versions \
                are compared.",
        arguments: &["--size", "100"],
        prepare: |_| Ok(()),
        exact: &[
            "Skill Matching",
            "Parse",
            "Embed Skills",
            "Similarity",
            "Match Candidates",
        ],
        other: &[],
        shown: Some(&["compare", "--size", "100"]),
    },
    Program {
        name: "kv_ring_buffer",
        about: "Two writers and two readers send a million entries through a cache in shared memory.",
        arguments: &["--file", "ring"],
        prepare: |_| Ok(()),
        exact: &[],
        other: &[],
        shown: None,
    },
];
