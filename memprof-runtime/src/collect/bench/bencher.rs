//! The bencher runs a routine as often as it is told, timed or measured. What it is for at the moment is the
//! harness's business; the function that is benched sees the same bencher either way.

use crate::record::measure::measure;
use memprof_report::Stats;
use std::fmt::Display;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// So many inputs are made at a time.
const BATCH: u64 = 64;

/// Runs the part of a bench that counts.
///
/// A function of `#[memprof::bench]` that takes `&mut Bencher` prepares what it needs and hands the routine to
/// one of its methods, once. It is called anew for each round of iterations.
///
/// ```
/// # use memprof_runtime as memprof;
/// # use memprof::Bencher;
/// fn sums(bencher: &mut Bencher, length: usize) {
///     let numbers: Vec<usize> = (0..length).collect();     // neither timed nor measured
///     bencher.iter(|| numbers.iter().sum::<usize>());
/// }
/// # let _ = sums;
/// ```
#[derive(Debug)]
pub struct Bencher {
    mode: Mode,
}

#[derive(Debug)]
#[cfg_attr(not(feature = "bench"), allow(dead_code))]
enum Mode {
    /// So many iterations, and how long they took.
    Time(u64, Duration),
    /// What each of some single iterations did.
    Measure(Vec<Stats>),
    /// Nothing is run, the argument is looked at.
    Label(String),
}

/// Single iterations of the exact pass, after one to warm up.
const MEASURED: usize = 3;

impl Bencher {
    /// Times or measures `routine`. What it returns is dropped within the time, and not within what is
    /// measured: it counts as net.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # use memprof::Bencher;
    /// fn sums(bencher: &mut Bencher) {
    ///     let numbers = vec![1_u64; 1000];
    ///     bencher.iter(|| numbers.iter().sum::<u64>());
    /// }
    /// # let _ = sums;
    /// ```
    pub fn iter<O>(&mut self, mut routine: impl FnMut() -> O) {
        match &mut self.mode {
            Mode::Time(iterations, elapsed) => {
                let start = Instant::now();
                for _ in 0..*iterations {
                    black_box(routine());
                }
                *elapsed += start.elapsed();
            }
            Mode::Measure(stats) => {
                drop(black_box(routine()));
                stats.extend((0..MEASURED).map(|_| measure(|| black_box(routine())).stats));
            }
            Mode::Label(_) => {}
        }
    }

    /// Times or measures `routine` on an input of `setup` each time; neither making the input nor dropping
    /// what the routine returns is in the time.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # use memprof::Bencher;
    /// fn sorts(bencher: &mut Bencher) {
    ///     let shuffled = || (0..1000_u32).map(|number| number.wrapping_mul(0x9E37_79B9)).collect();
    ///     bencher.iter_with_setup(shuffled, |mut numbers: Vec<u32>| {
    ///         numbers.sort();
    ///         numbers
    ///     });
    /// }
    /// # let _ = sorts;
    /// ```
    pub fn iter_with_setup<I, O>(
        &mut self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(I) -> O,
    ) {
        match &mut self.mode {
            Mode::Time(iterations, elapsed) => {
                let mut left = *iterations;
                while left > 0 {
                    let size = left.min(BATCH);
                    left -= size;
                    let inputs: Vec<I> = (0..size).map(|_| setup()).collect();
                    let mut outputs = Vec::with_capacity(inputs.len());
                    let start = Instant::now();
                    outputs.extend(black_box(inputs).into_iter().map(&mut routine));
                    *elapsed += start.elapsed();
                    drop(black_box(outputs));
                }
            }
            Mode::Measure(stats) => {
                drop(black_box(routine(setup())));
                stats.extend((0..MEASURED).map(|_| {
                    let input = black_box(setup());
                    measure(|| black_box(routine(input))).stats
                }));
            }
            Mode::Label(_) => {}
        }
    }

    /// As [`iter_with_setup`](Self::iter_with_setup), of a routine that borrows its input.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # use memprof::Bencher;
    /// fn pushes(bencher: &mut Bencher) {
    ///     bencher.iter_with_setup_ref(Vec::new, |numbers| numbers.push(1_u32));
    /// }
    /// # let _ = pushes;
    /// ```
    pub fn iter_with_setup_ref<I, O>(
        &mut self,
        mut setup: impl FnMut() -> I,
        mut routine: impl FnMut(&mut I) -> O,
    ) {
        match &mut self.mode {
            Mode::Time(iterations, elapsed) => {
                let mut left = *iterations;
                while left > 0 {
                    let size = left.min(BATCH);
                    left -= size;
                    let mut inputs: Vec<I> = (0..size).map(|_| setup()).collect();
                    let mut outputs = Vec::with_capacity(inputs.len());
                    let start = Instant::now();
                    outputs.extend(black_box(&mut inputs).iter_mut().map(&mut routine));
                    *elapsed += start.elapsed();
                    drop(black_box(outputs));
                }
            }
            Mode::Measure(stats) => {
                drop(black_box(routine(&mut setup())));
                stats.extend((0..MEASURED).map(|_| {
                    let mut input = black_box(setup());
                    measure(|| black_box(routine(&mut input))).stats
                }));
            }
            Mode::Label(_) => {}
        }
    }

    /// Called by generated code: whether only the label of the argument is asked for.
    #[doc(hidden)]
    pub fn takes_label(&mut self, argument: &impl Display) -> bool {
        if let Mode::Label(label) = &mut self.mode {
            *label = argument.to_string();
            return true;
        }
        false
    }
}

#[cfg(feature = "bench")]
impl Bencher {
    /// How long some iterations take, which is never nothing: criterion divides by it.
    pub(super) fn time(iterations: u64, run: impl FnOnce(&mut Self)) -> Duration {
        let mut bencher = Self {
            mode: Mode::Time(iterations, Duration::ZERO),
        };
        run(&mut bencher);
        match bencher.mode {
            Mode::Time(_, elapsed) => elapsed.max(Duration::from_nanos(1)),
            _ => Duration::from_nanos(1),
        }
    }

    /// What each of the single iterations did; none where the function ran no routine.
    pub(super) fn measure(run: impl FnOnce(&mut Self)) -> Vec<Stats> {
        let mut bencher = Self {
            mode: Mode::Measure(Vec::with_capacity(MEASURED)),
        };
        run(&mut bencher);
        match bencher.mode {
            Mode::Measure(stats) => stats,
            _ => Vec::new(),
        }
    }

    /// The argument in letters.
    pub(super) fn label(run: impl FnOnce(&mut Self)) -> String {
        let mut bencher = Self {
            mode: Mode::Label(String::new()),
        };
        run(&mut bencher);
        match bencher.mode {
            Mode::Label(label) => label,
            _ => String::new(),
        }
    }
}
