//! Promise: what is worse is found to the byte, what only moved is not accused, and what cannot be compared
//! is not compared.

use crate::common;
use crate::common::sites::sites;
use memprof_report::{
    Allowance, Diff, DiffOptions, DiffRow, Distribution, Metric, OperationReport, PerCall, Report,
    TableOptions, Verdict,
};

fn diff(old: &Report, new: &Report) -> Diff {
    Diff::between(old, new, &DiffOptions::default()).unwrap()
}

/// The row of an operation; the first of that name.
fn row<'a>(diff: &'a Diff, name: &str) -> &'a DiffRow {
    let mut rows = diff.rows.iter();
    rows.find(|row| row.subject.name == name).unwrap()
}

fn verdicts(diff: &Diff, name: &str) -> Vec<(Option<u32>, Verdict)> {
    diff.rows
        .iter()
        .filter(|row| row.subject.name == name)
        .map(|row| (row.subject.line, row.verdict))
        .collect()
}

type Change = fn(&mut OperationReport, bool);

#[test]
fn a_report_is_unchanged_against_itself() {
    let report = common::full_report();
    let same = diff(&report, &report);
    // The process and the four operations that were called.
    assert_eq!(same.rows.len(), 5);
    assert!(
        same.rows
            .iter()
            .all(|row| row.verdict == Verdict::Unchanged && row.changes.is_empty())
    );
    assert!(!same.is_regression());
    assert_eq!(same.summary_line(), "4 unchanged");
    assert_eq!(same.to_string(), "memprof diff: 4 unchanged\n");
    assert_eq!(
        diff(&sites(&[]), &sites(&[])).summary_line(),
        "nothing to compare"
    );
}

#[test]
fn one_more_is_a_regression_and_one_less_an_improvement() {
    let changes: [(Metric, Change); 11] = [
        (Metric::Calls, |row, up| step(&mut row.calls, up)),
        (Metric::Allocations, |row, up| {
            step(&mut row.allocations, up)
        }),
        (Metric::AllocatedBytes, |row, up| {
            step(&mut row.allocated_bytes, up)
        }),
        (Metric::NetBytes, |row, up| {
            row.net_bytes += if up { 1 } else { -1 }
        }),
        (Metric::PeakBytes, |row, up| step(&mut row.peak_bytes, up)),
        (Metric::RetainedBlocks, |row, up| {
            step(row.retained_blocks.as_mut().unwrap(), up)
        }),
        (Metric::RetainedBytes, |row, up| {
            step(row.retained_bytes.as_mut().unwrap(), up)
        }),
        (Metric::MinCallAllocatedBytes, |row, up| {
            step(&mut per_call(row).allocated_bytes.min, up)
        }),
        (Metric::MaxCallAllocatedBytes, |row, up| {
            step(&mut per_call(row).allocated_bytes.max, up)
        }),
        (Metric::MinCallPeakBytes, |row, up| {
            step(&mut per_call(row).peak_bytes.min, up)
        }),
        (Metric::MaxCallPeakBytes, |row, up| {
            step(&mut per_call(row).peak_bytes.max, up)
        }),
    ];
    let old = common::full_report();
    for (metric, change) in changes {
        for (up, verdict) in [(true, Verdict::Regressed), (false, Verdict::Improved)] {
            let mut new = old.clone();
            change(&mut new.operations[0], up);
            let diff = diff(&old, &new);
            let row = row(&diff, "Index");
            assert_eq!(row.verdict, verdict, "{metric}");
            let [change] = row.changes.as_slice() else {
                panic!("{metric}: {:?}", row.changes);
            };
            assert_eq!((change.metric, change.verdict), (metric, verdict));
            assert_eq!(change.difference(), Some(if up { 1 } else { -1 }));
            assert_eq!(diff.is_regression(), up);
        }
    }
}

fn step(number: &mut u64, up: bool) {
    *number = if up { *number + 1 } else { *number - 1 };
}

fn per_call(row: &mut OperationReport) -> &mut PerCall {
    row.per_call.as_mut().unwrap()
}

#[test]
fn what_is_worse_outweighs_what_is_better() {
    let old = common::full_report();
    let mut new = old.clone();
    new.operations[0].allocated_bytes /= 2;
    new.operations[0].peak_bytes += 1;
    assert_eq!(row(&diff(&old, &new), "Index").verdict, Verdict::Regressed);
}

#[test]
fn deallocated_bytes_are_neither_worse_nor_better() {
    let old = common::full_report();
    let mut new = old.clone();
    new.operations[0].deallocated_bytes += 100;
    let diff = diff(&old, &new);
    let row = row(&diff, "Index");
    assert_eq!(row.verdict, Verdict::Unchanged);
    assert_eq!(row.changes[0].metric, Metric::DeallocatedBytes);
    assert_eq!(row.changes[0].verdict, Verdict::Unchanged);
}

#[test]
fn percentiles_are_compared_beyond_their_error_only() {
    let with_median = |p50: u64, exact: bool| {
        let mut report = sites(&[(1, 0)]);
        let spread = Distribution {
            p50,
            exact,
            max_relative_error: if exact { 0.0 } else { 0.125 },
            ..Default::default()
        };
        report.operations[0].per_call = Some(PerCall {
            peak_bytes: spread,
            ..Default::default()
        });
        report
    };
    let verdict = |old: &Report, new: &Report| row(&diff(old, new), "Load").verdict;
    // 1000 ± 125 and 1280 ± 160 can be the same; 1300 ± 163 begins at 1137 and cannot.
    let old = with_median(1000, false);
    assert_eq!(verdict(&old, &with_median(1280, false)), Verdict::Unchanged);
    assert_eq!(verdict(&old, &with_median(1300, false)), Verdict::Regressed);
    assert_eq!(verdict(&with_median(1300, false), &old), Verdict::Improved);
    let exact = with_median(1000, true);
    assert_eq!(
        verdict(&exact, &with_median(1001, true)),
        Verdict::Regressed
    );
}

#[test]
fn percentiles_of_several_processes_are_bounds_and_not_compared() {
    let with_median = |p50: u64| {
        let mut report = sites(&[(1, 0)]);
        let spread = Distribution {
            min: p50,
            p50,
            max_relative_error: 0.125,
            ..Default::default()
        };
        report.operations[0].per_call = Some(PerCall {
            peak_bytes: spread,
            allocated_bytes: spread,
        });
        report
    };
    let (old, new) = (with_median(1000), with_median(2000));
    let mut merged = old.clone();
    merged.merge(&with_median(10)).unwrap();
    assert_eq!(merged.warnings[0].code, "percentiles-merged");
    let metrics = |diff: &Diff| -> Vec<Metric> {
        let row = row(diff, "Load");
        row.changes.iter().map(|change| change.metric).collect()
    };
    use Metric::*;
    let lowest = [MinCallAllocatedBytes, MinCallPeakBytes];
    let medians = [P50CallAllocatedBytes, P50CallPeakBytes];
    assert_eq!(
        metrics(&diff(&old, &new)),
        [lowest[0], medians[0], lowest[1], medians[1]]
    );
    for (old, new) in [(&merged, &new), (&new, &merged)] {
        let diff = diff(old, new);
        let metrics = metrics(&diff);
        assert!(lowest.iter().all(|it| metrics.contains(it)), "{metrics:?}");
        assert!(
            medians.iter().all(|it| !metrics.contains(it)),
            "{metrics:?}"
        );
        assert_eq!(
            diff.notices,
            ["percentiles are not compared: those of several processes are upper bounds"]
        );
    }
}

#[test]
fn the_peak_of_the_process_is_compared_beyond_its_error() {
    let mut options = DiffOptions::default();
    options.gate_process = true;
    let old = common::full_report();
    let mut new = old.clone();
    // Each is off by up to 131,072 bytes.
    new.process.peak_live_bytes += 262_144;
    let within = Diff::between(&old, &new, &options).unwrap();
    assert_eq!(within.rows[0].verdict, Verdict::Unchanged);
    assert_eq!(within.rows[0].changes[0].error, 262_144);
    new.process.peak_live_bytes += 1;
    let beyond = Diff::between(&old, &new, &options).unwrap();
    assert_eq!(beyond.rows[0].verdict, Verdict::Regressed);
    assert!(beyond.is_regression());

    // Not asked to gate, it is shown and fails nothing.
    let shown = diff(&old, &new);
    assert_eq!(shown.rows[0].verdict, Verdict::Regressed);
    assert!(!shown.is_regression());
    assert_eq!(shown.summary_line(), "4 unchanged");
    assert!(shown.to_string().contains("regressed  process (not gated)"));
}

#[test]
fn tolerance_and_slack_let_pass() {
    let (old, new) = (sites(&[(1, 1000)]), sites(&[(1, 1050)]));
    let verdict =
        |options: &DiffOptions| Diff::between(&old, &new, options).unwrap().rows[1].verdict;
    let mut options = DiffOptions::default();
    options.tolerance = 0.049;
    assert_eq!(verdict(&options), Verdict::Regressed);
    options.tolerance = 0.05;
    assert_eq!(verdict(&options), Verdict::Unchanged);
    options
        .metrics
        .insert(Metric::AllocatedBytes, Allowance::default());
    assert_eq!(verdict(&options), Verdict::Regressed);
    options = DiffOptions::default();
    options.slack_bytes = 49;
    assert_eq!(verdict(&options), Verdict::Regressed);
    options.slack_bytes = 50;
    assert_eq!(verdict(&options), Verdict::Unchanged);
}

#[test]
fn a_site_whose_line_moved_is_the_same() {
    let (old, new) = (sites(&[(10, 100)]), sites(&[(99, 101)]));
    assert_eq!(
        verdicts(&diff(&old, &new), "Load"),
        [(Some(99), Verdict::Regressed)]
    );
    let mut other_file = old.clone();
    other_file.operations[0].file = "src/other.rs".into();
    assert_eq!(
        verdicts(&diff(&old, &other_file), "Load"),
        [(Some(10), Verdict::Gone), (Some(10), Verdict::New)]
    );
}

#[test]
fn sites_of_one_name_are_matched_in_the_order_of_their_lines() {
    let old = sites(&[(10, 100), (20, 200)]);
    let new = sites(&[(15, 100), (25, 201)]);
    assert_eq!(
        verdicts(&diff(&old, &new), "Load"),
        [
            (Some(15), Verdict::Unchanged),
            (Some(25), Verdict::Regressed)
        ]
    );
}

#[test]
fn a_further_site_of_a_name_is_new_where_the_others_stayed() {
    let old = sites(&[(10, 100), (20, 200)]);
    assert_eq!(
        verdicts(
            &diff(&old, &sites(&[(10, 100), (15, 1), (20, 200)])),
            "Load"
        ),
        [
            (Some(10), Verdict::Unchanged),
            (Some(20), Verdict::Unchanged),
            (Some(15), Verdict::New)
        ]
    );
    let moved = diff(&old, &sites(&[(5, 1), (11, 100), (21, 200)]));
    assert!(
        verdicts(&moved, "Load")
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::NotComparable)
    );
    assert_eq!(
        row(&moved, "Load").reason.as_deref(),
        Some("2 of this name became 3, so that they cannot be told apart")
    );
    assert!(!moved.is_regression());
}

#[test]
fn what_was_never_called_is_not_there() {
    let (old, mut new) = (sites(&[(10, 100)]), sites(&[(10, 0)]));
    new.operations[0].calls = 0;
    assert_eq!(
        verdicts(&diff(&old, &new), "Load"),
        [(Some(10), Verdict::Gone)]
    );
    assert_eq!(
        verdicts(&diff(&new, &old), "Load"),
        [(Some(10), Verdict::New)]
    );
    assert_eq!(verdicts(&diff(&new, &new), "Load"), []);
}

#[test]
fn unlike_builds_are_refused() {
    let old = common::full_report();
    let refusal = |change: fn(&mut Report)| {
        let mut new = old.clone();
        change(&mut new);
        Diff::between(&old, &new, &DiffOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refusal(|new| new.run.profile = "dev".into()),
        "refused: the profile was release and is dev"
    );
    assert_eq!(
        refusal(|new| {
            new.run.target = "aarch64-apple-darwin".into();
            new.run.profile.clear();
        }),
        "refused: the profile was release and is unknown; \
         the target was x86_64-unknown-linux-gnu and is aarch64-apple-darwin"
    );
    assert_eq!(
        refusal(|new| new.run.allocator.ownership = false),
        "refused: the allocator counted with ownership and now counts"
    );
    assert_eq!(
        refusal(|new| new.run.allocator.installed = false),
        "refused: the new run had no allocator of memprof installed, so that no byte was counted"
    );
}

#[test]
fn other_versions_are_noticed_and_compared() {
    let old = common::full_report();
    let mut new = old.clone();
    new.run.rustc_version = Some("1.89.0".into());
    new.run.memprof_version = "0.2.0".into();
    let diff = diff(&old, &new);
    assert_eq!(
        diff.notices,
        [
            "the version of rustc was 1.88.0 and is 1.89.0",
            "the version of memprof was 0.1.0 and is 0.2.0"
        ]
    );
    assert_eq!(diff.summary_line(), "4 unchanged");
}

#[test]
fn without_ownership_what_is_retained_is_not_compared() {
    let (mut old, mut new) = (sites(&[(1, 1)]), sites(&[(1, 1)]));
    assert_eq!(row(&diff(&old, &new), "Load").verdict, Verdict::Unchanged);
    old.operations[0].retained_bytes = Some(0);
    new.operations[0].retained_bytes = Some(1);
    assert_eq!(row(&diff(&old, &new), "Load").verdict, Verdict::Regressed);
}

#[test]
fn the_farthest_numbers_are_compared() {
    let (mut old, mut new) = (sites(&[(1, 0)]), sites(&[(1, u64::MAX)]));
    old.operations[0].net_bytes = i64::MIN;
    new.operations[0].net_bytes = i64::MAX;
    let diff = diff(&old, &new);
    let differences: Vec<_> = row(&diff, "Load")
        .changes
        .iter()
        .map(memprof_report::Change::difference)
        .collect();
    assert_eq!(differences, [Some(i128::from(u64::MAX)); 2]);
    let text = diff.to_text(TableOptions::default());
    assert!(text.contains("+16.0 EiB"), "{text}");
}
