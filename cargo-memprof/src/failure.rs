//! The failure: why a command did not do what it was asked, in one line with the remedy; and what it came to
//! where it did.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether notices are kept back.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// What a command that succeeded came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// All is well.
    Fine,
    /// A budget, a threshold or a baseline was exceeded.
    Exceeded,
    /// Cargo failed with this status.
    Cargo(u8),
}

impl Done {
    /// Exceeded or fine.
    pub(crate) fn exceeded(is_exceeded: bool) -> Self {
        match is_exceeded {
            true => Self::Exceeded,
            false => Self::Fine,
        }
    }
}

impl From<Done> for ExitCode {
    fn from(done: Done) -> Self {
        Self::from(match done {
            Done::Fine => 0,
            Done::Exceeded => 3,
            Done::Cargo(status) => status,
        })
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something in the files, the system or cargo.
    Error(String),
    /// What was asked for cannot be.
    Usage(String),
}

pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn error(text: impl Into<String>) -> Self {
        Self::Error(text.into())
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// Tells it on stderr; the status to exit with.
    pub(crate) fn told(self) -> ExitCode {
        let (text, status) = match self {
            Self::Error(text) => (text, 1),
            Self::Usage(text) => (text, 2),
        };
        say(&format!("error: {text}"));
        ExitCode::from(status)
    }

    /// The text, for a failure that is passed over and told as a notice.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Error(text) | Self::Usage(text) => text,
        }
    }
}

/// Keeps all further notices back.
pub(crate) fn be_quiet() {
    // Relaxed: one thread alone is there.
    IS_QUIET.store(true, Ordering::Relaxed);
}

/// Whether notices are kept back.
pub(crate) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// Tells a notice on stderr, unless quiet was asked for.
pub(crate) fn notice(text: &str) {
    if !is_quiet() {
        say(&format!("memprof: {text}"));
    }
}

/// Tells on stderr what the reader has to know to read the rest right, also where quiet was asked for.
pub(crate) fn warning(text: &str) {
    say(&format!("warning: {text}"));
}

/// One line on stderr, whatever is in it. That nobody can be told is not for anybody to know.
fn say(line: &str) {
    use std::io::Write;
    let line = line.replace(char::is_control, " ");
    let _ = writeln!(std::io::stderr(), "{line}");
}
