//! The run: which program was watched, how it was built, by which recorder, and for how long.

use serde::{Deserialize, Serialize};

/// The run that a report is about.
///
/// ```
/// use memprof_report::{Report, Run};
///
/// let mut report = Report::default();
/// report.run = Run { name: "search".into(), duration_ns: 1_240_000_000, ..Default::default() };
/// assert!(report.to_string().starts_with("memprof: search"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The name that the user gave the run, else that of the executable's file.
    pub name: String,
    /// The process id.
    pub pid: u32,
    /// The path of the executable, empty where the system does not tell it.
    pub executable: String,
    /// When the time that this report is of began, in nanoseconds since the Unix epoch.
    pub started_unix_ns: u64,
    /// From then to this report, in nanoseconds.
    pub duration_ns: u64,
    /// For how long the process had recorded before that time, in nanoseconds. 0: the report is of everything since
    /// the process began. Else it is of a part (see [`Report::since`](crate::Report::since)), or of a forked child.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub before_ns: u64,
    /// The target that the program was built for, e.g. `x86_64-unknown-linux-gnu`.
    pub target: String,
    /// The build profile, e.g. `release`.
    pub profile: String,
    /// The version of memprof that recorded.
    pub memprof_version: String,
    /// The version of the compiler, where it is known.
    pub rustc_version: Option<String>,
    /// Which of memprof's allocators was at work, if any.
    pub allocator: AllocatorInfo,
    /// How many threads recorded something up to now, ended ones included. A forked child has the one that forked and those
    /// that came after it.
    pub threads: u64,
    /// Of how many allocations one had its call stack taken: 1 for every one, 0 for none or by bytes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sample_rate: u64,
    /// The mean distance of sampled call stacks in allocated bytes, if they were sampled so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_interval_bytes: Option<u64>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What memprof could see of the program's allocations.
///
/// ```
/// use memprof_report::Report;
///
/// // Of a program without memprof's allocator: its byte figures mean nothing.
/// assert!(!Report::default().run.allocator.installed);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocatorInfo {
    /// Whether memprof's allocator is the program's global allocator. If not, no byte was counted and the
    /// byte figures of the report mean nothing.
    pub installed: bool,
    /// Whether blocks remember who allocated them. If not, every `retained_*` figure is null.
    pub ownership: bool,
}
