//! Promise: a file that is no whole baseline is refused, with the place and the remedy, and never panics.

use crate::common;
use memprof_report::Baseline;

fn text() -> String {
    Baseline::of_report(&common::full_report())
        .unwrap()
        .to_json()
        .unwrap()
}

fn error(text: &str) -> String {
    Baseline::from_json(text).unwrap_err().to_string()
}

const RESTORE: &str =
    "restore it from version control, or delete it and write it anew with `cargo memprof accept`";

#[test]
fn what_is_not_ours() {
    let not_ours = format!(
        "not a memprof baseline: it has no `format` \"memprof-baseline\" with a `schema_version`: {RESTORE}"
    );
    for text in [
        "{}",
        "[]",
        "null",
        "3",
        "\"memprof-baseline\"",
        r#"{"schema_version": 1}"#,
        r#"{"format": "memprof-baseline"}"#,
        r#"{"format": "memprof-baseline", "schema_version": 0}"#,
        r#"{"format": "memprof-baseline", "schema_version": "1"}"#,
        r#"{"format": "other", "schema_version": 9}"#,
    ] {
        assert_eq!(error(text), not_ours, "{text}");
    }
    assert_eq!(
        error(&common::full_report().to_json_pretty().unwrap()),
        "not a memprof baseline but a report: make a baseline of a run with `cargo memprof accept`"
    );
}

#[test]
fn a_newer_schema_is_refused_by_its_version() {
    let newer = text().replace("\"schema_version\": 1", "\"schema_version\": 7");
    let newer = newer.replace("\"figures\"", "\"numbers\"");
    assert_eq!(
        error(&newer),
        "baseline has schema version 7, this memprof reads up to 1: use a newer memprof"
    );
}

#[test]
fn what_is_cut_off_is_refused_wherever_it_is_cut() {
    let text = text();
    let whole = text.trim_end().len();
    for end in (0..whole).filter(|end| text.is_char_boundary(*end)) {
        let error = error(&text[..end]);
        assert!(
            error.starts_with("baseline ends too early: "),
            "{end}: {error}"
        );
        assert!(
            error.contains(" at line ") && error.ends_with(RESTORE),
            "{end}: {error}"
        );
    }
    assert_eq!(
        error(&text[..40]),
        format!(
            "baseline ends too early: EOF while parsing a string at line 3 column 6: {RESTORE}"
        )
    );
}

#[test]
fn a_bad_number_is_named_with_its_place() {
    let text = text();
    let line = 1 + text
        .lines()
        .position(|line| line.contains("\"Index\""))
        .unwrap();
    for (bad, what) in [
        ("\"calls\":-3", "calls is -3 and cannot be below zero"),
        ("\"calls\":3.5", "calls is 3.5, which is no whole number"),
        ("\"calls\":1e999", "number out of range"),
        (
            "\"calls\":\"3\"",
            "invalid type: string \"3\", expected a JSON number",
        ),
        (
            "\"calls\":null",
            "invalid type: null, expected a JSON number",
        ),
        ("\"calls\":0x3", "expected `,` or `}`"),
        ("\"calls\":3,\"calls\":3", "calls stands there twice"),
        (
            "\"cals\":3",
            "`cals` is no metric, use one of: calls, allocations,",
        ),
    ] {
        let error = error(&text.replacen("\"calls\":3", bad, 1));
        assert!(
            error.starts_with(&format!("failed to read baseline: {what}")),
            "{bad}: {error}"
        );
        assert!(
            error.contains(&format!(" at line {line} column ")),
            "{bad}: {error}"
        );
        assert!(error.ends_with(RESTORE), "{bad}: {error}");
    }
}

#[test]
fn an_unknown_or_missing_field_is_no_matter_to_pass_over() {
    let unknown = text().replacen("\"function\":", "\"fn\":", 1);
    assert!(error(&unknown).starts_with("failed to read baseline: unknown field `fn`, expected"));
    let missing = text().replacen("\"kind\":\"operation\",", "", 1);
    assert!(error(&missing).starts_with("failed to read baseline: missing field `kind` at line "));
}

#[test]
fn what_a_merge_left_behind_is_said() {
    let text = text();
    let conflict = text.replacen("  \"entries\"", "<<<<<<< HEAD\n  \"entries\"", 1);
    let line = 1 + conflict
        .lines()
        .position(|line| line.starts_with('<'))
        .unwrap();
    assert_eq!(
        error(&conflict),
        format!(
            "baseline has merge conflicts, the first at line {line}: keep both sides' lines, each \
             entry once, then run `cargo memprof accept`"
        )
    );
    let entry = text
        .lines()
        .find(|line| line.contains("\"Index\""))
        .unwrap();
    let twice = text.replacen(entry, &format!("{entry}\n{entry}"), 1);
    assert_eq!(
        error(&twice),
        "baseline has \"Index\" (src/index.rs) twice in one build: remove one of the two lines"
    );
}

#[test]
fn order_and_formatting_are_free() {
    let text = text();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut turned = value.clone();
    turned["entries"].as_array_mut().unwrap().reverse();
    for other in [
        value.to_string(),
        serde_json::to_string_pretty(&turned).unwrap(),
    ] {
        assert_eq!(
            Baseline::from_json(&other).unwrap().to_json().unwrap(),
            text
        );
    }
}

#[test]
fn no_garbage_panics() {
    let text = text();
    let mut number: u64 = 1;
    for _ in 0..3000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..3 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let at = (number >> 33) as usize % bytes.len();
            bytes[at] = b"\"{}[]:,-0e1nt\\ \n"[(number >> 20) as usize % 16];
        }
        // Whatever can be read can be written, and is read again as the same.
        if let Ok(read) = Baseline::from_json(&String::from_utf8_lossy(&bytes)) {
            let again = Baseline::from_json(&read.to_json().unwrap()).unwrap();
            assert_eq!(again, read);
        }
    }
    let deep = "[".repeat(100_000);
    assert!(Baseline::from_json(&deep).is_err());
}
