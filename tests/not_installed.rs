//! Promise: in a program that forgot to install an allocator nothing breaks and nothing looks like a
//! measured zero. The report and its table say loudly that no byte was counted; calls are counted all
//! the same.
//!
//! That this binary has no `#[global_allocator]` is the fact that it tests.
#![forbid(unsafe_code)]

use memprof::Report;
use std::path::Path;

#[memprof::track("Forgotten")]
fn forgotten() -> Vec<u8> {
    std::hint::black_box(vec![1; 4096])
}

fn warnings(report: &Report) -> Vec<&str> {
    let codes = report.warnings.iter();
    codes.map(|warning| warning.code.as_str()).collect()
}

/// One test, because the number of calls is a fact of the process.
#[test]
fn is_said_loudly_and_harms_nothing() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not_installed");
    std::fs::remove_dir_all(&directory).ok();
    let profiler = memprof::Profiler::builder()
        .name("forgetful")
        .output_directory(&directory)
        .build()
        .expect("the profiler starts without an allocator");

    let kept: Vec<_> = (0..3).map(|_| forgotten()).collect();
    let measured = memprof::measure(forgotten);
    assert_eq!(measured.value.len(), 4096);
    assert_eq!(measured.stats, memprof::Stats::default());
    std::thread::spawn(forgotten).join().expect("no panic");

    let report = memprof::snapshot();
    assert!(!report.run.allocator.installed);
    assert!(!report.run.allocator.ownership);
    assert_eq!(warnings(&report), ["allocator-not-installed"]);

    let operation = report.operation("Forgotten").expect("a row");
    assert_eq!((operation.calls, operation.open_calls), (5, 0));
    assert_eq!(operation.retained_bytes, None);
    assert_eq!(operation.retained_blocks, None);
    assert_eq!(operation.self_figures.retained_bytes, None);
    assert_eq!(report.paths[1].calls, 5);
    assert_eq!(report.paths[1].retained_bytes, None);

    let table = report.to_string();
    assert!(table.contains("allocator-not-installed"), "{table}");
    assert!(table.contains("n/a"), "{table}");
    // Not one byte is claimed, not even none of them.
    assert!(!table.contains(" 0 B"), "{table}");

    profiler.finish().expect("the report is written");
    let last = Report::from_json(&read_only_file(&directory)).expect("it is a report");
    assert_eq!(last.run.name, "forgetful");
    assert!(!last.run.allocator.installed);
    assert_eq!(warnings(&last), ["allocator-not-installed"]);
    drop(kept);
}

/// The one file in the directory.
fn read_only_file(directory: &Path) -> String {
    let files = std::fs::read_dir(directory).expect("the directory is there");
    let files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    std::fs::read_to_string(&files[0]).expect("a text")
}
