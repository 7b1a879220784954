//! pprof, read back with messages that are declared here once more, after the same `profile.proto`.

use std::collections::HashSet;
use std::io::Read;

use memprof_report::Report;
use memprof_report::formats::{Weight, pprof};
use prost::Message;

use super::reports::{inclusive, stacked, total, tree, without_ownership};

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Profile {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<ValueType>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    mapping: Vec<Mapping>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(int64, tag = "7")]
    drop_frames: i64,
    #[prost(int64, tag = "9")]
    time_nanos: i64,
    #[prost(int64, tag = "10")]
    duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    period_type: Option<ValueType>,
    #[prost(int64, tag = "12")]
    period: i64,
    #[prost(int64, repeated, tag = "13")]
    comment: Vec<i64>,
    #[prost(int64, tag = "14")]
    default_sample_type: i64,
}

#[derive(Clone, PartialEq, Message)]
struct ValueType {
    #[prost(int64, tag = "1")]
    kind: i64,
    #[prost(int64, tag = "2")]
    unit: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(uint64, repeated, tag = "1")]
    location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    label: Vec<Label>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(int64, tag = "1")]
    key: i64,
    #[prost(int64, tag = "2")]
    str: i64,
    #[prost(int64, tag = "3")]
    num: i64,
    #[prost(int64, tag = "4")]
    num_unit: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Mapping {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "5")]
    filename: i64,
    #[prost(bool, tag = "7")]
    has_functions: bool,
}

#[derive(Clone, PartialEq, Message)]
struct Location {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    mapping_id: u64,
    #[prost(uint64, tag = "3")]
    address: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<Line>,
}

#[derive(Clone, PartialEq, Message)]
struct Line {
    #[prost(uint64, tag = "1")]
    function_id: u64,
    #[prost(int64, tag = "2")]
    line: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Function {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "2")]
    name: i64,
    #[prost(int64, tag = "3")]
    system_name: i64,
    #[prost(int64, tag = "4")]
    filename: i64,
    #[prost(int64, tag = "5")]
    start_line: i64,
}

/// The profile, by the rules by which `go tool pprof` takes one.
pub(crate) fn read(report: &Report) -> Profile {
    let zipped = pprof(report).expect("the report has figures");
    let mut bytes = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(zipped.as_slice());
    decoder.read_to_end(&mut bytes).expect("gzip");
    let profile = Profile::decode(bytes.as_slice()).expect("a profile");
    profile.check();
    profile
}

impl Profile {
    fn check(&self) {
        assert_eq!(self.string_table[0], "");
        let count = self.string_table.len();
        let distinct: HashSet<&String> = self.string_table.iter().collect();
        assert_eq!(distinct.len(), count, "a string stands twice");
        let is_string = |id: i64| usize::try_from(id).is_ok_and(|id| id < count);
        for (number, mapping) in (1..).zip(&self.mapping) {
            assert_eq!(mapping.id, number);
            assert!(is_string(mapping.filename) && mapping.has_functions);
        }
        for (number, function) in (1..).zip(&self.function) {
            assert_eq!(function.id, number);
            assert!(is_string(function.name) && is_string(function.filename));
            assert!(is_string(function.system_name) && function.name != 0);
            assert_ne!(function.system_name, function.name, "would be demangled");
        }
        for (number, location) in (1..).zip(&self.location) {
            assert_eq!(location.id, number);
            assert!((1..=self.mapping.len() as u64).contains(&location.mapping_id));
            assert!(!location.line.is_empty());
            for line in &location.line {
                assert!((1..=self.function.len() as u64).contains(&line.function_id));
            }
        }
        for sample in &self.sample {
            assert_eq!(sample.value.len(), self.sample_type.len());
            assert!(!sample.location_id.is_empty());
            for id in &sample.location_id {
                assert!((1..=self.location.len() as u64).contains(id));
            }
            let mut keys: Vec<i64> = sample.label.iter().map(|label| label.key).collect();
            keys.dedup();
            assert_eq!(keys.len(), sample.label.len(), "a key has one value");
        }
    }

    fn text(&self, id: i64) -> &str {
        &self.string_table[usize::try_from(id).expect("an index")]
    }

    fn types(&self) -> Vec<String> {
        let shown = |it: &ValueType| format!("{}/{}", self.text(it.kind), self.text(it.unit));
        self.sample_type.iter().map(shown).collect()
    }

    /// The functions of a sample, innermost first; those of one location in brackets.
    fn functions(&self, sample: &Sample) -> Vec<String> {
        let location = |id: &u64| {
            let lines = &self.location[*id as usize - 1].line;
            let names = lines.iter().map(|line| {
                let function = &self.function[line.function_id as usize - 1];
                self.text(function.name)
            });
            names.collect::<Vec<_>>().join(" in ")
        };
        sample.location_id.iter().map(location).collect()
    }

    fn sum(&self, column: usize, function: Option<&str>) -> u64 {
        let is_on = |sample: &&Sample| {
            let mut functions = self.functions(sample).into_iter();
            function.is_none_or(|name| functions.any(|it| it == name))
        };
        let within = self.sample.iter().filter(is_on);
        within
            .map(|sample| u64::try_from(sample.value[column]).expect("no sign"))
            .sum()
    }

    pub(crate) fn largest(&self) -> Option<i64> {
        self.sample
            .iter()
            .flat_map(|sample| sample.value.iter().copied())
            .max()
    }
}

const ORDER: [Weight; 5] = [
    Weight::Allocations,
    Weight::AllocatedBytes,
    Weight::RetainedBlocks,
    Weight::RetainedBytes,
    Weight::AtPeakBytes,
];

#[test]
fn types_are_those_of_a_heap_profile_and_the_peak() {
    let profile = read(&tree());
    assert_eq!(
        profile.types(),
        [
            "alloc_objects/count",
            "alloc_space/bytes",
            "inuse_objects/count",
            "inuse_space/bytes",
            "peak_space/bytes",
        ]
    );
    assert_eq!(profile.text(profile.default_sample_type), "inuse_space");
    let period = profile.period_type.as_ref().expect("a period");
    assert_eq!(
        (profile.text(period.kind), profile.text(period.unit)),
        ("space", "bytes")
    );
    assert_eq!(profile.period, 1);
    assert_eq!(profile.time_nanos, 1_760_000_001_240_000_000);
    assert_eq!(profile.duration_nanos, 1_240_000_000);
    assert_eq!(
        profile.text(profile.mapping[0].filename),
        "/opt/search/hybrid_search"
    );
}

#[test]
fn types_without_figures_are_left_out() {
    let profile = read(&without_ownership());
    assert_eq!(
        profile.types(),
        ["alloc_objects/count", "alloc_space/bytes"]
    );
    assert_eq!(profile.text(profile.default_sample_type), "alloc_space");
    let wanted = total(&without_ownership(), Weight::AllocatedBytes);
    assert_eq!(profile.sum(1, None), wanted);
}

#[test]
fn samples_add_up_to_the_report_and_to_every_operation() {
    for report in [tree(), stacked()] {
        let profile = read(&report);
        for (column, weight) in ORDER.into_iter().enumerate() {
            assert_eq!(
                profile.sum(column, None),
                total(&report, weight),
                "{weight}"
            );
            for (index, name) in [
                (0, "Index"),
                (2, "Search (src/remote.rs:90)"),
                (3, "Tokenize"),
            ] {
                let wanted = inclusive(&report, index, weight);
                assert_eq!(
                    profile.sum(column, Some(name)),
                    wanted,
                    "{weight} of {name}"
                );
            }
        }
    }
}

#[test]
fn samples_begin_with_the_innermost_frame_and_inlined_ones_share_their_location() {
    let profile = read(&stacked());
    let sample = profile
        .sample
        .iter()
        .find(|sample| sample.value[1] == 39_999_000)
        .expect("the stack");
    assert_eq!(
        profile.functions(sample),
        [
            "alloc::vec::Vec<T>::push in search::insert",
            "main",
            "Tokenize",
            "Index"
        ]
    );
    assert_eq!(
        profile.location[sample.location_id[0] as usize - 1].address,
        0x1010
    );
    let tokenize = sample.location_id[2] as usize - 1;
    let line = &profile.location[tokenize].line[0];
    let function = &profile.function[line.function_id as usize - 1];
    assert_eq!((line.line, function.start_line), (7, 7));
    assert_eq!(profile.text(function.filename), "src/tokenize.rs");
    assert_eq!(
        profile.text(function.system_name),
        "hybrid_search::tokenize"
    );
}

#[test]
fn labels_are_the_operation_and_the_mean_size() {
    let profile = read(&stacked());
    let sample = profile
        .sample
        .iter()
        .find(|sample| sample.value[1] == 39_999_000)
        .expect("the stack");
    let [operation, bytes] = sample.label.as_slice() else {
        panic!("{:?}", sample.label);
    };
    assert_eq!(
        (profile.text(operation.key), profile.text(operation.str)),
        ("operation", "Tokenize")
    );
    assert_eq!(
        (profile.text(bytes.key), bytes.num),
        ("bytes", 39_999_000 / 9999)
    );
    assert_eq!(profile.text(bytes.num_unit), "bytes");
    let root = &profile.sample[0];
    assert_eq!(profile.text(root.label[0].str), "[outside any operation]");
}

#[test]
fn comments_say_how_exact_it_is() {
    let profile = read(&stacked());
    let comments: Vec<&str> = profile.comment.iter().map(|id| profile.text(*id)).collect();
    assert_eq!(
        comments,
        [
            "memprof: operations exact, call stacks sampled (standard error up to 25 %)",
            "memprof: bytes at peak: within 1 %",
        ]
    );
}

#[test]
fn the_same_report_is_the_same_bytes() {
    let bytes = pprof(&stacked()).expect("a profile");
    assert_eq!(bytes, pprof(&stacked()).expect("a profile"));
    assert_eq!(bytes[4..8], [0; 4], "no time in the header of the archive");
}

#[test]
fn nothing_is_a_profile_without_samples() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    let profile = read(&report);
    assert!(profile.sample.is_empty());
    assert_eq!(
        profile.types(),
        ["alloc_objects/count", "alloc_space/bytes"]
    );
}
