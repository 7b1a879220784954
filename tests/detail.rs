//! Promise: where it is asked for, the report tells how large the blocks of each operation are and which operation
//! frees whose blocks, exactly; what reallocations had to copy is told always. All other figures stay as they are.

mod alone;

use memprof::Report;
use memprof::report::{FlowReport, SizesReport};
use std::alloc::{Layout, alloc, dealloc, realloc};
use std::hint::black_box;
use std::process::Command;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const ROUNDS: u64 = 1_000;

fn main() {
    if std::env::var_os(FROM_THE_START).is_some() {
        return started_with_sizes();
    }
    alone::run(
        "details_are_told_where_asked_for",
        details_are_told_where_asked_for,
    );
}

/// A block that the optimizer leaves in place.
fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("make")]
fn make(bytes: usize) -> Vec<u8> {
    // A scope without a limit of its own yet, whose first event frees.
    drop(block(3));
    block(bytes)
}

/// Both blocks end within the call, one from before it told its size.
#[memprof::track("sized")]
fn sized() {
    let before = block(11);
    memprof::size(1);
    drop((before, block(12)));
}

#[memprof::track("take")]
fn take(given: Vec<u8>) {
    drop(given);
}

#[memprof::track("grow")]
fn grow(mut given: Vec<u8>) -> Vec<u8> {
    given.reserve_exact(5_000);
    given
}

/// More blocks at once than are kept in view.
#[memprof::track("many")]
fn many() {
    let mut blocks = Vec::with_capacity(49_999);
    memprof::measure(|| (0..49_999).for_each(|_| blocks.push(block(5))));
    drop(blocks);
}

/// Resizes a block in turn; how often it was elsewhere then, and the bytes that it kept.
#[memprof::track("resize")]
fn resize(sizes: &[usize]) -> (u64, u64) {
    let layout = |bytes| Layout::from_size_align(bytes, 8).expect("it is small");
    let (mut moves, mut kept) = (0, 0);
    // SAFETY: sizes are not zero, and the block is freed with its last layout.
    unsafe {
        let mut start = black_box(alloc(layout(sizes[0])));
        for pair in sizes.windows(2) {
            // In the way, so that the block does move now and then.
            let in_the_way = block(pair[0]);
            let moved = black_box(realloc(start, layout(pair[0]), pair[1]));
            if moved != start {
                moves += 1;
                kept += pair[0].min(pair[1]) as u64;
            }
            start = moved;
            drop(in_the_way);
        }
        dealloc(start, layout(sizes[sizes.len() - 1]));
    }
    (moves, kept)
}

/// Set by this program for itself.
const FROM_THE_START: &str = "MEMPROF_HEAP_ANALYSIS_BLOCK_SIZES";

/// Without any profiler, what the environment asks for is recorded from the first event on.
fn from_the_start() {
    let status = Command::new(std::env::current_exe().expect("this program"))
        .env(FROM_THE_START, "true")
        .env("MEMPROF_REPORTING_OUTPUT_DIRECTORY", std::env::temp_dir())
        .status();
    assert!(status.expect("it runs").success());
}

fn started_with_sizes() {
    drop(make(64));
    let report = memprof::snapshot();
    let made = &sizes_of(&report, "make").expect("a row").classes;
    let classes: Vec<_> = made
        .iter()
        .map(|class| (class.least_bytes, class.allocations))
        .collect();
    assert_eq!(classes, [(2, 1), (64, 1)]);
}

fn details_are_told_where_asked_for() {
    from_the_start();
    what_was_copied_is_always_told();
    let before = memprof::snapshot();
    assert!(before.flow.is_empty());
    assert!(before.sizes.iter().all(|row| row.classes.is_empty()));

    let directory = std::env::temp_dir().join(format!("memprof-detail-{}", std::process::id()));
    let profiler = memprof::Profiler::builder()
        .output_directory(&directory)
        .block_sizes(true)
        .flow(true)
        .build()
        .expect("the settings are right");
    work();
    let report = memprof::snapshot();
    assert_eq!(report.warnings, []);
    assert_sizes(&report);
    assert_flow(&report);
    assert_other_figures(&report);
    drop(profiler);

    // Off again: nothing more is recorded, and threads go back to their limits.
    take(make(100));
    let report = memprof::snapshot();
    assert!(report.flow.is_empty());
    assert!(report.sizes.iter().all(|row| row.classes.is_empty()));
    std::fs::remove_dir_all(directory).expect("it is ours");
}

fn what_was_copied_is_always_told() {
    let (moves, kept) = resize(&[24, 3_000, 100_000, 10, 2_000_000, 40_000]);
    assert!(moves > 0);
    let report = memprof::snapshot();
    let row = sizes_of(&report, "resize").expect("it moved blocks");
    assert_eq!((row.moved_reallocations, row.copied_bytes), (moves, kept));
}

/// On this thread and on one that starts and ends meanwhile.
fn work() {
    let round = |_| {
        take(make(64));
        take(make(127));
        drop(make(128));
        take(grow(make(10)));
    };
    (0..ROUNDS).for_each(round);
    let kept = std::thread::spawn(move || {
        (0..ROUNDS).for_each(round);
        make(1 << 20)
    });
    take(kept.join().expect("it does not panic"));
    many();
    sized();
}

fn sizes_of<'a>(report: &'a Report, operation: &str) -> Option<&'a SizesReport> {
    let is_of = |row: &&SizesReport| {
        row.operation
            .is_some_and(|row| report.operations[row].name == operation)
    };
    report.sizes.iter().find(is_of)
}

fn assert_sizes(report: &Report) {
    let classes = |operation| -> Vec<(u64, u64)> {
        let classes = &sizes_of(report, operation).expect("a row").classes;
        classes
            .iter()
            .map(|class| (class.least_bytes, class.allocations))
            .collect()
    };
    let both = 2 * ROUNDS;
    let expected = [
        (2, 4 * both + 1),
        (8, both),
        (64, 2 * both),
        (128, both),
        (1 << 20, 1),
    ];
    assert_eq!(classes("make"), expected);
    assert_eq!(classes("grow"), [(4_096, both)]);
    assert!(sizes_of(report, "take").is_none(), "it allocates nothing");
    // What `make` gives back at once, and nothing that outlives its call.
    let make = sizes_of(report, "make").expect("a row");
    let temporary = (make.temporary_blocks, make.temporary_bytes);
    assert_eq!(temporary, (4 * both + 1, 3 * (4 * both + 1)));
    assert_eq!(make.temporary_error_blocks, 0);
    let grow = sizes_of(report, "grow").expect("a row");
    assert_eq!((grow.temporary_blocks, grow.temporary_error_blocks), (0, 0));
    let sized = sizes_of(report, "sized").expect("a row");
    assert_eq!((sized.temporary_blocks, sized.temporary_bytes), (2, 23));
    let many = sizes_of(report, "many").expect("a row");
    let (least, error) = (many.temporary_blocks, many.temporary_error_blocks);
    assert!(
        least < 50_000 && least + error == 50_000,
        "{least} + {error}"
    );
}

fn assert_flow(report: &Report) {
    let cell = |from: &str, to: Option<&str>| {
        let index = |name: &str| report.operations.iter().position(|row| row.name == name);
        let (from, to) = (index(from), to.map(|to| index(to).expect("a row")));
        let is_it = |cell: &&FlowReport| (cell.from, cell.to) == (from, to);
        report
            .flow
            .iter()
            .find(is_it)
            .map(|cell| (cell.blocks, cell.bytes))
    };
    let both = 2 * ROUNDS;
    assert_eq!(
        cell("make", Some("make")),
        Some((4 * both + 1, 3 * (4 * both + 1)))
    );
    assert_eq!(
        cell("make", Some("take")),
        Some((2 * both + 1, both * (64 + 127) + (1 << 20)))
    );
    assert_eq!(cell("make", Some("grow")), Some((both, 10 * both)));
    assert_eq!(cell("make", None), Some((both, 128 * both)));
    assert_eq!(cell("grow", Some("take")), Some((both, 5_000 * both)));
    assert_eq!(cell("grow", Some("make")), None);
}

/// As without the settings.
fn assert_other_figures(report: &Report) {
    let both = 2 * ROUNDS;
    let make = report.operation("make").expect("a row");
    assert_eq!(make.calls, 4 * both + 1);
    assert_eq!(make.allocations, 2 * (4 * both + 1));
    assert_eq!(make.self_figures.retained_bytes, Some(0));
    let per_call = make.per_call.as_ref().expect("calls have ended");
    assert_eq!(
        (per_call.peak_bytes.min, per_call.peak_bytes.max),
        (10, 1 << 20)
    );
    assert_eq!(make.peak_bytes, 1 << 20);
    let grow = report.operation("grow").expect("a row");
    assert_eq!((grow.reallocations, grow.peak_bytes), (both, 4_990));
    let retained: u64 = report
        .paths
        .iter()
        .map(|row| row.retained_bytes.unwrap())
        .sum();
    assert_eq!(retained, report.process.live_bytes);
}
