//! Folded stacks, read back line by line as flamegraph.pl does.

use memprof_report::formats::{Weight, folded};
use memprof_report::{Frame, PathReport, Report, StackReport};

use super::reports::{inclusive, stacked, total, tree, without_ownership};

/// The frames and the figure of every line.
pub(crate) fn read(text: &str) -> Vec<(Vec<&str>, u64)> {
    let lines = text.lines().map(|line| {
        let (chain, figure) = line.rsplit_once(' ').expect("a figure");
        let (frames, figure) = (chain.split(';').collect(), figure.parse());
        (frames, figure.expect("a number"))
    });
    lines.collect()
}

fn write(report: &Report, weight: Weight) -> String {
    folded(report, weight).expect("the report has it")
}

#[test]
fn the_operation_tree_is_one_line_a_path() {
    assert_eq!(
        write(&tree(), Weight::AllocatedBytes),
        "Index 8390000\n\
         Index;Tokenize 40000000\n\
         Index;Tokenize;Index 40\n\
         Search (src/local.rs:12) 700\n\
         Search (src/remote.rs:90) 300\n\
         [outside any operation] 6485\n"
    );
    assert_eq!(
        write(&tree(), Weight::AtPeakBytes),
        "Index 8000000\n\
         Index;Tokenize 4000\n\
         Search (src/remote.rs:90) 7\n\
         [outside any operation] 100\n"
    );
}

#[test]
fn stacks_hang_below_their_path_and_add_up_to_it() {
    assert_eq!(
        write(&stacked(), Weight::AllocatedBytes),
        "Index;Tokenize;Index 40\n\
         Index;Tokenize;main;search::insert 1000\n\
         Index;Tokenize;main;search::insert;alloc::vec::Vec<T>::push 39999000\n\
         Index;main;0x7f00 (in /lib/libc.so.6) 4195000\n\
         Index;main;search::insert;alloc::vec::Vec<T>::push 4195000\n\
         Search (src/local.rs:12) 700\n\
         Search (src/remote.rs:90) 300\n\
         [outside any operation] 485\n\
         [outside any operation];main;0x7f00 (in /lib/libc.so.6) 6000\n"
    );
    // 2,317,000 in parts of 2 to 1.
    let retained = write(&stacked(), Weight::RetainedBytes);
    assert!(
        retained.contains("Index;main;0x7f00 (in /lib/libc.so.6) 772333\n"),
        "{retained}"
    );
    assert!(retained.contains("Vec<T>::push 1544667\n"), "{retained}");
}

#[test]
fn lines_add_up_to_the_report_and_to_every_operation() {
    for report in [tree(), stacked()] {
        for weight in Weight::ALL {
            let text = write(&report, weight);
            let lines = read(&text);
            let sum: u64 = lines.iter().map(|(_, figure)| figure).sum();
            assert_eq!(sum, total(&report, weight), "{weight}");
            for (index, name) in [
                (0, "Index"),
                (2, "Search (src/remote.rs:90)"),
                (3, "Tokenize"),
            ] {
                let within = lines.iter().filter(|(frames, _)| frames.contains(&name));
                let sum: u64 = within.map(|(_, figure)| figure).sum();
                assert_eq!(sum, inclusive(&report, index, weight), "{weight} of {name}");
            }
        }
    }
    let report = without_ownership();
    let text = write(&report, Weight::Allocations);
    let sum: u64 = read(&text).iter().map(|(_, figure)| figure).sum();
    assert_eq!(sum, total(&report, Weight::Allocations));
}

#[test]
fn sites_that_share_name_and_place_share_a_line() {
    let mut report = tree();
    report.operations[2] = report.operations[1].clone();
    let text = write(&report, Weight::AllocatedBytes);
    assert!(text.contains("Search (src/local.rs:12:1) 1000\n"), "{text}");
}

#[test]
fn a_path_without_rows_of_operations_has_its_names() {
    let mut report = tree();
    report.operations.clear();
    report.paths[4].path = vec!["Search".into(), "Rank".into()];
    report.paths[4].reentered = Some("of no path".into());
    let text = write(&report, Weight::AllocatedBytes);
    assert!(text.contains("Search;Rank;of no path 700\n"), "{text}");
    let sum: u64 = read(&text).iter().map(|(_, figure)| figure).sum();
    assert_eq!(sum, total(&report, Weight::AllocatedBytes));
}

#[test]
fn nothing_is_no_line() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    assert_eq!(write(&report, Weight::AllocatedBytes), "");
}

#[test]
fn library_frames_are_left_out_and_a_cut_stack_is_marked() {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    report.paths = vec![PathReport {
        path: vec!["Search".into()],
        allocations: 6,
        ..Default::default()
    }];
    report.frames = [
        "alloc::vec::Vec<T>::push",
        "std::fs::read",
        "rank",
        "main_loop",
    ]
    .map(|name| Frame {
        function: Some(name.into()),
        ..Default::default()
    })
    .into();
    let stack = |frames: &[usize], allocations, truncated| StackReport {
        frames: frames.to_vec(),
        allocations,
        truncated,
        ..Default::default()
    };
    report.stacks = vec![
        stack(&[0, 2, 3], 1, false),
        stack(&[1, 0, 2, 3], 2, false),
        stack(&[0, 2], 3, true),
    ];
    let cut = "Search;[call stack cut off: stack_trace_depth];rank";
    let push = "alloc::vec::Vec<T>::push";
    assert_eq!(
        write(&report, Weight::Allocations),
        format!(
            "{cut};{push} 3\nSearch;main_loop;rank;{push} 1\nSearch;main_loop;rank;{push};std::fs::read 2\n"
        )
    );
    report.hide_library_frames();
    assert_eq!(
        write(&report, Weight::Allocations),
        format!("{cut} 3\nSearch;main_loop;rank 3\n")
    );
}
