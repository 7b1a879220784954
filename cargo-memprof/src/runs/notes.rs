//! The notes: what each process of a run says of itself, whether it wrote a report or not. The program's memprof writes
//! them: `PID.process` in the directory of the processes, lines of a key and a value.

use std::fs;
use std::path::Path;

use super::build::is_of_build;

/// What a process with memprof in it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) pid: u32,
    pub(crate) executable: String,
    /// Whether it came to its end in order: `main` returned, or `exit` was called. The rest is known then.
    pub(crate) is_ended: bool,
    pub(crate) has_allocator: bool,
    /// Its tracked functions.
    pub(crate) sites: usize,
    /// The versions of all copies of memprof in it; none of an earlier version.
    pub(crate) copies: Vec<String>,
}

impl Note {
    fn read(path: &Path) -> Option<Self> {
        let pid = path.file_stem()?.to_str()?.parse().ok()?;
        if path.extension()? != "process" {
            return None;
        }
        let mut note = Self {
            pid,
            ..Self::default()
        };
        for line in fs::read_to_string(path).ok()?.lines() {
            match line.split_once(' ') {
                Some(("executable", value)) => note.executable = value.to_owned(),
                // Each copy of memprof in the process adds its lines.
                Some(("allocator", value)) => note.has_allocator |= value == "true",
                Some(("sites", value)) => note.sites += value.parse().unwrap_or(0),
                Some(("copies", value)) => {
                    let copies: Vec<String> = value.split(", ").map(str::to_owned).collect();
                    // One in a library sees those of its library.
                    if copies.len() > note.copies.len() {
                        note.copies = copies;
                    }
                }
                Some(("ended", value)) => note.is_ended = value == "true",
                _ => {}
            }
        }
        Some(note)
    }

    /// What messages call the process.
    pub(crate) fn name(&self) -> String {
        let path = Path::new(&self.executable);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        // What cargo puts behind the name of a test or bench.
        let is_hash =
            |hash: &str| hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit());
        match name.rsplit_once('-') {
            Some((name, hash)) if is_hash(hash) => name.to_owned(),
            _ => name.into_owned(),
        }
    }
}

/// The notes in a directory but for those of the build, in the order of their processes' numbers.
pub(super) fn all(directory: &Path) -> Vec<Note> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let notes = entries.filter_map(|entry| Note::read(&entry.ok()?.path()));
    let mut notes: Vec<Note> = notes
        .filter(|note| !is_of_build(&note.executable))
        .collect();
    notes.sort_by_key(|note| note.pid);
    notes
}
