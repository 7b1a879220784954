//! The off build: everything that instrumented code names, doing nothing.
//!
//! The allocators pass through, which takes the only `unsafe` of this crate.
#![allow(unsafe_code)]

pub(crate) mod bencher;
pub(crate) mod carry;
#[cfg(feature = "dhat")]
pub mod dhat;
mod external;
#[cfg(feature = "tracing")]
pub mod tracing;
mod unchecked;

pub use external::{External, external};

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt;
use std::path::{Path, PathBuf};

macro_rules! pass_through {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone, Copy)]
        pub struct $name<A = System> {
            inner: A,
        }

        impl $name<System> {
            /// Over the system's allocator.
            #[must_use]
            pub const fn system() -> Self {
                Self::new(System)
            }
        }

        impl<A> $name<A> {
            /// Over `inner`.
            #[must_use]
            pub const fn new(inner: A) -> Self {
                Self { inner }
            }
        }

        // SAFETY: every method is the inner allocator's.
        unsafe impl<A: GlobalAlloc> GlobalAlloc for $name<A> {
            #[inline]
            unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
                // SAFETY: passed on.
                unsafe { self.inner.alloc(layout) }
            }

            #[inline]
            unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
                // SAFETY: passed on.
                unsafe { self.inner.alloc_zeroed(layout) }
            }

            #[inline]
            unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
                // SAFETY: passed on.
                unsafe { self.inner.dealloc(block, layout) }
            }

            #[inline]
            unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
                // SAFETY: passed on.
                unsafe { self.inner.realloc(block, layout, new_size) }
            }
        }
    };
}

pass_through! {
    /// Passes through: memprof is switched off.
    Allocator
}
pass_through! {
    /// Passes through: memprof is switched off.
    CountingAllocator
}

/// All zero: memprof is switched off.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Stats {
    pub allocations: u64,
    pub allocated_bytes: u64,
    pub deallocations: u64,
    pub deallocated_bytes: u64,
    pub net_bytes: i64,
    pub reallocations: u64,
    pub reallocated_old_bytes: u64,
    pub reallocated_new_bytes: u64,
    pub peak_bytes: u64,
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not measured: memprof is switched off")
    }
}

/// A closure's value; the figures are all zero, since memprof is switched off.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured<T> {
    /// What the closure returned.
    pub value: T,
    /// All zero.
    pub stats: Stats,
}

/// Runs `work` and measures nothing.
pub fn measure<T>(work: impl FnOnce() -> T) -> Measured<T> {
    Measured {
        value: work(),
        stats: Stats::default(),
    }
}

/// Does nothing: memprof is switched off.
#[inline(always)]
pub fn size(_: usize) {}

/// Does nothing: memprof is switched off.
#[derive(Debug)]
pub struct Profiler(());

impl Profiler {
    /// Starts to build one.
    pub fn builder() -> ProfilerBuilder {
        ProfilerBuilder(())
    }

    /// Writes nothing: `None`.
    ///
    /// # Errors
    /// Never.
    pub fn finish(self) -> Result<Option<PathBuf>, ProfilerError> {
        Ok(None)
    }
}

/// Builds a [`Profiler`] that does nothing.
#[derive(Debug, Default, Clone)]
pub struct ProfilerBuilder(());

macro_rules! ignored {
    ($($name:ident: $type:ty;)*) => {
        $(
            /// Ignored: memprof is switched off.
            #[must_use]
            pub fn $name(self, _: $type) -> Self {
                self
            }
        )*
    };
}

impl ProfilerBuilder {
    ignored! {
        name: impl Into<String>;
        whole_process: bool;
        output_directory: impl AsRef<Path>;
        track_allocations: bool;
        track_deallocations: bool;
        measure_time: bool;
        stack_trace_depth: usize;
        sample_rate: u64;
        sample_interval: u64;
        heap_analysis: bool;
        detect_leaks: bool;
        track_peak_usage: bool;
        fragmentation_analysis: bool;
        block_sizes: bool;
        flow: bool;
        format: Vec<Format>;
        include_call_stacks: bool;
        library_frames: bool;
        max_allocation_size_bytes: u64;
        max_peak_usage_bytes: u64;
        leak_detection_threshold_bytes: u64;
    }

    /// Always succeeds.
    ///
    /// # Errors
    /// Never.
    pub fn build(self) -> Result<Profiler, ConfigError> {
        Ok(Profiler(()))
    }
}

/// The form of a report. Ignored: memprof is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Format {
    Json,
    Table,
    Html,
    Markdown,
    Dhat,
    Pprof,
    Folded,
    Flamegraph,
    Speedscope,
}

impl Format {
    /// The name that the user writes, such as `json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Table => "table",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Dhat => "dhat",
            Self::Pprof => "pprof",
            Self::Folded => "folded",
            Self::Flamegraph => "flamegraph",
            Self::Speedscope => "speedscope",
        }
    }

    /// Never: memprof is switched off.
    pub fn is_effective(self) -> bool {
        false
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! never {
    ($name:ident) => {
        /// Never happens: memprof is switched off.
        #[derive(Debug, Clone)]
        pub enum $name {}

        impl fmt::Display for $name {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {}
            }
        }

        impl std::error::Error for $name {}
    };
}

never!(ConfigError);
never!(ProfilerError);

/// Used by generated code; not for programs.
#[doc(hidden)]
pub mod __private {
    pub use crate::__memprof_assert as assert;
    pub use crate::__memprof_site as site;
    pub use crate::off::unchecked::not_checked;

    #[derive(Debug)]
    pub struct Site;

    #[must_use = "a scope ends when its guard is dropped; bind it: `let _scope = memprof::scope!(…);`"]
    #[derive(Debug)]
    pub struct Guard(std::marker::PhantomData<*mut ()>);

    // As when switched on: a guard has a destructor, so that `drop(guard)` is no lint.
    impl Drop for Guard {
        #[inline(always)]
        fn drop(&mut self) {}
    }

    /// Runs a closure that is only asserted about when switched on.
    #[inline(always)]
    pub fn run<T>(work: impl FnOnce() -> T) -> T {
        work()
    }

    #[inline(always)]
    pub fn enter(_: &'static Site) -> Guard {
        Guard(std::marker::PhantomData)
    }

    /// The future itself.
    #[inline(always)]
    pub fn tracked<F>(_: &'static Site, future: F) -> F {
        future
    }
}

/// Used by generated code; not for programs.
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_site {
    ($site:ident, $name:literal) => {
        static $site: $crate::__private::Site = $crate::__private::Site;
    };
}

/// Used by generated code; not for programs.
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_assert {
    ($name:ident $(@ $site:expr)?, == $limit:expr, $work:expr $(,)?) => {
        $crate::__private::assert!($name, $limit, $work)
    };
    ($name:ident $(@ $site:expr)?, $limit:expr, $work:expr $(,)?) => {{
        #[cfg(test)]
        $crate::__private::not_checked();
        let _ = &$limit;
        $crate::__private::run($work)
    }};
}
