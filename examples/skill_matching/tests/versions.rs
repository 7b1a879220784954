//! Both versions give the same answer, and the second one needs less for it.

use memprof::report::{Growth, GrowthClass, GrowthVerdict, Metric};
use skill_matching::{TOP, Version, allocator, embed, find, people};

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

fn texts(candidates: usize) -> (String, String) {
    (
        people::made_up_candidates(candidates),
        people::made_up_required(candidates / 2),
    )
}

/// The highest that a run rises, in bytes, and its allocations.
fn measured(version: Version, candidates: usize) -> (u64, u64) {
    embed::model();
    let (candidates, required) = texts(candidates);
    let measured = memprof::measure(|| find(version, &candidates, &required).unwrap().len());
    assert!(measured.value > 0);
    (measured.stats.peak_bytes, measured.stats.allocations)
}

#[test]
fn both_versions_give_the_same_answer() {
    for size in [2, 3, 10, 57, 200] {
        let (candidates, required) = texts(size);
        let before = find(Version::Before, &candidates, &required).unwrap();
        assert_eq!(before.len(), size.min(TOP));
        assert_eq!(
            before,
            find(Version::After, &candidates, &required).unwrap()
        );
    }
}

#[test]
fn whoever_has_a_skill_comes_first() {
    let candidates =
        "Grace: COBOL, compilers\nAda: analytical engines\nLinus: kernels, C\nNobody:\n";
    let required = "compiler\n# and nothing else\n";
    for version in [Version::Before, Version::After] {
        let found = find(version, candidates, required).unwrap();
        assert_eq!(found[0].name, "Grace");
        assert!(found[0].score > 0.6);
        // Without a skill there is nothing to be alike.
        assert_eq!((&*found[3].name, found[3].score), ("Nobody", -1.0));
    }
}

#[test]
fn bad_texts_are_told_of() {
    for version in [Version::Before, Version::After] {
        let message =
            |candidates, required| find(version, candidates, required).unwrap_err().to_string();
        assert_eq!(
            message("# people\nAda Rust\n", "Rust"),
            "candidates, line 2: no `:`: write a candidate as `Name: skill, skill`"
        );
        assert!(message("", "Rust").starts_with("no candidates"));
        assert!(message("Ada: Rust", "\n#\n").starts_with("no required skills"));
    }
}

/// A line for each size; `--nocapture` shows them.
#[test]
fn memory_usage() {
    for candidates in [10, 50, 100, 200] {
        let required = candidates / 2;
        let [before, after] = [Version::Before, Version::After].map(|version| {
            let (peak, allocations) = measured(version, candidates);
            println!(
                "Memory usage for {candidates} candidates, {required} required: peak {peak} bytes, \
                 {allocations} allocations ({version:?})"
            );
            // Exact: the same once more.
            assert_eq!(measured(version, candidates), (peak, allocations));
            (peak, allocations)
        });
        // At least 30 % less peak and 50 % fewer allocations, at every size.
        assert!(after.0 * 10 <= before.0 * 7, "{after:?} of {before:?}");
        assert!(after.1 * 2 <= before.1, "{after:?} of {before:?}");
    }
}

#[test]
fn a_question_stays_within_its_budget() {
    embed::model();
    let (candidates, required) = texts(100);
    assert_eq!(question(&candidates, &required), TOP);
}

/// What a question of a hundred candidates may take.
#[memprof::budget(peak = "100 KiB", allocations = 40, retained = 0)]
fn question(candidates: &str, required: &str) -> usize {
    let found = find(Version::After, candidates, required);
    found.unwrap().len()
}

#[test]
fn the_matrix_grows_with_the_square_and_is_gone() {
    let growth = |version| {
        let sizes = [25, 50, 100, 200, 400];
        let points = sizes.map(|size| (size as u64, measured(version, size).0));
        Growth::fit(&points)
    };
    let (before, after) = (growth(Version::Before), growth(Version::After));
    let line = |growth: &Growth| growth.line(Metric::PeakBytes, Some(GrowthClass::Linear));
    println!("before: {}\nafter:  {}", line(&before), line(&after));
    assert_eq!(before.class, Some(GrowthClass::Quadratic));
    assert_eq!(before.against(GrowthClass::Linear), GrowthVerdict::Exceeded);
    assert_eq!(after.against(GrowthClass::Linear), GrowthVerdict::Within);
}
