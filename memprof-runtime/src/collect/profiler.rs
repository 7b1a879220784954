//! The profiler is the guard whose life is the run: built with settings, it writes its report when it ends.

use super::config::{Config, ConfigError, Format, Overrides};
use super::settings::Settings;
use super::{at_once, begin, files, snapshot};
use crate::record::pause::Pause;
use memprof_report::Report;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The guard whose life is the run. Writes its report when dropped.
///
/// Recording needs no profiler: the allocator always counts. The profiler adds settings, a name, and the
/// written report, which is of its own time: calls, allocations and leaks from `build` on, and what lives and is retained at its
/// end. [`ProfilerBuilder::whole_process`] makes it one of everything since the process began; [`Report::since`] tells
/// which peaks are known. Where it cannot write, dropping it says so in one line on stderr and changes nothing
/// else; [`Profiler::finish`] returns the error instead.
///
/// Bind it to a name: `let _ = …` drops it at once, and its report is of nothing, with the warning `nothing-profiled`.
///
/// ```
/// # use memprof_runtime as memprof;
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// # let directory = std::env::temp_dir().join("memprof-doc");
/// let profiler = memprof::Profiler::builder().name("nightly").output_directory(&directory).build()?;
/// let written = profiler.finish()?.expect("memprof is switched on");
/// assert!(written.starts_with(&directory));
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the profiler writes its report when it is dropped; bind it: `let _profiler = …`"]
#[derive(Debug)]
pub struct Profiler {
    settings: &'static Settings,
    built: at_once::Moment,
    is_finished: bool,
}

impl Profiler {
    /// Starts to build one; what the builder does not set comes from environment, file and defaults.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let directory = std::env::temp_dir().join(format!("memprof-doc-builder-{}", std::process::id()));
    /// let profiler = memprof::Profiler::builder().output_directory(&directory).build()?;
    /// # drop(profiler);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> ProfilerBuilder {
        ProfilerBuilder::default()
    }

    /// Ends the run and writes its report; the path of the JSON file, `None` when memprof is switched off.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
    /// # let directory = std::env::temp_dir().join(format!("memprof-doc-finish-{}", std::process::id()));
    /// let profiler = memprof::Profiler::builder().output_directory(&directory).build()?;
    /// let written = profiler.finish()?.expect("memprof is switched on");
    /// let report = memprof::Report::from_json(&std::fs::read_to_string(written)?)?;
    /// assert!(report.run.allocator.installed);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a file cannot be written; the error names it.
    pub fn finish(mut self) -> Result<Option<PathBuf>, ProfilerError> {
        let _pause = Pause::new();
        self.end(false).map(Some).map_err(ProfilerError)
    }

    /// `is_at_once` where it was dropped as soon as it was built, or as if it were.
    fn end(&mut self, is_at_once: bool) -> io::Result<PathBuf> {
        self.is_finished = true;
        let begin = begin::of(self.settings);
        let mut report = snapshot::take(self.settings, begin.as_deref()).report;
        begin::forget(self.settings);
        self.settings.retire();
        super::end::note_reported();
        if is_at_once && let Some(message) = at_once::warn(&mut report) {
            super::say(message);
        }
        write_all(&report, &self.settings.config)
    }
}

impl Drop for Profiler {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        let is_at_once = self.built.is_now();
        let _pause = Pause::new();
        match self.end(is_at_once) {
            Ok(path) => super::say(&format!("report written to {}", path.display())),
            Err(error) => super::say(&error.to_string()),
        }
    }
}

/// Writes the report in each format that this version has. JSON is always among them.
fn write_all(report: &Report, config: &Config) -> io::Result<PathBuf> {
    if config.reporting.format.contains(&Format::Table) {
        // A closed pipe is no error.
        let mut stdout = io::stdout().lock();
        let text = super::end::table(report, config);
        let _ = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
    }
    files::write(report, config)
}

/// Why a report could not be written.
///
/// ```
/// # use memprof_runtime as memprof;
/// // A file stands where the directory should be.
/// let file = std::env::temp_dir().join(format!("memprof-doc-file-{}", std::process::id()));
/// std::fs::write(&file, "")?;
/// let profiler = memprof::Profiler::builder().output_directory(&file).build()?;
/// let error = profiler.finish().unwrap_err();
/// assert!(error.to_string().contains("memprof-doc-file"), "{error}");
/// # std::fs::remove_file(file)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ProfilerError(io::Error);

/// Readable, because `fn main() -> Result<…>` prints it so.
impl fmt::Debug for ProfilerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ProfilerError({self})")
    }
}

impl fmt::Display for ProfilerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for ProfilerError {}

/// Builds a [`Profiler`]. Each setting stands above the environment, that above `memory_profiling.toml`,
/// that above the default.
///
/// ```
/// # use memprof_runtime as memprof;
/// let builder = memprof::Profiler::builder().name("nightly").sample_interval(512 << 10);
/// # drop(builder);
/// ```
#[derive(Debug, Default, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ProfilerBuilder {
    name: Option<String>,
    is_of_whole_process: bool,
    overrides: Overrides,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $example:expr;)*) => {
        $(
            $(#[$doc])*
            ///
            /// ```
            /// # use memprof_runtime as memprof;
            /// # let directory = std::env::temp_dir().join(format!("memprof-doc-setting-{}", std::process::id()));
            /// # let builder = memprof::Profiler::builder().output_directory(&directory);
            #[doc = concat!("let profiler = builder.", stringify!($name), "(", stringify!($example), ").build()?;")]
            /// # drop(profiler);
            /// # std::fs::remove_dir_all(directory)?;
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn $name(mut self, value: $type) -> Self {
                self.overrides.$name = Some(value);
                self
            }
        )*
    };
}

impl ProfilerBuilder {
    /// What the run is called in its report; otherwise the executable's name.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let directory = std::env::temp_dir().join(format!("memprof-doc-name-{}", std::process::id()));
    /// let builder = memprof::Profiler::builder().name("nightly");
    /// let profiler = builder.output_directory(&directory).build()?;
    /// assert_eq!(memprof::snapshot().run.name, "nightly");
    /// # drop(profiler);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether the report is of everything since the process began instead of the profiler's own time. Off by default.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let directory = std::env::temp_dir().join(format!("memprof-doc-whole-{}", std::process::id()));
    /// # let builder = memprof::Profiler::builder().output_directory(&directory);
    /// let written = builder.whole_process(true).build()?.finish()?.expect("memprof is switched on");
    /// let report = memprof::Report::from_json(&std::fs::read_to_string(written)?)?;
    /// assert_eq!(report.run.before_ns, 0);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn whole_process(mut self, value: bool) -> Self {
        self.is_of_whole_process = value;
        self
    }

    /// Where reports are written (`reporting.output_directory`).
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let directory = std::env::temp_dir().join(format!("reports-{}", std::process::id()));
    /// let profiler = memprof::Profiler::builder().output_directory(&directory).build()?;
    /// drop(profiler);
    /// assert_eq!(std::fs::read_dir(&directory)?.count(), 1);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn output_directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.overrides.output_directory = Some(directory.as_ref().to_owned());
        self
    }

    /// `heap_analysis.enabled`.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let directory = std::env::temp_dir().join(format!("memprof-doc-analysis-{}", std::process::id()));
    /// # let builder = memprof::Profiler::builder().output_directory(&directory);
    /// let profiler = builder.heap_analysis(false).build()?;
    /// # drop(profiler);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn heap_analysis(mut self, value: bool) -> Self {
        self.overrides.enabled = Some(value);
        self
    }

    setters! {
        /// `memory.track_allocations`.
        track_allocations: bool = true;
        /// `memory.track_deallocations`.
        track_deallocations: bool = true;
        /// `memory.measure_time`.
        measure_time: bool = false;
        /// `memory.stack_trace_depth`, in frames.
        stack_trace_depth: usize = 32;
        /// `memory.sample_rate`: call stacks of one in so many allocations.
        sample_rate: u64 = 1;
        /// `memory.sample_interval`, in bytes.
        sample_interval: u64 = 512 << 10;
        /// `heap_analysis.detect_leaks`.
        detect_leaks: bool = false;
        /// `heap_analysis.track_peak_usage`.
        track_peak_usage: bool = false;
        /// `heap_analysis.fragmentation_analysis`. What is held at the peak is known from the first profiler on.
        fragmentation_analysis: bool = false;
        /// `heap_analysis.block_sizes`: every event then costs some 40 instructions more.
        block_sizes: bool = true;
        /// `heap_analysis.flow`: who frees whose blocks, at the same cost.
        flow: bool = true;
        /// `reporting.format`.
        format: Vec<Format> = vec![memprof::Format::Json];
        /// `reporting.include_call_stacks`.
        include_call_stacks: bool = false;
        /// `reporting.library_frames`: in the table that the program prints.
        library_frames: bool = true;
        /// `thresholds.max_allocation_size_mb`, here in bytes. Exact from 128 KiB on.
        max_allocation_size_bytes: u64 = 1 << 20;
        /// `thresholds.max_peak_usage_mb`, here in bytes.
        max_peak_usage_bytes: u64 = 64 << 20;
        /// `thresholds.leak_detection_threshold_bytes`.
        leak_detection_threshold_bytes: u64 = 4096;
    }

    /// Reads environment and file, and begins the run.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let error = memprof::Profiler::builder().sample_rate(1).sample_interval(512 << 10).build().unwrap_err();
    /// assert!(error.to_string().contains("memory.sample_interval"), "{error}");
    /// ```
    ///
    /// # Errors
    /// When a setting of any source is wrong: the error names the source, the line, the key and the nearest
    /// valid key. Nothing is in force then.
    pub fn build(self) -> Result<Profiler, ConfigError> {
        let built = at_once::Moment::now();
        let _pause = Pause::new();
        let config = Config::discover(&self.overrides)?;
        crate::os::process_exit::install();
        if config.heap_analysis.fragmentation_analysis {
            super::fragmentation::watch_the_peak();
        }
        let settings = Settings {
            config,
            name: self.name,
            error: None,
        }
        .install();
        if !self.is_of_whole_process {
            begin::note(settings);
        }
        Ok(Profiler {
            settings,
            built,
            is_finished: false,
        })
    }
}
