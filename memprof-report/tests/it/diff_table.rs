//! Promise: the table of a diff shows the worst first, holds its width and obeys no name.

use crate::common;
use crate::common::sites::sites;
use memprof_report::{Diff, DiffOptions, Report, TableOptions};

fn diff(old: &Report, new: &Report) -> Diff {
    Diff::between(old, new, &DiffOptions::default()).unwrap()
}

/// One of each verdict.
fn eventful() -> Diff {
    let old = common::full_report();
    let mut new = old.clone();
    new.run.rustc_version = Some("1.89.0".into());
    new.process.peak_live_bytes += 1000;
    new.operations[0].peak_bytes += 114_688;
    new.operations[0].allocations += 1;
    new.operations[0].net_bytes = -512;
    new.operations[1].peak_bytes = 1000;
    new.operations[2].calls = 0;
    new.operations[4].calls = 1;
    new.operations[4].allocated_bytes = 4096;
    let mut further = new.operations[3].clone();
    further.line = 95;
    new.operations[3].line = 91;
    new.operations.push(further);
    diff(&old, &new)
}

#[test]
fn the_table_in_120_columns() {
    insta::assert_snapshot!(eventful(), @r#"
    memprof diff: 1 regressed, 2 not comparable, 1 improved, 1 new, 1 gone: peak of "Index" +112 KiB (+0.89 %)

    figure              old       new     change    share
    ─────────────────────────────────────────────────────
    regressed  Index (src/index.rs:30)
    ✗ allocations    12,000    12,001         +1  +0.01 %
    ✓ net          2.21 MiB    -512 B  -2.21 MiB   -100 %
    ✗ peak         12.3 MiB  12.4 MiB   +112 KiB  +0.89 %
    not comparable  Hybrid Search (src/remote.rs:91)
      1 of this name became 2, so that they cannot be told apart
    not comparable  Hybrid Search (src/remote.rs:95)
      1 of this name became 2, so that they cannot be told apart
    improved  Tokenize (src/tokenize.rs:7)
    ✓ peak          4,000 B   1,000 B   -3,000 B  -75.0 %
    new  Merge (src/merge.rs:5)
      calls                         1
      allocated               4,096 B
    gone  Hybrid Search (src/local.rs:12)
      calls               2
      allocations         2
      allocated       700 B
      deallocated   1,212 B
      net            -512 B
      peak            700 B

    NOTICE the version of rustc was 1.88.0 and is 1.89.0
    "#);
}

#[test]
fn calls_that_are_alike_are_told_of_once() {
    let alike = |bytes: u64| {
        let distribution = memprof_report::Distribution {
            min: bytes,
            max: bytes,
            p50: bytes,
            p95: bytes,
            p99: bytes,
            exact: true,
            ..Default::default()
        };
        let mut report = sites(&[(1, 2 * bytes)]);
        report.operations[0].calls = 2;
        report.operations[0].peak_bytes = bytes;
        report.operations[0].per_call = Some(memprof_report::PerCall {
            allocated_bytes: distribution,
            peak_bytes: distribution,
        });
        report
    };
    let table = diff(&alike(100), &alike(90)).to_string();
    let figures: Vec<&str> = table.lines().filter(|line| line.contains("90 B")).collect();
    assert_eq!(figures.len(), 2, "{table}");
    assert!(figures[0].contains("peak"), "{table}");
    assert!(figures[1].contains("max call allocated"), "{table}");
}

#[test]
fn the_table_in_50_columns() {
    insta::assert_snapshot!(format!("{:50}", eventful()), @r#"
    memprof diff: 1 regressed, 2 not comparable, 1
      improved, 1 new, 1 gone: peak of "Index" +112
      KiB (+0.89 %)

    figure              old       new     change
    ────────────────────────────────────────────
    regressed  Index (src/index.rs:30)
    ✗ allocations    12,000    12,001         +1
    ✓ net          2.21 MiB    -512 B  -2.21 MiB
    ✗ peak         12.3 MiB  12.4 MiB   +112 KiB
    not comparable  Hybrid Search (src/remote.rs:91)
      1 of this name became 2, so that they cannot be
      told apart
    not comparable  Hybrid Search (src/remote.rs:95)
      1 of this name became 2, so that they cannot be
      told apart
    improved  Tokenize (src/tokenize.rs:7)
    ✓ peak          4,000 B   1,000 B   -3,000 B
    new  Merge (src/merge.rs:5)
      calls                         1
      allocated               4,096 B
    gone  Hybrid Search (src/local.rs:12)
      calls               2
      allocations         2
      allocated       700 B
      deallocated   1,212 B
      net            -512 B
      peak            700 B

    NOTICE the version of rustc was 1.88.0 and is
      1.89.0
    "#);
}

#[test]
fn only_the_verdicts_have_colours() {
    let mut options = TableOptions::default();
    let plain = eventful().to_text(options);
    options.color = true;
    let colored = eventful().to_text(options);
    assert!(
        colored.contains("\x1b[1;31mregressed\x1b[0m  Index"),
        "{colored:?}"
    );
    let mut stripped = colored;
    for code in ["\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[0m"] {
        stripped = stripped.replace(code, "");
    }
    assert_eq!(stripped, plain);
}

#[test]
fn a_name_obeys_nothing_and_the_width_holds() {
    let (mut old, mut new) = (sites(&[(1, 1)]), sites(&[(1, 2)]));
    old.operations[0].name = "\x1b[31mred\n".repeat(40);
    new.operations[0].name = old.operations[0].name.clone();
    let diff = diff(&old, &new);
    let text = diff.to_text(TableOptions::default());
    assert!(!text.contains('\x1b'), "{text:?}");
    let grid: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("figure"))
        .collect();
    assert!(
        grid.iter().all(|line| line.chars().count() <= 120),
        "{grid:?}"
    );
}

#[test]
fn a_diff_is_plain_data() {
    let diff = eventful();
    let json = serde_json::to_string(&diff).unwrap();
    assert_eq!(serde_json::from_str::<Diff>(&json).unwrap(), diff);
    assert!(json.contains(r#""verdict":"not_comparable""#), "{json}");
}
