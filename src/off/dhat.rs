//! dhat underneath, switched off: the system's allocator, and no file.

use std::path::Path;

/// The system's allocator: memprof is switched off.
pub use std::alloc::System as Alloc;

/// Does nothing: memprof is switched off.
#[must_use = "dhat records until its profiler is dropped; bind it: `let _profiler = …`"]
#[derive(Debug)]
pub struct Profiler {}

impl Profiler {
    /// Does nothing.
    pub fn new_heap() -> Self {
        Self {}
    }

    /// Starts to build one.
    pub fn builder() -> ProfilerBuilder {
        ProfilerBuilder::default()
    }
}

// As when switched on: a profiler has a destructor, so that `drop(profiler)` is no lint.
impl Drop for Profiler {
    #[inline(always)]
    fn drop(&mut self) {}
}

/// Builds a [`Profiler`].
#[must_use = "a builder does nothing until `build`"]
#[derive(Debug, Default, Clone)]
pub struct ProfilerBuilder {}

impl ProfilerBuilder {
    /// Ignored.
    pub fn file_name(self, _: impl AsRef<Path>) -> Self {
        self
    }

    /// Ignored.
    pub fn trim_backtraces(self, _: Option<usize>) -> Self {
        self
    }

    /// Starts nothing.
    pub fn build(self) -> Profiler {
        Profiler {}
    }
}
