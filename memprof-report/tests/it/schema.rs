//! Promise: the schema that is checked in takes what is written and nothing that is misspelt, forgotten or
//! of another type.

use crate::common;
use memprof_report::{Report, SCHEMA_V1};
use serde_json::{Value, json};

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA_V1).expect("the schema is json");
    jsonschema::meta::validate(&schema).expect("the schema is one of its draft");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

fn full() -> Value {
    serde_json::to_value(common::full_report()).expect("plain data")
}

#[test]
fn what_is_written_is_valid() {
    let validator = validator();
    if let Err(error) = validator.validate(&full()) {
        panic!("{error} at {}", error.instance_path());
    }
    let empty = serde_json::to_value(Report::default()).expect("plain data");
    assert!(validator.is_valid(&empty));

    let mut extremes = common::full_report();
    extremes.process.allocated_bytes = u64::MAX;
    extremes.operations[0].net_bytes = i64::MIN;
    extremes.operations[0].retained_bytes = None;
    extremes.violations[0].path = None;
    assert!(validator.is_valid(&serde_json::to_value(extremes).expect("plain data")));
}

/// Every field of every object is required, and no other one is taken.
#[test]
fn no_field_can_lack_or_be_added() {
    let validator = validator();
    let whole = full();
    let mut objects = Vec::new();
    collect(&whole, String::new(), &mut objects);
    assert!(objects.len() > 20, "{objects:?}");
    for pointer in &objects {
        let fields: Vec<String> = whole
            .pointer(pointer)
            .and_then(Value::as_object)
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        for field in &fields {
            let mut less = whole.clone();
            object(&mut less, pointer).remove(field);
            assert!(!validator.is_valid(&less), "{pointer}/{field} can lack");
        }
        let mut more = whole.clone();
        object(&mut more, pointer).insert("alocations".into(), json!(1));
        assert!(!validator.is_valid(&more), "{pointer} takes unknown fields");
    }
}

#[test]
fn values_of_another_kind_are_refused() {
    let validator = validator();
    for (pointer, value) in [
        ("/schema_version", json!(2)),
        ("/run/pid", json!("4242")),
        ("/run/allocator/installed", json!(null)),
        ("/process/allocations", json!(-1)),
        ("/process/live_bytes", json!(1.5)),
        ("/process/rss_bytes", json!(-1)),
        ("/operations/0/net_bytes", json!(null)),
        ("/operations/0/allocated_bytes", json!("12 MiB")),
        (
            "/operations/0/per_call/peak_bytes/max_relative_error",
            json!(0.1),
        ),
        (
            "/operations/0/per_call/allocated_bytes/max_relative_error",
            json!(0.2),
        ),
        ("/operations/0/self/retained_bytes", json!(-1)),
        ("/paths/0/path", json!("Index")),
        ("/paths/1/operations/0", json!(-1)),
        ("/paths/1/reentered", json!(true)),
        ("/paths/0/at_peak_bytes", json!(-1)),
        ("/frames/0/address", json!("0x55")),
        ("/frames/0/inlined", json!(null)),
        ("/frames/0/line", json!(-1)),
        ("/stacks", json!([1])),
        ("/stacks/0/path", json!(null)),
        ("/stacks/0/frames/0", json!(-1)),
        ("/stacks/0/relative_standard_error", json!(-0.1)),
        ("/stacks/0/relative_standard_error", json!(null)),
        ("/operations/0/external_bytes", json!(null)),
        ("/operations/0/growth/declared", json!("O(2^n)")),
        ("/operations/0/growth/peak_bytes/points/0", json!([1])),
        ("/violations/0/limit", json!("1 MB")),
        ("/external/0/path", json!(-1)),
        ("/process/fragmentation", json!({})),
        ("/process/fragmentation/at_peak/rss_bytes", json!("1 MiB")),
        ("/external/0/bytes", json!("8 MiB")),
        ("/timeline/0/elapsed_ns", json!(0.5)),
        ("/warnings/0/code", json!("Not Kebab")),
        ("/violations/0/threshold", json!("")),
    ] {
        let mut report = full();
        *report.pointer_mut(pointer).expect(pointer) = value.clone();
        assert!(!validator.is_valid(&report), "{pointer} takes {value}");
    }
}

fn object<'a>(value: &'a mut Value, pointer: &str) -> &'a mut serde_json::Map<String, Value> {
    value
        .pointer_mut(pointer)
        .and_then(Value::as_object_mut)
        .expect("an object")
}

/// The pointers of all objects within.
fn collect(value: &Value, pointer: String, objects: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                collect(field, format!("{pointer}/{name}"), objects);
            }
            objects.push(pointer);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{pointer}/{index}"), objects);
            }
        }
        _ => {}
    }
}
