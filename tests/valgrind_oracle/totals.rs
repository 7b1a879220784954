//! The comparison.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;
use std::process::Command;

#[global_allocator]
static ALLOCATOR: memprof::CountingAllocator = memprof::CountingAllocator::system();

const MODE: &str = "MEMPROF_ORACLE";
/// Of one length, so that the environments are.
const MODES: [&str; 2] = ["mixed", "empty"];

/// Allocations, deallocations, bytes allocated.
type Totals = [i64; 3];

fn difference(of: Totals, from: Totals) -> Totals {
    [of[0] - from[0], of[1] - from[1], of[2] - from[2]]
}

pub(crate) fn main() {
    match std::env::var_os(MODE) {
        Some(mode) => program(mode == MODES[0]),
        None => crate::alone::run("totals_are_those_of_memcheck", totals_are_those_of_memcheck),
    }
}

fn totals_are_those_of_memcheck() {
    if let Some(why) = crate::memcheck::is_missing() {
        eprintln!("{why}: memprof's totals are not compared with memcheck's");
        return;
    }
    let [mixed, empty] = MODES.map(run);
    let outside = difference(mixed.memcheck, empty.memcheck);
    let inside = difference(mixed.process, empty.process);
    assert_eq!(inside, outside, "process totals against memcheck");
    assert_eq!(difference(mixed.measured, empty.measured), inside);
    assert_eq!(empty.measured, [0, 0, 0]);
    // The program does not vanish: it leaks one block, and most of what it does is more than a few.
    assert_eq!(inside[0] - inside[1], 1);
    assert!(inside[0] > 500, "{inside:?}");
}

/// What runs under memcheck.
fn program(is_mixed: bool) {
    // The first snapshot looks for the configuration. The first block that moves gets a line in the report:
    // memprof's own memory, here in both runs.
    let mut moved = black_box(vec![0_u8; 8]);
    moved.reserve(1 << 20);
    drop(black_box(moved));
    process();
    let before = process();
    let measured = memprof::measure(|| if is_mixed { work() } else { 0 });
    let after = process();
    black_box(measured.value);
    let stats = measured.stats;
    let measured = [
        stats.allocations,
        stats.deallocations,
        stats.allocated_bytes,
    ];
    print(
        difference(after, before),
        measured.map(|figure| figure as i64),
    );
}

fn process() -> Totals {
    let process = memprof::snapshot().process;
    [
        process.allocations as i64,
        process.deallocations as i64,
        process.allocated_bytes as i64,
    ]
}

/// The order of a map's entries, and with it how `line` grows, is the same in every run.
type Fixed = BuildHasherDefault<DefaultHasher>;

/// Allocates as programs do, in a fixed way, and leaks one block of 321 bytes.
fn work() -> usize {
    let mut numbers = Vec::new();
    let mut texts: HashMap<u32, String, Fixed> = HashMap::default();
    for number in 0..500_u32 {
        numbers.push(number);
        texts.insert(number * 7, format!("number {number}"));
    }
    for number in (0..500).step_by(3) {
        texts.remove(&(number * 7));
    }
    let mut shrunk: Vec<u32> = numbers.iter().copied().filter(|n| n % 5 == 0).collect();
    shrunk.shrink_to_fit();

    let mut line = String::new();
    for text in texts.values() {
        line.push_str(text);
    }
    let zeroed = black_box(vec![0_u64; 4096]);
    let mut huge = black_box(vec![0_u8; 3 << 20]);
    huge.reserve_exact(5 << 20);
    let boxed: Vec<Box<[u8]>> = (1..100).map(|size| vec![1; size].into()).collect();
    #[repr(align(256))]
    struct Aligned(#[allow(dead_code)] [u8; 300]);
    let aligned: Vec<Box<Aligned>> = (0..10).map(|_| Box::new(Aligned([0; 300]))).collect();
    std::mem::forget(black_box(vec![7_u8; 321]));
    line.len() + zeroed.len() + huge.len() + boxed.len() + aligned.len() + shrunk.len()
}

struct Run {
    memcheck: Totals,
    process: Totals,
    measured: Totals,
}

/// Runs `program` under memcheck.
fn run(mode: &str) -> Run {
    let output = Command::new("valgrind")
        .args(["--tool=memcheck", "--leak-check=no"])
        .arg(std::env::current_exe().expect("the test's own path"))
        .env(MODE, mode)
        // What a report tells of leaks and of the peak takes memprof's own memory, more in one run than in the
        // other.
        .env("MEMPROF_HEAP_ANALYSIS_ENABLED", "false")
        .output()
        .expect("valgrind runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8_lossy(&output.stdout);
    let [process, measured] = ["process", "measured"].map(|label| numbers_after(&printed, label));
    Run {
        memcheck: numbers_after(&errors, "total heap usage:"),
        process,
        measured,
    }
}

/// The first three numbers behind `label`; digits may be grouped by commas.
fn numbers_after(text: &str, label: &str) -> Totals {
    let (_, rest) = text
        .split_once(label)
        .unwrap_or_else(|| panic!("`{label}` is missing in:\n{text}"));
    let mut numbers = rest
        .split_whitespace()
        .filter_map(|word| word.replace(',', "").parse().ok());
    [(); 3].map(|()| numbers.next().expect("three numbers"))
}

fn print(process: Totals, measured: Totals) {
    let mut text = Text::default();
    for (label, [allocations, deallocations, bytes]) in
        [("process", process), ("measured", measured)]
    {
        writeln!(text, "\n{label} {allocations} {deallocations} {bytes} ").expect("room");
    }
    std::io::Write::write_all(&mut std::io::stdout(), &text.bytes[..text.length]).expect("a pipe");
}

/// A text on the stack.
struct Text {
    bytes: [u8; 256],
    length: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            bytes: [0; 256],
            length: 0,
        }
    }
}

impl std::fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let place = self
            .bytes
            .get_mut(self.length..end)
            .ok_or(std::fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
