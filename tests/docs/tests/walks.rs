//! Promise: whoever follows a guide beside a clone, from an empty folder, gets what the guide says.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use docs::{Guide, Place, Surroundings, guides, walk};

/// An empty folder, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("memprof-{name}-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        Self(std::fs::canonicalize(folder).unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn follow(file: &str) {
    // Crates of all walks are built in one place, where programs of one name take each other's.
    static WALKING: Mutex<()> = Mutex::new(());
    let _alone = WALKING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Folder::new(&file.replace(['/', '.'], "-"));
    let at = Surroundings {
        folder: folder.0.clone(),
        // Where the crates of other tests are built too, so that memprof is built once.
        target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"),
        // Built quickly: what is measured is the same.
        variables: vec![
            ("CARGO_PROFILE_DEV_DEBUG", "0"),
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
            ("CARGO_PROFILE_BENCH_OPT_LEVEL", "0"),
        ],
    };
    walk(&Guide::read(file), &at).unwrap_or_else(|err| panic!("{err}"));
}

#[test]
fn setup_and_then_ci() {
    follow("docs/ci.md");
}

#[test]
fn profiling() {
    follow("docs/profiling.md");
}

#[test]
fn every_walk_beside_a_clone_is_here() {
    let is_beside = |guide: &Guide| guide.place != Place::InClone && guide.has_commands();
    let guides = guides();
    let beside = guides.iter().filter(|guide| is_beside(guide));
    let files: Vec<&str> = beside.map(|guide| guide.file.as_str()).collect();
    assert_eq!(files, ["docs/ci.md", "docs/profiling.md", "docs/setup.md"]);
}
