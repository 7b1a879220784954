//! A run of one of the fixture's programs in a fresh directory, and what came out of it.

use memprof_report::{Report, SCHEMA_V1, Violation};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The directory that reports go to unless something else is said.
pub(crate) const DEFAULT: &str = "memory_reports";

/// A working directory of one test, removed at its end.
pub(crate) struct Directory(PathBuf);

/// What a run left.
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        // Relaxed: nothing but the number itself is shared.
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("memprof-end-to-end-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        // Without links in it, because programs are told the resolved one.
        Self(fs::canonicalize(path).unwrap())
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The configuration file of the directory.
    pub(crate) fn configure(&self, toml: impl AsRef<[u8]>) {
        self.write("memory_profiling.toml", toml);
    }

    /// The fixture's program, to be run here.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        self.command(&crate::fixture::fixture().program, arguments)
    }

    /// Any program, to be run here.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.0);
        clean_environment(&mut command);
        command
    }

    /// Runs the fixture's program here.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        run(&mut self.program(arguments))
    }

    /// The names in a directory under this one, sorted; empty where there is none.
    pub(crate) fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(directory)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The reports in a directory under this one, each checked, by name; that nothing else is there too.
    pub(crate) fn reports(&self, directory: &str) -> Vec<Report> {
        let names = self.names(directory);
        let read = |name: &String| read_report(&self.path(directory).join(name));
        names.iter().map(read).collect()
    }

    /// The one report in the default directory.
    pub(crate) fn report(&self) -> Report {
        let mut reports = self.reports(DEFAULT);
        assert_eq!(reports.len(), 1, "{:?}", self.names(DEFAULT));
        reports.remove(0)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Outcome {
    /// How many tables were printed to stdout.
    pub(crate) fn tables(&self) -> usize {
        let heads = self.stdout.lines();
        heads.filter(|line| line.starts_with("memprof: ")).count()
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: i32, stdout: &str, stderr: &str) {
        let found = (self.status, self.stdout.as_str(), self.stderr.as_str());
        assert_eq!(found, (Some(status), stdout, stderr));
    }
}

/// Runs a command with both streams captured.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Outcome {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Takes away what would change the run and is the business of whoever runs these tests.
pub(crate) fn clean_environment(command: &mut Command) {
    const PREFIXES: [&str; 4] = ["MEMPROF_", "NEXTEST", "RUST_TEST_", "RUST_BACKTRACE"];
    const NAMES: [&str; 3] = ["NO_COLOR", "COLUMNS", "CARGO_TARGET_DIR"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_prefixed = PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        if is_prefixed || NAMES.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
}

/// Reads a report and checks it against the schema.
pub(crate) fn read_report(path: &Path) -> Report {
    parse_report(&fs::read_to_string(path).unwrap())
}

/// A report out of its text, checked against the schema.
pub(crate) fn parse_report(text: &str) -> Report {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let schema = serde_json::from_str(SCHEMA_V1).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let document = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = schema
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    Report::from_json(text).unwrap()
}

/// The warnings of a report as `code: message`.
pub(crate) fn warnings(report: &Report) -> Vec<String> {
    let warnings = report.warnings.iter();
    warnings
        .map(|warning| format!("{}: {}", warning.code, warning.message))
        .collect()
}

/// The thresholds that were passed, in the report's order.
pub(crate) fn passed(violations: &[Violation]) -> Vec<&str> {
    let violations = violations.iter();
    violations
        .map(|violation| violation.threshold.as_str())
        .collect()
}
