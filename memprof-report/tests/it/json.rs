//! Promise: version 1 is read for ever, and what is no report is refused in words, whatever it is.

use crate::common;
use memprof_report::Report;

const FIXTURE: &str = include_str!("../fixtures/report-v1.json");
/// As it was written before reports had frames, stacks, a timeline and what lived at the peak.
const WITHOUT_STACKS: &str = include_str!("../fixtures/report-v1-without-stacks.json");

/// As it was written before reports told what operations hold at the end.
const WITHOUT_LEAKS: &str = include_str!("../fixtures/report-v1-without-leaks.json");

fn refusal(text: &str) -> String {
    Report::from_json(text)
        .expect_err("is no report")
        .to_string()
}

#[test]
fn the_fixture_of_version_1_is_read_and_written_as_it_is() {
    let report = Report::from_json(FIXTURE).expect("version 1 is read");
    assert_eq!(report, common::full_report());
    assert_eq!(report.to_json_pretty().expect("plain data") + "\n", FIXTURE);
}

#[test]
fn a_document_from_before_stacks_is_read() {
    let mut wanted = common::full_report();
    wanted.frames.clear();
    wanted.stacks.clear();
    wanted.timeline.clear();
    without_external(&mut wanted);
    wanted.process.fragmentation = None;
    wanted.leaks.clear();
    wanted.sizes.clear();
    wanted.flow.clear();
    for path in &mut wanted.paths {
        path.at_peak_bytes = None;
    }
    let report = Report::from_json(WITHOUT_STACKS).expect("version 1 is read");
    assert_eq!(report, wanted);
}

/// As it was before memory that no allocator sees could be declared.
fn without_external(report: &mut Report) {
    without_budgets(report);
    report.external.clear();
    report.process.external_bytes = None;
    report.process.peak_external_bytes = None;
    for row in &mut report.operations {
        (row.external_bytes, row.peak_external_bytes) = (0, 0);
    }
}

/// As it was before there were limits in units of their own, and sizes of inputs.
fn without_budgets(report: &mut Report) {
    report.violations[0].actual = None;
    for row in &mut report.operations {
        row.growth = None;
    }
}

#[test]
fn a_document_from_before_leaks_is_read() {
    let mut wanted = common::full_report();
    wanted.leaks.clear();
    wanted.sizes.clear();
    wanted.flow.clear();
    without_budgets(&mut wanted);
    // Its stacks had one error for bytes and numbers.
    wanted.stacks[0].allocations_relative_standard_error = None;
    let report = Report::from_json(WITHOUT_LEAKS).expect("version 1 is read");
    assert_eq!(report, wanted);
}

#[test]
fn the_largest_figures_survive() {
    let mut report = common::full_report();
    report.process.allocated_bytes = u64::MAX;
    report.operations[0].net_bytes = i64::MIN;
    if let Some(per_call) = &mut report.operations[0].per_call {
        per_call.allocated_bytes.mean = 0.1 + 0.2;
    }
    let json = report.to_json_pretty().expect("plain data");
    assert_eq!(Report::from_json(&json).expect("own text"), report);
}

#[test]
fn unknown_fields_are_passed_over() {
    let text = FIXTURE
        .replacen('{', r#"{ "of_the_future": [1, {}],"#, 1)
        .replace(r#""samples": 16"#, r#""samples": 16, "thread": 3"#)
        .replace(r#""inlined": true"#, r#""inlined": true, "module": {}"#)
        .replace(r#""elapsed_ns": 0"#, r#""elapsed_ns": 0, "rss_bytes": 1"#)
        .replace(
            r#""allocator": "glibc","#,
            r#""allocator": "glibc", "ratio": 0.5,"#,
        );
    let report = Report::from_json(&text).expect("additions are no new version");
    assert_eq!(report.operations, common::full_report().operations);
    assert_eq!(report.stacks, common::full_report().stacks);
    assert_eq!(report.frames, common::full_report().frames);
    assert_eq!(report.timeline, common::full_report().timeline);
}

#[test]
fn a_newer_version_is_refused_by_name() {
    let wanted = "report has schema version 2, this memprof reads up to 1";
    assert_eq!(
        refusal(r#"{ "schema_version": 2, "entirely": "different" }"#),
        wanted
    );
    assert_eq!(
        refusal(&FIXTURE.replace(r#""schema_version": 1"#, r#""schema_version": 2"#)),
        wanted
    );
}

#[test]
fn what_is_not_json_is_called_so() {
    for text in [
        "",
        "Allocated: 3 bytes",
        "{",
        r#"{ "schema_version": 1, "#,
        "\u{0}",
        &FIXTURE[..FIXTURE.len() / 2],
    ] {
        assert!(
            refusal(text).starts_with("not json: "),
            "{text:?}: {}",
            refusal(text)
        );
    }
}

#[test]
fn what_is_not_a_report_is_called_so() {
    assert_eq!(
        refusal("{}"),
        "not a memprof report: it has no `schema_version`"
    );
    for text in [
        "[]",
        "1",
        "null",
        r#""text""#,
        "[1]",
        r#"{ "schema_version": null }"#,
        r#"{ "schema_version": "1" }"#,
        r#"{ "schema_version": 0 }"#,
        r#"{ "schema_version": -1 }"#,
        r#"{ "schema_version": 1 }"#,
        &FIXTURE.replace(r#""calls": 3"#, r#""calls": -3"#),
    ] {
        assert!(
            refusal(text).starts_with("not a memprof report: "),
            "{text:?}: {}",
            refusal(text)
        );
    }
    assert!(refusal(r#"{ "schema_version": 1 }"#).contains("missing field `run`"));
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let deep = 1_000_000;
    refusal(&"[".repeat(deep));
    refusal(&r#"{"a":"#.repeat(deep));
    refusal(&format!(
        r#"{{ "schema_version": 1, "run": {}"#,
        "[".repeat(deep)
    ));
    refusal(&format!(
        r#"{{ "x": {}{} }}"#,
        "[".repeat(deep),
        "]".repeat(deep)
    ));
}

#[test]
fn no_cut_of_the_text_is_read_or_panics() {
    for end in (0..FIXTURE.trim_end().len()).filter(|end| FIXTURE.is_char_boundary(*end)) {
        refusal(&FIXTURE[..end]);
    }
}
