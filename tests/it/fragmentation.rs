//! Promise: resident memory is taken apart by what the inner allocator tells of itself, now and at the peak, in
//! parts that add up; nothing is told where little is held, or where nobody asked.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

#[path = "../fragmented/mod.rs"]
mod fragmented;

use memprof::{Profiler, snapshot};

/// One test: the heap is the process's.
#[test]
fn the_heap_of_the_system() {
    alone!();
    fragmented::is_taken_apart("glibc", true);
    pages_that_nobody_touched_are_absent();
    is_silent_when_switched_off();
}

fn pages_that_nobody_touched_are_absent() {
    const UNTOUCHED: usize = 256 << 20;
    let block = std::hint::black_box(vec![0_u8; UNTOUCHED]);
    let parts = snapshot()
        .process
        .fragmentation
        .expect("enough is held")
        .now;
    // What is unused may be resident.
    let absent = parts.absent_bytes.expect("the system tells");
    assert!(absent > UNTOUCHED as u64 / 2, "{parts:?}");
    assert_eq!(parts.outside_bytes, Some(0));
    drop(block);
}

fn is_silent_when_switched_off() {
    let profiler = Profiler::builder().fragmentation_analysis(false);
    let directory = std::env::temp_dir().join(format!("memprof-off-{}", std::process::id()));
    let profiler = profiler.output_directory(&directory).build();
    let profiler = profiler.expect("the settings are right");
    let block = std::hint::black_box(vec![1_u8; 8 << 20]);
    assert_eq!(snapshot().process.fragmentation, None);
    drop(block);
    profiler.finish().expect("written");
    std::fs::remove_dir_all(directory).expect("removed");
}
