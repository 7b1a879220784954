//! DHAT, checked by the rules by which Valgrind's viewer takes or refuses a document.

use std::collections::HashSet;

use memprof_report::Report;
use memprof_report::formats::{Weight, dhat};
use serde_json::Value;

use super::reports::{inclusive, stacked, total, tree, without_ownership};

const BOTH: [(Weight, Weight); 2] = [
    (Weight::AllocatedBytes, Weight::Allocations),
    (Weight::RetainedBytes, Weight::RetainedBlocks),
];

/// The document, which has what the viewer asks for.
pub(crate) fn read(report: &Report, weight: Weight) -> Value {
    let text = dhat(report, weight).expect("the report has it");
    let document: Value = serde_json::from_str(&text).expect("json");
    assert_eq!(document["dhatFileVersion"], 2);
    for field in ["mode", "verb", "tu", "Mtu", "cmd"] {
        assert!(document[field].is_string(), "{field}");
    }
    assert!(document["pid"].is_u64() && document["te"].is_u64());
    // With lifetimes more would be asked for.
    assert_eq!(
        (&document["bklt"], &document["bkacc"]),
        (&false.into(), &false.into())
    );
    let table = document["ftbl"].as_array().expect("a table");
    assert_eq!(table[0], "[root]");
    assert!(table.iter().all(Value::is_string));
    let distinct: HashSet<&str> = table.iter().filter_map(Value::as_str).collect();
    assert_eq!(distinct.len(), table.len(), "a frame stands twice");

    let mut seen = HashSet::new();
    for point in points(&document) {
        assert!(point["tb"].is_u64() && point["tbk"].is_u64());
        let fs = chain(point);
        assert!(!fs.is_empty() && fs.iter().all(|index| (1..table.len()).contains(index)));
        assert!(seen.insert(fs), "repeated location");
    }
    document
}

fn points(document: &Value) -> &Vec<Value> {
    document["pps"].as_array().expect("points")
}

fn chain(point: &Value) -> Vec<usize> {
    let indexes = point["fs"].as_array().expect("frames").iter();
    indexes
        .map(|index| index.as_u64().expect("an index") as usize)
        .collect()
}

fn sum(document: &Value, field: &str, frame: Option<&str>) -> u64 {
    let is_on = |point: &&Value| {
        let is = |index: usize| document["ftbl"][index].as_str() == frame;
        frame.is_none() || chain(point).into_iter().any(is)
    };
    let within = points(document).iter().filter(is_on);
    within
        .map(|point| point[field].as_u64().expect("a figure"))
        .sum()
}

/// The points as text: bytes, blocks, frames.
fn shown(document: &Value) -> Vec<String> {
    let point = |point: &Value| {
        let frames: Vec<&str> = chain(point)
            .into_iter()
            .map(|index| document["ftbl"][index].as_str().expect("a frame"))
            .collect();
        format!("{} {} {}", point["tb"], point["tbk"], frames.join(" < "))
    };
    points(document).iter().map(point).collect()
}

#[test]
fn the_operation_tree_is_one_point_a_path() {
    assert_eq!(
        shown(&read(&tree(), Weight::AllocatedBytes)),
        [
            "6485 5 [outside any operation]",
            "8390000 2000 Index (src/index.rs:30)",
            "40 4 Index (src/index.rs:30) < Tokenize (src/tokenize.rs:7) < Index (src/index.rs:30)",
            "40000000 10000 Tokenize (src/tokenize.rs:7) < Index (src/index.rs:30)",
            "700 2 Search (src/local.rs:12)",
            "300 3 Search (src/remote.rs:90)",
        ]
    );
}

#[test]
fn stacks_are_points_with_the_operations_above_them() {
    let document = read(&stacked(), Weight::AllocatedBytes);
    let shown = shown(&document);
    assert_eq!(
        shown[0],
        "6000 2 0x7f00: ??? (in /lib/libc.so.6) < 0x1000: main (src/index.rs:33:9) < [outside any operation]"
    );
    assert_eq!(shown[1], "485 3 [outside any operation]");
}

#[test]
fn points_add_up_to_the_report_and_to_every_operation() {
    for report in [tree(), stacked()] {
        for (bytes, blocks) in BOTH {
            let document = read(&report, bytes);
            assert_eq!(document, read(&report, blocks));
            for (weight, field) in [(bytes, "tb"), (blocks, "tbk")] {
                assert_eq!(
                    sum(&document, field, None),
                    total(&report, weight),
                    "{weight}"
                );
                let tokenize = sum(&document, field, Some("Tokenize (src/tokenize.rs:7)"));
                assert_eq!(tokenize, inclusive(&report, 3, weight), "{weight}");
            }
        }
    }
    let report = without_ownership();
    let document = read(&report, Weight::AllocatedBytes);
    assert_eq!(
        sum(&document, "tb", None),
        total(&report, Weight::AllocatedBytes)
    );
}

#[test]
fn the_head_is_that_of_the_run() {
    let document = read(&stacked(), Weight::RetainedBytes);
    assert_eq!(
        document["mode"],
        "memprof, operations exact, call stacks sampled (standard error up to 25 %)"
    );
    assert_eq!(document["verb"], "Retained, allocated");
    assert_eq!(document["cmd"], "/opt/search/hybrid_search");
    assert_eq!(
        (&document["pid"], &document["te"]),
        (&4242.into(), &1_240_000.into())
    );
}

#[test]
fn what_has_the_same_frames_is_one_point() {
    let mut report = tree();
    report.operations[2] = report.operations[1].clone();
    let shown = shown(&read(&report, Weight::AllocatedBytes));
    assert!(
        shown.contains(&"1000 5 Search (src/local.rs:12:1)".to_owned()),
        "{shown:?}"
    );
}

#[test]
fn nothing_is_no_point() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    let document = read(&report, Weight::AllocatedBytes);
    assert!(points(&document).is_empty());
}
