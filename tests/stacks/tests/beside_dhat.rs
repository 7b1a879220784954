//! Every allocation's stack is taken, and the figures of each allocation site are dhat's, in one run: dhat is
//! the inner allocator, so it sees each block with memprof's footer of four bytes.
#![allow(clippy::vec_box)] // The boxes are what is counted.

#[path = "../../alone/mod.rs"]
mod alone;

use memprof::Allocator;
use memprof_report::{Frame, Report, StackReport};
use serde_json::Value;
use std::collections::BTreeMap;
use std::hint::black_box;

#[global_allocator]
static ALLOC: Allocator<dhat::Alloc> = Allocator::new(dhat::Alloc);

const FOOTER_BYTES: u64 = 4;
const DEPTH: usize = 16;

/// What both tell of an allocation site: a line and a column of this file.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
struct Site {
    blocks: u64,
    bytes: u64,
    live_blocks: u64,
    live_bytes: u64,
}

type Sites = BTreeMap<(u64, u64), Site>;

fn main() {
    alone::run("every_site_is_as_dhat_has_it", every_site_is_as_dhat_has_it);
}

fn every_site_is_as_dhat_has_it() {
    let folder = std::env::temp_dir().join(format!("memprof-beside-dhat-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("dhat-heap.json");
    let builder = memprof::Profiler::builder().output_directory(&folder);
    let memprof = builder
        .sample_rate(1)
        .stack_trace_depth(DEPTH)
        .build()
        .unwrap();
    let dhat = dhat::Profiler::builder().file_name(&file);
    let dhat = dhat.trim_backtraces(Some(DEPTH)).build();

    let kept = program();

    let report = memprof::snapshot();
    drop(dhat);
    let theirs: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    drop(memprof);
    std::fs::remove_dir_all(&folder).unwrap();
    drop(kept);

    assert_eq!(report.run.sample_rate, 1);
    let (ours, theirs) = (of_memprof(&report), of_dhat(&theirs));
    assert!(ours.len() >= 10, "too few sites: {ours:?}");
    assert_eq!(ours, theirs);
    println!("{} allocation sites are dhat's", ours.len());
}

/// Allocates at a dozen places: once and often, small and large, zeroed and grown, freed and kept, from
/// here and from another thread, directly and through collections.
#[inline(never)]
fn program() -> Vec<Box<dyn std::any::Any + Send>> {
    let mut kept: Vec<Box<dyn std::any::Any + Send>> = Vec::with_capacity(100);
    for size in 1..200 {
        black_box(vec![1_u8; size]);
    }
    for round in 0..50_u64 {
        let block = Box::new([round; 16]);
        if round % 5 == 0 {
            kept.push(block);
        }
    }
    black_box(vec![0_u64; 100_000]);
    kept.push(Box::new(grown(1_000)));
    kept.push(Box::new(text(30)));
    kept.push(Box::new(std::thread::spawn(|| nested(5)).join().unwrap()));
    kept.push(Box::new(nested(3)));
    let map: BTreeMap<u32, String> = (0..300).map(|key| (key, format!("value {key}"))).collect();
    black_box(&map);
    kept
}

#[memprof::track]
#[inline(never)]
fn grown(length: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    for number in 0..length {
        numbers.push(number);
    }
    numbers
}

#[memprof::track("Text")]
#[inline(never)]
fn text(words: usize) -> Vec<String> {
    (0..words).map(|word| "word".repeat(word + 1)).collect()
}

#[inline(never)]
fn nested(depth: u32) -> Vec<Box<u32>> {
    match depth {
        0 => Vec::new(),
        _ => {
            let mut inner = nested(depth - 1);
            inner.push(Box::new(depth));
            inner
        }
    }
}

fn of_memprof(report: &Report) -> Sites {
    let mut sites = Sites::new();
    for stack in &report.stacks {
        assert_eq!(stack.relative_standard_error, 0.0);
        let frames: Vec<&Frame> = stack
            .frames
            .iter()
            .map(|&frame| &report.frames[frame])
            .collect();
        assert!(frames.iter().filter(|frame| !frame.inlined).count() <= DEPTH);
        // What dhat itself allocates passes memprof, and not dhat.
        let is_dhats = |frame: &&Frame| {
            let function = frame.function.as_deref().unwrap_or_default();
            // Where names have no modules, files tell.
            let file = frame.file.as_deref().unwrap_or_default();
            function.starts_with("dhat::")
                || function.starts_with("<dhat::")
                || file.contains("/dhat-0.")
        };
        if frames.iter().any(is_dhats) {
            continue;
        }
        let here = frames.iter().find_map(|frame| {
            let file = frame.file.as_deref()?;
            let place = (frame.line?.into(), frame.column?.into());
            (is_here(file) && is_program(place.0)).then_some(place)
        });
        if let Some(place) = here {
            sites.entry(place).or_default().add(stack);
        }
    }
    sites
}

impl Site {
    fn add(&mut self, stack: &StackReport) {
        self.blocks += stack.allocations;
        self.bytes += stack.allocated_bytes;
        self.live_blocks += stack.retained_blocks.unwrap();
        self.live_bytes += stack.retained_bytes.unwrap();
    }
}

fn of_dhat(document: &Value) -> Sites {
    let mut sites = Sites::new();
    let frames = document["ftbl"].as_array().unwrap();
    for point in document["pps"].as_array().unwrap() {
        let stack = point["fs"].as_array().unwrap().iter();
        let mut places = stack.filter_map(|frame| {
            place_of_dhat(frames[frame.as_u64().unwrap() as usize].as_str().unwrap())
        });
        let Some(place) = places.find(|place| is_program(place.0)) else {
            continue;
        };
        let figure = |name: &str| point[name].as_u64().unwrap();
        let site = sites.entry(place).or_default();
        site.blocks += figure("tbk");
        site.bytes += figure("tb") - FOOTER_BYTES * figure("tbk");
        site.live_blocks += figure("ebk");
        site.live_bytes += figure("eb") - FOOTER_BYTES * figure("ebk");
    }
    sites
}

/// Of `0x1234: name (path/beside_dhat.rs:12:34)`, where it is of this file.
fn place_of_dhat(frame: &str) -> Option<(u64, u64)> {
    let (_, place) = frame.trim_end_matches(')').rsplit_once('(')?;
    let mut parts = place.rsplitn(3, ':');
    let (column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
    is_here(file).then_some((line.parse().ok()?, column.parse().ok()?))
}

fn is_here(file: &str) -> bool {
    file.ends_with("beside_dhat.rs")
}

/// Whether a line belongs to the functions that are profiled.
fn is_program(line: u64) -> bool {
    let source = include_str!("beside_dhat.rs");
    let line_of = |text: &str| source.lines().position(|line| line.contains(text)).unwrap() as u64;
    (line_of("fn program()")..line_of("fn of_memprof(")).contains(&line)
}
