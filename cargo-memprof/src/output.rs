//! The output: stdout, where a closed pipe is no error, and files, which are whole or not there.
//!
//! A file that is there already is replaced only where that was asked for.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use memprof_report::write_whole;

use crate::failure::{Failure, Result};

/// Where a command writes what it was asked for.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Output {
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Replace the file if it is there already
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

impl Output {
    /// The file; none where it goes to stdout, also as `-`.
    pub(crate) fn path(&self) -> Option<&Path> {
        let path = self.output.as_deref();
        path.filter(|path| path.as_os_str() != "-")
    }

    /// Fails early where writing would.
    pub(crate) fn check(&self) -> Result {
        match self.path() {
            Some(path) if !self.force && is_kept(path) => Err(exists(path)),
            _ => Ok(()),
        }
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> Result {
        match self.path() {
            None => stdout(bytes),
            Some(path) if self.force || !is_kept(path) => file(path, bytes),
            Some(path) => Err(exists(path)),
        }
    }
}

/// Whether there is a file with something in it. Devices and pipes are written into, and a directory has a
/// message of its own.
fn is_kept(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0)
}

fn exists(path: &Path) -> Failure {
    let shown = path.display();
    Failure::error(format!(
        "`{shown}` exists already: name another file, or give `--force` to replace it"
    ))
}

/// Writes to stdout.
pub(crate) fn stdout(bytes: &[u8]) -> Result {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    match written {
        // Whoever read has seen enough. What the command comes to, it still comes to.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::error(format!("stdout cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Writes a file aside and moves it into its place, making its directories where they lack. A symbolic link
/// stays and its target is replaced; into a device or pipe it is written.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result {
    match write_whole(path, |writer| writer.write_all(bytes)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| unwritable(path, &error)),
    }
}

/// Writes a file that must not be there yet.
pub(crate) fn new_file(path: &Path, bytes: &[u8]) -> Result {
    let written = parent(path).and_then(|_| {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)
    });
    written.map_err(|error| unwritable(path, &error))
}

/// A directory that must not be there yet, with those above it.
pub(crate) fn new_directory(path: &Path) -> Result {
    let made = parent(path).and_then(|_| fs::create_dir(path));
    made.map_err(|error| {
        let shown = path.display();
        Failure::error(format!(
            "directory `{shown}` cannot be made: {error}: make its parent writable to you, or give cargo's \
             `--target-dir`"
        ))
    })
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure::error(match error.kind() {
        io::ErrorKind::IsADirectory => {
            format!("`{shown}` cannot be written: it is a directory: name a file in it")
        }
        io::ErrorKind::PermissionDenied => format!(
            "`{shown}` cannot be written: no permission: make its directory writable to you, or name another \
             place"
        ),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => format!(
            "`{shown}` cannot be written: a file stands where a directory is needed: name another place"
        ),
        _ => format!("`{shown}` cannot be written: {error}: name another place"),
    })
}

/// The directory that a file stands in, made where it lacks.
fn parent(path: &Path) -> io::Result<PathBuf> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    Ok(directory.to_owned())
}
