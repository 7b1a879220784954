//! The state of a run, in its directory: what was run, whether it is over, and what it came to. Of a run that
//! was cut off it has the beginning alone.

use std::fs;
use std::path::Path;

use memprof_report::write_whole;
use serde_json::{Value, json};

/// The file that holds it.
const FILE: &str = "run.json";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// `run`, `test`, …
    pub(crate) command: String,
    /// What was typed behind `cargo memprof`.
    pub(crate) line: String,
    /// The process that made it.
    pub(crate) pid: u32,
    /// Cargo's status, as a shell has it; none before the end.
    pub(crate) status: Option<u8>,
    /// Why no process wrote a report, where none did.
    pub(crate) failure: Option<String>,
    /// The files of the reports that are in the run's own.
    pub(crate) merged: Vec<String>,
}

impl State {
    /// None where there is no file, as of an earlier version, or one that cannot be read.
    pub(super) fn read(directory: &Path) -> Option<Self> {
        let text = fs::read_to_string(directory.join(FILE)).ok()?;
        let document: Value = serde_json::from_str(&text).ok()?;
        let text = |key: &str| document[key].as_str().map(str::to_owned);
        let number = |key: &str| document[key].as_u64();
        let merged = document["merged"].as_array().into_iter().flatten();
        Some(Self {
            command: text("command")?,
            line: text("line")?,
            pid: u32::try_from(number("pid")?).ok()?,
            status: number("status").and_then(|status| u8::try_from(status).ok()),
            failure: text("failure"),
            merged: merged
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// What cannot be written is missed by messages alone.
    pub(super) fn write(&self, directory: &Path) {
        let document = json!({
            "command": self.command,
            "line": self.line,
            "pid": self.pid,
            "status": self.status,
            "failure": self.failure,
            "merged": self.merged,
        });
        let text = document.to_string();
        let _ = write_whole(&directory.join(FILE), |writer| {
            writer.write_all(text.as_bytes())
        });
    }
}
