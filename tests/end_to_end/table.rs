//! The table that a program prints of its snapshot, and the one at the end of the process.

use crate::run::{Directory, parse_report, run};

const SEARCH: &str =
    "Search Operation: Allocated: 1240 bytes, Deallocated: 1000 bytes, Net: 240 bytes";

fn has_color(text: &str) -> bool {
    text.contains('\x1b')
}

#[test]
fn a_snapshot_prints_exact_lines_without_colour() {
    let directory = Directory::new();
    for no_color in [None, Some("1")] {
        let mut command = directory.program(&["snapshot"]);
        command.envs(no_color.map(|value| ("NO_COLOR", value)));
        let outcome = run(&mut command);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
        assert_eq!(outcome.tables(), 1);
        assert!(!has_color(&outcome.stdout), "{}", outcome.stdout);
        let lines = outcome.stdout.lines();
        let summaries: Vec<&str> = lines
            .filter(|line| line.contains(": Allocated: "))
            .collect();
        assert_eq!(summaries, [SEARCH]);
    }
}

#[test]
fn a_snapshot_names_what_was_never_called() {
    let outcome = Directory::new().run(&["snapshot"]);
    let line = "4 sites never called: Load, Grow, Index, …";
    assert!(outcome.stdout.contains(line), "{}", outcome.stdout);
}

#[test]
fn the_wish_for_a_table_is_heard() {
    let directory = Directory::new();
    for (wish, tables) in [
        ("1", 1),
        ("yes", 1),
        ("0", 0),
        ("false", 0),
        ("OFF", 0),
        ("", 0),
    ] {
        let mut command = directory.program(&["status", "7"]);
        let outcome = run(command.env("MEMPROF_PRINT", wish));
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (Some(7), ""),
            "{wish}"
        );
        assert_eq!(outcome.tables(), tables, "{wish}");
        assert_eq!(outcome.stdout.contains(SEARCH), tables == 1, "{wish}");
        assert!(!has_color(&outcome.stdout), "{wish}");
    }
    assert_eq!(directory.names("."), Vec::<String>::new());
}

/// Without a call there is nothing to write, and a wish for the table is a wish all the same.
#[test]
fn a_program_in_which_nothing_is_called_prints_its_table() {
    let directory = Directory::new();
    for (wish, tables) in [("1", 1), ("0", 0), ("", 0)] {
        let mut command = directory.program(&["idle"]);
        command.env("MEMPROF_REPORTING_OUTPUT_DIRECTORY", "reports");
        let outcome = run(command.env("MEMPROF_PRINT", wish));
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (Some(0), ""),
            "{wish}"
        );
        assert_eq!(outcome.tables(), tables, "{wish}");
        let line = "5 sites never called: ";
        assert_eq!(outcome.stdout.contains(line), tables == 1, "{wish}");
    }
    assert_eq!(directory.names("."), Vec::<String>::new());
}

#[test]
fn a_format_prints_the_table_when_the_profiler_ends() {
    let directory = Directory::new();
    let outcome = directory.run(&["formats"]);
    assert_eq!((outcome.status, outcome.tables()), (Some(0), 1));
    assert!(outcome.stdout.contains(SEARCH));
    assert_eq!(directory.report().operation("Load").unwrap().calls, 0);
}

#[test]
fn a_snapshot_as_json_is_the_documents_form() {
    let outcome = Directory::new().run(&["json", "4096"]);
    let report = parse_report(&outcome.stdout);
    let load = report.operation("Load").unwrap();
    assert_eq!(load.retained_bytes, Some(4096));
    assert_eq!(load.retained_blocks, Some(1));
    assert_eq!(report.run.name, "fixture");
    assert_eq!(report.warnings, []);
    assert_eq!(report.violations, []);
}
