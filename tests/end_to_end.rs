//! What a user of memprof sees, end to end: an outside crate is built against it and run, and what comes
//! out on the terminal, in files and as exit status is compared, word for word where words matter.
//!
//! Not on Windows: so far the tests were run there under Wine alone, where cargo is that of the other system.
#![cfg(all(feature = "enabled", not(windows)))]
#![forbid(unsafe_code)]

#[path = "end_to_end/bad_config.rs"]
mod bad_config;
#[path = "end_to_end/cargo_test.rs"]
mod cargo_test;
#[path = "end_to_end/fixture.rs"]
mod fixture;
#[path = "end_to_end/nextest.rs"]
mod nextest;
#[path = "end_to_end/output_failures.rs"]
mod output_failures;
#[path = "end_to_end/precedence.rs"]
mod precedence;
#[path = "end_to_end/profiler.rs"]
mod profiler;
#[path = "end_to_end/run.rs"]
mod run;
#[path = "end_to_end/silence.rs"]
mod silence;
#[path = "end_to_end/table.rs"]
mod table;
#[path = "end_to_end/thresholds.rs"]
mod thresholds;
