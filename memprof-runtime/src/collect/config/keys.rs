//! The one table of keys: name, kind, meaning, effect, and the field behind each.
//!
//! File, environment, builder and the warning about settings without effect all read this table;
//! a key that is added here exists everywhere. A capability that arrives flips its row's `effect`.

use super::field::Typed;
use super::overrides::Overrides;
use super::value::{Kind, Value};
use super::{Config, nearest};

/// A key of the configuration.
///
/// ```
/// let key = memprof_runtime::config::keys().iter().find(|key| key.name == "sample_rate").unwrap();
/// assert_eq!((key.section, key.path), ("memory", "memory.sample_rate"));
/// ```
#[derive(Debug)]
pub struct Key {
    /// Section and name as messages have it: `memory.sample_rate`.
    pub path: &'static str,
    /// The section, `memory`.
    pub section: &'static str,
    /// The name within its section, `sample_rate`.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    pub(super) kind: Kind,
    pub(super) effect: Effect,
    pub(super) read: fn(&Config) -> Value,
    pub(super) write: fn(&mut Config, &Value),
    pub(super) overridden: fn(&Overrides) -> Option<Value>,
}

/// Whether this version does what a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It does.
    Now,
    /// It always does what the key's default says; any other value is without effect.
    DefaultOnly,
    /// It never does what the key asks for; only `false` agrees with what happens.
    Later,
}

impl Key {
    /// The environment variable of this key: `MEMPROF_MEMORY_SAMPLE_RATE`.
    ///
    /// ```
    /// let key = memprof_runtime::config::keys().iter().find(|key| key.name == "sample_rate").unwrap();
    /// assert_eq!(key.variable(), "MEMPROF_MEMORY_SAMPLE_RATE");
    /// ```
    pub fn variable(&self) -> String {
        let (section, name) = (self.section, self.name);
        format!("MEMPROF_{section}_{name}").to_ascii_uppercase()
    }
}

/// Every key, in the order in which the documentation lists them.
///
/// ```
/// assert_eq!(memprof_runtime::config::keys()[0].section, "memory");
/// ```
pub fn keys() -> &'static [Key] {
    &KEYS
}

/// The sections, each once, in order.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    keys().iter().filter_map(move |key| {
        let is_new = key.section != last;
        last = key.section;
        is_new.then_some(key.section)
    })
}

pub(super) fn key(section: &str, name: &str) -> Option<&'static Key> {
    let mut keys = keys().iter();
    keys.find(|key| key.section == section && key.name == name)
}

/// The key that `name` in `section` most likely stands for: of another section only if it is right
/// but for a slip.
pub(super) fn nearest_key(section: &str, name: &str) -> &'static Key {
    const SLIP: usize = 2;
    let distance = |key: &&Key| {
        let distance = nearest::distance(name, key.name);
        match key.section == section {
            true => (false, distance),
            false => (distance > SLIP, distance + SLIP),
        }
    };
    keys().iter().min_by_key(distance).unwrap_or(&KEYS[0])
}

macro_rules! key {
    ($section:ident.$name:ident, $field:ident, $kind:expr, $effect:expr, $doc:literal) => {
        Key {
            path: concat!(stringify!($section), ".", stringify!($name)),
            section: stringify!($section),
            name: stringify!($name),
            doc: $doc,
            kind: $kind,
            effect: $effect,
            read: |config| config.$section.$field.to_value(),
            write: |config, value| config.$section.$field.store(value),
            overridden: |overrides| overrides.$field.as_ref().map(Typed::to_value),
        }
    };
}

const FRAMES: Kind = Kind::Count { min: 1, max: 256 };
const ONE_IN: Kind = Kind::Count {
    min: 0,
    max: u64::MAX,
};

/// Call stacks need the feature.
const STACKS: Effect = if cfg!(feature = "stacks") {
    Effect::Now
} else {
    Effect::DefaultOnly
};
const STACKS_IN_REPORT: Effect = if cfg!(feature = "stacks") {
    Effect::Now
} else {
    Effect::Later
};

const STACKS_IN_TABLE: Effect = STACKS;

#[rustfmt::skip]
static KEYS: [Key; 19] = [
    key!(memory.track_allocations, track_allocations, Kind::Flag, Effect::DefaultOnly,
        "count allocations"),
    key!(memory.track_deallocations, track_deallocations, Kind::Flag, Effect::DefaultOnly,
        "count deallocations"),
    key!(memory.measure_time, measure_time, Kind::Flag, Effect::Later,
        "take the wall time of each call beside its bytes"),
    key!(memory.stack_trace_depth, stack_trace_depth, FRAMES, STACKS,
        "frames kept of a call stack, 1 to 256"),
    key!(memory.sample_rate, sample_rate, ONE_IN, STACKS,
        "call stacks: 0 none, 1 every allocation, n one in n"),
    key!(memory.sample_interval, sample_interval, Kind::Size, STACKS,
        "call stacks by allocated bytes instead, as \"512 KiB\"; 0 none"),

    key!(heap_analysis.enabled, enabled, Kind::Flag, Effect::Now,
        "analyse the heap at all"),
    key!(heap_analysis.detect_leaks, detect_leaks, Kind::Flag, Effect::Now,
        "tell what is still alive when the profiler ends"),
    key!(heap_analysis.track_peak_usage, track_peak_usage, Kind::Flag, Effect::Now,
        "tell what lived at the highest use of memory, and the timeline"),
    key!(heap_analysis.fragmentation_analysis, fragmentation_analysis, Kind::Flag, Effect::Now,
        "compare live bytes with what the process holds of the system"),
    key!(heap_analysis.block_sizes, block_sizes, Kind::Flag, Effect::Now,
        "record how large the blocks of each operation are, at some 40 instructions an event"),
    key!(heap_analysis.flow, flow, Kind::Flag, Effect::Now,
        "record which operation frees whose blocks, at the same cost"),

    key!(reporting.format, format, Kind::Formats, Effect::Now,
        "one form or a list of forms in which the report is written"),
    key!(reporting.output_directory, output_directory, Kind::Directory, Effect::Now,
        "where the files go"),
    key!(reporting.include_call_stacks, include_call_stacks, Kind::Flag, STACKS_IN_REPORT,
        "write call stacks where there are some"),
    key!(reporting.library_frames, library_frames, Kind::Flag, STACKS_IN_TABLE,
        "show frames of the standard library in the printed table's call stacks"),

    key!(thresholds.max_allocation_size_mb, max_allocation_size_bytes, Kind::Megabytes, Effect::Now,
        "the largest single allocation; 1 MB is 1,048,576 bytes"),
    key!(thresholds.max_peak_usage_mb, max_peak_usage_bytes, Kind::Megabytes, Effect::Now,
        "the highest live memory of the process; 1 MB is 1,048,576 bytes"),
    key!(thresholds.leak_detection_threshold_bytes, leak_detection_threshold_bytes, Kind::Size, Effect::Now,
        "what may still be alive when the profiler ends, as 1024 or \"1 KiB\""),
];
