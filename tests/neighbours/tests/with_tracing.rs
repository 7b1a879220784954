//! Promise: above and below `#[instrument]`, `#[track]` and `#[budget]` change no span and no event: none is missing, and each is entered,
//! left and closed where it was. The figures are the same in both places.
#![forbid(unsafe_code)]
#![deny(warnings)]

#[path = "with_tracing/collect.rs"]
mod collect;
#[macro_use]
#[path = "with_tracing/functions.rs"]
mod functions;

use async_trait::async_trait;
use neighbours::{buffer, pause, poll_once, rows, run};
use std::fmt::Debug;
use std::future::Future;
use std::num::ParseIntError;
use std::panic::{catch_unwind, resume_unwind};
use std::pin::Pin;
use tracing::field::Empty;
use tracing::{Id, Span, instrument};

#[derive(Debug)]
struct Pair {
    one: Vec<u8>,
    two: Vec<u8>,
}

/// Tells of its end.
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        tracing::info!(name = self.0, "dropped");
    }
}

mod plain {
    functions!([] []);
}

mod above {
    functions!([#[memprof::track]] []);
}

mod below {
    functions!([] [#[memprof::track]]);
}

mod above_within {
    functions!([#[memprof::budget(peak = "1 GB")]] []);
}

mod below_within {
    functions!([] [#[memprof::budget(peak = "1 GB")]]);
}

mod above_both {
    functions!([#[memprof::track] #[memprof::budget(peak = "1 GB")]] []);
}

/// In one test, as spans that are recorded allocate in their functions.
#[test]
fn spans_are_the_same_and_figures_too() {
    for scenarios in [plain::SCENARIOS, above::SCENARIOS, below::SCENARIOS] {
        for (_, scenario) in scenarios {
            scenario();
        }
    }
    let report = memprof::snapshot();
    let (above, below) = (rows(&report, "above"), rows(&report, "below"));
    assert_eq!(above, below);
    for (name, calls, bytes) in [
        ("sync", 4, 10 + 2 + 1),
        ("returns", 1, 20),
        ("fails", 2, 2),
        ("fields", 1, 0),
        ("skips", 1, 0),
        ("destructured", 1, 0),
        ("outer", 3, 2 + 1),
        ("awaited", 4, 80 + 3 + 1 + 3),
        ("awaited_owned", 2, 3 + 3),
        ("<Counter as Shape>::width", 3, 8 + 8 + 5),
        ("Counter::wait", 1, 0),
    ] {
        assert!(
            above.contains(&(name.to_owned(), calls, bytes)),
            "{name}: {above:?}"
        );
    }
    assert!(above.iter().all(|(_, calls, _)| *calls > 0), "{above:?}");

    for (index, (name, plain)) in plain::SCENARIOS.iter().enumerate() {
        let expected = collect::told(*plain);
        assert!(expected.len() > 3, "{name}: {expected:?}");
        for (place, scenarios) in [
            ("above", above::SCENARIOS),
            ("below", below::SCENARIOS),
            ("budget above", above_within::SCENARIOS),
            ("budget below", below_within::SCENARIOS),
            ("both above", above_both::SCENARIOS),
        ] {
            let (_, scenario) = scenarios[index];
            assert_eq!(collect::told(scenario), expected, "{name}, {place}");
        }
    }
}
