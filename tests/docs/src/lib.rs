//! The guides as tests: their examples are doc tests, their commands are walks. The examples of the attributes are doc
//! tests here too.
//!
//! A *guide* is a Markdown file that people follow: README.md, what is in `docs/`, and the READMEs of the examples.
//! What a guide has its reader do is read out of its own text (see [`Guide`]) and done as it stands there
//! (see [`walk`]), so a command that is written is a command that runs.
#![forbid(unsafe_code)]

mod elsewhere;
mod guide;
mod markdown;
mod pattern;
mod repository;
mod walk;

pub use elsewhere::{ELSEWHERE, Elsewhere, is_elsewhere};
pub use guide::{Guide, Place, Step, guides};
pub use markdown::{Fence, fences, spans};
pub use pattern::{matches, missing};
pub use repository::repository;
pub use walk::{Surroundings, walk};

macro_rules! doc_tests {
    ($($name:ident $file:literal)*) => {
        /// The guides whose examples are doc tests.
        pub const DOC_TESTED: &[&str] = &[$($file),*];
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../", $file))]
            struct $name;
        )*
    };
}

doc_tests! {
    Readme "README.md"
    Comparison "docs/comparison.md"
    Examples "docs/examples.md"
    Limits "docs/limits.md"
    LongRunning "docs/long-running.md"
    Platforms "docs/platforms.md"
    Profiling "docs/profiling.md"
    Troubleshooting "docs/troubleshooting.md"
}

/// The examples of the attributes, as `build.rs` takes them out of `memprof-macros`.
#[cfg(doctest)]
#[doc = include_str!(concat!(env!("OUT_DIR"), "/attributes.md"))]
struct Attributes;
