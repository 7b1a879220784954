//! Promise: the file of a baseline is read as it was written, and changes only where an operation does.

use crate::common;
use crate::common::builds::{report, run};
use memprof_report::{Baseline, Metric, Report, Stats, SubjectKind};

fn of(report: &Report) -> Baseline {
    Baseline::of_report(report).unwrap()
}

#[test]
fn the_file_has_a_line_an_operation() {
    insta::assert_snapshot!(of(&common::full_report()).to_json().unwrap(), @r#"
    {
      "format": "memprof-baseline",
      "schema_version": 1,
      "builds": {
        "release x86_64-unknown-linux-gnu ownership": {"memprof_version":"0.1.0","rustc_version":"1.88.0"}
      },
      "entries": [
        {"file":"src/index.rs","kind":"operation","name":"Index","module":"hybrid_search","function":"index","build":"release x86_64-unknown-linux-gnu ownership","figures":{"calls":3,"allocations":12000,"allocated_bytes":48390000,"net_bytes":2317000,"peak_bytes":12890000,"retained_blocks":40,"retained_bytes":2317000,"min_call_allocated_bytes":1024,"max_call_allocated_bytes":40000000,"min_call_peak_bytes":512,"max_call_peak_bytes":512}},
        {"file":"src/local.rs","kind":"operation","name":"Hybrid Search","module":"hybrid_search","function":"hybrid search","build":"release x86_64-unknown-linux-gnu ownership","figures":{"calls":2,"allocations":2,"allocated_bytes":700,"net_bytes":-512,"peak_bytes":700,"retained_blocks":0,"retained_bytes":0}},
        {"file":"src/remote.rs","kind":"operation","name":"Hybrid Search","module":"hybrid_search","function":"hybrid search","build":"release x86_64-unknown-linux-gnu ownership","figures":{"calls":2,"allocations":2,"allocated_bytes":300,"net_bytes":-512,"peak_bytes":300,"retained_blocks":0,"retained_bytes":0}},
        {"file":"src/tokenize.rs","kind":"operation","name":"Tokenize","module":"hybrid_search","function":"tokenize","build":"release x86_64-unknown-linux-gnu ownership","figures":{"calls":1000000,"allocations":10000,"allocated_bytes":40000000,"net_bytes":0,"peak_bytes":4000,"retained_blocks":0,"retained_bytes":0}}
      ]
    }
    "#);
}

#[test]
fn an_empty_baseline_is_read_and_written() {
    let text = Baseline::default().to_json().unwrap();
    assert_eq!(
        text,
        "{\n  \"format\": \"memprof-baseline\",\n  \"schema_version\": 1,\n  \"builds\": {},\n  \"entries\": []\n}\n"
    );
    assert_eq!(Baseline::from_json(&text).unwrap(), Baseline::default());
}

#[test]
fn what_is_written_is_what_is_read() {
    let mut baseline = of(&common::full_report());
    let stats = Stats {
        net_bytes: i64::MIN,
        peak_bytes: u64::MAX,
        ..Default::default()
    };
    let (kind, run) = (SubjectKind::Bench, run("bench"));
    baseline
        .add(kind, "bu\"ild\n/1000", "benches/検索.rs", &run, &stats)
        .unwrap();
    let text = baseline.to_json().unwrap();
    let read = Baseline::from_json(&text).unwrap();
    assert_eq!(read.to_json().unwrap(), text);
    assert_eq!(read.entries().len(), baseline.entries().len());
    let bench = &read.entries()[0];
    assert_eq!(bench.name, "bu\"ild\n/1000");
    assert_eq!(bench.figures[&Metric::NetBytes], i64::MIN.into());
    assert_eq!(bench.figures[&Metric::PeakBytes], u64::MAX.into());
    // Lines are known of a run only.
    assert!(read.entries().iter().all(|entry| entry.line.is_none()));
}

#[test]
fn only_what_changed_is_another_line() {
    let old = common::full_report();
    let mut new = old.clone();
    for row in &mut new.operations {
        row.line += 100;
    }
    new.run.pid += 1;
    new.process.peak_live_bytes += 1;
    assert_eq!(of(&new).to_json().unwrap(), of(&old).to_json().unwrap());

    // The order in a report is that of lines; here it is that of names.
    new.operations.reverse();
    new.operations[0].calls = 1;
    new.operations
        .iter_mut()
        .find(|row| row.name == "Tokenize")
        .unwrap()
        .peak_bytes += 1;
    let (before, after) = (of(&old).to_json().unwrap(), of(&new).to_json().unwrap());
    let before: Vec<&str> = before.lines().collect();
    let added: Vec<&str> = after
        .lines()
        .filter(|line| !before.contains(line))
        .collect();
    assert_eq!(added.len(), 2, "{added:#?}");
    assert!(
        added[0].contains("\"Rank\"") && added[1].contains("\"Tokenize\""),
        "{added:#?}"
    );
    assert_eq!(after.lines().count(), before.len() + 1);
}

#[test]
fn namesakes_are_numbered_by_line() {
    let baseline = of(&report(&[
        ("Load", 30, 3),
        ("Load", 10, 1),
        ("Load", 20, 2),
    ]));
    let numbered: Vec<_> = baseline
        .entries()
        .iter()
        .map(|entry| (entry.nth, entry.figures[&Metric::AllocatedBytes]))
        .collect();
    assert_eq!(numbered, [(1, 1), (2, 2), (3, 3)]);
    let text = baseline.to_json().unwrap();
    assert_eq!(text.matches("\"nth\"").count(), 2);
}

#[test]
fn a_single_call_has_no_figures_of_its_calls() {
    let mut full = common::full_report();
    let has_extremes = |report: &Report| {
        of(report).entries()[0]
            .figures
            .contains_key(&Metric::MaxCallPeakBytes)
    };
    assert!(has_extremes(&full));
    full.operations[0].calls = 1;
    assert!(!has_extremes(&full));
}
