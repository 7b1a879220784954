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
//! attributes give back their input token for token (`bench` also allows the function to be unused), the allocators pass through, and the dependency tree
//! is `memprof` and `memprof-macros`. What gives a [`Report`] or a [`Site`] ([`snapshot`], [`sites`]) does not
//! exist then.
#![cfg_attr(feature = "enabled", forbid(unsafe_code))]
#![cfg_attr(not(feature = "enabled"), deny(unsafe_code))]
#![deny(missing_docs)]

mod assertions;
mod macros;
#[cfg(not(feature = "enabled"))]
mod off;

pub use memprof_macros::{bench, budget, skip, track, track_all};

#[cfg(feature = "enabled")]
pub use memprof_runtime::{
    __private, Allocator, Attached, Bencher, Context, CountingAllocator, External, FutureExt,
    Measured, OperationReport, Profiler, ProfilerBuilder, ProfilerError, Report, Site, Stats,
    config::{ConfigError, Format},
    external, measure, report, sites, size, snapshot, thread,
};

#[cfg(all(feature = "enabled", feature = "dhat"))]
pub use memprof_runtime::dhat;
#[cfg(all(feature = "enabled", feature = "rayon"))]
pub use memprof_runtime::rayon;
#[cfg(all(feature = "enabled", feature = "tokio"))]
pub use memprof_runtime::tokio;
#[cfg(all(feature = "enabled", feature = "tracing"))]
pub use memprof_runtime::tracing;

#[cfg(not(feature = "enabled"))]
pub use off::bencher::Bencher;
#[cfg(all(not(feature = "enabled"), feature = "rayon"))]
pub use off::carry::rayon;
#[cfg(all(not(feature = "enabled"), feature = "tokio"))]
pub use off::carry::tokio;
#[cfg(not(feature = "enabled"))]
pub use off::carry::{Attached, Context, FutureExt, thread};
#[cfg(all(not(feature = "enabled"), feature = "dhat"))]
pub use off::dhat;
#[cfg(all(not(feature = "enabled"), feature = "tracing"))]
pub use off::tracing;
#[cfg(not(feature = "enabled"))]
pub use off::{
    __private, Allocator, ConfigError, CountingAllocator, External, Format, Measured, Profiler,
    ProfilerBuilder, ProfilerError, Stats, external, measure, size,
};
