//! However a program ends, its report is there: by a return from `main`, by `std::process::exit` (so does a test program whose
//! tests fail), and while other threads are in the midst of memprof's work.
//!
//! What is promised: no end hangs, and the exit code stays what it was. On Windows `std::process::exit` kills the other threads
//! first; if one of them was at work in memprof, there is a word of it in the place of the report.
//!
//! Wine cuts a process off that does anything at its end, with memprof or without, where a thread was killed in a call of the
//! system. So on Windows nothing is asked of ends among threads that start, end or take snapshots, but that they come.
//!
//! It runs without the test harness: each end is one of this program.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// How the program is to end; none in the one that looks at the others.
const HOW: &str = "MEMPROF_TEST_END";
const CALLS: &str = "calls";
const CODE: u8 = 101;
const THREADS: usize = 4;
const ENDS_WITH_THREADS: usize = 210;
/// Longer than any honest end.
const LONGEST: Duration = Duration::from_secs(60);

#[memprof::track]
fn works() {
    drop(black_box(vec![1_u8; 1_000]));
}

struct AtThreadEnd;

impl Drop for AtThreadEnd {
    fn drop(&mut self) {
        works();
        drop(black_box(vec![1_u8; 100]));
    }
}

thread_local! {
    static AT_THREAD_END: AtThreadEnd = const { AtThreadEnd };
}

fn main() -> ExitCode {
    match std::env::var(HOW).as_deref() {
        Err(_) => look_at_all(),
        Ok("return") => {
            works();
            return ExitCode::from(CODE);
        }
        Ok("exit") => {
            works();
            std::process::exit(CODE.into());
        }
        Ok(how) => {
            works();
            among_threads(how.to_owned());
        }
    }
    ExitCode::SUCCESS
}

/// Threads that are at work without a rest, while this one ends the process.
fn among_threads(how: String) -> ! {
    let begun = Arc::new(Barrier::new(THREADS + 1));
    for _ in 0..THREADS {
        let (how, begun) = (how.clone(), begun.clone());
        std::thread::spawn(move || {
            begun.wait();
            loop {
                match how.as_str() {
                    "snapshots" => drop(black_box(memprof::snapshot())),
                    CALLS => works(),
                    _ => std::thread::spawn(works).join().unwrap(),
                }
            }
        });
    }
    AT_THREAD_END.with(|_| ());
    begun.wait();
    std::thread::sleep(Duration::from_millis(3));
    std::process::exit(CODE.into());
}

fn look_at_all() {
    for how in ["return", "exit"] {
        let (code, reports, said) = end(how);
        assert_eq!(code, Some(CODE.into()), "{how}");
        assert_eq!((reports.len(), said.as_str()), (1, ""), "{how}");
        let row = reports[0].operation("works").unwrap();
        assert_eq!((row.calls, row.allocated_bytes), (1, 1_000), "{how}");
    }
    let mut unreported = 0;
    for number in 0..ENDS_WITH_THREADS {
        let how = ["snapshots", CALLS, "threads"][number % 3];
        let (code, reports, said) = end(how);
        if cfg!(windows) && how != CALLS {
            continue;
        }
        assert_eq!(code, Some(CODE.into()), "{how}");
        let is_told = cfg!(windows) && said.starts_with("memprof: no report: ");
        assert_eq!(reports.len(), usize::from(!is_told), "{how}: {said}");
        unreported += usize::from(is_told);
    }
    println!("ends: kept, {unreported} of {ENDS_WITH_THREADS} without a report");
}

/// Has this program end so; its exit code, its reports, and what it said.
fn end(how: &str) -> (Option<i32>, Vec<memprof::Report>, String) {
    let directory = std::env::temp_dir().join(format!("memprof-ends-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let said = directory.join("said");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(HOW, how)
        .env("MEMPROF_REPORTING_OUTPUT_DIRECTORY", &directory)
        .env_remove("MEMPROF_RUN_ID")
        .stdout(Stdio::null())
        .stderr(fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if began.elapsed() < LONGEST => std::thread::sleep(Duration::from_millis(2)),
            None => {
                child.kill().unwrap();
                panic!("{how}: hangs");
            }
        }
    };
    let said = fs::read_to_string(said).unwrap();
    let reports = reports_in(&directory);
    fs::remove_dir_all(directory).unwrap();
    (status.code(), reports, said)
}

fn reports_in(directory: &Path) -> Vec<memprof::Report> {
    let files = fs::read_dir(directory).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let is_report = |path: &PathBuf| path.extension().is_some_and(|it| it == "json");
    paths
        .filter(is_report)
        .map(|path| memprof::Report::from_json(&fs::read_to_string(path).unwrap()).unwrap())
        .collect()
}
