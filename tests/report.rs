//! Promise: what `memprof::snapshot()` gives is the versioned document. It is valid by the schema, the file
//! holds the same, and its rows stand as documented: one a site, in the order of their places, whether
//! called or not, whatever their names; the call tree begins with the root.
#![forbid(unsafe_code)]

use memprof::{OperationReport, Report};
use memprof_report::SCHEMA_V1;
use serde_json::Value;
use std::path::Path;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

mod here {
    #[memprof::track("Twin")]
    pub(super) fn twin() -> Box<u64> {
        Box::new(1)
    }
}

mod there {
    #[memprof::track("Twin")]
    pub(super) fn twin() -> Box<[u64; 2]> {
        Box::new([2, 2])
    }
}

macro_rules! stamped {
    ($($function:ident $name:literal $bytes:literal)*) => {
        $(
            #[memprof::track($name)]
            fn $function() -> Vec<u8> {
                Vec::with_capacity($bytes)
            }
        )*
    };
}

stamped! {
    small "Small" 10
    large "Large" 10_000
}

#[memprof::track("Outer")]
fn outer() {
    std::hint::black_box((here::twin(), there::twin()));
}

#[memprof::track("Never")]
fn never() {}

/// As in the source: by line and column; sites out of one macro may share these, then by name.
const NAMES: [&str; 6] = ["Twin", "Twin", "Large", "Small", "Outer", "Never"];

fn run_all() {
    std::hint::black_box(outer as fn());
    outer();
    std::hint::black_box((small(), large(), large()));
    // Named, so that it is linked, and never called.
    std::hint::black_box(never as fn());
}

fn names(report: &Report) -> Vec<&str> {
    let rows = report.operations.iter();
    rows.map(|row| row.name.as_str()).collect()
}

/// Calls, allocations, allocated bytes.
fn figures(row: &OperationReport) -> (u64, u64, u64) {
    (row.calls, row.allocations, row.allocated_bytes)
}

/// One test, because all of it are facts of the process.
#[test]
fn is_the_versioned_document() {
    run_all();
    let report = memprof::snapshot();
    document_is_valid(&report);
    file_holds_the_same(&report);
    operations_are_one_a_site(&report);
    paths_begin_with_the_root(&report);
    profiler_writes_the_same_shape(&report);
    reports_are_not_counted();
}

fn validate(document: &Value) {
    let schema = serde_json::from_str(SCHEMA_V1).expect("the schema is json");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    if let Err(error) = validator.validate(document) {
        panic!("{error} at {}", error.instance_path());
    }
}

fn document_is_valid(report: &Report) {
    let document = serde_json::to_value(memprof::snapshot()).expect("plain data");
    assert_eq!(document["schema_version"], 1);
    validate(&document);
    validate(&serde_json::to_value(report).expect("plain data"));
}

fn file_holds_the_same(report: &Report) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report/written.json");
    report.write_json(&path).expect("the report is written");
    let text = std::fs::read_to_string(&path).expect("the report is there");
    let written: Value = serde_json::from_str(&text).expect("the report is json");
    assert_eq!(written, serde_json::to_value(report).expect("plain data"));
    assert_eq!(
        Report::from_json(&text).expect("the report is one"),
        *report
    );
}

fn operations_are_one_a_site(report: &Report) {
    assert_eq!(names(report), NAMES);
    let sites = memprof::sites();
    assert_eq!(sites.len(), NAMES.len());
    for (row, site) in report.operations.iter().zip(&sites) {
        let place = (row.file.as_str(), row.line, row.column);
        assert_eq!(place, (site.file(), site.line(), site.column()));
        assert_eq!(Some(row.name.as_str()), site.given_name());
        assert_eq!(row.file, file!());
    }
    let places: Vec<_> = report
        .operations
        .iter()
        .map(|row| (&row.file, row.line, row.column))
        .collect();
    assert!(places.is_sorted(), "{places:?}");

    // What each did, in the order of `NAMES`.
    let rows: Vec<_> = report.operations.iter().map(figures).collect();
    let expected = [
        (1, 1, 8),
        (1, 1, 16),
        (2, 2, 20_000),
        (1, 1, 10),
        (1, 2, 24),
        (0, 0, 0),
    ];
    assert_eq!(rows, expected);

    let twins: Vec<_> = report.operations_named("Twin").collect();
    assert_eq!(twins.len(), 2);
    assert!(twins[0].line < twins[1].line);
    assert_eq!(twins[0].module, "report::here");
    assert_eq!(twins[1].module, "report::there");

    let never = report.operation("Never").expect("a row");
    assert_eq!(never.per_call, None);
    assert_eq!(never.retained_bytes, Some(0));
}

fn paths_begin_with_the_root(report: &Report) {
    let root = &report.paths[0];
    assert_eq!(root.path, [""; 0]);
    assert_eq!(root.operations, [0; 0]);
    assert_eq!((root.calls, root.open_calls), (0, 0));
    assert_eq!(root.reentered, None);
    assert_eq!(report.path(&[]), Some(root));

    // Indexes into `operations`, which stand in the order of `NAMES`.
    let chains: Vec<&[usize]> = report
        .paths
        .iter()
        .map(|row| row.operations.as_slice())
        .collect();
    assert_eq!(chains, [&[][..], &[2], &[3], &[4], &[4, 0], &[4, 1]]);
    for row in &report.paths {
        let named = row.operations.iter();
        let named: Vec<_> = named.map(|row| &report.operations[*row].name).collect();
        assert_eq!(row.path.iter().collect::<Vec<_>>(), named);
    }
}

fn profiler_writes_the_same_shape(report: &Report) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report/profiler");
    std::fs::remove_dir_all(&directory).ok();
    let profiler = memprof::Profiler::builder().output_directory(&directory);
    // What is compared was before it.
    let profiler = profiler.whole_process(true);
    let profiler = profiler.build().expect("the profiler starts");
    profiler.finish().expect("the report is written");
    let text = read_only_file(&directory);
    let document: Value = serde_json::from_str(&text).expect("the report is json");
    validate(&document);
    assert_eq!(
        shape(&document),
        shape(&serde_json::to_value(report).expect("plain data"))
    );
}

/// The one file in the directory.
fn read_only_file(directory: &Path) -> String {
    let files = std::fs::read_dir(directory).expect("the directory is there");
    let files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    std::fs::read_to_string(&files[0]).expect("a text")
}

/// The document with every value that is no object and no list made null.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| match name.as_str() {
                // It has the more points the longer the run.
                "timeline" => (name.clone(), shape(&field[0])),
                _ => (name.clone(), shape(field)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        _ => Value::Null,
    }
}

/// Making, holding, cloning, printing and dropping reports moves no figure of the thread that does it.
fn reports_are_not_counted() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report/quiet.json");
    let measured = memprof::measure(|| {
        let held = memprof::snapshot();
        let other = held.clone();
        drop(memprof::snapshot());
        assert_eq!(held, other);
        drop(held);
        other.write_json(&path).expect("the report is written");
    });
    assert_eq!(measured.stats, memprof::Stats::default());
}
