//! What happens when the process ends: the table after libtest's own result line, and a report file where a
//! directory is configured, or a profiler is still alive, and none was written.

use super::config::Config;
use super::probe::is_allocator_installed;
use super::say::{print_at_end, say};
use super::settings::Settings;
use super::sites::sites;
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

/// The process that was asked for its table before `main`.
static WISHED_IN: AtomicU32 = AtomicU32::new(0);

/// Called before `main`, paused: a program that is asked for its table prints one though no operation is called in it.
pub(super) fn process_begins() {
    if is_table_wished() == Some(true) {
        WISHED_IN.store(std::process::id(), Ordering::Relaxed);
        crate::os::process_exit::table_end();
    }
}

/// Called once at the end of such a process. Never unwinds.
pub(crate) fn process_table_ends() {
    // Nothing is left to tell if even this fails.
    let _ = catch_unwind(AssertUnwindSafe(print_without_a_call));
}

fn print_without_a_call() {
    let _pause = Pause::new();
    let is_original = WISHED_IN.load(Ordering::Relaxed) == std::process::id();
    // Else `report` printed it.
    let is_first = ARRANGED_IN.load(Ordering::Relaxed) == 0;
    if !is_original || !is_first || is_list(&arguments(), run::is_of_cargo_test()) {
        return;
    }
    // A library of which a program, such as the compiler, uses nothing has nothing to say in it.
    if is_allocator_installed() || !sites().is_empty() {
        let settings = Settings::current();
        let report = snapshot::take(settings, None).report;
        print_at_end(&table(&report, &settings.config));
    }
}

/// Called once at the end of the process. Never unwinds.
pub(crate) fn process_ends() {
    // Nothing is left to tell if even this fails.
    let _ = catch_unwind(AssertUnwindSafe(report));
}

/// Called in the place of `process_ends` where threads were killed in the midst of memprof's work. The caller is paused.
#[cfg(windows)]
pub(crate) fn process_end_unreported() {
    say(
        "no report: the process ended while another thread was at work in memprof; return from `main` instead",
    );
}

fn report() {
    let _pause = Pause::new();
    let arguments = arguments();
    let is_test = run::is_of_cargo_test();
    if is_list(&arguments, is_test) {
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

fn arguments() -> Vec<String> {
    let arguments = std::env::args_os();
    let arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    arguments.collect()
}

/// Whether tests were listed and not run. Any other program may have a `--list` of its own.
fn is_list(arguments: &[String], is_test: bool) -> bool {
    is_test && arguments.iter().any(|argument| argument == "--list")
}

/// Test output that is not captured, or an explicit wish.
fn wants_table(arguments: &[String], is_test: bool) -> bool {
    let uncaptured = ["--nocapture", "--no-capture", "--show-output"];
    if let Some(wish) = is_table_wished() {
        return wish;
    }
    let is_argument = |argument: &String| uncaptured.contains(&argument.as_str());
    // Programs that a test starts inherit the variable, and it is not for them.
    let is_variable = || std::env::var("RUST_TEST_NOCAPTURE").is_ok_and(|value| value != "0");
    arguments.iter().skip(1).any(is_argument) || (is_test && is_variable())
}

/// What `MEMPROF_PRINT` says. One that is empty counts as not set.
fn is_table_wished() -> Option<bool> {
    let wish = std::env::var("MEMPROF_PRINT").ok()?.to_ascii_lowercase();
    (!wish.is_empty()).then_some(!matches!(wish.as_str(), "0" | "false" | "no" | "off"))
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
