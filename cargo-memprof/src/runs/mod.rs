//! The runs: a directory for each, below cargo's target directory.
//!
//! `target/memprof/ID/` has the report of the run, `report.json`, its `state`, and in `processes/` the reports and notes of
//! its processes. A target directory can be shared by several workspaces, so each run notes its own. Of a workspace the
//! last few are kept.

mod age;
mod build;
mod notes;
mod state;
mod sum;

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::output;
use crate::project::Project;
pub(crate) use notes::Note;
pub(crate) use state::State;
pub(crate) use sum::Sum;

/// So many runs of a workspace are kept.
const KEPT: usize = 10;
/// The file that notes of which workspace a run is.
const WORKSPACE: &str = "workspace";
/// The report of a run.
const REPORT: &str = "report.json";

/// The runs of a workspace.
pub(crate) struct Runs {
    pub(crate) directory: PathBuf,
    workspace: String,
}

/// A run, that is being made or was.
pub(crate) struct Run {
    /// Sorts by time.
    pub(crate) id: String,
    pub(crate) directory: PathBuf,
    /// When it began.
    milliseconds: u128,
    /// None of a run that an earlier version made.
    pub(crate) state: Option<State>,
}

impl Runs {
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            directory: project.target.join("memprof"),
            workspace: project.root.to_string_lossy().into_owned(),
        }
    }

    /// A new one of that command, which was typed so. The oldest go.
    pub(crate) fn begin(&self, command: &str, line: String) -> Result<Run> {
        let milliseconds = age::now();
        let pid = std::process::id();
        let id = format!("{milliseconds}-{pid}");
        let directory = std::path::absolute(self.directory.join(&id));
        let directory = directory.unwrap_or_else(|_| self.directory.join(&id));
        output::new_directory(&directory)?;
        let state = State {
            command: command.to_owned(),
            line,
            pid,
            ..State::default()
        };
        state.write(&directory);
        output::new_file(&directory.join(WORKSPACE), self.workspace.as_bytes())?;
        for old in self.all().iter().rev().skip(KEPT) {
            // What cannot be removed stays.
            let _ = fs::remove_dir_all(&old.directory);
        }
        Ok(Run {
            id,
            directory,
            milliseconds,
            state: Some(state),
        })
    }

    /// This workspace's runs, the oldest first.
    pub(crate) fn all(&self) -> Vec<Run> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten();
        let mut runs: Vec<(Vec<u128>, PathBuf)> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let numbers = path.file_name()?.to_str()?.split('-').map(str::parse);
                Some((numbers.collect::<std::result::Result<_, _>>().ok()?, path))
            })
            .filter(|(_, path)| self.is_own(path))
            .collect();
        runs.sort();
        let run = |(numbers, directory): (Vec<u128>, PathBuf)| Run {
            id: directory
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            milliseconds: numbers.first().copied().unwrap_or(0),
            state: State::read(&directory),
            directory,
        };
        runs.into_iter().map(run).collect()
    }

    fn is_own(&self, run: &Path) -> bool {
        fs::read_to_string(run.join(WORKSPACE)).is_ok_and(|workspace| workspace == self.workspace)
    }
}

impl Run {
    /// Where its processes write.
    pub(crate) fn processes(&self) -> PathBuf {
        self.directory.join("processes")
    }

    /// Where its own report goes.
    pub(crate) fn report(&self) -> PathBuf {
        self.directory.join(REPORT)
    }

    /// Whether that is there and has all that its processes wrote by now.
    pub(crate) fn is_whole(&self) -> bool {
        let merged = self.state.as_ref().map(|state| &state.merged);
        match merged {
            Some(merged) => self.is_summed(merged),
            None => self.report().is_file(),
        }
    }

    /// Notes how cargo ended and what that came to.
    pub(crate) fn end(&mut self, status: u8, merged: &[String], failure: Option<String>) {
        if let Some(state) = &mut self.state {
            state.status = Some(status);
            state.merged = merged.to_vec();
            state.failure = failure;
            state.write(&self.directory);
        }
    }

    /// As if it had never been.
    pub(crate) fn forget(self) {
        let _ = fs::remove_dir_all(self.directory);
    }

    /// `` `cargo memprof test`, 3 seconds ago ``.
    pub(crate) fn told(&self) -> String {
        let ago = age::ago(age::now().saturating_sub(self.milliseconds));
        match &self.state {
            Some(state) => format!("`cargo memprof {}`, {ago}", state.line),
            None => ago,
        }
    }
}
