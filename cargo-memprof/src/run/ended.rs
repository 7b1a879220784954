//! How cargo ended, and by what.

use std::process::ExitStatus;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended {
    /// As a shell has it: a signal is 128 and its number.
    pub(super) status: u8,
    /// The signal that ended it, and with `cargo run` the program, which takes cargo's place.
    by: Option<i32>,
    /// The first signal that came for the run.
    received: Option<i32>,
}

impl Ended {
    pub(super) fn new(status: ExitStatus, received: Option<i32>) -> Self {
        #[cfg(unix)]
        let by = std::os::unix::process::ExitStatusExt::signal(&status);
        #[cfg(not(unix))]
        let by = None;
        let code = status.code().or_else(|| by.map(|signal: i32| 128 + signal));
        let code = code.and_then(|code| u8::try_from(code).ok());
        Self {
            status: code.unwrap_or(1),
            by,
            received,
        }
    }

    /// What ended the run, where a signal did.
    pub(super) fn signal(self) -> Option<String> {
        let number = self.by.or(self.received)?;
        #[cfg(unix)]
        let name = signal_hook::low_level::signal_name(number);
        #[cfg(not(unix))]
        let name: Option<&str> = None;
        Some(name.map_or_else(|| format!("signal {number}"), str::to_owned))
    }
}
