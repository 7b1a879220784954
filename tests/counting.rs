//! Promise: `CountingAllocator` counts as exactly as `Allocator` does, and claims nothing about who still
//! holds what: every `retained` figure is null, and the table says that it is not available.

use memprof::Report;
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: memprof::CountingAllocator = memprof::CountingAllocator::system();

/// 1000 bytes are kept, 500 are not.
#[memprof::track("Outer")]
fn outer() -> Vec<u8> {
    let kept = buffer(1000);
    drop(inner());
    kept
}

#[memprof::track("Inner")]
fn inner() -> Vec<u8> {
    buffer(500)
}

fn buffer(bytes: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(bytes))
}

/// Allocated, deallocated, net, peak.
fn figures(report: &Report, name: &str) -> (u64, u64, i64, u64) {
    let row = report.operation(name).expect("a row");
    (
        row.allocated_bytes,
        row.deallocated_bytes,
        row.net_bytes,
        row.peak_bytes,
    )
}

#[test]
fn counts_without_ownership() {
    let kept = outer();
    let report = memprof::snapshot();
    assert!(report.run.allocator.installed);
    assert!(!report.run.allocator.ownership);
    assert_eq!(report.warnings, []);
    assert_eq!(figures(&report, "Outer"), (1500, 500, 1000, 1500));
    assert_eq!(figures(&report, "Inner"), (500, 0, 500, 500));

    let document = serde_json::to_value(&report).expect("plain data");
    let mut retained = Vec::new();
    collect_retained(&document, &mut retained);
    // Two keys in each operation, two in each `self`, two in each path: the root, Outer, Outer > Inner.
    assert_eq!(retained, vec![&Value::Null; 2 * 4 + 3 * 2]);

    let table = report.to_string();
    assert!(table.contains("retained"), "{table}");
    assert!(table.contains("n/a"), "{table}");
    drop(kept);
}

fn collect_retained<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name.starts_with("retained_") {
                    found.push(field);
                }
                collect_retained(field, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_retained(item, found)),
        _ => {}
    }
}
