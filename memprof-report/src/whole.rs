//! Whole files: written beside their place and moved there when they are whole and on the disk.
//!
//! So a reader never sees half a file, and what stood there before is lost only to one that is complete. Whatever
//! fails, no other file is left behind. Reports are written so, and all that the command line replaces.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Writes a file whole or not at all, making its directories where they lack.
///
/// A file that stands there is replaced, and who may read it may read the new one; a symbolic link stays and its
/// target is replaced. Into a device or a pipe (`/dev/stdout`) is written as it is. For memprof's own crates.
///
/// # Errors
/// Where a directory stands at the path, a directory cannot be made, `content` fails, or the system fails to write.
/// Then what stood at the path is as it was.
#[doc(hidden)]
pub fn write_whole(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // Through links, so that it is the file that gets replaced. Fails where there is nothing yet.
    let resolved = fs::canonicalize(path);
    let path = resolved.as_deref().unwrap_or(path);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => {
            let device = File::options().write(true).open(path)?;
            write(&device, content)
        }
        _ => replace(path, content),
    }
}

fn replace(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let (file, temporary) = Temporary::create(directory)?;
    write(&file, content)?;
    file.sync_all()?;
    if let Ok(before) = fs::metadata(path) {
        // Who may read what stood there may read this. Where that cannot be said, the default holds.
        let _ = file.set_permissions(before.permissions());
    }
    // Closed first: where open files cannot be moved, it must be.
    drop(file);
    temporary.rename(path)
}

fn write(file: &File, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    content(&mut writer)?;
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
            rename(path, to)?;
        }
        self.path = None;
        Ok(())
    }
}

/// Windows refuses it for a moment while somebody else, who renames or reads, has the file open.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    /// The waits double from a millisecond on: half a second in all.
    const ATTEMPTS: u32 = 9;

    for attempt in 0..ATTEMPTS {
        match fs::rename(from, to) {
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied => {
                std::thread::sleep(Duration::from_millis(1 << attempt));
            }
            result => return result,
        }
    }
    fs::rename(from, to)
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Nothing can be done about a failure here; the one that led here is reported.
            let _ = fs::remove_file(path);
        }
    }
}
