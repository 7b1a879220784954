//! The allocator is where the program's memory comes from: the system's, or the one that a feature names.
//!
//! Every program of this package installs it under memprof, as `memprof::Allocator::new(INNER)`; with
//! `memory-profiling` off that passes through. A program has one global allocator, so features that ask for two
//! stop the build here, with what to do instead.

#[cfg(all(feature = "jemalloc", feature = "mimalloc"))]
compile_error!(
    "the features `jemalloc` and `mimalloc` clash: a program has one global allocator. Enable one of the two, \
     and run both builds to compare them (`cargo xtask allocators` does)"
);

#[cfg(all(feature = "dhat", feature = "jemalloc"))]
compile_error!(
    "the features `dhat` (or `dhat-heap`) and `jemalloc` clash: a program has one global allocator, and dhat's \
     stands over the system's alone. Leave `jemalloc` out to run dhat; `memory-profiling` goes with either"
);

#[cfg(all(feature = "dhat", feature = "mimalloc"))]
compile_error!(
    "the features `dhat` (or `dhat-heap`) and `mimalloc` clash: a program has one global allocator, and dhat's \
     stands over the system's alone. Leave `mimalloc` out to run dhat; `memory-profiling` goes with either"
);

/// dhat, which memprof carries so that its own work is in nobody's figures.
#[cfg(all(feature = "dhat", feature = "memory-profiling"))]
pub use memprof::dhat;

/// dhat by itself.
#[cfg(all(feature = "dhat", not(feature = "memory-profiling")))]
pub use ::dhat;

// One of these in every build, so that a clash is the only error of its build.

#[cfg(feature = "dhat")]
use dhat::Alloc as Chosen;

#[cfg(all(feature = "jemalloc", not(feature = "dhat")))]
use tikv_jemallocator::Jemalloc as Chosen;

#[cfg(all(feature = "mimalloc", not(any(feature = "dhat", feature = "jemalloc"))))]
use mimalloc::MiMalloc as Chosen;

#[cfg(not(any(feature = "dhat", feature = "jemalloc", feature = "mimalloc")))]
use std::alloc::System as Chosen;

/// The type of [`INNER`].
pub type Inner = Chosen;

/// What the features of this build chose.
pub const INNER: Inner = Chosen;
