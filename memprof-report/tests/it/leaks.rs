//! Promise: what grows with the calls is judged to grow, what has stopped is not, and the newest tenth of the
//! calls is set apart, whatever the shape.

use crate::common;
use memprof_report::{
    Frame, Judgement, LeakClass, LeakReport, OperationReport, Report, StackReport, Table,
    TableOptions, TrendPoint,
};

/// The trend of something over this many calls, read as the recorder does: every stride calls, and at the end.
fn trend(calls: u64, stride: u64, held: impl Fn(u64) -> (u64, u64)) -> Vec<TrendPoint> {
    let looks = (1..calls).filter(|call| call % stride == 0);
    let point = |calls| {
        let (retained_blocks, retained_bytes) = held(calls);
        TrendPoint {
            calls,
            retained_blocks,
            retained_bytes,
        }
    };
    looks.chain([calls]).map(point).collect()
}

fn class(calls: u64, held: impl Fn(u64) -> (u64, u64)) -> LeakClass {
    // Sixteen to 32 points, as many as the recorder has at least and at most.
    let sparse = Judgement::of(&trend(calls, (calls / 16).max(1), &held)).class;
    let dense = Judgement::of(&trend(calls, (calls / 32).max(1), &held)).class;
    assert_eq!(sparse, dense, "{calls} calls");
    sparse
}

/// A number that looks random, from 0 to 99.
fn scattered(call: u64) -> u64 {
    (call.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 100
}

#[test]
fn what_grows_is_a_leak() {
    for calls in [20, 100, 1_000, 77_777, 1_000_000] {
        assert_eq!(class(calls, |call| (call, 24 * call)), LeakClass::Growing);
        // One buffer that doubles, wherever the end meets it.
        let doubling = |call: u64| (1, 8 * call.next_power_of_two());
        if calls >= 100 {
            assert_eq!(class(calls, doubling), LeakClass::Growing, "{calls}");
        }
    }
    for calls in [1_000, 5_000, 123_456] {
        let seldom = |call| (call / 100, 4_096 * (call / 100));
        assert_eq!(class(calls, seldom), LeakClass::Growing);
        // What slows down may be a table that fills.
        let root = |call: u64| (call.isqrt(), 8 * call.isqrt());
        assert_eq!(class(calls, root), LeakClass::Undetermined);
        // Beside what was there first and is far more.
        let beside = |call| (100_000 + call, 1_600_000 + 16 * call);
        assert_eq!(class(calls, beside), LeakClass::Growing);
        // Beside what rises and falls.
        let noisy = |call| (call + scattered(call), 64 * (call + scattered(call)));
        assert_eq!(class(calls, noisy), LeakClass::Growing);
    }
}

#[test]
fn what_has_stopped_to_grow_is_a_cache() {
    for calls in [100, 1_000, 77_777] {
        let full_at = |part: u64| move |call: u64| (call.min(calls * part / 100), 0);
        for part in [0, 1, 10, 30, 60] {
            let at_least_one = |call| (full_at(part)(call).0.max(1), 1_000);
            assert_eq!(
                class(calls, at_least_one),
                LeakClass::Saturating,
                "{part} of {calls}"
            );
        }
        assert_eq!(class(calls, |_| (1, 1 << 30)), LeakClass::Saturating);
    }
    // Keys at random: full to 1 − e⁻⁴ at the end.
    let random = |call: u64| {
        let filled = 1_000.0 * (1.0 - (-(call as f64) / 1_000.0).exp());
        (filled as u64, 64 * filled as u64)
    };
    assert_eq!(class(4_000, random), LeakClass::Saturating);
    // A window, and batches that are given back, of whatever length.
    assert_eq!(
        class(10_000, |call| (call.min(50), 50)),
        LeakClass::Saturating
    );
    for batch in [7, 64, 100, 333, 2_500] {
        let held = |call| (1 + call % batch, 100 * (1 + call % batch));
        for stride in [625, 312] {
            let class = Judgement::of(&trend(10_000, stride, held)).class;
            assert_ne!(class, LeakClass::Growing, "{batch}");
        }
    }
}

#[test]
fn few_calls_show_nothing() {
    assert_eq!(Judgement::of(&[]).class, LeakClass::Undetermined);
    for calls in 1..16 {
        assert_eq!(class(calls, |call| (call, call)), LeakClass::Undetermined);
        assert_eq!(class(calls, |_| (1, 100)), LeakClass::Undetermined);
    }
    let end_alone = trend(1_000, 2_000, |_| (10, 10));
    assert_eq!(Judgement::of(&end_alone).class, LeakClass::Undetermined);
}

#[test]
fn many_calls_may_not_tell_either() {
    // It grew with its calls, and most of that was freed at last.
    let held = |call: u64| match call {
        0..900 => (call, 8 * call),
        _ => (100, 800),
    };
    let points = trend(1_000, 10, held);
    let class = Judgement::of(&points).class;
    assert_eq!(class, LeakClass::Undetermined);
    let mut report = Report::default();
    report.operations.push(OperationReport::default());
    report.leaks.push(LeakReport {
        class,
        calls: 1_000,
        ..Default::default()
    });
    let text = report.to_string();
    let told = "in 0 blocks after 1,000 calls, its calls do not tell whether it grows\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn the_newest_tenth_is_set_apart() {
    let newest = |call: u64| {
        let blocks = call.saturating_sub(950);
        (blocks, 100 * blocks)
    };
    let judgement = Judgement::of(&trend(1_000, 10, newest));
    assert_eq!(judgement.class, LeakClass::Recent);
    assert_eq!((judgement.tail_blocks, judgement.tail_bytes), (50, 5_000));

    let leak = Judgement::of(&trend(1_000, 10, |call| (call, 8 * call)));
    assert_eq!((leak.tail_blocks, leak.tail_bytes), (100, 800));
    // Freed meanwhile: what is left cannot be newer than the least that there was.
    let freed = |call| {
        if call < 960 {
            (call, call)
        } else {
            (call - 960, call - 960)
        }
    };
    let judgement = Judgement::of(&trend(1_000, 10, freed));
    assert_eq!((judgement.tail_blocks, judgement.tail_bytes), (40, 40));
}

#[test]
fn damaged_trends_are_judged_too() {
    let point = |calls, retained_bytes| TrendPoint {
        calls,
        retained_blocks: u64::MAX,
        retained_bytes,
    };
    for trend in [
        vec![point(0, 0), point(0, u64::MAX)],
        vec![point(9, 9), point(3, 1), point(u64::MAX, 0)],
        vec![point(u64::MAX, u64::MAX); 3],
    ] {
        let end = trend[trend.len() - 1];
        assert!(Judgement::of(&trend).tail_bytes <= end.retained_bytes);
    }
}

#[test]
fn merged_reports_hold_what_both_do() {
    let mut report = common::full_report();
    let mut other = common::full_report();
    other.leaks[0].class = LeakClass::Growing;
    report.merge(&other).expect("they are alike");
    let [leak] = &report.leaks[..] else {
        panic!("{:?}", report.leaks);
    };
    assert_eq!(
        (leak.operation, leak.class, leak.calls),
        (0, LeakClass::Growing, 4)
    );
    assert_eq!((leak.retained_blocks, leak.retained_bytes), (80, 4_634_000));
    assert_eq!((leak.tail_blocks, leak.tail_bytes), (8, 463_400));
    assert_eq!(leak.bytes_per_call, 1_158_500.0);
    let [path] = &leak.paths[..] else {
        panic!("{leak:?}");
    };
    assert_eq!(
        (path.path, path.calls, path.retained_bytes),
        (1, 4, 4_634_000)
    );
    assert!(path.trend.is_empty());
}

#[test]
fn merged_reports_have_the_sizes_and_flows_of_both() {
    let mut report = common::full_report();
    let other = common::full_report();
    report.merge(&other).expect("they are alike");
    let [sizes] = &report.sizes[..] else {
        panic!("{:?}", report.sizes);
    };
    assert_eq!(
        (
            sizes.operation,
            sizes.moved_reallocations,
            sizes.copied_bytes
        ),
        (Some(0), 4, 192)
    );
    assert_eq!(
        (sizes.temporary_blocks, sizes.temporary_error_blocks),
        (3_800, 2)
    );
    let classes = sizes
        .classes
        .iter()
        .map(|class| (class.least_bytes, class.allocations));
    assert_eq!(classes.collect::<Vec<_>>(), [(16, 4_000)]);
    let [cell] = &report.flow[..] else {
        panic!("{:?}", report.flow);
    };
    assert_eq!(
        (cell.from, cell.to, cell.blocks, cell.bytes),
        (Some(0), None, 6, 12_000)
    );
}

#[test]
fn the_table_tells_the_worst_first() {
    let mut report = common::full_report();
    let held = report.leaks[0].clone();
    for (operation, class) in [
        (1, LeakClass::Saturating),
        (2, LeakClass::Growing),
        (3, LeakClass::Recent),
    ] {
        let mut leak = held.clone();
        (leak.operation, leak.class) = (operation, class);
        report.leaks.push(leak);
    }
    let text = report.to_string();
    let words: Vec<&str> = text
        .lines()
        .filter(|line| {
            ["LEAK", "HELD", "CACHE"]
                .iter()
                .any(|word| line.starts_with(word))
        })
        .collect();
    let starts = [
        "LEAK \"Hybrid Search\" (src/local.rs:12)",
        "HELD \"Index\"",
        "HELD \"Hybrid Search\" (src/remote.rs:90)",
        "CACHE \"Tokenize\"",
    ];
    assert_eq!(words.len(), starts.len(), "{text}");
    for (line, start) in words.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(!Report::default().to_string().contains("LEAK"));
}

/// The lines of the table that stand under the one that begins with `start`, as far as they are indented.
fn under(text: &str, start: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with(start));
    let indented = lines.skip(1).take_while(|line| line.starts_with(' '));
    indented.map(str::to_owned).collect()
}

#[test]
fn the_stacks_that_hold_most_stand_under_the_leak() {
    let mut report = common::full_report();
    let mut all = TableOptions::default();
    (all.width, all.library_frames) = (160, true);
    let text = Table::new(&report).options(all).to_string();
    let expected = [
        "    2.21 MiB (2,317,000 bytes) in 40 blocks ± 25.0 %, from 16 samples:",
        "      alloc::vec::Vec<T>::with_capacity (library/alloc/src/vec/mod.rs:520)",
        "      hybrid_search::index::build (src/index.rs:33)",
        "      0x7ffff7dd0090",
    ];
    assert_eq!(under(&text, "HELD"), expected);

    // What holds nothing, or belongs to another path, is not of the leak; the most stands first.
    let stack = |path, retained_bytes| StackReport {
        path,
        frames: vec![1],
        retained_blocks: Some(1),
        retained_bytes: Some(retained_bytes),
        ..StackReport::default()
    };
    report.stacks = vec![stack(1, 10), stack(1, 0), stack(0, 99), stack(1, 30)];
    report.stacks.extend([stack(1, 20), stack(1, 40)]);
    let text = Table::new(&report).options(all).to_string();
    let lines = under(&text, "HELD");
    let held: Vec<&str> = lines.iter().step_by(2).map(|line| line.trim()).collect();
    let expected = ["40", "30", "20"].map(|bytes| format!("{bytes} bytes in 1 block:"));
    assert_eq!(held[..3], expected);
    assert_eq!(held[3], "… and 1 more call stack");

    // A cache is no leak.
    report.leaks[0].class = LeakClass::Saturating;
    let text = Table::new(&report).width(160).to_string();
    assert_eq!(under(&text, "CACHE"), [""; 0]);
}

#[test]
fn stacks_of_several_paths_say_which_and_deep_ones_are_cut() {
    let mut report = common::full_report();
    let mut second = report.leaks[0].paths[0].clone();
    second.path = 2;
    report.leaks[0].paths.push(second);
    report.stacks[0].path = 2;
    report.stacks[0].frames = vec![1; 10];
    // Whatever a file says.
    report.stacks[0].frames[7] = usize::MAX;
    report.frames[1].function = Some("a\u{1b}[31m\u{202e}b".into());
    let text = Table::new(&report).width(60).to_string();
    let lines = under(&text, "HELD");
    let lines = &lines[lines.len() - 11..];
    assert_eq!(
        lines[0],
        "    2.21 MiB (2,317,000 bytes) in 40 blocks ± 25.0 %, from"
    );
    assert_eq!(
        lines[1],
        "      16 samples by Index > Tokenize > Index again:"
    );
    assert_eq!(lines[2], r"      a\u{1b}[31m\u{202e}b (src/index.rs:33)");
    assert_eq!(lines[9], "      [unknown]");
    assert_eq!(lines[10], "      … and 2 more frames");
}

#[test]
fn the_programs_own_line_stands_first_however_deep_it_is() {
    let mut report = common::full_report();
    let frame = |function: &str, file: &str, line| Frame {
        function: Some(function.into()),
        file: Some(file.into()),
        line: Some(line),
        ..Frame::default()
    };
    let std = "/rustc/5980/library/alloc/src/raw_vec.rs";
    let downloaded = "/c/registry/src/i/parser-1.0.0/src/lib.rs";
    report.frames = vec![
        frame("alloc::raw_vec::grow", std, 1),
        frame(
            "hashbrown::raw::reserve",
            "/rust/deps/hashbrown-0.15.2/src/raw.rs",
            2,
        ),
        frame("app::fill", "src/main.rs", 12),
        frame("app::main", "src/main.rs", 30),
        frame("parser::node", downloaded, 5),
    ];
    let stack = |frames: Vec<usize>, bytes| StackReport {
        path: 1,
        frames,
        samples: 1,
        allocations: 1,
        retained_blocks: Some(1),
        retained_bytes: Some(bytes),
        ..StackReport::default()
    };
    // Two ways of the library to one line of the program are one.
    report.stacks = vec![
        stack([vec![0; 9], vec![2, 3]].concat(), 60),
        stack(vec![0, 1, 1, 2, 3], 40),
    ];
    let text = Table::new(&report).width(160).to_string();
    let expected = [
        "    100 bytes in 2 blocks:",
        "      app::fill (src/main.rs:12)",
        "      app::main (src/main.rs:30)",
    ];
    assert_eq!(under(&text, "HELD"), expected);

    // Below packages that were downloaded the program's own line is among those that are shown; a stack that was cut off says so.
    report.stacks = vec![stack([vec![4; 20], vec![2, 3, 3]].concat(), 60)];
    report.stacks[0].truncated = true;
    let text = Table::new(&report).width(160).to_string();
    let lines = under(&text, "HELD");
    let node = format!("      parser::node ({downloaded}:5)");
    assert_eq!(lines[1..8], vec![node; 7]);
    let rest = [
        "      … and 13 more frames",
        "      app::fill (src/main.rs:12)",
        "      … and 2 more frames",
        "      [call stack cut off: stack_trace_depth]",
    ];
    assert_eq!(lines[8..], rest);
}
