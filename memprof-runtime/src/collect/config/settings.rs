//! The four sections of the configuration, typed, with their defaults.
//!
//! A field bears the name of its key in `memory_profiling.toml`, but for the thresholds in `_mb`,
//! which are bytes here. A value in these structs that came from a source has been checked.

use std::path::PathBuf;

use super::Format;

/// Bytes in one "MB" of a key that ends in `_mb`: 1 MiB.
pub(super) const BYTES_PER_MB: u64 = 1 << 20;

/// Section `[memory]`: what is recorded while the program runs.
///
/// ```
/// assert_eq!(memprof_runtime::config::Memory::default().sample_rate, 0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Count allocations. Default: true.
    pub track_allocations: bool,
    /// Count deallocations. Default: true.
    pub track_deallocations: bool,
    /// Take the wall time of each call beside its bytes. Default: false.
    pub measure_time: bool,
    /// Frames kept of a call stack, 1 to 256. Default: 16.
    pub stack_trace_depth: usize,
    /// Of how many allocations one has its call stack taken: 0 none, 1 every one. Default: 0.
    pub sample_rate: u64,
    /// Mean distance between sampled call stacks in allocated bytes, if sampled by bytes; never
    /// set together with a `sample_rate` other than 0. Default: none.
    pub sample_interval: Option<u64>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            track_allocations: true,
            track_deallocations: true,
            measure_time: false,
            stack_trace_depth: 64,
            sample_rate: 0,
            sample_interval: None,
        }
    }
}

/// Section `[heap_analysis]`: what is made of the records.
///
/// ```
/// assert!(memprof_runtime::config::HeapAnalysis::default().detect_leaks);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeapAnalysis {
    /// Analyse the heap at all. Default: true.
    pub enabled: bool,
    /// Tell what is still alive when the profiler ends. Default: true.
    pub detect_leaks: bool,
    /// Follow the highest use of memory. Default: true.
    pub track_peak_usage: bool,
    /// Compare live bytes with what the process holds of the system. Default: true.
    pub fragmentation_analysis: bool,
    /// Record how large the blocks of each operation are. Every event then costs some 40 instructions more.
    /// Default: false.
    pub block_sizes: bool,
    /// Record which operation frees whose blocks, which costs as much. Default: false.
    pub flow: bool,
}

impl Default for HeapAnalysis {
    fn default() -> Self {
        HeapAnalysis {
            enabled: true,
            detect_leaks: true,
            track_peak_usage: true,
            fragmentation_analysis: true,
            block_sizes: false,
            flow: false,
        }
    }
}

/// Section `[reporting]`: in what form the report is written, and where.
///
/// ```
/// use memprof_runtime::config::{Format, Reporting};
///
/// assert_eq!(Reporting::default().format, [Format::Json]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporting {
    /// The forms to write, at least one, none twice, in the user's order. Default: JSON.
    pub format: Vec<Format>,
    /// Where the files go, as the user gave it; never empty. Default: `memory_reports`.
    pub output_directory: PathBuf,
    /// Write call stacks where there are some. Default: true.
    pub include_call_stacks: bool,
    /// Show frames of the standard library and of collections in the call stacks of the table that the program prints.
    /// Default: false.
    pub library_frames: bool,
}

impl Default for Reporting {
    fn default() -> Self {
        Reporting {
            format: vec![Format::Json],
            output_directory: PathBuf::from("memory_reports"),
            include_call_stacks: true,
            library_frames: false,
        }
    }
}

/// Section `[thresholds]`: what the run must not exceed. All in bytes.
///
/// ```
/// assert_eq!(memprof_runtime::config::Thresholds::default().leak_detection_threshold_bytes, 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// The largest single allocation, in bytes. Key: `max_allocation_size_mb`, where 1 MB is
    /// 1,048,576 bytes. Default: 100 MB.
    pub max_allocation_size_bytes: u64,
    /// The highest live memory of the process, in bytes. Key: `max_peak_usage_mb`, where 1 MB is
    /// 1,048,576 bytes. Default: 1024 MB.
    pub max_peak_usage_bytes: u64,
    /// What may still be alive when the profiler ends, in bytes. Default: 1024.
    pub leak_detection_threshold_bytes: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            max_allocation_size_bytes: 100 * BYTES_PER_MB,
            max_peak_usage_bytes: 1024 * BYTES_PER_MB,
            leak_detection_threshold_bytes: 1024,
        }
    }
}
