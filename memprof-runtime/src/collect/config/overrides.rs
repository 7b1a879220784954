//! The builder's layer: what the program itself sets, above every other source.
//!
//! A field that is `Some` wins over environment and file. Values are checked like those of any
//! other source, and faults name `builder` as their place.

use std::path::PathBuf;

use super::Format;
use super::error::Fault;
use super::keys::keys;
use super::layer::{Layer, Place};

/// What the program sets in code. `None` leaves a key to the environment, the file, the default.
///
/// ```
/// use memprof_runtime::config::{Config, Overrides};
///
/// let overrides = Overrides { sample_rate: Some(1), ..Default::default() };
/// let config = Config::load(&overrides, [], None)?;
/// assert_eq!(config.memory.sample_rate, 1);
/// # Ok::<(), memprof_runtime::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `memory.track_allocations`.
    pub track_allocations: Option<bool>,
    /// `memory.track_deallocations`.
    pub track_deallocations: Option<bool>,
    /// `memory.measure_time`.
    pub measure_time: Option<bool>,
    /// `memory.stack_trace_depth`, in frames, 1 to 256.
    pub stack_trace_depth: Option<usize>,
    /// `memory.sample_rate`: one call stack in so many allocations; 0 for none.
    pub sample_rate: Option<u64>,
    /// `memory.sample_interval`, in bytes; 0 for none, whatever other sources say.
    pub sample_interval: Option<u64>,
    /// `heap_analysis.enabled`.
    pub enabled: Option<bool>,
    /// `heap_analysis.detect_leaks`.
    pub detect_leaks: Option<bool>,
    /// `heap_analysis.track_peak_usage`.
    pub track_peak_usage: Option<bool>,
    /// `heap_analysis.fragmentation_analysis`.
    pub fragmentation_analysis: Option<bool>,
    /// `heap_analysis.block_sizes`.
    pub block_sizes: Option<bool>,
    /// `heap_analysis.flow`.
    pub flow: Option<bool>,
    /// `reporting.format`: at least one, none twice.
    pub format: Option<Vec<Format>>,
    /// `reporting.output_directory`, not empty.
    pub output_directory: Option<PathBuf>,
    /// `reporting.include_call_stacks`.
    pub include_call_stacks: Option<bool>,
    /// `reporting.library_frames`.
    pub library_frames: Option<bool>,
    /// `thresholds.max_allocation_size_mb`, here in bytes.
    pub max_allocation_size_bytes: Option<u64>,
    /// `thresholds.max_peak_usage_mb`, here in bytes.
    pub max_peak_usage_bytes: Option<u64>,
    /// `thresholds.leak_detection_threshold_bytes`, in bytes.
    pub leak_detection_threshold_bytes: Option<u64>,
}

/// What `overrides` sets, checked; faults go to `faults`.
pub(super) fn layer(overrides: &Overrides, faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    for key in keys() {
        let Some(value) = (key.overridden)(overrides) else {
            continue;
        };
        match key.kind.check(&value) {
            Ok(()) => layer.set(key, value, Place::Builder),
            Err(problem) => faults.push(Fault::value(Place::Builder, key, &problem)),
        }
    }
    layer
}
