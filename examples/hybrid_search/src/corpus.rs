//! A corpus is a folder and the sorted list of the files in it that are worth indexing.
//!
//! Two calls on an unchanged folder give the same list. A file limit is shared out evenly: each crate
//! (each top-level folder) gives its most telling file, then each its next, until the limit is reached.
//! Nothing is read here but directories; symbolic links are not followed, so a walk always ends.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Smaller files say nothing; larger ones are mostly generated tables.
const FILE_BYTES: std::ops::RangeInclusive<u64> = 64..=128 * 1024;

const REGISTRY_EXTENSIONS: &[&str] = &["md", "rs"];
const FOLDER_EXTENSIONS: &[&str] = &[
    "adoc", "c", "cpp", "go", "h", "hpp", "java", "js", "md", "py", "rb", "rs", "rst", "ts", "txt",
];

/// A folder and the files in it that are worth indexing.
#[derive(Debug)]
pub struct Corpus {
    root: PathBuf,
    files: Vec<PathBuf>,
    groups: usize,
    found: usize,
}

impl Corpus {
    /// Lists at most `limit` documents of the folder `root`.
    pub fn folder(root: &Path, limit: usize) -> Result<Self> {
        fs::read_dir(root).map_err(|err| Error::Unreadable(root.to_owned(), err))?;
        Self::list(root, &[root.to_owned()], FOLDER_EXTENSIONS, limit)
    }

    /// Lists at most `limit` documents of the crates that cargo has downloaded: those locked by
    /// the `Cargo.lock` in or above `directory`, or all of them when there is no such file.
    pub fn cargo_registry(cargo_home: &Path, directory: &Path, limit: usize) -> Result<Self> {
        let sources = cargo_home.join("registry").join("src");
        let locked = locked_crates(directory);
        let Some((root, crates)) = fullest_registry(&sources, locked.as_ref()) else {
            return Err(Error::NoRegistry(sources));
        };
        let folders = crates.iter().map(|name| root.join(name));
        Self::list(
            &root,
            &folders.collect::<Vec<_>>(),
            REGISTRY_EXTENSIONS,
            limit,
        )
    }

    /// The folder that the paths of the files are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files, relative to [`root`](Self::root), sorted.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// How many crates or top-level folders the files come from.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// How many files there would be without the limit.
    pub fn found(&self) -> usize {
        self.found
    }

    /// Lists the files in `folders`, which are in `root`, and shares out the limit.
    #[memprof::track("List Documents")]
    fn list(root: &Path, folders: &[PathBuf], extensions: &[&str], limit: usize) -> Result<Self> {
        let mut files = Vec::new();
        for folder in folders {
            walk(folder, extensions, &mut files);
        }
        let found = files.len();
        let mut groups = BTreeMap::<String, Vec<PathBuf>>::new();
        for file in &files {
            let Ok(file) = file.strip_prefix(root) else {
                continue;
            };
            groups
                .entry(top_folder(file))
                .or_default()
                .push(file.to_owned());
        }
        for files in groups.values_mut() {
            files.sort_by_cached_key(|file| (rank(file), file.clone()));
        }
        let rounds = groups.values().map(Vec::len).max().unwrap_or(0);
        let mut files = (0..rounds)
            .flat_map(|round| groups.values().filter_map(move |files| files.get(round)))
            .take(limit)
            .cloned()
            .collect::<Vec<_>>();
        if files.is_empty() {
            return Err(Error::Empty(root.to_owned()));
        }
        files.sort();
        let groups = groups.len().min(limit);
        Ok(Self {
            root: root.to_owned(),
            files,
            groups,
            found,
        })
    }
}

/// Where cargo keeps what it downloads, if the environment tells.
pub fn cargo_home() -> Option<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(home) if !home.is_empty() => Some(PathBuf::from(home)),
        _ => Some(std::env::home_dir()?.join(".cargo")),
    }
}

/// Adds the files in `folder` and below; what cannot be read is left out.
fn walk(folder: &Path, extensions: &[&str], files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !is_left_out(&entry.file_name()) {
            walk(&path, extensions, files);
        } else if kind.is_file() && has_extension(&path, extensions) {
            let is_sized = |meta: fs::Metadata| FILE_BYTES.contains(&meta.len());
            if entry.metadata().is_ok_and(is_sized) {
                files.push(path);
            }
        }
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|extension| extensions.contains(&extension))
}

/// Hidden folders, and those that hold what a build or a package manager made.
fn is_left_out(folder: &OsStr) -> bool {
    let folder = folder.to_string_lossy();
    folder.starts_with('.') || folder == "target" || folder == "node_modules"
}

fn top_folder(file: &Path) -> String {
    match (file.parent(), file.iter().next()) {
        (Some(parent), Some(top)) if parent != Path::new("") => top.to_string_lossy().into_owned(),
        _ => String::new(),
    }
}

/// How much a file tells about its crate, lowest first: README, then the sources from the root down,
/// then other texts, then what only its maintainers read.
fn rank(file: &Path) -> (u8, usize) {
    let lower = file.to_string_lossy().to_lowercase();
    let name = lower.rsplit(['/', '\\']).next().unwrap_or_default();
    let has_folder = |wanted: &[&str]| lower.split(['/', '\\']).any(|part| wanted.contains(&part));
    let class = if [
        "changelog",
        "license",
        "licence",
        "code_of_conduct",
        "copying",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
    {
        4
    } else if has_folder(&["tests", "benches", "fuzz"]) {
        3
    } else if name.starts_with("readme") {
        0
    } else if has_folder(&["src"]) {
        1
    } else {
        2
    };
    (class, file.components().count())
}

/// The registry with the most crates that are wanted, and their folders' names, sorted. Without any
/// wanted crate the lock file belongs to some other project, and all crates are taken.
fn fullest_registry(
    sources: &Path,
    locked: Option<&BTreeSet<String>>,
) -> Option<(PathBuf, Vec<String>)> {
    let mut registries = BTreeMap::new();
    for registry in folders(sources) {
        let root = sources.join(registry);
        let crates = folders(&root);
        registries.insert(root, crates);
    }
    if let Some(locked) = locked {
        let wanted = registries.iter().map(|(root, crates)| {
            (
                root.clone(),
                crates.intersection(locked).cloned().collect::<Vec<_>>(),
            )
        });
        // `Reverse` makes the first of equals win, as the paths are sorted.
        let best = wanted.max_by_key(|(root, crates)| (crates.len(), Reverse(root.clone())));
        if let Some((root, crates)) = best.filter(|(_, crates)| !crates.is_empty()) {
            return Some((root, crates));
        }
    }
    registries
        .into_iter()
        .max_by_key(|(root, crates)| (crates.len(), Reverse(root.clone())))
        .filter(|(_, crates)| !crates.is_empty())
        .map(|(root, crates)| (root, crates.into_iter().collect()))
}

/// The names of the folders in `directory`; none when it cannot be read.
fn folders(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

/// `name-version` of every package in the nearest `Cargo.lock`.
///
/// Cargo writes the file in one form only, so its lines are read without a parser of TOML.
fn locked_crates(directory: &Path) -> Option<BTreeSet<String>> {
    let lock = directory
        .ancestors()
        .find_map(|folder| fs::read_to_string(folder.join("Cargo.lock")).ok())?;
    let mut crates = BTreeSet::new();
    let mut name = None;
    for line in lock.lines() {
        if let Some(value) = quoted(line, "name = ") {
            name = Some(value);
        } else if let (Some(version), Some(name)) = (quoted(line, "version = "), name.take()) {
            crates.insert(format!("{name}-{version}"));
        }
    }
    Some(crates)
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, file: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x".repeat(100)).unwrap();
    }

    fn names(corpus: &Corpus) -> Vec<String> {
        corpus
            .files()
            .iter()
            .map(|file| file.to_string_lossy().replace('\\', "/"))
            .collect()
    }

    #[test]
    fn a_folder_gives_its_text_files_sorted() {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "b/two.md",
            "a/one.rs",
            "top.txt",
            "a/image.png",
            ".git/x.md",
            "target/y.rs",
        ] {
            write(dir.path(), file);
        }
        fs::write(dir.path().join("tiny.md"), "#").unwrap();
        fs::write(dir.path().join("huge.md"), vec![b'x'; 200_000]).unwrap();
        let corpus = Corpus::folder(dir.path(), 10).unwrap();
        assert_eq!(names(&corpus), ["a/one.rs", "b/two.md", "top.txt"]);
        assert_eq!((corpus.groups(), corpus.found()), (3, 3));
    }

    #[test]
    fn a_limit_is_shared_out_with_the_most_telling_files_first() {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "big/CHANGELOG.md",
            "big/README.md",
            "big/src/lib.rs",
            "big/src/deep/a.rs",
            "big/tests/t.rs",
            "small/src/lib.rs",
        ] {
            write(dir.path(), file);
        }
        let corpus = Corpus::folder(dir.path(), 4).unwrap();
        assert_eq!(
            names(&corpus),
            [
                "big/README.md",
                "big/src/deep/a.rs",
                "big/src/lib.rs",
                "small/src/lib.rs"
            ]
        );
        assert_eq!(corpus.found(), 6);
    }

    #[test]
    fn the_registry_gives_the_locked_crates() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        for file in [
            "old-1.0.0/src/lib.rs",
            "serde-1.0.2/src/lib.rs",
            "serde-1.0.2/build.py",
        ] {
            write(&home.join("registry/src/index"), file);
        }
        let project = dir.path().join("project");
        fs::create_dir_all(project.join("inner")).unwrap();
        let lock = "version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.2\"\nsource = \"registry\"\n";
        fs::write(project.join("Cargo.lock"), lock).unwrap();

        let corpus = Corpus::cargo_registry(&home, &project.join("inner"), 10).unwrap();
        assert_eq!(names(&corpus), ["serde-1.0.2/src/lib.rs"]);
        fs::write(project.join("Cargo.lock"), "version = 4\n").unwrap();
        let corpus = Corpus::cargo_registry(&home, &project, 10).unwrap();
        assert_eq!(
            names(&corpus),
            ["old-1.0.0/src/lib.rs", "serde-1.0.2/src/lib.rs"]
        );
    }

    #[test]
    fn what_is_missing_or_empty_names_the_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let errors = [
            Corpus::folder(dir.path(), 10).unwrap_err(),
            Corpus::folder(&dir.path().join("missing"), 10).unwrap_err(),
            Corpus::cargo_registry(dir.path(), dir.path(), 10).unwrap_err(),
        ];
        for error in errors.map(|error| error.to_string()) {
            assert!(
                error.contains("--corpus DIR") && !error.contains('\n'),
                "{error}"
            );
        }
    }
}
