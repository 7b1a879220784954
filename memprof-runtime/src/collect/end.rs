//! What happens when the process ends: the table after libtest's own result line, and a report file where a
//! directory is configured, or a profiler is still alive, and none was written.

use super::config::Config;
use super::say::{print_at_end, say};
use super::settings::Settings;
use super::{begin, files, run, snapshot};
use crate::record::pause::Pause;
use memprof_report::{Report, Table, TableOptions};
use std::io::IsTerminal;
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
    let is_test = run::is_of_cargo_test();
    // Any other program may have a `--list` of its own.
    if is_test && arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let is_original = ARRANGED_IN.load(Ordering::Relaxed) == std::process::id();
    let prints = is_original && wants_table(&arguments, is_test);
    let settings = Settings::current();
    let is_wanted = settings.is_of_profiler() || is_directory_configured(&settings.config);
    let writes = is_wanted && !IS_REPORTED.load(Ordering::Relaxed);
    if !prints && !writes {
        return;
    }
    let begin = begin::of(settings);
    let report = snapshot::take(settings, begin.as_deref()).report;
    if prints {
        print_at_end(&table(&report, &settings.config));
    }
    if writes && let Err(error) = files::write(&report, &settings.config) {
        say(&error.to_string());
    }
}

/// Test output that is not captured, or an explicit wish.
fn wants_table(arguments: &[String], is_test: bool) -> bool {
    let uncaptured = ["--nocapture", "--no-capture", "--show-output"];
    // A variable that is empty counts as not set.
    let wish = std::env::var("MEMPROF_PRINT").ok();
    if let Some(wish) = wish.filter(|wish| !wish.is_empty()) {
        let wish = wish.to_ascii_lowercase();
        return !matches!(wish.as_str(), "0" | "false" | "no" | "off");
    }
    let is_argument = |argument: &String| uncaptured.contains(&argument.as_str());
    // Programs that a test starts inherit the variable, and it is not for them.
    let is_variable = || std::env::var("RUST_TEST_NOCAPTURE").is_ok_and(|value| value != "0");
    arguments.iter().skip(1).any(is_argument) || (is_test && is_variable())
}

fn is_directory_configured(config: &Config) -> bool {
    config.origin("reporting.output_directory") != "default"
}

/// The table as it is printed to stdout, with an empty line before and after.
pub(super) fn table(report: &Report, config: &Config) -> String {
    let is_terminal = std::io::stdout().is_terminal();
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let no_color = std::env::var_os("NO_COLOR");
    let mut options = TableOptions::for_terminal(is_terminal, no_color.as_deref(), columns);
    options.library_frames = config.reporting.library_frames;
    format!("\n{}\n", Table::new(report).options(options))
}
