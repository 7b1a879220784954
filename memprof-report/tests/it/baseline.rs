//! Promise: a committed baseline changes only where its operations do, gates to the byte, and is never
//! misread.

use crate::common;
use crate::common::builds::{report, run};
use memprof_report::{Baseline, Diff, DiffOptions, Metric, Report, Stats, SubjectKind, Verdict};

fn of(report: &Report) -> Baseline {
    Baseline::of_report(report).unwrap()
}

fn check(baseline: &Baseline, current: &Baseline) -> Diff {
    baseline.check(current, &DiffOptions::default()).unwrap()
}

fn verdicts(diff: &Diff) -> Vec<(&str, Verdict)> {
    let rows = diff.rows.iter();
    rows.map(|row| (row.subject.name.as_str(), row.verdict))
        .collect()
}

#[test]
fn a_byte_more_is_a_regression_where_it_stands_now() {
    let baseline = of(&report(&[("Load", 10, 100), ("Save", 20, 100)]));
    let read = Baseline::from_json(&baseline.to_json().unwrap()).unwrap();
    let current = of(&report(&[("Load", 15, 101), ("Save", 25, 100)]));
    let diff = check(&read, &current);
    assert_eq!(
        verdicts(&diff),
        [("Load", Verdict::Regressed), ("Save", Verdict::Unchanged)]
    );
    assert_eq!(diff.rows[0].subject.line, Some(15));
    assert!(diff.is_regression());
    assert_eq!(
        diff.notices,
        ["1 regressed: if that is meant, take it with `cargo memprof accept`"]
    );
    let mut options = DiffOptions::default();
    options.tolerance = 0.01;
    assert!(!read.check(&current, &options).unwrap().is_regression());
}

#[test]
fn new_gone_and_better_pass_with_a_notice() {
    let baseline = of(&report(&[("Better", 1, 100), ("Gone", 2, 100)]));
    let diff = check(
        &baseline,
        &of(&report(&[("Better", 1, 99), ("New", 2, 100)])),
    );
    assert_eq!(
        verdicts(&diff),
        [
            ("Better", Verdict::Improved),
            ("Gone", Verdict::Gone),
            ("New", Verdict::New)
        ]
    );
    assert!(!diff.is_regression());
    assert_eq!(
        diff.notices,
        [
            "1 improved: tighten the baseline with `cargo memprof accept`",
            "1 new and not gated until `cargo memprof accept` takes them",
            "1 in the baseline and not in this run: delete their lines if they are gone for good",
        ]
    );
}

#[test]
fn tests_and_benches_are_gated_beside_operations() {
    let mut baseline = of(&report(&[("Load", 1, 100)]));
    let mut current = baseline.clone();
    let add = |to: &mut Baseline, kind, name, allocations| {
        let stats = Stats {
            allocations,
            ..Default::default()
        };
        to.add(kind, name, "tests/all.rs", &run("release"), &stats)
            .unwrap();
    };
    add(&mut baseline, SubjectKind::Test, "parses", 7);
    add(&mut baseline, SubjectKind::Bench, "parses", 9);
    add(&mut current, SubjectKind::Test, "parses", 8);
    add(&mut current, SubjectKind::Bench, "parses", 9);
    let diff = check(&baseline, &current);
    let found: Vec<_> = diff
        .rows
        .iter()
        .map(|row| (row.subject.kind, row.verdict))
        .collect();
    assert_eq!(
        found,
        [
            (SubjectKind::Operation, Verdict::Unchanged),
            (SubjectKind::Test, Verdict::Regressed),
            (SubjectKind::Bench, Verdict::Unchanged),
        ]
    );
    assert!(
        diff.to_string()
            .contains("regressed  test parses (tests/all.rs)"),
        "{diff}"
    );

    // One of the same name is replaced.
    add(&mut current, SubjectKind::Test, "parses", 7);
    assert_eq!(current.entries().len(), 3);
    assert!(!check(&baseline, &current).is_regression());
}

#[test]
fn an_unlike_build_is_refused() {
    let baseline = of(&report(&[("Load", 1, 100)]));
    let mut dev = report(&[("Load", 1, 999)]);
    dev.run.profile = "dev".into();
    let refusal = baseline
        .check(&of(&dev), &DiffOptions::default())
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "refused: the baseline is of `release x86_64-unknown-linux-gnu ownership` \
         and the run of `dev x86_64-unknown-linux-gnu ownership`"
    );
    // Nothing of it is known in any build, or nothing at all: new.
    let mut other = report(&[("Save", 1, 1)]);
    other.run.profile = "dev".into();
    assert_eq!(
        verdicts(&check(&baseline, &of(&other))),
        [("Save", Verdict::New)]
    );
    assert_eq!(
        verdicts(&check(&Baseline::default(), &baseline)),
        [("Load", Verdict::New)]
    );
}

#[test]
fn builds_stand_side_by_side() {
    let mut baseline = of(&report(&[("Load", 1, 100), ("Save", 2, 100)]));
    let mut dev = report(&[("Load", 1, 200)]);
    dev.run.profile = "dev".into();
    baseline.accept(&of(&dev));
    assert_eq!(baseline.entries().len(), 3);
    assert_eq!(
        verdicts(&check(&baseline, &of(&dev))),
        [("Load", Verdict::Unchanged)]
    );

    // What was accepted of the other build only is neither new nor compared.
    let mut both = report(&[("Load", 1, 201), ("Save", 2, 100)]);
    both.run.profile = "dev".into();
    let diff = check(&baseline, &of(&both));
    assert_eq!(
        verdicts(&diff),
        [
            ("Load", Verdict::Regressed),
            ("Save", Verdict::NotComparable)
        ]
    );
    assert_eq!(
        diff.rows[1].reason.as_deref(),
        Some("the baseline has it only of `release x86_64-unknown-linux-gnu ownership`")
    );
}

#[test]
fn accepting_changes_only_what_ran() {
    let mut baseline = of(&report(&[
        ("Load", 1, 100),
        ("Load", 2, 200),
        ("Save", 3, 300),
    ]));
    // The second site of that name is no more.
    baseline.accept(&of(&report(&[("Load", 9, 150), ("New", 10, 1)])));
    let entries: Vec<_> = baseline
        .entries()
        .iter()
        .map(|entry| (entry.name.as_str(), entry.figures[&Metric::AllocatedBytes]))
        .collect();
    assert_eq!(entries, [("Load", 150), ("New", 1), ("Save", 300)]);
}

#[test]
fn a_changed_number_of_namesakes_is_not_guessed() {
    let baseline = of(&report(&[("Load", 1, 100), ("Load", 2, 200)]));
    let read = Baseline::from_json(&baseline.to_json().unwrap()).unwrap();
    let diff = check(
        &read,
        &of(&report(&[
            ("Load", 1, 1),
            ("Load", 2, 100),
            ("Load", 3, 200),
        ])),
    );
    assert_eq!(verdicts(&diff), [("Load", Verdict::NotComparable); 3]);
    assert_eq!(
        diff.notices,
        ["3 not compared and not gated: take them with `cargo memprof accept`"]
    );
}

#[test]
fn another_compiler_is_noticed() {
    let old = report(&[("Load", 1, 100)]);
    let mut new = old.clone();
    new.run.rustc_version = Some("1.99.0".into());
    let diff = check(&of(&old), &of(&new));
    assert_eq!(
        diff.notices,
        ["the baseline is of rustc 1.88.0, the run of 1.99.0"]
    );
    assert_eq!(verdicts(&diff), [("Load", Verdict::Unchanged)]);
}

#[test]
fn what_was_not_counted_is_no_baseline() {
    let mut off = common::full_report();
    off.run.allocator.installed = false;
    let expected = "refused: the run had no allocator of memprof installed, \
                    so that no byte was counted";
    assert_eq!(Baseline::of_report(&off).unwrap_err().to_string(), expected);
    let mut baseline = Baseline::default();
    let added = baseline.add(SubjectKind::Test, "t", "", &off.run, &Stats::default());
    assert_eq!(added.unwrap_err().to_string(), expected);
    assert_eq!(baseline, Baseline::default());
}
