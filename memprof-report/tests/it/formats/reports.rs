//! The reports that the tests share, and what they add up to.

use memprof_report::formats::Weight;
use memprof_report::{Frame, OperationReport, PathReport, Report, StackReport};

/// Operations `Index` and `Tokenize`, and two `Search` at different places; the root has figures too.
/// Everything is known but stacks.
pub(crate) fn tree() -> Report {
    let mut report = Report::default();
    report.run.name = "hybrid_search".into();
    report.run.executable = "/opt/search/hybrid_search".into();
    report.run.pid = 4242;
    report.run.started_unix_ns = 1_760_000_000_000_000_000;
    report.run.duration_ns = 1_240_000_000;
    report.run.allocator.installed = true;
    report.run.allocator.ownership = true;
    report.operations = vec![
        operation("Index", "src/index.rs", 30),
        operation("Search", "src/local.rs", 12),
        operation("Search", "src/remote.rs", 90),
        operation("Tokenize", "src/tokenize.rs", 7),
    ];
    let again = PathReport {
        reentered: Some("Index".into()),
        ..path(&["Index", "Tokenize"], &[0, 3], [4, 40, 0, 0, 0])
    };
    report.paths = vec![
        path(&[], &[], [5, 6485, 5, 485, 100]),
        path(
            &["Index"],
            &[0],
            [2000, 8_390_000, 40, 2_317_000, 8_000_000],
        ),
        again,
        path(
            &["Index", "Tokenize"],
            &[0, 3],
            [10_000, 40_000_000, 0, 0, 4000],
        ),
        path(&["Search"], &[1], [2, 700, 1, 70, 0]),
        path(&["Search"], &[2], [3, 300, 1, 30, 7]),
        path(&["Search", "Tokenize"], &[2, 3], [0, 0, 0, 0, 0]),
    ];
    report
}

/// [`tree`] with stacks: sampled ones of `Index`, all those of `Index > Tokenize`, and one of the root that is
/// recorded in part.
pub(crate) fn stacked() -> Report {
    let mut report = tree();
    report.frames = vec![
        frame("alloc::vec::Vec<T>::push", 0x1010, true),
        frame("search::insert", 0x1010, false),
        frame("main", 0x1000, false),
        Frame {
            address: Some(0x7f00),
            object: Some("/lib/libc.so.6".into()),
            ..Default::default()
        },
    ];
    report.stacks = vec![
        sampled(1, &[0, 1, 2], [1000, 4_000_000, 30, 2_000_000]),
        sampled(1, &[3, 2], [700, 4_000_000, 3, 1_000_000]),
        recorded(3, &[0, 1, 2], [9999, 39_999_000, 0, 0]),
        recorded(3, &[1, 2], [1, 1000, 0, 0]),
        recorded(0, &[3, 2], [2, 6000, 2, 400]),
    ];
    report
}

/// [`stacked`] as the counting allocator would have it, which knows no owner.
pub(crate) fn without_ownership() -> Report {
    let mut report = stacked();
    report.run.allocator.ownership = false;
    for path in &mut report.paths {
        (path.retained_blocks, path.retained_bytes) = (None, None);
        path.at_peak_bytes = None;
    }
    for stack in &mut report.stacks {
        (stack.retained_blocks, stack.retained_bytes) = (None, None);
    }
    report
}

/// What all paths have of a weight.
pub(crate) fn total(report: &Report, weight: Weight) -> u64 {
    report.paths.iter().map(|path| figure(path, weight)).sum()
}

/// What all paths with that operation on them have, by its row.
pub(crate) fn inclusive(report: &Report, operation: usize, weight: Weight) -> u64 {
    let paths = report.paths.iter();
    let paths = paths.filter(|path| path.operations.contains(&operation));
    paths.map(|path| figure(path, weight)).sum()
}

fn figure(path: &PathReport, weight: Weight) -> u64 {
    match weight {
        Weight::AllocatedBytes => path.allocated_bytes,
        Weight::Allocations => path.allocations,
        Weight::RetainedBytes => path.retained_bytes.expect("ownership"),
        Weight::RetainedBlocks => path.retained_blocks.expect("ownership"),
        Weight::AtPeakBytes => path.at_peak_bytes.expect("a composition"),
        other => panic!("no figure for {other}"),
    }
}

pub(crate) fn operation(name: &str, file: &str, line: u32) -> OperationReport {
    OperationReport {
        name: name.into(),
        module: "hybrid_search".into(),
        function: name.to_lowercase(),
        file: file.into(),
        line,
        column: 1,
        ..Default::default()
    }
}

/// Figures: allocations, their bytes, retained blocks, their bytes, bytes at peak.
pub(crate) fn path(names: &[&str], operations: &[usize], figures: [u64; 5]) -> PathReport {
    PathReport {
        path: names.iter().map(|name| name.to_string()).collect(),
        operations: operations.into(),
        allocations: figures[0],
        allocated_bytes: figures[1],
        retained_blocks: Some(figures[2]),
        retained_bytes: Some(figures[3]),
        at_peak_bytes: Some(figures[4]),
        ..Default::default()
    }
}

fn frame(function: &str, address: u64, inlined: bool) -> Frame {
    Frame {
        function: Some(function.into()),
        object: Some("/opt/search/hybrid_search".into()),
        file: Some("src/index.rs".into()),
        line: Some(33),
        column: Some(9),
        address: Some(address),
        object_offset: None,
        inlined,
    }
}

/// Figures: allocations, their bytes, retained blocks, their bytes.
pub(crate) fn recorded(path: usize, frames: &[usize], figures: [u64; 4]) -> StackReport {
    StackReport {
        truncated: false,
        path,
        frames: frames.into(),
        samples: figures[0],
        allocations: figures[0],
        allocated_bytes: figures[1],
        retained_blocks: Some(figures[2]),
        retained_bytes: Some(figures[3]),
        relative_standard_error: 0.0,
        allocations_relative_standard_error: Some(0.0),
    }
}

fn sampled(path: usize, frames: &[usize], figures: [u64; 4]) -> StackReport {
    StackReport {
        samples: 16,
        relative_standard_error: 0.25,
        allocations_relative_standard_error: Some(0.25),
        ..recorded(path, frames, figures)
    }
}
