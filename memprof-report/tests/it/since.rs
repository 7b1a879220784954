//! Promise: the report of a part of a process's time has what happened in it, and of the rest nothing but what lives at its end.

use crate::common;
use memprof_report::{
    FlowReport, Frame, LeakClass, LeakPath, LeakReport, OperationReport, PathReport, Report,
    SizeClass, SizesReport, StackReport, TimelinePoint, TrendPoint,
};

/// A report of one operation, whose figures rest on `calls`, each of which allocates 10 bytes and keeps 4.
fn report(calls: u64, peak_bytes: u64) -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.run.duration_ns = calls;
    report.run.started_unix_ns = 1_000;
    report.process.allocations = calls;
    report.process.allocated_bytes = 10 * calls;
    report.process.deallocated_bytes = 6 * calls;
    report.process.live_bytes = 4 * calls;
    report.process.peak_live_bytes = peak_bytes;
    report.operations.push(OperationReport {
        name: "Search".into(),
        calls,
        open_calls: 1,
        allocations: calls,
        allocated_bytes: 10 * calls,
        deallocated_bytes: 6 * calls,
        net_bytes: 4 * calls as i64,
        peak_bytes,
        retained_bytes: Some(4 * calls),
        ..Default::default()
    });
    report.paths.push(PathReport {
        path: vec!["Search".into()],
        operations: vec![0],
        calls,
        open_calls: 1,
        allocations: calls,
        allocated_bytes: 10 * calls,
        retained_blocks: Some(calls),
        retained_bytes: Some(4 * calls),
        at_peak_bytes: Some(peak_bytes / 2),
        ..Default::default()
    });
    report.frames.push(Frame {
        function: Some("search".into()),
        ..Default::default()
    });
    report.stacks.push(StackReport {
        frames: vec![0],
        samples: calls,
        allocations: calls,
        allocated_bytes: 10 * calls,
        retained_bytes: Some(4 * calls),
        ..Default::default()
    });
    report.sizes.push(SizesReport {
        operation: Some(0),
        classes: vec![SizeClass {
            least_bytes: 8,
            allocations: calls,
        }],
        ..Default::default()
    });
    report.flow.push(FlowReport {
        from: Some(0),
        to: None,
        blocks: calls,
        bytes: 6 * calls,
    });
    report.timeline = [calls / 2, calls]
        .map(|elapsed_ns| TimelinePoint {
            elapsed_ns,
            live_bytes: 4 * elapsed_ns,
        })
        .to_vec();
    report
}

/// The leak of the operation with points at each hundredth call.
fn leak(calls: u64) -> LeakReport {
    let trend = (1..=calls / 20).map(|score| TrendPoint {
        calls: 20 * score,
        retained_blocks: 20 * score,
        retained_bytes: 80 * score,
    });
    LeakReport {
        operation: 0,
        calls,
        retained_blocks: calls,
        retained_bytes: 4 * calls,
        paths: vec![LeakPath {
            path: 0,
            calls,
            retained_blocks: calls,
            retained_bytes: 4 * calls,
            trend: trend.collect(),
            ..Default::default()
        }],
        ..Default::default()
    }
}

#[test]
fn counts_are_of_the_time_and_states_of_its_end() {
    let (before, now) = (report(1_000, 5_000), report(1_300, 6_000));
    let since = now.since(&before);

    let run = &since.run;
    assert_eq!((run.started_unix_ns, run.duration_ns), (2_000, 300));
    assert_eq!(run.before_ns, 1_000);
    let process = &since.process;
    assert_eq!((process.allocations, process.allocated_bytes), (300, 3_000));
    assert_eq!(
        (process.deallocated_bytes, process.live_bytes),
        (1_800, 5_200)
    );
    let row = &since.operations[0];
    // The call that was open at the beginning is one of this time.
    assert_eq!((row.calls, row.open_calls), (301, 1));
    assert_eq!((row.allocations, row.allocated_bytes), (300, 3_000));
    assert_eq!((row.net_bytes, row.retained_bytes), (1_200, Some(5_200)));
    let path = &since.paths[0];
    assert_eq!((path.calls, path.allocated_bytes), (301, 3_000));
    assert_eq!(path.retained_bytes, Some(5_200));
    let stack = &since.stacks[0];
    assert_eq!((stack.samples, stack.allocated_bytes), (300, 3_000));
    assert_eq!(stack.retained_bytes, Some(5_200));
    assert_eq!(since.sizes[0].classes[0].allocations, 300);
    assert_eq!((since.flow[0].blocks, since.flow[0].bytes), (300, 1_800));
    let points = since.timeline.iter();
    let points: Vec<_> = points
        .map(|point| (point.elapsed_ns, point.live_bytes))
        .collect();
    assert_eq!(points, [(0, 4_000), (300, 5_200)]);
}

#[test]
fn a_peak_is_of_the_time_where_it_rose_in_it() {
    let since = report(1_300, 6_000).since(&report(1_000, 5_000));
    assert_eq!(
        (
            since.process.peak_live_bytes,
            since.process.peak_error_bytes
        ),
        (6_000, 0)
    );
    assert_eq!(
        (
            since.operations[0].peak_bytes,
            since.operations[0].peak_error_bytes
        ),
        (6_000, 0)
    );
    assert_eq!(since.paths[0].at_peak_bytes, Some(3_000));

    // It was before: at least what lived at the end, at most what lived at the beginning and was allocated since.
    let since = report(1_300, 9_000).since(&report(1_000, 9_000));
    assert_eq!(
        (
            since.process.peak_live_bytes,
            since.process.peak_error_bytes
        ),
        (5_200, 1_800)
    );
    assert_eq!(since.paths[0].at_peak_bytes, None);
    // A call that was open at the beginning may have reached it then.
    assert_eq!(
        (
            since.operations[0].peak_bytes,
            since.operations[0].peak_error_bytes
        ),
        (0, 9_000)
    );
    let table = since.to_string();
    assert!(
        table.contains("at least 5,200 bytes, at most 7,000 B"),
        "{table}"
    );
    assert!(table.contains("≤ 9,000 B"), "{table}");
}

#[test]
fn leaks_are_what_came_and_stayed() {
    let (before, mut now) = (report(1_000, 0), report(1_400, 0));
    now.leaks.push(leak(1_400));
    let since = now.since(&before);
    let leak = &since.leaks[0];
    // The call that was open at the beginning ended in this time.
    assert_eq!(
        (leak.calls, leak.retained_blocks, leak.retained_bytes),
        (401, 400, 1_600)
    );
    let path = &leak.paths[0];
    let ends = [path.trend[0], path.trend[path.trend.len() - 1]];
    assert_eq!(ends.map(|point| point.calls), [1, 401]);
    assert_eq!(ends.map(|point| point.retained_bytes), [0, 1_600]);
    assert_eq!(path.class, LeakClass::Growing);

    // What was there before and stayed is none.
    let mut later = report(1_400, 0);
    later.leaks.push(self::leak(1_000));
    later.paths[0].retained_bytes = Some(4_000);
    assert_eq!(later.since(&before).leaks, []);
}

#[test]
fn reports_that_are_not_of_one_process_have_no_difference() {
    let now = report(1_300, 6_000);
    let mut other = report(1_000, 5_000);
    other.run.pid = 1;
    for other in [other, report(1_301, 6_000)] {
        let since = now.since(&other);
        assert_eq!(since.operations, now.operations);
        assert_eq!(since.warnings[0].code, "not-one-process");
    }
}

/// Whatever stands in two reports, their difference is a report.
#[test]
fn of_itself_nothing_is_left() {
    let report = common::full_report();
    let since = report.since(&report);
    assert_eq!((since.process.allocations, since.run.duration_ns), (0, 0));
    assert_eq!(since.process.live_bytes, report.process.live_bytes);
    assert!(since.operations.iter().all(|row| row.allocated_bytes == 0));
    assert_eq!(
        (since.leaks.len(), since.flow.len(), since.sizes.len()),
        (0, 0, 0)
    );
    let json = since.to_json_pretty().unwrap();
    assert_eq!(Report::from_json(&json).unwrap(), since);
}

#[test]
fn an_earlier_part_of_the_time_is_added_without_its_state() {
    let start = report(1_000, 5_000);
    let middle = report(1_300, 5_000);
    let mut parts = report(1_500, 6_000).since(&middle);
    parts.add_earlier_part(&middle.since(&start)).unwrap();
    assert_eq!(parts.operations[0].allocated_bytes, 5_000);
    assert_eq!(parts.operations[0].retained_bytes, Some(6_000));
    assert_eq!(
        (parts.process.allocated_bytes, parts.process.live_bytes),
        (5_000, 6_000)
    );
    assert_eq!((parts.run.before_ns, parts.run.duration_ns), (1_000, 500));
}
