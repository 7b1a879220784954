//! The input: files that may hold anything, read within bounds.
//!
//! A report of a program with ten thousand operations has ten megabytes. What is far above is refused by its
//! size before it is read, since a document in memory takes up to ten times its text; `--no-limit` reads it
//! all the same. The parser bounds the depth.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memprof_report::Report;

use crate::failure::{Failure, Result, notice};
use crate::processes;
use crate::progress::Progress;

/// So many reports are kept in memory; of further ones the operations are read again when their turn comes,
/// so that a run of thousands of processes takes no more.
const KEPT_WHOLE: usize = 8;
/// What is longer is refused.
const MOST_BYTES: u64 = 256 << 20;

/// How input is read.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Input {
    /// Read files of more than 256 MiB too
    #[arg(id = "no_limit", long = "no-limit")]
    pub(crate) is_unlimited: bool,
}

/// A report and where it comes from.
pub(crate) struct Source {
    /// How messages name it.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// Of one that is not whole: the run, the process and the violations.
    pub(crate) report: Report,
    pub(crate) is_whole: bool,
    /// Reports of earlier parts of its process's time, which are to be added.
    pub(crate) earlier: Vec<Source>,
}

impl Source {
    /// Keeps what tells processes apart.
    fn strip(&mut self) {
        let (run, process) = (self.report.run.clone(), self.report.process.clone());
        let violations = std::mem::take(&mut self.report.violations);
        self.report = Report::default();
        self.report.run = run;
        self.report.process = process;
        self.report.violations = violations;
        self.is_whole = false;
    }
}

impl Input {
    /// The reports of files, directories and stdin (`-`), in the order given and by name within a directory;
    /// at least one. What a directory holds besides reports is passed over.
    pub(crate) fn reports(self, paths: &[PathBuf]) -> Result<Vec<Source>> {
        let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
        if paths.iter().filter(is_stdin).count() > 1 {
            return Err(Failure::usage("`-` is given twice: stdin can be read once"));
        }
        let mut sources = Vec::new();
        for path in paths {
            if is_stdin(&path) {
                // Never stripped: it can be read once.
                sources.push(self.source(path)?);
            } else if fs::metadata(path).is_ok_and(|found| found.is_dir()) {
                self.directory(path, &mut sources)?;
            } else {
                add(&mut sources, self.source(path)?);
            }
        }
        Ok(sources)
    }

    /// The reports as one.
    pub(crate) fn merged(self, paths: &[PathBuf]) -> Result<Report> {
        let (sources, passed_over) = processes::latest(self.reports(paths)?);
        if passed_over > 0 {
            notice(&format!(
                "passed over {passed_over} of the reports: later ones of the same processes hold them"
            ));
        }
        let mut sources = sources.into_iter();
        let Some(first) = sources.next() else {
            return Err(Failure::usage("no report is given: name a file"));
        };
        let first = self.whole(first)?;
        let mut report = first.report;
        for other in sources {
            let other = self.whole(other)?;
            report.merge(&other.report).map_err(|refusal| {
                let (one, other) = (&first.name, &other.name);
                Failure::error(format!(
                    "{other} cannot be merged into {one}: {refusal}: give reports of one build"
                ))
            })?;
        }
        Ok(report)
    }

    /// The source with its operations and those of the earlier parts.
    pub(crate) fn whole(self, mut source: Source) -> Result<Source> {
        let earlier = std::mem::take(&mut source.earlier);
        if !source.is_whole {
            let (violations, warnings) = (source.report.violations, source.report.warnings);
            source = self.source(&source.path)?;
            source.report.violations = violations;
            // Those that were found beside it.
            source.report.warnings.extend(warnings);
        }
        for part in earlier {
            let part = self.whole(part)?;
            source
                .report
                .add_earlier_part(&part.report)
                .map_err(|refusal| {
                    let (one, other) = (&source.name, &part.name);
                    Failure::error(format!("{other} cannot be added to {one}: {refusal}"))
                })?;
        }
        Ok(source)
    }

    /// Adds the reports in a directory, not those below it.
    fn directory(self, directory: &Path, sources: &mut Vec<Source>) -> Result {
        let shown = directory.display();
        let paths = candidates(directory);
        let paths = paths.map_err(|error| unreadable(&format!("`{shown}`"), &error))?;
        let (before, mut others) = (sources.len(), 0);
        let mut progress = Progress::new("read", paths.len());
        for path in &paths {
            progress.step();
            match self.parsed(path)? {
                Ok(source) => add(sources, source),
                Err(Unread {
                    is_foreign: true, ..
                }) => others += 1,
                Err(unread) => return Err(unread.failure),
            }
        }
        if sources.len() == before {
            return Err(Failure::error(format!(
                "directory `{shown}` has no report in it: name one that a run wrote to, or make one with \
                 `cargo memprof run`"
            )));
        }
        if others > 0 {
            notice(&format!(
                "passed over {others} of `{shown}` that are no reports"
            ));
        }
        Ok(())
    }

    fn source(self, path: &Path) -> Result<Source> {
        self.parsed(path)?.map_err(|unread| unread.failure)
    }

    fn parsed(self, path: &Path) -> Result<std::result::Result<Source, Unread>> {
        let name = name(path, "report");
        let text = self.text(path, "report")?;
        if text.trim().is_empty() {
            return Err(Failure::error(format!(
                "{name} is empty: give the file that a run wrote, or run again"
            )));
        }
        let error = match Report::from_json(&text) {
            Ok(report) => {
                return Ok(Ok(Source {
                    name,
                    path: path.to_owned(),
                    report,
                    is_whole: true,
                    earlier: Vec::new(),
                }));
            }
            Err(error) => error,
        };
        let remedy = if error.is_cut_off() {
            "it was cut off: copy it again, or run again"
        } else if error.is_newer() {
            "take a newer one: `cargo install cargo-memprof`"
        } else {
            "give the JSON file that a run wrote"
        };
        Ok(Err(Unread {
            is_foreign: error.is_foreign() || memprof_report::Baseline::from_json(&text).is_ok(),
            failure: Failure::error(format!("{name} cannot be read: {error}: {remedy}")),
        }))
    }

    /// The text of a file or of stdin. `noun` is what it is to be.
    pub(crate) fn text(self, path: &Path, noun: &str) -> Result<String> {
        let shown = name(path, noun);
        let failed = |error: &io::Error| unreadable(&shown, error);
        let bytes = if path.as_os_str() == "-" {
            self.bytes(io::stdin().lock(), &shown)?
        } else {
            let file = File::open(path).map_err(|error| failed(&error))?;
            let found = file.metadata().map_err(|error| failed(&error))?;
            if found.is_file() && found.len() > MOST_BYTES && !self.is_unlimited {
                return Err(too_long(&shown, Some(found.len())));
            }
            self.bytes(file, &shown)?
        };
        String::from_utf8(bytes).map_err(|_| {
            Failure::error(format!(
                "{shown} cannot be read: it is no text: give the JSON file that a run wrote"
            ))
        })
    }

    fn bytes(self, reader: impl Read, shown: &str) -> Result<Vec<u8>> {
        let limit = match self.is_unlimited {
            true => u64::MAX,
            false => MOST_BYTES + 1,
        };
        let mut bytes = Vec::new();
        let read = reader.take(limit).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(shown, &error))?;
        match bytes.len() as u64 > MOST_BYTES && !self.is_unlimited {
            true => Err(too_long(shown, None)),
            false => Ok(bytes),
        }
    }
}

fn add(sources: &mut Vec<Source>, mut source: Source) {
    if sources.len() >= KEPT_WHOLE {
        source.strip();
    }
    sources.push(source);
}

/// A text that is no report.
struct Unread {
    /// Whether it never claimed to be one.
    is_foreign: bool,
    failure: Failure,
}

/// The files of a directory that may be reports; none where it cannot be read.
pub(crate) fn reports_in(directory: &Path) -> Vec<PathBuf> {
    candidates(directory).unwrap_or_default()
}

/// By name.
fn candidates(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| is_candidate(path));
    paths.sort();
    Ok(paths)
}

/// JSON that is not on its way to its place.
fn is_candidate(path: &Path) -> bool {
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    let name = path.file_name().map(|name| name.to_string_lossy());
    let is_hidden = name.is_some_and(|name| name.starts_with('.'));
    is_json && !is_hidden && path.is_file()
}

fn name(path: &Path, noun: &str) -> String {
    if path.as_os_str() == "-" {
        return format!("{noun} on stdin");
    }
    format!("{noun} `{}`", path.display())
}

/// Why it could not be read, and what to do about it.
fn unreadable(shown: &str, error: &io::Error) -> Failure {
    let text = match error.kind() {
        io::ErrorKind::NotFound => {
            let made = match shown.split(' ').next() {
                Some("baseline") => "make one with `cargo memprof accept`",
                Some("configuration") => "check `MEMPROF_CONFIG`",
                _ => "check the path, or make one with `cargo memprof run`",
            };
            format!("{shown} does not exist: {made}")
        }
        io::ErrorKind::PermissionDenied => {
            format!("{shown} cannot be read: no permission: make it readable to you")
        }
        io::ErrorKind::IsADirectory => format!("{shown} is a directory: name a file in it"),
        _ => format!("{shown} cannot be read: {error}"),
    };
    Failure::error(text)
}

fn too_long(shown: &str, bytes: Option<u64>) -> Failure {
    let limit = MOST_BYTES >> 20;
    let long = match bytes {
        Some(bytes) => format!("has {} MiB, more than the {limit} MiB", bytes >> 20),
        None => format!("has more than the {limit} MiB"),
    };
    Failure::error(format!(
        "{shown} {long} that are read: give `--no-limit` if it is meant, which takes up to ten times that \
         in memory"
    ))
}
