//! A configuration that is in error: said once, with place and remedy; the program runs on.

use crate::run::{Directory, Outcome, parse_report, run, warnings};

/// What is wrong: the content of the file, and what is said of it.
const FILES: [(&[u8], &str); 6] = [
    (
        b"[memory]\nmeasure_time = true\n\n[thresholds]\nmax_peak_usge_mb = 5\n",
        "memory_profiling.toml:5: unknown key `thresholds.max_peak_usge_mb`; the nearest valid key is \
         `thresholds.max_peak_usage_mb`",
    ),
    (
        b"[reportin]\nformat = \"json\"\n",
        "memory_profiling.toml:1: unknown section `[reportin]`; the nearest valid section is `[reporting]`",
    ),
    (
        b"[memory]\nmeasure_time = \"perhaps\"\n",
        "memory_profiling.toml:2: `memory.measure_time` must be true or false, not the string \"perhaps\"",
    ),
    (
        b"[thresholds]\nleak_detection_threshold_bytes = -1\n",
        "memory_profiling.toml:2: `thresholds.leak_detection_threshold_bytes` must not be negative, and is -1",
    ),
    (
        b"[memory\n",
        "memory_profiling.toml:1:8: not valid TOML: unclosed table, expected `]`",
    ),
    (
        b"[memory]\n# \xff\n",
        "memory_profiling.toml:2: not valid UTF-8",
    ),
];

#[track_caller]
fn assert_said_once(outcome: &Outcome, error: &str) {
    let said = format!("memprof: {error}; the defaults apply\n");
    assert_eq!((outcome.status, &outcome.stderr), (Some(0), &said));
}

#[test]
fn is_said_once_at_the_end_of_a_program_without_a_profiler() {
    for (content, error) in FILES {
        let directory = Directory::new();
        directory.configure(content);
        let outcome = directory.run(&["work"]);
        assert_said_once(&outcome, error);
        assert_eq!(outcome.stdout, "");
        assert_eq!(directory.names("."), ["memory_profiling.toml"]);
    }
}

#[test]
fn is_a_warning_of_every_report() {
    for (content, error) in FILES {
        let directory = Directory::new();
        directory.configure(content);
        let outcome = directory.run(&["json", "10"]);
        assert_said_once(&outcome, error);
        let report = parse_report(&outcome.stdout);
        let warning = format!("configuration-not-used: {error}; the defaults apply");
        assert_eq!(warnings(&report), [warning]);
        assert_eq!(report.operation("Load").unwrap().allocated_bytes, 10);
    }
}

#[test]
fn a_directory_in_the_place_of_the_file() {
    let directory = Directory::new();
    std::fs::create_dir(directory.path("memory_profiling.toml")).unwrap();
    let outcome = directory.run(&["work"]);
    let error = "memory_profiling.toml: is a directory, not a file";
    assert_said_once(&outcome, error);
}

#[test]
fn a_named_file_that_is_not_there() {
    let directory = Directory::new();
    let mut command = directory.program(&["work"]);
    let outcome = run(command.env("MEMPROF_CONFIG", "absent.toml"));
    let error = "environment variable `MEMPROF_CONFIG`: there is no file `absent.toml`";
    assert_said_once(&outcome, error);
}

#[test]
fn a_variable_with_a_slip() {
    let directory = Directory::new();
    let mut command = directory.program(&["work"]);
    let outcome = run(command.env("MEMPROF_REPORTING_OUTPUT_DIR", "reports"));
    let error = "environment variable `MEMPROF_REPORTING_OUTPUT_DIR`: unknown key \
                 `reporting.output_dir`; the nearest valid variable is \
                 `MEMPROF_REPORTING_OUTPUT_DIRECTORY`";
    assert_said_once(&outcome, error);
}

#[test]
fn several_errors_are_one_line() {
    let directory = Directory::new();
    directory.configure("[memory]\nsample_rat = 1\nmeasure_time = 1\n");
    let error = "memory_profiling.toml:2: unknown key `memory.sample_rat`; the nearest valid key is \
                 `memory.sample_rate` (and 1 more)";
    assert_said_once(&directory.run(&["work"]), error);
}

#[test]
fn build_returns_it_and_the_program_can_go_on() {
    for (content, error) in FILES {
        let directory = Directory::new();
        directory.configure(content);
        let outcome = directory.run(&["go-on"]);
        assert_eq!(outcome.stdout, format!("{error}\n240 bytes\n"));
        assert_said_once(&outcome, error);
    }
}

/// `fn main() -> Result<…>` prints an error's `Debug`, so that has to be readable too.
#[test]
fn the_question_mark_in_main_is_readable() {
    let directory = Directory::new();
    directory.configure(FILES[2].0);
    let said = "Error: ConfigError(memory_profiling.toml:2: `memory.measure_time` must be true or false, \
                not the string \"perhaps\")\n";
    directory.run(&["question-mark"]).expect(1, "", said);
}
