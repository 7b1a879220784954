//! Promise: a class is named where it goes through the points, and only then; what is steeper than declared
//! is found, what is not is never accused.

use memprof_report::{Growth, GrowthClass, GrowthVerdict, Metric};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// A small generator, the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// From −1 to 1.
    fn signed_unit(&mut self) -> f64 {
        self.next() as f64 / f64::from(1u32 << 30) - 1.0
    }
}

fn shape(class: GrowthClass, n: u64) -> f64 {
    let n = n as f64;
    match class {
        GrowthClass::Constant => 1.0,
        GrowthClass::Logarithmic => n.ln(),
        GrowthClass::Linear => n,
        GrowthClass::Linearithmic => n * n.ln(),
        GrowthClass::Quadratic => n * n,
        GrowthClass::Cubic => n.powi(3),
    }
}

fn class_of(points: &[(u64, u64)]) -> Option<GrowthClass> {
    Growth::fit(points).class
}

#[test]
fn known_answers() {
    let megabytes = [(100, 2_000_000), (300, 15_000_000), (500, 45_000_000)];
    assert_eq!(class_of(&megabytes), Some(GrowthClass::Quadratic));
    let linear = [10, 100, 1000].map(|n| (n, 24 * KIB + 64 * n));
    assert_eq!(class_of(&linear), Some(GrowthClass::Linear));
    let quadratic = [10, 100, 1000].map(|n| (n, MIB + 8 * n * n));
    assert_eq!(class_of(&quadratic), Some(GrowthClass::Quadratic));
    for equal in [0, 1, 4096, u64::MAX] {
        let growth = Growth::fit(&[10, 100, 1000].map(|n| (n, equal)));
        assert_eq!(growth.class, Some(GrowthClass::Constant), "{equal}");
        assert_eq!((growth.exponent, growth.rms), (Some(0.0), 0.0), "{equal}");
    }
}

#[test]
fn the_line_is_that_of_the_notes() {
    let growth = Growth::fit(&[(100, 2_000_000), (300, 15_000_000), (500, 45_000_000)]);
    let line = growth.line(Metric::PeakBytes, Some(GrowthClass::Linear));
    assert_eq!(
        line,
        "peak growth O(n²): 2 MB → 15 MB → 45 MB (n = 100 → 300 → 500), declared O(n) ✗ \
         (not gated: 3 sizes, a gate needs 4)"
    );
}

#[test]
fn the_line_of_a_gate_ends_in_its_mark() {
    let growth = Growth::fit(&[10, 100, 1000, 10_000].map(|n| (n, 3 * n)));
    assert_eq!(
        growth.line(Metric::Allocations, Some(GrowthClass::Constant)),
        "allocations growth O(n): 30 → 300 → 3,000 → 30,000 (n = 10 → 100 → 1,000 → 10,000), declared O(1) ✗"
    );
    assert!(
        growth
            .line(Metric::Allocations, Some(GrowthClass::Linear))
            .ends_with(", declared O(n) ✓")
    );
}

#[test]
fn a_line_without_a_class_claims_no_more_than_it_knows() {
    let few = Growth::fit(&[(10, 1000), (100, 2000)]);
    assert_eq!(
        few.line(Metric::PeakBytes, Some(GrowthClass::Linear)),
        "peak growth unknown: 1 kB → 2 kB (n = 10 → 100), declared O(n) (not gated: 2 sizes, a gate needs 4)"
    );
    let none = Growth::fit(&[]).line(Metric::PeakBytes, None);
    assert_eq!(none, "peak growth unknown");

    let between = Growth::fit(&[10u64, 100, 1000, 10_000].map(|n| (n, n * n.isqrt() * 100)));
    assert_eq!(between.class, None);
    assert!(
        between
            .line(Metric::PeakBytes, None)
            .starts_with("peak growth ~n^1.5"),
        "{}",
        between.line(Metric::PeakBytes, None)
    );
}

#[test]
fn each_class_is_found_in_its_own_figures() {
    for class in GrowthClass::ALL {
        for sizes in [[10, 100, 1000, 10_000], [64, 256, 1024, 4096]] {
            for start in [0.0, 100.0] {
                let points = sizes.map(|n| (n, (start + 1000.0 * shape(class, n)) as u64));
                let growth = Growth::fit(&points);
                assert_eq!(growth.class, Some(class), "{points:?}");
                assert!(growth.rms < 0.001, "{growth:?}");
            }
        }
    }
}

#[test]
fn each_class_is_found_under_3_percent_of_noise() {
    let mut numbers = Numbers(7);
    let (mut found, mut tried) = (0, 0);
    for round in 0..500 {
        for class in GrowthClass::ALL {
            let factor = 500.0 + numbers.next() as f64 % 3500.0;
            let ratio = [2u64, 4, 10][round % 3];
            // Over a decade at least, as a gate wants it.
            let points: Vec<(u64, u64)> = (0..5)
                .map(|step| 16 * ratio.pow(step))
                .map(|n| {
                    let noise = 1.0 + 0.03 * numbers.signed_unit();
                    (n, (factor * shape(class, n) * noise) as u64)
                })
                .collect();
            let growth = Growth::fit(&points);
            tried += 1;
            found += u32::from(growth.class == Some(class));
            assert_eq!(
                growth.against(class),
                GrowthVerdict::Within,
                "{class} {growth:?}"
            );
            for steeper in GrowthClass::ALL.into_iter().filter(|other| *other > class) {
                assert_eq!(growth.against(steeper), GrowthVerdict::Within);
            }
        }
    }
    println!("found {found} of {tried} classes under noise");
    assert_eq!(found, tried);
}

#[test]
fn what_is_steeper_than_declared_exceeds_it() {
    for class in GrowthClass::ALL {
        let points = [16, 160, 1600, 16_000].map(|n| (n, (1e4 * shape(class, n)) as u64));
        let growth = Growth::fit(&points);
        for declared in GrowthClass::ALL {
            let expected = match class > declared {
                true => GrowthVerdict::Exceeded,
                false => GrowthVerdict::Within,
            };
            assert_eq!(growth.against(declared), expected, "{class} as {declared}");
        }
    }
}

#[test]
fn the_staircase_of_a_vec_is_linear_at_sizes_that_double() {
    for first in 4..300u64 {
        let points = [1, 2, 4, 8, 16].map(|step| {
            let n = first * step;
            (n, n.next_power_of_two() * 8)
        });
        let growth = Growth::fit(&points);
        assert_eq!(growth.class, Some(GrowthClass::Linear), "{points:?}");
    }
}

#[test]
fn no_staircase_of_a_vec_exceeds_linear() {
    let mut unnamed = 0;
    // Not 7: a step of 7 that becomes one of 8 every time is steeper than linear as far as the points reach.
    for ratio in [2u64, 3, 4, 5, 10] {
        for first in 4..500u64 {
            for number in 4..=6 {
                let points: Vec<(u64, u64)> = (0..number)
                    .map(|step| first * ratio.pow(step))
                    .map(|n| (n, n.next_power_of_two().max(4) * 8))
                    .collect();
                let growth = Growth::fit(&points);
                unnamed += u32::from(growth.class.is_none());
                let verdict = growth.against(GrowthClass::Linear);
                assert_ne!(verdict, GrowthVerdict::Exceeded, "{growth:?}");
            }
        }
    }
    // The promise would be empty if every staircase had its class.
    assert!(unnamed > 100, "{unnamed}");
}

#[test]
fn without_a_class_twice_the_declared_growth_exceeds() {
    // n^1.5 lies between the classes.
    let growth = Growth::fit(&[10u64, 100, 1000, 10_000].map(|n| (n, n * n.isqrt() * 100)));
    assert_eq!(growth.class, None);
    let exceeded = GrowthClass::ALL.map(|class| growth.against(class) == GrowthVerdict::Exceeded);
    assert_eq!(exceeded, [true, true, true, true, false, false]);
}

#[test]
fn a_gate_needs_four_sizes_over_a_decade() {
    let cannot = |points: &[(u64, u64)]| match Growth::fit(points).against(GrowthClass::Constant) {
        GrowthVerdict::CannotGate { reason } => reason,
        verdict => panic!("{verdict:?}"),
    };
    assert_eq!(cannot(&[]), "0 sizes, a gate needs 4");
    assert_eq!(cannot(&[(10, 1)]), "1 size, a gate needs 4");
    assert_eq!(
        cannot(&[(10, 10), (100, 100), (1000, 1000)]),
        "3 sizes, a gate needs 4"
    );
    // Measuring one size again makes no further size.
    assert_eq!(
        cannot(&[(10, 10), (100, 100), (1000, 1000), (1000, 1000)]),
        "3 sizes, a gate needs 4"
    );
    assert_eq!(
        cannot(&[(100, 1), (300, 3), (500, 5), (999, 9)]),
        "sizes from 100 to 999, a gate needs the largest to be 10 times the smallest"
    );
    let enough = Growth::fit(&[(100, 100), (300, 300), (500, 500), (1000, 1000)]);
    assert_eq!(
        enough.against(GrowthClass::Constant),
        GrowthVerdict::Exceeded
    );
}

#[test]
fn order_and_repetition_do_not_matter() {
    let sorted = Growth::fit(&[(10, 100), (100, 1000), (1000, 10_000), (10_000, 100_000)]);
    let mixed = Growth::fit(&[
        (1000, 10_000),
        (10, 90),
        (10_000, 100_000),
        (100, 1000),
        (10, 110),
        (1000, 10_000),
    ]);
    assert_eq!(mixed, sorted);
    // Half a byte is rounded up.
    assert_eq!(Growth::fit(&[(7, 1), (7, 2)]).points, [(7, 2)]);
}

#[test]
fn what_falls_is_within_anything() {
    let growth = Growth::fit(&[(10, 9000), (100, 900), (1000, 90), (10_000, 9)]);
    assert_eq!(growth.class, None);
    assert_eq!(growth.exponent.map(f64::round), Some(-1.0));
    for class in GrowthClass::ALL {
        assert_eq!(growth.against(class), GrowthVerdict::Within);
    }
}

#[test]
fn zeros_at_the_beginning_are_met() {
    let growth = Growth::fit(&[(0, 0), (10, 640), (100, 6400), (1000, 64_000)]);
    assert_eq!(growth.class, Some(GrowthClass::Linear));
    // Nothing at all and then much: the steepest that there is.
    let growth = Growth::fit(&[(0, 0), (1, 0), (10, 0), (100, 0), (1000, 64_000)]);
    assert_eq!(growth.class, Some(GrowthClass::Cubic));
    assert_eq!(growth.against(GrowthClass::Linear), GrowthVerdict::Exceeded);
}

#[test]
fn a_trace_of_growth_is_none() {
    // A buffer for the digits of n, beside a MiB.
    let digits = [10u64, 100, 1000, 10_000].map(|n| (n, MIB + 8 * n.to_string().len() as u64));
    assert_eq!(class_of(&digits), Some(GrowthClass::Constant));
    let more = [10, 100, 1000, 10_000].map(|n| (n, MIB + 32 * n));
    assert_eq!(class_of(&more), Some(GrowthClass::Linear));
}

#[test]
fn the_largest_numbers_give_an_answer() {
    let mut numbers = Numbers(3);
    let special = [0, 1, 2, 10, 1 << 32, u64::MAX / 2, u64::MAX - 1, u64::MAX];
    for _ in 0..20_000 {
        let number = numbers.next() as usize % 7;
        let mut any = || special[numbers.next() as usize % special.len()];
        let points: Vec<(u64, u64)> = (0..number).map(|_| (any(), any())).collect();
        let growth = Growth::fit(&points);
        assert!(growth.rms.is_finite() && growth.rms >= 0.0, "{growth:?}");
        assert!(growth.exponent.is_none_or(f64::is_finite), "{growth:?}");
        for class in GrowthClass::ALL {
            let steeper = growth.against(class) == GrowthVerdict::Exceeded;
            let marked = growth.line(Metric::PeakBytes, Some(class)).ends_with('✗');
            assert_eq!(steeper, marked, "{growth:?}");
        }
        let json = serde_json::to_string(&growth).unwrap();
        assert_eq!(serde_json::from_str::<Growth>(&json).unwrap(), growth);
    }
    let steep = Growth::fit(&[(1, 1), (10, 10), (1 << 32, 1 << 32), (u64::MAX, u64::MAX)]);
    assert_eq!(steep.class, Some(GrowthClass::Linear));
}
