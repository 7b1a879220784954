//! The `dhat` crate's own heap profiler, underneath and in the same run: its file beside memprof's report.
//!
//! ```
//! # use memprof_runtime as memprof;
//! #[global_allocator]
//! static ALLOC: memprof::Allocator<memprof::dhat::Alloc> =
//!     memprof::Allocator::new(memprof::dhat::Alloc);
//!
//! # let file = std::env::temp_dir().join(format!("dhat-doc-{}.json", std::process::id()));
//! let profiler = memprof::dhat::Profiler::builder().file_name(&file).build();
//! let block = vec![1_u8; 1000];
//! drop(profiler); // writes the file
//! # assert!(std::fs::read_to_string(&file)?.contains("dhatFileVersion"));
//! # std::fs::remove_file(file)?;
//! # drop(block);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! dhat sees blocks as memprof takes them: under [`Allocator`](crate::Allocator) each is 4 bytes longer than the
//! program asked for, under [`CountingAllocator`](crate::CountingAllocator) it is not.

use crate::record::pause::Pause;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

pub use crate::record::over_dhat::Alloc;

/// dhat allows one profiler at a time, and panics at a second.
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// dhat's profiler: from here until it is dropped dhat records every allocation. It writes its file then, for
/// `dh_view.html`, and a summary on stderr.
///
/// While one is alive, a second one does nothing.
///
/// ```
/// # use memprof_runtime as memprof;
/// # let file = std::env::temp_dir().join(format!("dhat-doc-profiler-{}.json", std::process::id()));
/// let profiler = memprof::dhat::Profiler::builder().file_name(&file).build();
/// assert!(!file.exists(), "it is written at the end");
/// drop(profiler);
/// assert!(file.exists());
/// # std::fs::remove_file(file)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "dhat records until its profiler is dropped; bind it: `let _profiler = …`"]
#[derive(Debug)]
pub struct Profiler {
    inner: Option<dhat::Profiler>,
}

impl Profiler {
    /// Writes to `dhat-heap.json` in the working directory.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let directory = std::env::temp_dir().join(format!("dhat-doc-heap-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # std::env::set_current_dir(&directory)?;
    /// let profiler = memprof::dhat::Profiler::new_heap();
    /// drop(profiler);
    /// assert!(std::path::Path::new("dhat-heap.json").exists());
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_heap() -> Self {
        Self::builder().build()
    }

    /// Starts to build one.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let file = std::env::temp_dir().join(format!("dhat-doc-builder-{}.json", std::process::id()));
    /// let _profiler = memprof::dhat::Profiler::builder()
    ///     .file_name(&file)
    ///     .trim_backtraces(Some(20))
    ///     .build();
    /// # drop(_profiler);
    /// # std::fs::remove_file(file)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn builder() -> ProfilerBuilder {
        ProfilerBuilder::default()
    }
}

impl Drop for Profiler {
    fn drop(&mut self) {
        let _pause = Pause::new();
        if let Some(inner) = self.inner.take() {
            drop(inner);
            IS_RUNNING.store(false, Ordering::Release);
        }
    }
}

/// Builds a [`Profiler`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::dhat::{Profiler, ProfilerBuilder};
///
/// let deep: ProfilerBuilder = Profiler::builder().trim_backtraces(None);
/// # drop(deep);
/// ```
#[must_use = "a builder does nothing until `build`"]
#[derive(Debug, Default, Clone)]
pub struct ProfilerBuilder {
    file_name: Option<PathBuf>,
    max_frames: Option<Option<usize>>,
}

impl ProfilerBuilder {
    /// Where the file goes; otherwise `dhat-heap.json` in the working directory.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let builder = memprof::dhat::Profiler::builder().file_name("target/dhat-search.json");
    /// # drop(builder);
    /// ```
    pub fn file_name(mut self, file: impl AsRef<Path>) -> Self {
        let _pause = Pause::new();
        self.file_name = Some(file.as_ref().to_owned());
        self
    }

    /// The most frames of a call stack, where `None` keeps all and those of the allocator too. dhat's default
    /// is 10.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let whole_stacks = memprof::dhat::Profiler::builder().trim_backtraces(None);
    /// # drop(whole_stacks);
    /// ```
    pub fn trim_backtraces(mut self, max_frames: Option<usize>) -> Self {
        self.max_frames = Some(max_frames);
        self
    }

    /// Starts dhat. Where it runs already, says so on stderr.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let file = std::env::temp_dir().join(format!("dhat-doc-build-{}.json", std::process::id()));
    /// let first = memprof::dhat::Profiler::builder().file_name(&file).build();
    /// // dhat runs already: this one does nothing, and says so.
    /// let second = memprof::dhat::Profiler::new_heap();
    /// drop(second);
    /// assert!(!file.exists());
    /// drop(first);
    /// assert!(file.exists());
    /// # std::fs::remove_file(file)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn build(self) -> Profiler {
        let _pause = Pause::new();
        // Acquire: the profiler before this one is gone altogether.
        if IS_RUNNING.swap(true, Ordering::Acquire) {
            crate::collect::say("dhat runs already; this profiler of it does nothing");
            return Profiler { inner: None };
        }
        let mut builder = dhat::Profiler::builder();
        if let Some(file) = self.file_name {
            builder = builder.file_name(file);
        }
        if let Some(frames) = self.max_frames {
            builder = builder.trim_backtraces(frames);
        }
        Profiler {
            inner: Some(builder.build()),
        }
    }
}
