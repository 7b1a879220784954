//! The sum: the reports of a run's processes as one, and what its processes say of themselves.

use std::fs;
use std::path::Path;
use std::slice;

use memprof_report::Report;

use super::Run;
use super::build::is_of_build;
use super::notes::{self, Note};
use crate::failure::Result;
use crate::input::{Input, Source, reports_in};
use crate::processes;

/// What the processes of a run left.
pub(crate) struct Sum {
    /// None where no process wrote one.
    pub(crate) report: Option<Report>,
    /// How many processes are in it.
    pub(crate) number: usize,
    /// The files that are in it.
    pub(crate) files: Vec<String>,
    /// Processes that began and wrote nothing.
    pub(crate) silent: Vec<Note>,
}

impl Sum {
    /// Of these, those that did not come to their end.
    pub(crate) fn cut_off(&self) -> Vec<&Note> {
        self.silent.iter().filter(|note| !note.is_ended).collect()
    }
}

impl Run {
    /// What its processes have left by now. `project` names what is of several of them.
    pub(crate) fn sum(&self, project: &str, command: &str) -> Result<Sum> {
        let directory = self.processes();
        // The files of our own run: that they are meant is known.
        let input = Input { is_unlimited: true };
        let mut sources = match reports_in(&directory).is_empty() {
            true => Vec::new(),
            false => input.reports(slice::from_ref(&directory))?,
        };
        sources.retain(|source| {
            let is_of_build = is_of_build(&source.report.run.executable);
            if is_of_build {
                self.put_aside(&source.path);
            }
            !is_of_build
        });
        let name = |source: &Source| Some(source.path.file_name()?.to_string_lossy().into_owned());
        let files = sources.iter().filter_map(name).collect();
        let pids: Vec<u32> = sources.iter().map(|it| it.report.run.pid).collect();
        let mut silent = notes::all(&directory);
        silent.retain(|note| !pids.contains(&note.pid));
        let (sources, _) = processes::latest(sources);
        let number = sources.len();
        let sources = sources.into_iter().map(|source| input.whole(source));
        let mut report = processes::as_one(sources)?;
        if let Some(report) = report.as_mut().filter(|_| number > 1) {
            report.run.name = format!("{project} (cargo {command})");
        }
        Ok(Sum {
            report,
            number,
            files,
            silent,
        })
    }

    /// Whether its own report has all that its processes wrote by now.
    pub(super) fn is_summed(&self, merged: &[String]) -> bool {
        let written = reports_in(&self.processes());
        let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
        let is_new =
            |path: &&std::path::PathBuf| name(path).is_some_and(|name| !merged.contains(&name));
        self.report().is_file() && !written.iter().any(|path| is_new(&path))
    }

    /// Moves a report of the build out of the way. One that cannot be moved is passed over each time.
    fn put_aside(&self, path: &Path) {
        let directory = self.directory.join("build");
        if let (Ok(()), Some(name)) = (fs::create_dir_all(&directory), path.file_name()) {
            let _ = fs::rename(path, directory.join(name));
        }
    }
}
