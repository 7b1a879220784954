//! Exact, per-operation memory instrumentation.
//!
//! Put [`track`] on the functions that matter, install [`Allocator`], run the program, its tests or its
//! benches: the report tells, per operation, how many bytes were allocated and deallocated, the net, the
//! peak, and what is still alive and who made it.
//!
//! ```
//! #[global_allocator]
//! static ALLOC: memprof::Allocator = memprof::Allocator::system();
//!
//! #[memprof::track("Index")]
//! fn index(texts: &[&str]) -> Vec<String> {
//!     texts.iter().map(|text| tokenize(text)).collect()
//! }
//!
//! #[memprof::track]
//! fn tokenize(text: &str) -> String {
//!     text.to_lowercase()
//! }
//!
//! let words = index(&["Red", "Green"]);
//!
//! let report = memprof::snapshot();
//! let operation = report.operation("Index").unwrap();
//! assert_eq!(operation.calls, 1);
//! assert_eq!(operation.retained_bytes, Some(2 * 24 + 3 + 5));
//! println!("{report}");
//! # drop(words);
//! ```
//!
//! With default features off every name that instrumented code uses still compiles and does nothing:
//! attributes give back their input token for token (`bench` also allows the function to be unused, `budget` has tests say that nothing is checked), the allocators pass through, and the dependency tree
//! is `memprof` and `memprof-macros`. What gives a [`Report`] or a [`Site`] ([`snapshot`], [`sites`]) does not
//! exist then.
//!
//! With the feature `track` alone there is what a library is instrumented with: the attributes, [`scope!`], [`future!`],
//! [`Context`], [`External`] and the recorder, without serde, TOML and the report. The program that installs the allocator
//! has the default features, and the library's operations in its report.
#![cfg_attr(feature = "track", forbid(unsafe_code))]
#![cfg_attr(not(feature = "track"), deny(unsafe_code))]
#![deny(missing_docs)]

// With the feature `track` alone there is nobody to judge.
#[cfg(any(feature = "enabled", not(feature = "track")))]
mod assertions;
mod macros;
#[cfg(not(feature = "track"))]
mod off;

pub use memprof_macros::{bench, budget, skip, track, track_all};

#[cfg(feature = "track")]
pub use memprof_runtime::{
    __private, Attached, Context, External, FutureExt, Site, external, size, thread,
};
#[cfg(feature = "enabled")]
pub use memprof_runtime::{
    Allocator, Bencher, CountingAllocator, Measured, OperationReport, Profiler, ProfilerBuilder,
    ProfilerError, Report, Stats,
    config::{ConfigError, Format},
    measure, report, sites, snapshot,
};

#[cfg(all(feature = "enabled", feature = "dhat"))]
pub use memprof_runtime::dhat;
#[cfg(all(feature = "track", feature = "rayon"))]
pub use memprof_runtime::rayon;
#[cfg(all(feature = "track", feature = "tokio"))]
pub use memprof_runtime::tokio;
#[cfg(all(feature = "track", feature = "tracing"))]
pub use memprof_runtime::tracing;

#[cfg(not(feature = "track"))]
pub use off::bencher::Bencher;
#[cfg(all(not(feature = "track"), feature = "rayon"))]
pub use off::carry::rayon;
#[cfg(all(not(feature = "track"), feature = "tokio"))]
pub use off::carry::tokio;
#[cfg(not(feature = "track"))]
pub use off::carry::{Attached, Context, FutureExt, thread};
#[cfg(all(not(feature = "track"), feature = "dhat"))]
pub use off::dhat;
#[cfg(all(not(feature = "track"), feature = "tracing"))]
pub use off::tracing;
#[cfg(not(feature = "track"))]
pub use off::{
    __private, Allocator, ConfigError, CountingAllocator, External, Format, Measured, Profiler,
    ProfilerBuilder, ProfilerError, Stats, external, measure, size,
};
