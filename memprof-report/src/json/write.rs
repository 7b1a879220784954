//! Writing: a report as JSON text, and into a file.
//!
//! A file is written beside its place and moved there when it is whole and on the disk. So a reader never
//! sees half a report, and what stood there before is lost only to a report that is complete. Whatever
//! fails, no other file is left behind.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Report;

/// Why a report could not be written to a file.
#[derive(Debug)]
pub struct WriteError {
    path: PathBuf,
    error: io::Error,
}

impl Report {
    /// The report as an indented JSON document, as described by [`SCHEMA_V1`](crate::SCHEMA_V1).
    ///
    /// ```
    /// let json = memprof_report::Report::default().to_json_pretty()?;
    /// assert!(json.starts_with("{\n  \"schema_version\": 1,\n"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// None that is known: a report is plain data with text as keys.
    pub fn to_json_pretty(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// Writes the JSON document to a file, whole or not at all, making its directories where they lack.
    ///
    /// A report that stands there is replaced; a symbolic link stays and its target is replaced. Where
    /// there is a device or a pipe (`/dev/stdout`) the document is written into it.
    ///
    /// ```no_run
    /// # let report = memprof_report::Report::default();
    /// report.write_json("memory_reports/search.json")?;
    /// # Ok::<(), memprof_report::WriteError>(())
    /// ```
    ///
    /// # Errors
    /// Where a directory stands at the path, a directory cannot be made, or the system fails to write.
    /// Then what stood at the path is as it was.
    pub fn write_json(&self, path: impl AsRef<Path>) -> Result<(), WriteError> {
        let path = path.as_ref();
        let result = {
            let _quiet = self.pause();
            write(self, path)
        };
        result.map_err(|error| WriteError {
            path: path.to_owned(),
            error,
        })
    }
}

impl WriteError {
    /// The path that the report was to be written to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> io::ErrorKind {
        self.error.kind()
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, error } = self;
        write!(f, "failed to write report `{}`: {error}", path.display())
    }
}

impl std::error::Error for WriteError {}

fn write(report: &Report, path: &Path) -> io::Result<()> {
    // Through links, so that it is the file that gets replaced. Fails where there is nothing yet.
    let resolved = fs::canonicalize(path);
    let path = resolved.as_deref().unwrap_or(path);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => {
            let mut device = File::options().write(true).open(path)?;
            document(report, &mut device)
        }
        _ => replace(report, path),
    }
}

fn replace(report: &Report, path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let (mut file, temporary) = Temporary::create(directory)?;
    document(report, &mut file)?;
    file.sync_all()?;
    // Closed first: where open files cannot be moved, it must be.
    drop(file);
    temporary.rename(path)
}

fn document(report: &Report, file: &mut File) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut writer, report)?;
    writer.write_all(b"\n")?;
    writer.flush()
}

/// A file on its way to its place; removed when it does not get there.
struct Temporary {
    path: Option<PathBuf>,
}

impl Temporary {
    /// A new file in `directory`. The process id keeps processes apart, the counter threads and reports.
    fn create(directory: &Path) -> io::Result<(File, Self)> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        /// Names can be taken by what a killed process of the same id left. So many of them are no accident.
        const ATTEMPTS: u32 = 100;

        let mut result = Err(io::ErrorKind::AlreadyExists.into());
        for _ in 0..ATTEMPTS {
            // Relaxed: nothing but the number itself is shared.
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let name = format!(".memprof-{}-{number}.tmp", std::process::id());
            let path = directory.join(OsStr::new(&name));
            result = File::create_new(&path).map(|file| (file, Self { path: Some(path) }));
            if !matches!(&result, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
                break;
            }
        }
        result
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, to)?;
        }
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Nothing can be done about a failure here; the one that led here is reported.
            let _ = fs::remove_file(path);
        }
    }
}
