//! A fresh directory, and runs of `cargo memprof` in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use memprof_report::Report;

/// A working directory of one test, removed at its end.
pub(crate) struct Directory(PathBuf);

/// What a run left.
#[derive(Debug)]
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
        let name = format!("cargo-memprof-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        // Without links in it, because programs are told the resolved one.
        Self(fs::canonicalize(path).unwrap())
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, with the directories above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// `cargo memprof` with these arguments, as cargo calls it, to be run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-memprof"));
        command.arg("memprof").args(arguments).current_dir(&self.0);
        clean_environment(&mut command);
        command
    }

    /// Runs `cargo memprof` here.
    pub(crate) fn memprof(&self, arguments: &[&str]) -> Outcome {
        run(&mut self.command(arguments))
    }

    /// Runs it with that on its stdin.
    pub(crate) fn piped(&self, arguments: &[&str], stdin: &[u8]) -> Outcome {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        outcome(child.wait_with_output().unwrap())
    }

    /// All files under this one with their content.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut open = vec![self.0.clone()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => open.push(path),
                    // What cannot be read is there all the same.
                    false => drop(files.insert(path.clone(), fs::read(&path).unwrap_or_default())),
                }
            }
        }
        files
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Outcome {
    #[track_caller]
    pub(crate) fn expect(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{}{}", self.stdout, self.stderr);
        self
    }

    /// That it failed with one line, which begins and ends so.
    #[track_caller]
    pub(crate) fn expect_error(&self, status: i32, begin: &str, end: &str) {
        self.expect(status);
        assert_eq!(self.stdout, "");
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        let begin = format!("error: {begin}");
        assert!(self.stderr.starts_with(&begin), "{}\n{begin}", self.stderr);
        assert!(
            self.stderr.ends_with(&format!("{end}\n")),
            "{}\n{end}",
            self.stderr
        );
    }

    /// The report that a run says it wrote.
    #[track_caller]
    pub(crate) fn written(&self) -> PathBuf {
        let mark = "report written to ";
        let line = self.stderr.lines().rev().find(|line| line.contains(mark));
        let line = line.unwrap_or_else(|| panic!("{}", self.stderr));
        line[line.find(mark).unwrap() + mark.len()..].into()
    }
}

pub(crate) fn run(command: &mut Command) -> Outcome {
    // Crates of all tests are built in one place, where programs of one name take each other's.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _alone = builds(command).then(|| BUILDING.lock().unwrap_or_else(PoisonError::into_inner));
    outcome(command.stdin(Stdio::null()).output().unwrap())
}

/// Whether one of its words is a command that builds.
fn builds(command: &Command) -> bool {
    let is_building = |word: &str| ["run", "test", "bench", "nextest"].contains(&word);
    command
        .get_args()
        .any(|argument| argument.to_string_lossy().split(' ').any(is_building))
}

fn outcome(output: std::process::Output) -> Outcome {
    Outcome {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn report(path: &Path) -> Report {
    Report::from_json(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Where the crates of all tests are built, so that memprof is built once.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates")
}

/// Takes away what would change the run and is the business of whoever runs these tests.
fn clean_environment(command: &mut Command) {
    const PREFIXES: [&str; 5] = [
        "MEMPROF_",
        "NEXTEST",
        "RUST_TEST_",
        "RUST_BACKTRACE",
        "CARGO_PKG_",
    ];
    const NAMES: [&str; 7] = [
        "NO_COLOR",
        "COLUMNS",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_MANIFEST_DIR",
        "CARGO_INCREMENTAL",
    ];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_prefixed = PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        let is_of_target = text.starts_with("CARGO_TARGET_") && text.ends_with("_RUSTFLAGS");
        if is_prefixed || is_of_target || NAMES.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
    command
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_NET_OFFLINE", "true");
}
