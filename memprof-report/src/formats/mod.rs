//! Formats: a report for the profile viewers that people already have.
//!
//! | function | what opens it |
//! |---|---|
//! | [`folded()`] | anything that reads `a;b;c N`: `flamegraph.pl`, inferno, speedscope |
//! | `flamegraph` (feature `flamegraph`) | a browser |
//! | `html` (feature `html`) | a browser: the whole report as a page, which leaves no figure out |
//! | [`speedscope()`] | <https://www.speedscope.app>, its command line |
//! | [`dhat()`] | Valgrind's `dh_view.html`, <https://profiler.firefox.com> |
//! | `pprof` (feature `pprof`) | `go tool pprof`, Parca, Pyroscope |
//!
//! and for continuous integration, by operation:
//!
//! | function | what takes it |
//! |---|---|
//! | [`markdown()`], [`markdown_diff()`] | `$GITHUB_STEP_SUMMARY`, a comment |
//! | [`github()`], [`github_diff()`] | annotations of a workflow on GitHub |
//! | [`junit()`], [`junit_diff()`] | whatever shows test results |
//! | [`bencher()`] | bencher.dev |
//! | [`benchmark()`] | github-action-benchmark, `customSmallerIsBetter` |
//!
//! All of the former show the same samples: the call tree of operations, root first, and below a path the call
//! stacks that were recorded under it. **The figures of an output add up to the report's**: over all samples
//! to the sum over [`Report::paths`](crate::Report::paths), and below each operation to what its paths have.
//! Sampled stacks are estimates, so they are scaled to the exact figures of their path; where every
//! allocation was recorded they stay as they are, and what they leave is the path's own.
//!
//! Work outside any operation stands under `[outside any operation]`. A path on which an operation was
//! entered once more ends in that operation again. Operations of one name are told apart by `(file:line)`,
//! and control characters in names are escaped. A figure that the report does not have is an error, never a zero.
//!
//! ```
//! use memprof_report::{PathReport, Report, formats};
//!
//! let mut report = Report::default();
//! report.run.allocator.installed = true;
//! report.paths = vec![
//!     PathReport { allocated_bytes: 64, ..Default::default() },
//!     PathReport { path: vec!["Index".into(), "Tokenize".into()], allocated_bytes: 1024, ..Default::default() },
//! ];
//!
//! let folded = formats::folded(&report, formats::Weight::AllocatedBytes)?;
//! assert_eq!(folded, "Index;Tokenize 1024\n[outside any operation] 64\n");
//!
//! let error = formats::folded(&report, formats::Weight::RetainedBytes).unwrap_err();
//! assert_eq!(error.to_string(), "the report has no retained bytes: it was recorded without ownership");
//! # Ok::<(), formats::FormatError>(())
//! ```

mod bencher;
mod benchmark;
mod dhat;
mod error;
#[cfg(feature = "flamegraph")]
mod flamegraph;
mod folded;
mod github;
#[cfg(feature = "html")]
mod html;
mod junit;
mod markdown;
#[cfg(feature = "pprof")]
mod pprof;
mod samples;
mod speedscope;
mod weight;

pub use bencher::bencher;
pub use benchmark::benchmark;
pub use dhat::dhat;
pub use error::FormatError;
#[cfg(feature = "flamegraph")]
pub use flamegraph::flamegraph;
pub use folded::folded;
pub use github::{github, github_diff};
#[cfg(feature = "html")]
pub use html::{html, html_diff};
pub use junit::{junit, junit_diff};
pub use markdown::{markdown, markdown_diff};
#[cfg(feature = "pprof")]
pub use pprof::pprof;
pub use speedscope::speedscope;
pub use weight::Weight;
