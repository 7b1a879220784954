//! The ratios that a bench prints at its end: each time beside that of the group's first, in one run.
//!
//! Criterion measures each function and shows its time; what the design sets targets for are ratios, and
//! criterion has none between functions of one run. Nothing here asserts anything.
#![allow(dead_code)] // Each bench uses its part.

use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};

/// Short: the gate of a change counts instructions, this is for a look.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30)
        .configure_from_args()
}

/// One sample: so many events took so long.
#[derive(Clone, Copy)]
struct Sample {
    events: u64,
    time: Duration,
}

/// The functions of one group, side by side.
pub(crate) struct Ratios<'a> {
    title: &'static str,
    group: BenchmarkGroup<'a, WallTime>,
    rows: Vec<(&'static str, f64)>,
}

impl<'a> Ratios<'a> {
    pub(crate) fn new(criterion: &'a mut Criterion, title: &'static str) -> Self {
        Self {
            title,
            group: criterion.benchmark_group(title),
            rows: Vec::new(),
        }
    }

    /// Measures `event`. The first one that is measured is what the others are compared with.
    pub(crate) fn measure(&mut self, name: &'static str, mut event: impl FnMut()) {
        self.measure_many(name, |events| {
            let began = Instant::now();
            for _ in 0..events {
                event();
            }
            began.elapsed()
        });
    }

    /// Measures `events`, which tells how long as many events as it is given took.
    pub(crate) fn measure_many(
        &mut self,
        name: &'static str,
        mut events: impl FnMut(u64) -> Duration,
    ) {
        let mut samples = Vec::new();
        self.group.bench_function(name, |bencher| {
            bencher.iter_custom(|count| {
                let time = events(count);
                samples.push(Sample {
                    events: count,
                    time,
                });
                time
            });
        });
        if let Some(nanoseconds) = fastest_ns(&samples) {
            self.rows.push((name, nanoseconds));
        }
    }

    /// Ends the group; the lines to print when all is done.
    pub(crate) fn finish(self) -> Vec<String> {
        self.group.finish();
        let first = self.rows.first().map_or(1.0, |(_, first)| *first);
        let line = |(name, ns): &(&str, f64)| {
            let (title, ratio) = (self.title, ns / first);
            format!("{title:<24} {name:<20} {ns:>10.2} ns {ratio:>7.2} x")
        };
        self.rows.iter().map(line).collect()
    }
}

/// Per event, in the fastest of the longer samples: the first ones of the warm-up are a few events each, and
/// whatever else the machine does only ever adds.
fn fastest_ns(samples: &[Sample]) -> Option<f64> {
    let longest = samples.iter().map(|sample| sample.events).max()?;
    samples
        .iter()
        .filter(|sample| sample.events >= longest.div_ceil(4))
        .map(|sample| sample.time.as_secs_f64() * 1e9 / sample.events as f64)
        .min_by(f64::total_cmp)
}

/// Prints what the groups' `finish` gave back.
pub(crate) fn print(lines: &[String]) {
    println!("\nfastest time of an event, and its ratio to the first of its group\n");
    for line in lines {
        println!("  {line}");
    }
}
