//! Writing: a report as JSON text, and into a file, which is whole or not there.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Report;
use crate::whole::write_whole;

/// Why a report could not be written to a file.
///
/// ```
/// use memprof_report::Report;
///
/// // A directory stands there.
/// let error = Report::default().write_json(std::env::temp_dir()).unwrap_err();
/// assert!(error.to_string().starts_with("failed to write report `"));
/// ```
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
    /// A report that stands there is replaced and keeps its permissions; a symbolic link stays and its target is
    /// replaced. Where there is a device or a pipe (`/dev/stdout`) the document is written into it.
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
            write_whole(path, |writer| {
                serde_json::to_writer_pretty(&mut *writer, self)?;
                writer.write_all(b"\n")
            })
        };
        result.map_err(|error| WriteError {
            path: path.to_owned(),
            error,
        })
    }
}

impl WriteError {
    /// The path that the report was to be written to.
    ///
    /// ```
    /// # use memprof_report::Report;
    /// let directory = std::env::temp_dir();
    /// let error = Report::default().write_json(&directory).unwrap_err();
    /// assert_eq!(error.path(), directory);
    /// ```
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kind of failure it was.
    ///
    /// ```
    /// # use memprof_report::Report;
    /// let error = Report::default().write_json(std::env::temp_dir()).unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::IsADirectory);
    /// ```
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
