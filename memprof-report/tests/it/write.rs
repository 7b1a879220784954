//! Promise: a report's file is whole or not there, and nothing else is touched or left behind.

use crate::common;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use memprof_report::Report;

/// An empty directory of this test.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("write")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory for the test");
    path
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the directory is there");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn read(path: &Path) -> Report {
    Report::from_json(&fs::read_to_string(path).expect("the file is there")).expect("a report")
}

#[test]
fn the_file_holds_the_report_and_stands_alone() {
    let directory = directory("alone");
    let path = directory.join("report.json");
    common::full_report().write_json(&path).expect("writable");
    assert_eq!(read(&path), common::full_report());
    assert_eq!(names(&directory), ["report.json"]);
}

#[test]
fn directories_that_lack_are_made() {
    let path = directory("parents").join("a/b/report.json");
    common::full_report().write_json(&path).expect("writable");
    assert_eq!(read(&path), common::full_report());
}

#[test]
fn a_report_that_stands_there_is_replaced() {
    let directory = directory("replaced");
    let path = directory.join("report.json");
    common::full_report().write_json(&path).expect("writable");
    Report::default().write_json(&path).expect("writable");
    assert_eq!(read(&path), Report::default());
    assert_eq!(names(&directory), ["report.json"]);
}

#[cfg(unix)]
#[test]
fn who_may_read_the_one_that_is_replaced_may_read_the_new_one() {
    use std::os::unix::fs::PermissionsExt;

    let path = directory("permissions").join("report.json");
    common::full_report().write_json(&path).expect("writable");
    for mode in [0o600, 0o664] {
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("one's own");
        Report::default().write_json(&path).expect("writable");
        let permissions = fs::metadata(&path).expect("it is there").permissions();
        assert_eq!(permissions.mode() & 0o777, mode);
    }
}

#[test]
fn what_unwinds_leaves_what_stood_there_and_nothing_else() {
    let directory = directory("unwind");
    let path = directory.join("file");
    fs::write(&path, "before").expect("writable");
    let unwound = std::panic::catch_unwind(|| {
        memprof_report::write_whole(&path, |writer| {
            writer.write_all(b"half")?;
            panic!("on purpose")
        })
    });
    assert!(unwound.is_err());
    assert_eq!(names(&directory), ["file"]);
    assert_eq!(fs::read(&path).expect("it is there"), b"before");
}

#[test]
fn a_directory_at_the_path_is_an_error_and_stays() {
    let directory = directory("in_place");
    let path = directory.join("report.json");
    fs::create_dir(&path).expect("writable");
    fs::write(path.join("precious"), "text").expect("writable");

    let error = common::full_report()
        .write_json(&path)
        .expect_err("a directory is there");
    assert_eq!(error.path(), path);
    assert_eq!(error.kind(), ErrorKind::IsADirectory);
    let head = format!("failed to write report `{}`: ", path.display());
    assert!(error.to_string().starts_with(&head), "{error}");
    assert_eq!(names(&directory), ["report.json"]);
    assert_eq!(names(&path), ["precious"]);
}

#[test]
fn a_file_in_place_of_a_directory_is_an_error_and_stays() {
    let directory = directory("no_directory");
    let file = directory.join("file");
    fs::write(&file, "text").expect("writable");
    common::full_report()
        .write_json(file.join("report.json"))
        .expect_err("a file is no directory");
    common::full_report()
        .write_json(file.join("deeper/report.json"))
        .expect_err("a file is no directory");
    assert_eq!(fs::read_to_string(&file).expect("still there"), "text");
    assert_eq!(names(&directory), ["file"]);
}

#[test]
fn paths_that_name_no_file_are_errors() {
    for path in ["", "/", ".", ".."] {
        common::full_report().write_json(path).expect_err(path);
    }
    let too_long = directory("too_long").join("x".repeat(300));
    common::full_report()
        .write_json(&too_long)
        .expect_err("no name is that long");
    assert!(names(too_long.parent().expect("a parent")).is_empty());
}

#[test]
fn many_threads_leave_one_whole_report() {
    let directory = directory("threads");
    let path = directory.join("report.json");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| common::full_report().write_json(&path).expect("writable"));
        }
    });
    assert_eq!(read(&path), common::full_report());
    assert_eq!(names(&directory), ["report.json"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_and_stays_a_device() {
    let error = common::full_report()
        .write_json("/dev/full")
        .expect_err("no space");
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    common::full_report()
        .write_json("/dev/full/report.json")
        .expect_err("no directory");
    common::full_report()
        .write_json("/dev/null")
        .expect("takes everything");
    assert!(!fs::metadata("/dev/null").expect("still there").is_file());
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_its_target_is_replaced() {
    let directory = directory("link");
    let (target, link) = (directory.join("target.json"), directory.join("latest.json"));
    fs::write(&target, "old").expect("writable");
    std::os::unix::fs::symlink("target.json", &link).expect("writable");
    common::full_report().write_json(&link).expect("writable");
    assert_eq!(read(&target), common::full_report());
    assert!(
        fs::symlink_metadata(&link)
            .expect("still there")
            .is_symlink()
    );
    assert_eq!(names(&directory), ["latest.json", "target.json"]);
}
