//! The runs: a directory for each, below cargo's target directory.
//!
//! `target/memprof/ID/` has the report of the run, `report.json`, and in `processes/` those of its
//! processes. A target directory can be shared by several workspaces, so each run notes its own. Of a
//! workspace the last few are kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::{Failure, Result};
use crate::output;
use crate::project::Project;

/// So many runs of a workspace are kept.
const KEPT: usize = 10;
/// The file that notes of which workspace a run is.
const WORKSPACE: &str = "workspace";
/// The report of a run.
const REPORT: &str = "report.json";

/// The runs of a workspace.
pub(crate) struct Runs {
    directory: PathBuf,
    workspace: String,
}

/// A run that is being made.
pub(crate) struct Run {
    /// Sorts by time.
    pub(crate) id: String,
    pub(crate) directory: PathBuf,
}

impl Runs {
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            directory: project.target.join("memprof"),
            workspace: project.root.to_string_lossy().into_owned(),
        }
    }

    /// A new one. The oldest go.
    pub(crate) fn begin(&self) -> Result<Run> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let milliseconds = now.unwrap_or_default().as_millis();
        let id = format!("{milliseconds}-{}", std::process::id());
        let directory = std::path::absolute(self.directory.join(&id));
        let directory = directory.unwrap_or_else(|_| self.directory.join(&id));
        output::new_directory(&directory)?;
        output::new_file(&directory.join(WORKSPACE), self.workspace.as_bytes())?;
        for old in self.all().iter().rev().skip(KEPT) {
            // What cannot be removed stays.
            let _ = fs::remove_dir_all(old);
        }
        Ok(Run { id, directory })
    }

    /// The report of the last run that has one.
    pub(crate) fn last(&self) -> Result<PathBuf> {
        let reports = self.all().into_iter().rev().map(|run| run.join(REPORT));
        let last = reports.into_iter().find(|path| path.is_file());
        last.ok_or_else(|| {
            let shown = self.directory.display();
            Failure::error(format!(
                "there is no run of this workspace in `{shown}`: make one with `cargo memprof test` or `cargo \
                 memprof run`, or name a file"
            ))
        })
    }

    /// The directories of this workspace's runs, the oldest first.
    fn all(&self) -> Vec<PathBuf> {
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
        runs.into_iter().map(|(_, path)| path).collect()
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
}
