//! Promise: the table holds its width, never shows an uncounted figure as 0, and obeys no name.

use crate::common;
use memprof_report::{OperationReport, PathReport, Report, Selection, Table, Violation, Warning};

/// Escape sequences in a form that can be read.
fn visible(text: &str) -> String {
    text.replace('\x1b', "␛")
}

/// A report with these rows alone, of the name and the bytes that it allocated itself.
fn of_rows(rows: &[(&str, u64)]) -> Report {
    let mut report = Report::default();
    report.run.allocator.installed = true;
    for (name, bytes) in rows {
        let mut row = OperationReport {
            name: (*name).into(),
            calls: 1,
            ..Default::default()
        };
        row.allocated_bytes = *bytes;
        row.self_figures.allocated_bytes = *bytes;
        report.operations.push(row);
    }
    report
}

/// The lines of the grid: from its head to the blank line under it.
fn grid(text: &str) -> Vec<&str> {
    text.lines()
        .skip_while(|line| !line.starts_with("operation"))
        .take_while(|line| !line.is_empty())
        .collect()
}

#[test]
fn in_60_columns() {
    insta::assert_snapshot!(Table::new(&common::full_report()).width(60), @r#"
    memprof: hybrid_search (release, x86_64-unknown-linux-gnu)
      duration     1.24 s, 4 threads
      allocated    46.2 MiB (48,397,485 bytes) in 12,345
                   allocations
      deallocated  43.9 MiB (46,080,000 bytes) in 12,300
                   deallocations
      live         2.21 MiB (2,317,485 bytes) in 45 blocks
      peak         12.3 MiB ± 128 KiB (12,897,485 bytes)
      retained     2.21 MiB (2,317,000 bytes) in 40 blocks of
                   the operations
      elsewhere    6,485 bytes in 5 allocations outside any
                   operation
      external     8.00 MiB (8,388,608 bytes), at most 16.0 MiB
      resident     20.0 MiB, at most 24.0 MiB
      held         12.8 MiB by glibc, of which 9.54 MiB (75 %)
                   unused, 977 KiB rounding or other users; 977
                   KiB not resident
      held at peak 15.9 MiB by glibc, of which 3.81 MiB (24 %)
                   unused, rounding or other users
      overhead     64.0 KiB for memprof itself

    operation                              calls  self allocated
    ────────────────────────────────────────────────────────────
    Tokenize                           1,000,000        38.1 MiB
    Index                             3 (1 open)        8.00 MiB
    Hybrid Search (src/local.rs:12)            2           700 B
    Hybrid Search (src/remote.rs:90)           2           300 B
    2 sites never called: Merge, Rank

    Tokenize: Allocated: 40000000 bytes, Deallocated: 40000000 bytes, Net: 0 bytes
    Index: Allocated: 48390000 bytes, Deallocated: 46073000 bytes, Net: 2317000 bytes
    Hybrid Search: Allocated: 700 bytes, Deallocated: 1212 bytes, Net: -512 bytes
    Hybrid Search: Allocated: 300 bytes, Deallocated: 812 bytes, Net: -512 bytes

    Index: allocated growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)
    Index: peak growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)

    external memory, which no allocator sees
      shared ring: 8.00 MiB (8,388,608 bytes) in 2 regions, at
        most 16.0 MiB, by Index

    HELD "Index" (src/index.rs:30): 2.21 MiB (2,317,000 bytes)
      in 40 blocks after 2 calls, its calls do not tell whether
      it grows
        2.21 MiB (2,317,000 bytes) in 40 blocks ± 25.0 %, from
          16 samples:
          hybrid_search::index::build (src/index.rs:33)
          0x7ffff7dd0090

    VIOLATION max_peak_usage_mb in "Index" (src/index.rs:30):
      peak 12.3 MiB > 10.0 MiB (+22.9 %)
    WARNING scope-out-of-order: 2 scopes were left out of order;
      their figures went to the scope around them
    "#);
}

#[test]
fn in_100_columns() {
    insta::assert_snapshot!(Table::new(&common::full_report()).width(100), @r#"
    memprof: hybrid_search (release, x86_64-unknown-linux-gnu)
      duration     1.24 s, 4 threads
      allocated    46.2 MiB (48,397,485 bytes) in 12,345 allocations
      deallocated  43.9 MiB (46,080,000 bytes) in 12,300 deallocations
      live         2.21 MiB (2,317,485 bytes) in 45 blocks
      peak         12.3 MiB ± 128 KiB (12,897,485 bytes)
      retained     2.21 MiB (2,317,000 bytes) in 40 blocks of the operations
      elsewhere    6,485 bytes in 5 allocations outside any operation
      external     8.00 MiB (8,388,608 bytes), at most 16.0 MiB
      resident     20.0 MiB, at most 24.0 MiB
      held         12.8 MiB by glibc, of which 9.54 MiB (75 %) unused, 977 KiB rounding or other users;
                   977 KiB not resident
      held at peak 15.9 MiB by glibc, of which 3.81 MiB (24 %) unused, rounding or other users
      overhead     64.0 KiB for memprof itself

    operation                             calls  self allocated  allocated       net      peak  retained
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    Tokenize                          1,000,000        38.1 MiB   38.1 MiB       0 B   4,000 B       0 B
    Index                            3 (1 open)        8.00 MiB   46.1 MiB  2.21 MiB  12.3 MiB  2.21 MiB
    Hybrid Search (src/local.rs:12)           2           700 B      700 B    -512 B     700 B       0 B
    Hybrid Search (…c/remote.rs:90)           2           300 B      300 B    -512 B     300 B       0 B
    2 sites never called: Merge, Rank

    Tokenize: Allocated: 40000000 bytes, Deallocated: 40000000 bytes, Net: 0 bytes
    Index: Allocated: 48390000 bytes, Deallocated: 46073000 bytes, Net: 2317000 bytes
    Hybrid Search: Allocated: 700 bytes, Deallocated: 1212 bytes, Net: -512 bytes
    Hybrid Search: Allocated: 300 bytes, Deallocated: 812 bytes, Net: -512 bytes

    Index: allocated growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)
    Index: peak growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)

    external memory, which no allocator sees
      shared ring: 8.00 MiB (8,388,608 bytes) in 2 regions, at most 16.0 MiB, by Index

    HELD "Index" (src/index.rs:30): 2.21 MiB (2,317,000 bytes) in 40 blocks after 2 calls, its calls do
      not tell whether it grows
        2.21 MiB (2,317,000 bytes) in 40 blocks ± 25.0 %, from 16 samples:
          hybrid_search::index::build (src/index.rs:33)
          0x7ffff7dd0090

    VIOLATION max_peak_usage_mb in "Index" (src/index.rs:30): peak 12.3 MiB > 10.0 MiB (+22.9 %)
    WARNING scope-out-of-order: 2 scopes were left out of order; their figures went to the scope around
      them
    "#);
}

#[test]
fn in_160_columns() {
    insta::assert_snapshot!(Table::new(&common::full_report()).width(160), @r#"
    memprof: hybrid_search (release, x86_64-unknown-linux-gnu)
      duration     1.24 s, 4 threads
      allocated    46.2 MiB (48,397,485 bytes) in 12,345 allocations
      deallocated  43.9 MiB (46,080,000 bytes) in 12,300 deallocations
      live         2.21 MiB (2,317,485 bytes) in 45 blocks
      peak         12.3 MiB ± 128 KiB (12,897,485 bytes)
      retained     2.21 MiB (2,317,000 bytes) in 40 blocks of the operations
      elsewhere    6,485 bytes in 5 allocations outside any operation
      external     8.00 MiB (8,388,608 bytes), at most 16.0 MiB
      resident     20.0 MiB, at most 24.0 MiB
      held         12.8 MiB by glibc, of which 9.54 MiB (75 %) unused, 977 KiB rounding or other users; 977 KiB not resident
      held at peak 15.9 MiB by glibc, of which 3.81 MiB (24 %) unused, rounding or other users
      overhead     64.0 KiB for memprof itself

    operation                          calls  self allocated  allocated  deallocated       net      peak  retained  external  self bytes  peak bytes  retained bytes
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    Tokenize                       1,000,000        38.1 MiB   38.1 MiB     38.1 MiB       0 B   4,000 B       0 B       0 B  40,000,000       4,000               0
    Index                         3 (1 open)        8.00 MiB   46.1 MiB     43.9 MiB  2.21 MiB  12.3 MiB  2.21 MiB  8.00 MiB   8,390,000  12,890,000       2,317,000
    Hybrid Search …/local.rs:12)           2           700 B      700 B      1,212 B    -512 B     700 B       0 B       0 B         700         700               0
    Hybrid Search …remote.rs:90)           2           300 B      300 B        812 B    -512 B     300 B       0 B       0 B         300         300               0
    2 sites never called: Merge, Rank

    Tokenize: Allocated: 40000000 bytes, Deallocated: 40000000 bytes, Net: 0 bytes
    Index: Allocated: 48390000 bytes, Deallocated: 46073000 bytes, Net: 2317000 bytes
    Hybrid Search: Allocated: 700 bytes, Deallocated: 1212 bytes, Net: -512 bytes
    Hybrid Search: Allocated: 300 bytes, Deallocated: 812 bytes, Net: -512 bytes

    Index: allocated growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)
    Index: peak growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)

    external memory, which no allocator sees
      shared ring: 8.00 MiB (8,388,608 bytes) in 2 regions, at most 16.0 MiB, by Index

    HELD "Index" (src/index.rs:30): 2.21 MiB (2,317,000 bytes) in 40 blocks after 2 calls, its calls do not tell whether it grows
        2.21 MiB (2,317,000 bytes) in 40 blocks ± 25.0 %, from 16 samples:
          hybrid_search::index::build (src/index.rs:33)
          0x7ffff7dd0090

    VIOLATION max_peak_usage_mb in "Index" (src/index.rs:30): peak 12.3 MiB > 10.0 MiB (+22.9 %)
    WARNING scope-out-of-order: 2 scopes were left out of order; their figures went to the scope around them
    "#);
}

#[test]
fn in_colour() {
    let report = common::full_report();
    let table = Table::new(&report).width(80).color(true).to_string();
    insta::assert_snapshot!(visible(&table), @r#"
    ␛[1mmemprof: hybrid_search (release, x86_64-unknown-linux-gnu)␛[0m
      duration     1.24 s, 4 threads
      allocated    46.2 MiB (48,397,485 bytes) in 12,345 allocations
      deallocated  43.9 MiB (46,080,000 bytes) in 12,300 deallocations
      live         2.21 MiB (2,317,485 bytes) in 45 blocks
      peak         12.3 MiB ± 128 KiB (12,897,485 bytes)
      retained     2.21 MiB (2,317,000 bytes) in 40 blocks of the operations
      elsewhere    6,485 bytes in 5 allocations outside any operation
      external     8.00 MiB (8,388,608 bytes), at most 16.0 MiB
      resident     20.0 MiB, at most 24.0 MiB
      held         12.8 MiB by glibc, of which 9.54 MiB (75 %) unused, 977 KiB
                   rounding or other users; 977 KiB not resident
      held at peak 15.9 MiB by glibc, of which 3.81 MiB (24 %) unused, rounding or
                   other users
      overhead     64.0 KiB for memprof itself

    ␛[1moperation                              calls  self allocated      peak  retained␛[0m
    ␛[2m────────────────────────────────────────────────────────────────────────────────␛[0m
    Tokenize                           1,000,000        38.1 MiB   4,000 B       0 B
    Index                             3 (1 open)        8.00 MiB  12.3 MiB  2.21 MiB
    Hybrid Search (src/local.rs:12)            2           700 B     700 B       0 B
    Hybrid Search (src/remote.rs:90)           2           300 B     300 B       0 B
    ␛[2m2 sites never called: Merge, Rank␛[0m

    Tokenize: Allocated: 40000000 bytes, Deallocated: 40000000 bytes, Net: 0 bytes
    Index: Allocated: 48390000 bytes, Deallocated: 46073000 bytes, Net: 2317000 bytes
    Hybrid Search: Allocated: 700 bytes, Deallocated: 1212 bytes, Net: -512 bytes
    Hybrid Search: Allocated: 300 bytes, Deallocated: 812 bytes, Net: -512 bytes

    Index: allocated growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)
    Index: peak growth O(1): 512 B → 512 B → 512 B (n = 10 → 100 → 1,000), declared O(n) ✓ (not gated: 3 sizes, a gate needs 4)

    ␛[1mexternal memory, which no allocator sees␛[0m
      shared ring: 8.00 MiB (8,388,608 bytes) in 2 regions, at most 16.0 MiB, by
        Index

    ␛[1;33mHELD␛[0m "Index" (src/index.rs:30): 2.21 MiB (2,317,000 bytes) in 40 blocks after 2
      calls, its calls do not tell whether it grows
        2.21 MiB (2,317,000 bytes) in 40 blocks ± 25.0 %, from 16 samples:
          hybrid_search::index::build (src/index.rs:33)
          0x7ffff7dd0090

    ␛[1;31mVIOLATION␛[0m max_peak_usage_mb in "Index" (src/index.rs:30): peak 12.3 MiB > 10.0
      MiB (+22.9 %)
    ␛[1;33mWARNING␛[0m scope-out-of-order: 2 scopes were left out of order; their figures went
      to the scope around them
    "#);
}

#[test]
fn other_users_of_the_allocator_are_no_rounding() {
    let mut report = common::full_report();
    let found = report
        .process
        .fragmentation
        .as_mut()
        .expect("in the full one");
    (found.now.rounding_bytes, found.now.other_bytes) = (Some(1_000), Some(50_331_648));
    found.now.held_bytes += 50_331_648 - 999_000;
    let text = Table::new(&report).width(160).to_string();
    let line = text.lines().find(|line| line.starts_with("  held   "));
    assert_eq!(
        line,
        Some(
            "  held         59.8 MiB by glibc, of which 9.54 MiB (16 %) unused, 1,000 B rounding, 48.0 MiB of other users \
             (C code); 977 KiB not resident"
        )
    );
}

#[test]
fn without_an_allocator_no_figure_is_shown() {
    let mut report = of_rows(&[("Search", 0)]);
    report.run.allocator.installed = false;
    report.run.name = "tests".into();
    report.paths.push(PathReport::default());
    report.warnings.push(Warning {
        code: "allocator-not-installed".into(),
        message: "no byte was counted; declare `memprof::Allocator` as the global allocator".into(),
    });
    insta::assert_snapshot!(Table::new(&report).width(100), @r"
    memprof: tests
      duration     0 ns, 0 threads
      allocated    n/a
      deallocated  n/a
      live         n/a
      peak         n/a
      retained     n/a
      overhead     0 B for memprof itself

    operation  calls  self allocated  allocated  deallocated  net  peak  retained
    ─────────────────────────────────────────────────────────────────────────────
    Search         1             n/a        n/a          n/a  n/a   n/a       n/a

    WARNING allocator-not-installed: no byte was counted; declare `memprof::Allocator` as the global
      allocator
    ");
}

#[test]
fn without_an_allocator_the_warning_is_never_missing() {
    let text = Report::default().to_string();
    assert!(
        text.contains("WARNING allocator-not-installed: no byte was counted\n"),
        "{text}"
    );
}

#[test]
fn without_ownership_retained_is_not_available() {
    let mut report = of_rows(&[("Search", 20_000)]);
    report.process.peak_live_bytes = 20_000;
    insta::assert_snapshot!(Table::new(&report).width(100), @r"
    memprof: unnamed run
      duration     0 ns, 0 threads
      allocated    0 bytes in 0 allocations
      deallocated  0 bytes in 0 deallocations
      live         0 bytes in 0 blocks
      peak         19.5 KiB (20,000 bytes), exact
      retained     n/a (the allocator counts without ownership)
      overhead     0 B for memprof itself

    operation  calls  self allocated  allocated  deallocated  net  peak  retained  self bytes
    ─────────────────────────────────────────────────────────────────────────────────────────
    Search         1        19.5 KiB   19.5 KiB          0 B  0 B   0 B       n/a      20,000

    Search: Allocated: 20000 bytes, Deallocated: 0 bytes, Net: 0 bytes
    ");
}

#[test]
fn a_name_cannot_break_the_terminal() {
    let evil = "\x1b[31mred\nnew\rline\u{202e}";
    let mut report = of_rows(&[(evil, 1), (evil, 2)]);
    report.run.name = evil.into();
    report.run.target = evil.into();
    report.operations[0].file = evil.into();
    report.operations.push(OperationReport {
        name: evil.into(),
        ..Default::default()
    });
    report.violations.push(Violation {
        threshold: evil.into(),
        path: Some(vec![evil.into()]),
        file: Some(evil.into()),
        message: evil.into(),
        ..Default::default()
    });
    report.warnings.push(Warning {
        code: evil.into(),
        message: evil.into(),
    });
    let text = Table::new(&report).width(200).to_string();
    assert!(
        text.chars()
            .all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')),
        "{text:?}"
    );
    insta::assert_snapshot!(grid(&text).join("\n"), @r"
    operation                                                              calls  self allocated  allocated  deallocated  net  peak  retained
    ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    \u{1b}[31mred\nnew\rline\u{202e} ([unnamed]:0:0)                           1             2 B        2 B          0 B  0 B   0 B       n/a
    \u{1b}[31mred\nnew\rline\u{202e} (\u{1b}[31mred\nnew\rline\u{202e}:0)      1             1 B        1 B          0 B  0 B   0 B       n/a
    1 site never called: \u{1b}[31mred\nnew\rline\u{202e}
    ");
}

#[test]
fn wide_names_stay_in_line() {
    let report = of_rows(&[
        ("検索 🦀", 3),
        ("naïve", 2),
        ("検索検索検索検索検索検索検索検索", 1),
    ]);
    insta::assert_snapshot!(grid(&Table::new(&report).width(60).to_string()).join("\n"), @r"
    operation                        calls  self allocated  peak
    ────────────────────────────────────────────────────────────
    検索 🦀                              1             3 B   0 B
    naïve                                1             2 B   0 B
    検索検索検索検…索検索検索検索        1             1 B   0 B
    ");
}

#[test]
fn rows_of_one_name_are_told_apart_and_others_are_not_burdened() {
    let text = Table::new(&common::full_report()).width(180).to_string();
    assert!(text.contains("\nHybrid Search (src/local.rs:12) "));
    assert!(text.contains("\nHybrid Search (src/remote.rs:90) "));
    assert!(text.contains("\nIndex "));
}

#[test]
fn rows_of_one_name_and_line_are_told_apart_by_their_column() {
    let mut report = of_rows(&[("Search", 2), ("Search", 1)]);
    for (row, column) in report.operations.iter_mut().zip([5, 20]) {
        (row.file, row.line, row.column) = ("src/a.rs".into(), 7, column);
    }
    let text = report.to_string();
    let names: Vec<_> = grid(&text)[2..]
        .iter()
        .filter_map(|line| line.split("  ").next())
        .collect();
    assert_eq!(names, ["Search (src/a.rs:7:5)", "Search (src/a.rs:7:20)"]);
    // What a row is called does not depend on which others are shown.
    let mut selection = Selection::default();
    selection.top = Some(1);
    let text = Table::new(&report).selection(&selection).to_string();
    assert!(text.contains("\nSearch (src/a.rs:7:5) "), "{text}");
}

#[test]
fn the_most_allocating_operation_is_first() {
    let text = of_rows(&[("least", 1), ("most", 3), ("first", 2), ("second", 2)]).to_string();
    let names: Vec<_> = grid(&text)
        .iter()
        .skip(2)
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["most", "first", "second", "least"]);
}

#[test]
fn sites_never_called_take_one_line() {
    let never = |count: usize| {
        let mut report = of_rows(&[]);
        for number in 0..count {
            report.operations.push(OperationReport {
                name: format!("s{number}"),
                ..Default::default()
            });
        }
        report.to_string()
    };
    assert!(never(1).contains("\n1 site never called: s0\n"));
    assert!(never(3).contains("\n3 sites never called: s0, s1, s2\n"));
    assert!(never(99).contains("\n99 sites never called: s0, s1, s2, …\n"));
    assert!(!never(0).contains("never called"));
}

#[test]
fn exact_lines_are_never_cut() {
    let report = common::full_report();
    let text = Table::new(&report).width(20).to_string();
    for row in report.operations.iter().filter(|row| row.calls > 0) {
        assert!(
            text.contains(&format!("\n{}\n", row.summary_line())),
            "{text}"
        );
    }
}

#[test]
fn a_violation_without_words_has_its_figures() {
    let mut report = of_rows(&[]);
    report.violations.push(Violation {
        threshold: "max_peak_usage_mb".into(),
        path: Some(vec!["Index".into(), "Tokenize".into()]),
        limit_bytes: 1024,
        actual_bytes: 2000,
        ..Default::default()
    });
    let wanted = "VIOLATION max_peak_usage_mb in \"Index > Tokenize\": 2,000 bytes where the limit is 1,024\n";
    assert!(report.to_string().ends_with(wanted), "{report}");
}

/// Columns that stay need a little, and a name is never cut to nothing.
const LEAST_WIDTH: usize = 45;

#[test]
fn every_width_is_held_and_keeps_what_stays() {
    let mut report = common::full_report();
    report.operations[1].name =
        "a name that is longer than any terminal is wide, over and over, on and on".into();
    let called = report.operations.iter().filter(|row| row.calls > 0).count();
    for width in 0..250 {
        let text = Table::new(&report).width(width).to_string();
        let grid = grid(&text);
        let rows = &grid[..2 + called];
        assert!(rows[0].contains("self allocated"), "{text}");
        for line in rows {
            let wide = line.chars().count();
            assert_eq!(wide, rows[0].chars().count(), "ragged:\n{text}");
            assert!(wide <= width.max(LEAST_WIDTH), "{wide} in {width}:\n{text}");
        }
    }
}

#[test]
fn display_takes_its_width_from_the_format() {
    let report = common::full_report();
    assert_eq!(
        format!("{report:60}"),
        Table::new(&report).width(60).to_string()
    );
    assert_eq!(
        format!("{report}"),
        Table::new(&report).width(120).to_string()
    );
}
