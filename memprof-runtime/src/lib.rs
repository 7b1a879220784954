//! The recorder and collector of memprof. Programs use the `memprof` crate, which re-exports what is here.
//!
//! `record/` runs inside the allocator and at the boundaries of scopes, `collect/` makes reports of it, `os/`
//! holds the system's hooks, `adapters/` integrate other libraries.
#![deny(missing_docs)]
// Nobody reads what is recorded then.
#![cfg_attr(not(feature = "report"), allow(dead_code))]

mod adapters;
#[cfg(feature = "report")]
mod collect;
#[cfg(not(feature = "report"))]
#[path = "light.rs"]
mod collect;
mod held;
mod os;
mod record;

#[cfg(feature = "dhat")]
pub use adapters::dhat;
#[cfg(feature = "rayon")]
pub use adapters::rayon;
pub use adapters::thread;
#[cfg(feature = "tokio")]
pub use adapters::tokio;
#[cfg(feature = "tracing")]
pub use adapters::tracing;
#[cfg(feature = "report")]
pub use collect::bench::Bencher;
#[cfg(feature = "report")]
pub use collect::config::{self, ConfigError, Format};
pub use collect::{External, external};
#[cfg(feature = "report")]
pub use collect::{Profiler, ProfilerBuilder, ProfilerError, sites, snapshot};
#[cfg(feature = "report")]
pub use memprof_report as report;
#[cfg(feature = "report")]
pub use memprof_report::{OperationReport, Report, Stats};
pub use record::allocator::{Allocator, CountingAllocator};
pub use record::context::{Attached, Context};
pub use record::in_context::{FutureExt, InContext};
#[cfg(feature = "report")]
pub use record::measure::{Measured, measure};
pub use record::site::Site;
pub use record::sizes::size;

/// Used by generated code; not for programs.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "report")]
    pub use crate::__memprof_assert as assert;
    pub use crate::__memprof_bench as bench;
    pub use crate::__memprof_reported as reported;
    pub use crate::__memprof_site as site;
    #[cfg(feature = "bench")]
    pub use crate::collect::bench::bench_main;
    #[cfg(feature = "report")]
    pub use crate::collect::bench::{Bench, BenchEntry, Bencher};
    #[cfg(feature = "report")]
    pub use crate::collect::budget::{
        Allowed, Budgeted, Check, Declared, DeclaredEntry, Literal, Outcome, OutcomeOfAny,
        OutcomeOfResult, Polls, assert_allocations, assert_peak, assert_retained, exceeded,
    };
    #[cfg(not(feature = "report"))]
    pub use crate::collect::cannot_judge;
    pub use crate::held::{Held, hold};
    pub use crate::record::future::{never, tracked};
    pub use crate::record::handover::{MayRest, MayRestOfAny, open, rest, rest_of_stream};
    pub use crate::record::registration::register;
    pub use crate::record::scope::{Guard, enter};
    pub use crate::record::site::{Site, new_site};
    #[cfg(feature = "stacks")]
    pub use crate::record::stacks::{follows_frame_pointers, seed as seed_stacks};
    pub use inventory;
    #[cfg(feature = "report")]
    pub use memprof_report::{Bound, GrowthClass, Limit, Metric};
}

/// Used by generated code; not for programs. The registration of a bench, where there is a harness.
#[cfg(feature = "bench")]
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_bench {
    ($($tokens:tt)*) => {
        $($tokens)*
    };
}

/// Used by generated code; not for programs. Without a harness there is nothing to register.
#[cfg(not(feature = "bench"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_bench {
    ($($tokens:tt)*) => {};
}

/// Used by generated code; not for programs. The first where there are reports, else the second.
#[cfg(feature = "report")]
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_reported {
    ({ $($reported:tt)* } { $($light:tt)* }) => { $($reported)* };
    (($reported:expr) ($light:expr)) => { $reported };
}

/// Used by generated code; not for programs.
#[cfg(not(feature = "report"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __memprof_reported {
    ({ $($reported:tt)* } { $($light:tt)* }) => { $($light)* };
    (($reported:expr) ($light:expr)) => { $light };
}
