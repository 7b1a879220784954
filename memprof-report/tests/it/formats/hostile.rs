//! Reports as nobody makes them: names of any kind, depth, width and figures at their limits.

use memprof_report::formats::{Weight, dhat, folded, speedscope};
use memprof_report::{Frame, Report};

use super::reports::{operation, path, recorded, total};
use super::{dhat as points, folded as lines, speedscope as document};

pub(crate) const NAMES: [&str; 22] = [
    "größte Suche 漢字 🦀",
    "a;b",
    "a:b",
    "line\nbreak\r\n",
    "tab\there",
    "\"quotes\" 'and' \\ `more`",
    "<T> & ]]> --> </title>",
    "\0\u{1}\u{1b}[31m\u{7f}\u{85}",
    "\u{feff}\u{ffff}\u{fffe}\u{2028}",
    "",
    " ",
    "  two  spaces  ",
    "\u{a0}",
    "Phase 2",
    "Phase 2 3.5",
    "7",
    "# comment",
    "--",
    "all",
    "f_[k]",
    "f_[💥]",
    "[outside any operation]",
];

/// A path and a stack for each name, and one path of them all.
pub(crate) fn named() -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.run.name = NAMES.concat();
    let indexes: Vec<usize> = (0..NAMES.len()).collect();
    for (index, name) in NAMES.into_iter().enumerate() {
        report.operations.push(operation(name, name, 1));
        report.frames.push(Frame {
            function: Some(name.into()),
            file: Some(name.into()),
            object: Some(name.into()),
            inlined: index % 2 == 0,
            ..Default::default()
        });
        report
            .paths
            .push(path(&[name], &[index], [2, 10 + index as u64, 1, 5, 5]));
        report.stacks.push(recorded(index, &[index], [1, 5, 1, 5]));
    }
    report
        .paths
        .push(path(&NAMES, &indexes, [1, 1000, 1, 1000, 1000]));
    report
}

/// A path as deep as there are operations, and one for each operation; a stack as deep again.
fn large(count: usize) -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    let names: Vec<String> = (0..count)
        .map(|index| format!("operation {index}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let indexes: Vec<usize> = (0..count).collect();
    for (index, name) in names.iter().enumerate() {
        report.operations.push(operation(name, "src/lib.rs", 1));
        report
            .paths
            .push(path(&[name], &[index], [1, 100, 1, 10, 1]));
        report.frames.push(Frame {
            address: Some(index as u64),
            ..Default::default()
        });
    }
    report.paths.push(path(
        &names,
        &indexes,
        [1, 1_000_000, 1, 1_000_000, 1_000_000],
    ));
    report
        .stacks
        .push(recorded(count, &indexes, [1, 600_000, 1, 600_000]));
    report
}

/// All formats of a report keep its figures; those with one weight at a time for these weights.
fn assert_all_add_up(report: &Report, weights: &[Weight]) {
    for weight in weights.iter().copied() {
        let wanted = total(report, weight);
        let text = folded(report, weight).expect("the report has it");
        let sum: u64 = lines::read(&text).iter().map(|(_, figure)| figure).sum();
        assert_eq!(sum, wanted, "{weight}");
        #[cfg(feature = "flamegraph")]
        {
            let svg = super::flamegraph::draw(report, weight);
            assert_eq!(super::flamegraph::total_of(&svg), wanted, "{weight}");
        }
    }
    let shown = document::read(report);
    for (index, weight) in Weight::ALL.into_iter().enumerate() {
        assert_eq!(shown["profiles"][index]["endValue"], total(report, weight));
    }
    for (weight, field) in [
        (Weight::AllocatedBytes, "tb"),
        (Weight::Allocations, "tbk"),
        (Weight::RetainedBytes, "tb"),
        (Weight::RetainedBlocks, "tbk"),
    ] {
        let document = points::read(report, weight);
        let points = document["pps"].as_array().expect("points").iter();
        let sum: u64 = points.filter_map(|point| point[field].as_u64()).sum();
        assert_eq!(sum, total(report, weight), "{weight}");
    }
    #[cfg(feature = "pprof")]
    super::pprof::read(report);
}

#[test]
fn any_name_is_shown() {
    assert_all_add_up(&named(), &Weight::ALL);
}

#[test]
fn ten_thousand_operations_and_a_path_of_them_all() {
    assert_all_add_up(&large(10_000), &[Weight::AllocatedBytes]);
}

/// Sums beyond 64 bits stay at the limit, or are refused by what has to draw them.
#[test]
fn the_largest_figures_overflow_nothing() {
    let largest = [u64::MAX; 5];
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.run.started_unix_ns = u64::MAX;
    report.run.duration_ns = u64::MAX;
    report.operations = vec![operation("A", "src/a.rs", u32::MAX); 2];
    report.frames = vec![Frame {
        address: Some(u64::MAX),
        line: Some(u32::MAX),
        column: Some(u32::MAX),
        ..Default::default()
    }];
    report.paths = vec![
        path(&[], &[], largest),
        path(&["A"], &[0], largest),
        path(&["A"], &[1], largest),
    ];
    let all = [u64::MAX; 4];
    report.stacks = vec![recorded(1, &[0], all), recorded(1, &[0], all)];
    report.stacks[1].relative_standard_error = f64::INFINITY;

    for weight in Weight::ALL {
        let text = folded(&report, weight).expect("the report has it");
        let lines = lines::read(&text);
        assert!(
            lines.iter().any(|(_, figure)| *figure == u64::MAX),
            "{weight}"
        );
        #[cfg(feature = "flamegraph")]
        memprof_report::formats::flamegraph(&report, weight).expect_err("cannot be drawn");
    }
    for weight in [Weight::AllocatedBytes, Weight::RetainedBlocks] {
        let document: serde_json::Value =
            serde_json::from_str(&dhat(&report, weight).expect("the report has it")).expect("json");
        assert_eq!(document["pps"][0]["tb"], u64::MAX);
    }
    // 3 × (2⁶⁴ − 1), exactly.
    let text = speedscope(&report).expect("the report has it");
    assert!(text.contains("\"endValue\":55340232221128654845"), "{text}");
    #[cfg(feature = "pprof")]
    assert_eq!(super::pprof::read(&report).largest(), Some(i64::MAX));
}

/// The largest figure by itself is drawn.
#[cfg(feature = "flamegraph")]
#[test]
fn the_largest_figure_is_drawn() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.paths = vec![path(&[], &[], [u64::MAX; 5])];
    let svg = super::flamegraph::draw(&report, Weight::AllocatedBytes);
    assert_eq!(super::flamegraph::total_of(&svg), u64::MAX);
}
