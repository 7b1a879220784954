//! The profiler's report: written whichever way the run ends, valid, and in a file of its own.

use crate::run::{DEFAULT, Directory, read_report, run, warnings};
use memprof_report::Report;
use std::path::Path;
use std::process::Stdio;

const DIRECTORY: &str = "MEMPROF_REPORTING_OUTPUT_DIRECTORY";

#[track_caller]
fn assert_is_of_the_search(report: &Report) {
    assert_eq!(report.run.name, "nightly");
    assert!(report.run.allocator.installed && report.run.allocator.ownership);
    assert_eq!(report.warnings, []);
    let search = report.operation("Search Operation").unwrap();
    assert_eq!(
        (search.calls, search.allocations, search.allocated_bytes),
        (1, 2, 1240)
    );
    assert_eq!(
        (
            search.deallocated_bytes,
            search.net_bytes,
            search.peak_bytes
        ),
        (1000, 240, 1000)
    );
    assert_eq!(search.retained_bytes, Some(0));
    assert_eq!(report.operation("Never Called").unwrap().calls, 0);
}

#[test]
fn is_written_at_the_end_of_main_and_named_on_stderr() {
    let directory = Directory::new();
    let outcome = directory.run(&["profiler"]);
    let [name] = &directory.names(DEFAULT)[..] else {
        panic!("not one file");
    };
    assert!(
        name.starts_with("nightly-") && name.ends_with(".json"),
        "{name}"
    );
    let said = format!("memprof: report written to memory_reports/{name}\n");
    outcome.expect(0, "", &said);
    assert_is_of_the_search(&directory.report());
}

#[test]
fn leaves_the_exit_status_alone() {
    let directory = Directory::new();
    assert_eq!(directory.run(&["profiler", "7"]).status, Some(7));
    assert_is_of_the_search(&directory.report());
}

#[test]
fn is_written_on_unwinding() {
    let directory = Directory::new();
    let outcome = directory.run(&["panic"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(101), ""));
    assert!(outcome.stderr.contains("on purpose"));
    assert!(outcome.stderr.contains("memprof: report written to "));
    assert_is_of_the_search(&directory.report());
}

#[test]
fn is_of_its_own_time_though_nothing_happened_in_it() {
    let message = "nothing was called while the profiler lived: if something was meant to be, bind it to a name, `let \
                   _profiler = …`; `let _ = …` drops it at once";
    // Not bound, with work after it; bound where nothing follows; the same with an allocation that nothing tracks; and
    // around work, tracked or not.
    let modes = [
        ("unbound", true),
        ("last", true),
        ("last-busy", false),
        ("bound", false),
    ];
    for (mode, is_said) in modes {
        let directory = Directory::new();
        let outcome = directory.run(&[mode]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (Some(0), ""),
            "{mode}"
        );
        let said = format!("memprof: {message}\n");
        let begin = if is_said { said.as_str() } else { "" };
        let begin = format!("{begin}memprof: report written to memory_reports/nightly-");
        assert!(outcome.stderr.starts_with(&begin), "{}", outcome.stderr);

        // Also where the process would write one of everything: the profiler's is the only one.
        let directory = Directory::new();
        run(directory.program(&[mode]).env(DIRECTORY, "reports"));
        let reports = directory.reports("reports");
        assert_eq!(reports.len(), 1, "{mode}");
        let report = &reports[0];
        let calls = report.operations.iter().map(|it| it.calls).sum::<u64>();
        assert_eq!((report.run.name.as_str(), calls), ("nightly", 0), "{mode}");
        let warning = format!("nothing-profiled: {message}");
        let expected: &[String] = if is_said { &[warning] } else { &[] };
        assert_eq!(warnings(report), expected, "{mode}");
    }
}

#[test]
fn finish_returns_the_path_and_says_nothing() {
    let directory = Directory::new();
    let outcome = directory.run(&["finish"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
    let path = directory.path(Path::new(outcome.stdout.trim_end()));
    assert_is_of_the_search(&read_report(&path));
    assert_eq!(directory.names(DEFAULT).len(), 1);
}

#[test]
fn is_written_once_even_if_the_end_of_the_process_would_write_too() {
    let directory = Directory::new();
    let mut command = directory.program(&["profiler"]);
    run(command.env(DIRECTORY, "reports"));
    assert_is_of_the_search(&directory.reports("reports")[0]);
    assert_eq!(directory.names("reports").len(), 1);
    assert_eq!(directory.names("."), ["reports"]);
}

/// `exit` drops nothing; what is still held then is not called a leak.
#[test]
fn is_written_by_exit_although_nothing_is_dropped() {
    let directory = Directory::new();
    let mut command = directory.program(&["exit-alive", "7"]);
    run(command.env(DIRECTORY, "reports")).expect(7, "", "");
    let reports = directory.reports("reports");
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].run.name, "nightly");
    let load = reports[0].operation("Load").unwrap();
    assert_eq!((load.calls, load.retained_bytes), (1, Some(2000)));
    assert_eq!(reports[0].violations, []);
}

/// Whoever has a profiler wants its report, also in the default directory.
#[test]
fn is_written_by_exit_without_a_configured_directory_too() {
    let directory = Directory::new();
    directory.run(&["exit-alive", "0"]).expect(0, "", "");
    assert_eq!(directory.report().run.name, "nightly");
}

#[test]
fn is_written_at_the_end_without_a_profiler_where_a_directory_is_configured() {
    for mode in [["status", "7"], ["exit", "7"]] {
        let directory = Directory::new();
        directory.configure("[reporting]\noutput_directory = \"here/and there\"\n");
        directory.run(&mode).expect(7, "", "");
        let reports = directory.reports("here/and there");
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[0].run.name, "fixture");
        assert_eq!(reports[0].operation("Search Operation").unwrap().calls, 1);
    }
}

#[test]
fn the_second_of_a_process_does_not_replace_the_first() {
    let directory = Directory::new();
    let outcome = directory.run(&["twice"]);
    assert_eq!(outcome.status, Some(0));
    let reports = directory.reports(DEFAULT);
    let calls = |report: &Report| report.operation("Search Operation").unwrap().calls;
    let calls: Vec<u64> = reports.iter().map(calls).collect();
    // Each is of its own time.
    assert_eq!(calls, [1, 1]);
}

#[test]
fn processes_never_share_a_file() {
    let directory = Directory::new();
    let start = |_| {
        let mut command = directory.program(&["profiler"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let processes: Vec<_> = (0..12).map(start).collect();
    let mut pids: Vec<u32> = processes.iter().map(|process| process.id()).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let reports = directory.reports(DEFAULT);
    let mut reported: Vec<u32> = reports.iter().map(|report| report.run.pid).collect();
    pids.sort_unstable();
    reported.sort_unstable();
    assert_eq!(reported, pids);
    reports.iter().for_each(assert_is_of_the_search);
}
