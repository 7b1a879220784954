//! What a report does not have is said, and never shown as zero.

use memprof_report::Report;
use memprof_report::formats::{FormatError, Weight, dhat, folded, speedscope};

use super::reports::{recorded, stacked, tree, without_ownership};

/// The refusals of every format.
fn refusals(report: &Report, weight: Weight) -> Vec<String> {
    let message = |error: FormatError| error.to_string();
    let mut refusals = vec![
        folded(report, weight).map_err(message),
        dhat(report, weight).map_err(message),
    ];
    #[cfg(feature = "flamegraph")]
    refusals.push(memprof_report::formats::flamegraph(report, weight).map_err(message));
    refusals
        .drain(..)
        .map(|refusal| refusal.expect_err("is refused"))
        .collect()
}

/// The refusals of those that show all weights.
fn refusals_of_all(report: &Report) -> Vec<String> {
    let message = |error: FormatError| error.to_string();
    let mut refusals = vec![speedscope(report).map(drop).map_err(message)];
    #[cfg(feature = "pprof")]
    refusals.push(
        memprof_report::formats::pprof(report)
            .map(drop)
            .map_err(message),
    );
    refusals
        .drain(..)
        .map(|refusal| refusal.expect_err("is refused"))
        .collect()
}

fn assert_all(refusals: &[String], wanted: &str) {
    assert!(!refusals.is_empty());
    for refusal in refusals {
        assert_eq!(refusal, wanted);
    }
}

#[test]
fn a_report_without_an_allocator_has_no_figures() {
    let wanted = "the report has no figures: memprof's allocator was not installed";
    assert_all(
        &refusals(&Report::default(), Weight::AllocatedBytes),
        wanted,
    );
    assert_all(&refusals_of_all(&Report::default()), wanted);
}

#[test]
fn without_ownership_nothing_is_retained() {
    for weight in [Weight::RetainedBytes, Weight::RetainedBlocks] {
        assert!(!weight.is_in(&without_ownership()));
        let refusal = folded(&without_ownership(), weight).expect_err("is refused");
        assert_eq!(
            refusal.to_string(),
            format!("the report has no {weight}: it was recorded without ownership")
        );
    }
    assert_all(
        &refusals(&without_ownership(), Weight::RetainedBytes),
        "the report has no retained bytes: it was recorded without ownership",
    );
}

#[test]
fn one_row_without_the_figure_is_enough() {
    let mut report = tree();
    report.paths[3].at_peak_bytes = None;
    let refusal = folded(&report, Weight::AtPeakBytes).expect_err("is refused");
    assert_eq!(
        refusal.to_string(),
        "the report has no bytes at peak: what lived at the peak was not recorded"
    );
}

#[test]
fn dhat_cannot_hold_the_peak() {
    let refusal = dhat(&tree(), Weight::AtPeakBytes).expect_err("is refused");
    assert_eq!(refusal.to_string(), "dhat cannot hold bytes at peak");
}

#[test]
fn a_stack_that_refers_to_nothing_is_named() {
    let mut report = stacked();
    report.stacks[2].frames.push(4);
    let wanted = "stack 2 of the report refers to frame 4, and there are 4";
    assert_all(&refusals(&report, Weight::AllocatedBytes), wanted);
    assert_all(&refusals_of_all(&report), wanted);

    let mut report = stacked();
    report.stacks.push(recorded(usize::MAX, &[], [1, 1, 1, 1]));
    let wanted = "stack 5 of the report refers to path 18446744073709551615, and there are 7";
    assert_all(&refusals(&report, Weight::AllocatedBytes), wanted);
    assert_all(&refusals_of_all(&report), wanted);
}
