//! The check. There is no `fork` elsewhere.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const WORKERS: u64 = 8;
/// Of the list of what a worker keeps.
const LIST_BYTES: u64 = 10 * size_of::<Vec<u8>>() as u64;
const LOAD_BYTES: u64 = 1 << 30;
/// Longer than any honest run; a deadlock ends by this.
const SECONDS: u32 = 120;

/// An allocation that the optimizer leaves in place, and that takes no memory as long as nobody writes to it.
fn buffer(bytes: u64) -> Vec<u8> {
    black_box(Vec::with_capacity(usize::try_from(bytes).unwrap()))
}

#[memprof::track("load")]
fn load() -> Vec<u8> {
    drop(buffer(2_000_000));
    buffer(LOAD_BYTES)
}

#[memprof::track("serve")]
fn serve(kept: &mut Vec<Vec<u8>>) {
    drop(buffer(5_000));
    kept.push(buffer(1_000));
}

pub(crate) fn main() {
    crate::alone::run("reports_of_forked_workers_add_up", test);
}

fn test() {
    let directory = std::env::temp_dir().join(format!("memprof-forked-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let mut loaded = Some(load());
    let paths: Vec<PathBuf> = (0..WORKERS)
        .map(|worker| directory.join(format!("{worker}.json")))
        .collect();
    for path in &paths {
        // SAFETY: the child uses the allocator and memprof, which is what is tested, and ends by `_exit`.
        unsafe {
            libc::alarm(SECONDS);
            match libc::fork() {
                -1 => panic!("no process left"),
                0 => {
                    libc::alarm(SECONDS);
                    let works = AssertUnwindSafe(|| worker(&mut loaded, path));
                    let is_well = catch_unwind(works).is_ok();
                    libc::_exit(i32::from(!is_well));
                }
                child => {
                    let mut status = -1;
                    assert_eq!(libc::waitpid(child, &mut status, 0), child);
                    assert_eq!(status, 0);
                }
            }
        }
    }
    let mut report = memprof::snapshot();
    let parent = report.process.clone();
    assert_eq!(report.run.before_ns, 0);
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        report
            .merge(&memprof::Report::from_json(&text).unwrap())
            .unwrap();
    }
    let row = report.operation("load").unwrap();
    assert_eq!((row.calls, row.allocations), (1, 2));
    assert_eq!(row.allocated_bytes, LOAD_BYTES + 2_000_000);
    assert_eq!(row.retained_bytes, Some(LOAD_BYTES));
    let row = report.operation("serve").unwrap();
    assert_eq!((row.calls, row.allocations), (10 * WORKERS, 20 * WORKERS));
    assert_eq!(row.allocated_bytes, 60_000 * WORKERS);
    assert_eq!(row.retained_bytes, Some(10_000 * WORKERS));
    let per_call = row.per_call.as_ref().unwrap();
    assert_eq!((per_call.peak_bytes.max, row.peak_error_bytes), (5_000, 0));
    let process = &report.process;
    // Beside what serving allocates, each worker keeps a list of ten.
    let of_worker = 60_000 + LIST_BYTES;
    assert_eq!(
        process.allocated_bytes - parent.allocated_bytes,
        of_worker * WORKERS
    );
    // Of the parent's load, each worker freed what is not its own.
    assert_eq!(
        process.deallocated_bytes - parent.deallocated_bytes,
        (50_000 + LOAD_BYTES) * WORKERS
    );
    assert_eq!(
        process.live_bytes - parent.live_bytes,
        (10_000 + LIST_BYTES) * WORKERS
    );
    assert_eq!(process.peak_live_bytes, parent.peak_live_bytes);
    drop(loaded);
    std::fs::remove_dir_all(directory).unwrap();
}

fn worker(loaded: &mut Option<Vec<u8>>, path: &Path) {
    let mut kept = Vec::with_capacity(10);
    for _ in 0..10 {
        serve(&mut kept);
    }
    *loaded = None;
    let report = memprof::snapshot();
    assert!(report.run.before_ns > 0 && report.run.pid == std::process::id());
    assert_eq!(report.operation("load").unwrap().calls, 0);
    // What it added to its parent's load, at most.
    let peak = report.process.peak_live_bytes + report.process.peak_error_bytes;
    let possible = (10_000 + LIST_BYTES)..=(60_000 + LIST_BYTES);
    assert!(possible.contains(&peak), "{:?}", report.process);
    report.write_json(path).unwrap();
}
