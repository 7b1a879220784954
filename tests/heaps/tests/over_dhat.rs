//! Promise: with dhat underneath, memprof's own figures are those of the same program without it, and dhat
//! writes its file of the same blocks.
//!
//! The test runs itself twice, over dhat's allocator and over the system's, and compares the two reports.

#[path = "../../alone/mod.rs"]
mod alone;
mod program;

use memprof::Report;
use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// Of equal length, since a program's environment is in its figures.
const WITH: &str = "with...";
const WITHOUT: &str = "without";
const MODE: &str = "OVER_DHAT_MODE";
const FILE: &str = "OVER_DHAT_FILE";

/// Over dhat or not: set once, before anything is counted.
static IS_OVER_DHAT: AtomicBool = AtomicBool::new(false);

struct Switch;

// SAFETY: both allocators take their blocks of the system's, so either frees what the other took.
unsafe impl GlobalAlloc for Switch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match IS_OVER_DHAT.load(Ordering::Relaxed) {
            // SAFETY: passed on as it came.
            true => unsafe { memprof::dhat::Alloc.alloc(layout) },
            // SAFETY: passed on as it came.
            false => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match IS_OVER_DHAT.load(Ordering::Relaxed) {
            // SAFETY: passed on as it came.
            true => unsafe { memprof::dhat::Alloc.alloc_zeroed(layout) },
            // SAFETY: passed on as it came.
            false => unsafe { System.alloc_zeroed(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match IS_OVER_DHAT.load(Ordering::Relaxed) {
            // SAFETY: passed on as it came.
            true => unsafe { memprof::dhat::Alloc.dealloc(block, layout) },
            // SAFETY: passed on as it came.
            false => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        match IS_OVER_DHAT.load(Ordering::Relaxed) {
            // SAFETY: passed on as it came.
            true => unsafe { memprof::dhat::Alloc.realloc(block, layout, new_size) },
            // SAFETY: passed on as it came.
            false => unsafe { System.realloc(block, layout, new_size) },
        }
    }
}

#[global_allocator]
static ALLOCATOR: memprof::Allocator<Switch> = memprof::Allocator::new(Switch);

fn main() {
    match std::env::var(MODE).as_deref() {
        Ok(WITH) => run(true),
        Ok(_) => run(false),
        Err(_) => alone::run("figures_are_those_without_dhat", compare),
    }
}

/// Prints the report of the program.
fn run(is_over_dhat: bool) {
    IS_OVER_DHAT.store(is_over_dhat, Ordering::Relaxed);
    let file = std::env::var(FILE).expect("a file");
    let profiler = is_over_dhat.then(|| {
        let builder = memprof::dhat::Profiler::builder();
        (
            builder.file_name(&file).trim_backtraces(None).build(),
            memprof::dhat::Profiler::new_heap(),
        )
    });
    program::alone();
    // Before there was any other thread: the peak is exact.
    let alone = memprof::snapshot();
    program::on_threads();
    let kept = program::counted(1000, 56);
    drop(profiler);
    let both = memprof::snapshot();
    drop(kept);
    println!("{}", serde_json::to_string(&alone).expect("plain data"));
    println!("{}", serde_json::to_string(&both).expect("plain data"));
}

fn compare() {
    let folder = std::env::temp_dir().join(format!("memprof-over-dhat-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("dhat-heap.json");
    let without = reports(WITHOUT, &file);
    assert!(!file.exists());
    let with = reports(WITH, &file);
    for (with, without) in with.iter().zip(&without) {
        assert!(without.process.allocations > 500, "{without}");
        assert_eq!(with, without);
    }
    is_of_the_same_blocks(&std::fs::read_to_string(&file).expect("dhat's file"));
    std::fs::remove_dir_all(folder).expect("removed");
}

/// What does not differ from run to run anyway.
fn reports(mode: &str, file: &Path) -> [Report; 2] {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    let output = command
        .env(MODE, mode)
        .env(FILE, file)
        .output()
        .expect("a run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    // The second profiler of the run.
    assert_eq!(
        errors.contains("dhat runs already"),
        mode == WITH,
        "{errors}"
    );
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines = text.lines().map(|line| {
        let mut report = Report::from_json(line).expect("a report");
        report.run.pid = 0;
        report.run.started_unix_ns = 0;
        report.run.duration_ns = 0;
        report.process.rss_bytes = None;
        report.process.peak_rss_bytes = None;
        report.process.overhead_bytes = 0;
        report.process.fragmentation = None;
        // By the clock.
        report.timeline.clear();
        // Whether a block can grow in its place depends on its neighbours, and dhat's own memory is among them.
        report.sizes.clear();
        report
    });
    let alone = lines.next().expect("the first report");
    let mut both = lines.next().expect("the second report");
    assert_eq!(alone.process.peak_error_bytes, 0);
    // With several threads it depends on who folds when.
    both.process.peak_live_bytes = 0;
    for path in &mut both.paths {
        path.at_peak_bytes = None;
    }
    [alone, both]
}

/// dhat knows the blocks of `program::counted` by their stack, each with memprof's footer.
fn is_of_the_same_blocks(text: &str) {
    let dhat: serde_json::Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(dhat["dhatFileVersion"], 2);
    let frames = dhat["ftbl"].as_array().expect("frames");
    let is_counted = |index: &serde_json::Value| {
        let frame = &frames[index.as_u64().expect("an index") as usize];
        frame
            .as_str()
            .expect("a frame")
            .contains("program::counted")
    };
    let points = dhat["pps"].as_array().expect("points").iter();
    let points = points.filter(|point| {
        point["fs"]
            .as_array()
            .expect("a stack")
            .iter()
            .any(is_counted)
    });
    let mut blocks = [(0, 0); 2];
    for point in points {
        for (sum, names) in blocks.iter_mut().zip([("tbk", "tb"), ("ebk", "eb")]) {
            sum.0 += point[names.0].as_u64().expect("blocks");
            sum.1 += point[names.1].as_u64().expect("bytes");
        }
    }
    // A thousand blocks, and the one that holds them.
    let bytes = 1000 * (56 + 4) + (1000 * 8 + 4);
    assert_eq!(blocks, [(1001, bytes); 2]);
}
