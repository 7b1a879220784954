//! The thresholds: passed by one byte is a violation with its operation, reached to the byte is none.

use crate::fixture::LIB;
use crate::run::{Directory, parse_report, passed, run};
use memprof_report::Violation;

const MIB: u64 = 1 << 20;

/// The line of the attribute that names the operation.
fn line_of(operation: &str) -> Option<u32> {
    let attribute = format!("#[memprof::track(\"{operation}\")]");
    let at = LIB.lines().position(|line| line == attribute)?;
    u32::try_from(at + 1).ok()
}

/// The violations of a run with these thresholds in the file.
fn violations(thresholds: &str, arguments: &[&str]) -> Vec<Violation> {
    let directory = Directory::new();
    directory.configure(format!("[thresholds]\n{thresholds}\n"));
    let outcome = directory.run(arguments);
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    directory.report().violations
}

fn largest(operation: &str, path: &[&str], bytes: u64) -> Violation {
    Violation {
        threshold: "max_allocation_size_mb".to_owned(),
        operation: Some(operation.to_owned()),
        path: Some(path.iter().map(|&name| name.to_owned()).collect()),
        file: Some("src/lib.rs".to_owned()),
        line: line_of(operation),
        limit_bytes: MIB,
        actual_bytes: bytes,
        limit: None,
        actual: None,
        message: format!(
            "a single allocation of {bytes} bytes in \"{operation}\" exceeds max_allocation_size_mb \
             (1048576 bytes)"
        ),
    }
}

#[test]
fn the_defaults_are_not_passed() {
    assert_eq!(violations("", &["index", "3145728"]), []);
}

#[test]
fn a_single_allocation_names_operation_path_and_place() {
    let found = violations("max_allocation_size_mb = 1", &["index", "3145728"]);
    assert_eq!(found, [largest("Load", &["Index", "Load"], 3 * MIB)]);
}

#[test]
fn a_reallocation_counts_with_its_new_size() {
    let found = violations("max_allocation_size_mb = 1", &["grow", "3145728"]);
    assert_eq!(found, [largest("Grow", &["Grow"], 3 * MIB)]);
}

#[test]
fn the_largest_allocation_may_be_the_limit() {
    let limit = "max_allocation_size_mb = 1";
    for mode in ["index", "grow"] {
        assert_eq!(violations(limit, &[mode, "1048576"]), []);
        assert_eq!(violations(limit, &[mode, "1048577"]).len(), 1);
    }
}

#[test]
fn the_builder_has_the_limit_in_bytes() {
    let directory = Directory::new();
    directory.run(&["limit", "1048577"]);
    let found = directory.report().violations;
    assert_eq!(found, [largest("Load", &["Load"], MIB + 1)]);
}

#[test]
fn the_peak_is_that_of_the_process() {
    let found = violations("max_peak_usage_mb = 2", &["index", "3145728"]);
    let [peak] = &found[..] else {
        panic!("{found:?}");
    };
    // What the program and its runtime hold beside the block differs between platforms.
    assert!(peak.actual_bytes >= 3 * MIB, "{peak:?}");
    let message = format!(
        "peak live memory of {} bytes exceeds max_peak_usage_mb (2097152 bytes)",
        peak.actual_bytes
    );
    let expected = Violation {
        threshold: "max_peak_usage_mb".to_owned(),
        limit_bytes: 2 * MIB,
        actual_bytes: peak.actual_bytes,
        message,
        ..Violation::default()
    };
    assert_eq!(*peak, expected);
}

#[test]
fn the_peak_may_be_the_limit() {
    // The limit is given in MB; what the run needs is known to the byte.
    let directory = Directory::new();
    directory.run(&["index", "3145728"]);
    let peak = directory.report().process.peak_live_bytes;
    for (limit, expected) in [(peak, 0), (peak - 1, 1)] {
        let megabytes = limit as f64 / MIB as f64;
        let threshold = format!("max_peak_usage_mb = {megabytes:?}");
        let found = violations(&threshold, &["index", "3145728"]);
        assert_eq!(found.len(), expected, "{found:?}");
    }
}

#[test]
fn a_leak_is_one_from_the_first_byte_over() {
    let limit = "leak_detection_threshold_bytes = \"1 KiB\"";
    assert_eq!(violations(limit, &["leak", "1024"]), []);
    let leak = Violation {
        threshold: "leak_detection_threshold_bytes".to_owned(),
        operation: Some("Load".to_owned()),
        path: None,
        file: Some("src/lib.rs".to_owned()),
        line: line_of("Load"),
        limit_bytes: 1024,
        actual_bytes: 1025,
        limit: None,
        actual: None,
        message:
            "\"Load\" leaked 1025 bytes, more than leak_detection_threshold_bytes (1024 bytes)"
                .to_owned(),
    };
    assert_eq!(violations(limit, &["leak", "1025"]), [leak]);
}

#[test]
fn a_leak_is_not_looked_for_where_that_is_off() {
    let directory = Directory::new();
    let mut command = directory.program(&["leak", "4096"]);
    run(command.env("MEMPROF_HEAP_ANALYSIS_DETECT_LEAKS", "false"));
    let report = directory.report();
    assert_eq!((report.violations, report.warnings), (vec![], vec![]));
}

#[test]
fn what_is_held_at_a_snapshot_is_no_leak() {
    let directory = Directory::new();
    directory.configure("[thresholds]\nleak_detection_threshold_bytes = 0\n");
    let outcome = directory.run(&["json", "4096"]);
    let report = parse_report(&outcome.stdout);
    assert_eq!(report.operation("Load").unwrap().retained_bytes, Some(4096));
    assert_eq!(report.violations, []);
}

#[test]
fn all_that_are_passed_are_told() {
    let all = "max_allocation_size_mb = 1\nmax_peak_usage_mb = 1\n\
               leak_detection_threshold_bytes = 1";
    let found = violations(all, &["leak", "50331648"]);
    let order = [
        "max_peak_usage_mb",
        "max_allocation_size_mb",
        "leak_detection_threshold_bytes",
    ];
    assert_eq!(passed(&found), order);
}
