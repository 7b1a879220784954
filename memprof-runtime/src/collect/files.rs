//! The files that reports are written to: one for each report, never the same twice.

use super::config::Config;
use memprof_report::Report;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes the report as JSON into the configured directory, and into that of the run; the path of the new
/// file in the former. The error names it.
pub(super) fn write(report: &Report, config: &Config) -> io::Result<PathBuf> {
    let directory = &config.reporting.output_directory;
    let written = write_into(directory, report);
    match run_directory().filter(|of_run| of_run != directory) {
        Some(of_run) => {
            let copied = write_into(&of_run, report);
            written.and_then(|path| copied.map(|_| path))
        }
        None => written,
    }
}

/// Where the command that started the run (`cargo memprof`, by a run id) collects what all its processes
/// write, also those that name a directory of their own.
pub(super) fn run_directory() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("MEMPROF_RUN_ID")?;
    set("MEMPROF_REPORTING_OUTPUT_DIRECTORY").map(PathBuf::from)
}

fn write_into(directory: &Path, report: &Report) -> io::Result<PathBuf> {
    let path = unused_path(directory, &report_name(report));
    // What the system says of this ("File exists") is about a step that the user does not see.
    if fs::metadata(directory).is_ok_and(|found| !found.is_dir()) {
        let (path, directory) = (path.display(), directory.display());
        return Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            format!("failed to write report `{path}`: `{directory}` is not a directory"),
        ));
    }
    match report.write_json(&path) {
        Ok(()) => Ok(path),
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

/// `NAME.json` for the first report of the process, `NAME-2.json` for the second. What stands there already
/// (a process goes on under its id after `exec`) is passed over.
fn unused_path(directory: &Path, name: &str) -> PathBuf {
    static REPORTS: AtomicU32 = AtomicU32::new(0);
    /// So many files of that name are no accident; the last one is replaced.
    const ATTEMPTS: u32 = 1000;

    for _ in 0..ATTEMPTS {
        // Relaxed: nothing but the number itself is shared.
        let path = match REPORTS.fetch_add(1, Ordering::Relaxed) {
            0 => directory.join(format!("{name}.json")),
            earlier => directory.join(format!("{name}-{}.json", u64::from(earlier) + 1)),
        };
        if fs::symlink_metadata(&path).is_err() {
            return path;
        }
    }
    directory.join(format!("{name}.json"))
}

/// `NAME-STARTED-PID`; under nextest, which runs a process per test, with the test's name in it.
fn report_name(report: &Report) -> String {
    /// A file name may be 255 bytes; this leaves room for the numbers.
    const MAX_BYTES: usize = 180;

    let run = &report.run;
    let test = std::env::var("NEXTEST_TEST_NAME")
        .map(|test| format!("-{test}"))
        .unwrap_or_default();
    let mut name: String = format!("{}{test}", run.name)
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    while name.len() > MAX_BYTES {
        name.pop();
    }
    if name.trim_matches('.').is_empty() {
        name = "memprof".to_owned();
    }
    // When the process began, so that all of its reports stand together.
    let started_ns = run.started_unix_ns.saturating_sub(run.before_ns);
    format!("{name}-{}-{}", started_ns / 1_000_000, run.pid)
}

#[cfg(test)]
mod tests {
    use super::report_name;
    use memprof_report::Report;

    #[test]
    fn names_are_safe() {
        let mut report = Report::default();
        report.run.pid = 7;
        report.run.started_unix_ns = 1_234_000_000;
        for (name, expected) in [
            ("search", "search-1234-7"),
            ("../a b", ".._a_b-1234-7"),
            ("", "memprof-1234-7"),
            ("..", "memprof-1234-7"),
            (&"é".repeat(100), &format!("{}-1234-7", "é".repeat(90))),
        ] {
            report.run.name = name.to_owned();
            assert_eq!(report_name(&report), expected);
        }
    }
}
