//! The program as a user runs it: what it prints, what it writes, and what it exits with.

use std::path::Path;
use std::process::{Command, Output};

fn run(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kv_ring_buffer"))
        .args(args)
        .current_dir(directory)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_memory_adds_up() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["--file", "ring", "--slots", "16384", "--entries", "30000"];
    let output = run(dir.path(), &args);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    // dhat tells of its file there.
    if cfg!(not(feature = "dhat")) {
        assert_eq!(text(&output.stderr), "");
    }
    let first = "60000 entries put by 2 writers and taken by 2 readers in ";
    assert!(shown.starts_with(first), "{shown}");
    assert!(shown.contains("; 0 allocations on the way\n"), "{shown}");
    // Where the system tells of physical memory, heap and ring are all of it.
    if cfg!(target_os = "linux") {
        assert!(shown.contains(" ✓\n") && !shown.contains('✗'), "{shown}");
    }
    // 16,384 slots of 32 words, as many index words twice, and the head.
    let ring = 8 * (16_384 * 32 + 2 * 16_384 + 24);
    assert!(shown.contains(&format!("+{ring} bytes")), "{shown}");
    assert!(!dir.path().join("ring").exists());
    let reports = std::fs::read_dir(dir.path().join("memory_reports")).unwrap();
    let with_dhat = usize::from(cfg!(feature = "dhat"));
    assert_eq!(reports.count(), 1 + with_dhat);
}

/// The whole ring is in physical memory, however little of it was used.
#[cfg(target_os = "linux")]
#[test]
fn the_memory_adds_up_whatever_went_through_the_ring() {
    let dir = tempfile::tempdir().unwrap();
    for entries in ["1", "100"] {
        let threads = ["--writers", "8", "--readers", "8", "--entries", entries];
        let output = run(dir.path(), &threads);
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{shown}");
        // 2 MiB, and 128 KiB for each of 16 threads, as the README has it.
        assert!(shown.contains(" bytes, within 4194304 ✓\n"), "{shown}");
    }
}

#[test]
fn mistakes_are_told_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("there"), "").unwrap();
    let message = |args: &[&str]| {
        let output = run(dir.path(), args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        text(&output.stderr).lines().last().unwrap().to_owned()
    };
    assert!(message(&["--file", "there"]).contains("name a file that is not there yet"));
    assert!(message(&["--slots", "0"]).starts_with("error: no memory has 0 slots"));
    assert!(message(&["--entry-bytes", "99999999999"]).starts_with("error: no memory has "));
    assert_eq!(std::fs::read(dir.path().join("there")).unwrap(), b"");
    assert_eq!(run(dir.path(), &["--writers", "0"]).status.code(), Some(2));
}
