//! What happens when the process ends: the table after libtest's own result line, and a report file where a
//! directory is configured and no profiler wrote one.

use super::config::Config;
use super::settings::Settings;
use super::{files, snapshot};
use crate::record::pause::Pause;
use memprof_report::{Report, Table, TableOptions};
use std::io::{IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Whether a profiler has written its report.
static IS_REPORTED: AtomicBool = AtomicBool::new(false);

/// The process that `process_ends` was arranged in; a forked child prints nothing.
static ARRANGED_IN: AtomicU32 = AtomicU32::new(0);

/// Remembers that this process has its report.
pub(super) fn note_reported() {
    IS_REPORTED.store(true, Ordering::Relaxed);
}

/// Remembers which process asked to be told of its end.
pub(crate) fn process_end_arranged() {
    ARRANGED_IN.store(std::process::id(), Ordering::Relaxed);
}

/// Called once at the end of the process. Never unwinds.
pub(crate) fn process_ends() {
    // Nothing is left to tell if even this fails.
    let _ = catch_unwind(AssertUnwindSafe(report));
}

fn report() {
    let _pause = Pause::new();
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let is_original = ARRANGED_IN.load(Ordering::Relaxed) == std::process::id();
    let prints = is_original && wants_table(&arguments);
    let settings = Settings::current();
    let writes = is_directory_configured(&settings.config) && !IS_REPORTED.load(Ordering::Relaxed);
    if !prints && !writes {
        return;
    }
    let report = snapshot::take(settings, true);
    if prints {
        print_table(&report);
    }
    if writes {
        let path = settings
            .config
            .reporting
            .output_directory
            .join(files::report_name(&report));
        if let Err(error) = report.write_json(&path) {
            super::say(&error.to_string());
        }
    }
}

/// Test output that is not captured, or an explicit wish.
fn wants_table(arguments: &[String]) -> bool {
    let uncaptured = ["--nocapture", "--no-capture", "--show-output"];
    match std::env::var("MEMPROF_PRINT") {
        Ok(wish) => !matches!(wish.as_str(), "" | "0" | "false" | "no" | "off"),
        Err(_) => arguments
            .iter()
            .skip(1)
            .any(|argument| uncaptured.contains(&argument.as_str())),
    }
}

fn is_directory_configured(config: &Config) -> bool {
    config.origin("reporting.output_directory") != "default"
}

/// Prints the table to stdout; a closed pipe is not an error.
pub(super) fn print_table(report: &Report) {
    let is_terminal = std::io::stdout().is_terminal();
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let no_color = std::env::var_os("NO_COLOR");
    let options = TableOptions::for_terminal(is_terminal, no_color.as_deref(), columns);
    let text = Table::new(report).options(options).to_string();
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "\n{text}").and_then(|()| stdout.flush());
}
