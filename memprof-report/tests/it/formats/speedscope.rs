//! speedscope, checked against what its file format schema requires.

use memprof_report::Report;
use memprof_report::formats::{Weight, speedscope};
use serde_json::{Value, json};

use super::reports::{inclusive, stacked, total, tree, without_ownership};

/// The document, valid by the fields that speedscope's own schema requires of sampled profiles.
pub(crate) fn read(report: &Report) -> Value {
    let text = speedscope(report).expect("the report has figures");
    let document: Value = serde_json::from_str(&text).expect("json");
    let schema = jsonschema::validator_for(&schema()).expect("a schema");
    if let Err(error) = schema.validate(&document) {
        panic!("{error} at {}", error.instance_path());
    }
    let frames = document["shared"]["frames"]
        .as_array()
        .expect("frames")
        .len();
    for profile in document["profiles"].as_array().expect("profiles") {
        let (samples, weights) = (&profile["samples"], &profile["weights"]);
        assert_eq!(
            samples.as_array().map(Vec::len),
            weights.as_array().map(Vec::len)
        );
        let indexes = samples.as_array().into_iter().flatten();
        for index in indexes.flat_map(|sample| sample.as_array().expect("indexes")) {
            assert!(index.as_u64().expect("an index") < frames as u64);
        }
    }
    document
}

/// After the schema that speedscope publishes, without its evented profiles.
fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["$schema", "profiles", "shared"],
        "properties": {
            "$schema": {"const": "https://www.speedscope.app/file-format-schema.json"},
            "activeProfileIndex": {"type": "number"},
            "exporter": {"type": "string"},
            "name": {"type": "string"},
            "shared": {
                "type": "object",
                "required": ["frames"],
                "properties": {"frames": {"type": "array", "items": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string"}, "file": {"type": "string"},
                        "line": {"type": "number"}, "col": {"type": "number"}
                    },
                    "additionalProperties": false
                }}}
            },
            "profiles": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["endValue", "name", "samples", "startValue", "type", "unit", "weights"],
                "properties": {
                    "type": {"const": "sampled"},
                    "name": {"type": "string"},
                    "unit": {"enum": [
                        "bytes", "microseconds", "milliseconds", "nanoseconds", "none", "seconds"
                    ]},
                    "startValue": {"type": "number"},
                    "endValue": {"type": "number"},
                    "samples": {"type": "array", "items": {
                        "type": "array", "items": {"type": "number"}
                    }},
                    "weights": {"type": "array", "items": {"type": "number"}}
                },
                "additionalProperties": false
            }}
        },
        "additionalProperties": false
    })
}

fn names(document: &Value) -> Vec<&str> {
    let profiles = document["profiles"].as_array().expect("profiles").iter();
    profiles
        .map(|profile| profile["name"].as_str().expect("a name"))
        .collect()
}

/// Of a profile, what all samples weigh that have the frame of that name on them; any sample without a name.
fn sum(document: &Value, profile: usize, name: Option<&str>) -> u64 {
    let frames = document["shared"]["frames"].as_array().expect("frames");
    let profile = &document["profiles"][profile];
    let samples = profile["samples"].as_array().expect("samples");
    let weights = profile["weights"].as_array().expect("weights");
    let is_on = |sample: &Value| {
        let mut indexes = sample.as_array().into_iter().flatten();
        let has = |index: &Value| {
            let index = index.as_u64().expect("an index") as usize;
            frames[index]["name"].as_str() == name
        };
        name.is_none() || indexes.any(has)
    };
    let rows = samples
        .iter()
        .zip(weights)
        .filter(|(sample, _)| is_on(sample));
    rows.map(|(_, weight)| weight.as_u64().expect("a weight"))
        .sum()
}

#[test]
fn every_metric_is_a_profile_that_adds_up() {
    for report in [tree(), stacked()] {
        let document = read(&report);
        for (index, weight) in Weight::ALL.into_iter().enumerate() {
            let wanted = total(&report, weight);
            assert_eq!(sum(&document, index, None), wanted, "{weight}");
            assert_eq!(document["profiles"][index]["endValue"], wanted, "{weight}");
            assert_eq!(document["profiles"][index]["startValue"], 0);
            let tokenize = inclusive(&report, 3, weight);
            assert_eq!(
                sum(&document, index, Some("Tokenize")),
                tokenize,
                "{weight}"
            );
        }
        assert_eq!(document["profiles"].as_array().map(Vec::len), Some(5));
    }
}

#[test]
fn profiles_say_how_exact_they_are() {
    assert_eq!(
        names(&read(&tree())),
        [
            "Allocated bytes (exact)",
            "Allocations (exact)",
            "Retained bytes (exact)",
            "Retained blocks (exact)",
            "Bytes at peak (within 1 %)",
        ]
    );
    assert_eq!(
        names(&read(&without_ownership())),
        [
            "Allocated bytes (operations exact, call stacks sampled (standard error up to 25 %))",
            "Allocations (operations exact, call stacks sampled (standard error up to 25 %))",
        ]
    );
}

#[test]
fn samples_begin_with_the_outermost_frame() {
    let document = read(&stacked());
    let frames = &document["shared"]["frames"];
    let first: Vec<&Value> = document["profiles"][0]["samples"][2]
        .as_array()
        .expect("a sample")
        .iter()
        .map(|index| &frames[index.as_u64().expect("an index") as usize]["name"])
        .collect();
    assert_eq!(
        first,
        [
            "Index",
            "main",
            "search::insert",
            "alloc::vec::Vec<T>::push"
        ]
    );
    assert_eq!(document["profiles"][0]["weights"][2], 4_195_000);
    assert_eq!(frames[1]["file"], "src/index.rs");
    assert_eq!(frames[1]["line"], 33);
}

#[test]
fn nothing_is_a_profile_without_samples() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    let document = read(&report);
    assert_eq!(
        names(&document),
        ["Allocated bytes (exact)", "Allocations (exact)"]
    );
    assert_eq!(document["profiles"][0]["endValue"], 0);
}
