//! Uses every name that instrumented code may use. Compiled with memprof off by `tests/off.rs`, and on by the package `adapters`.
#![deny(warnings)]

use memprof::{
    Allocator, ConfigError, CountingAllocator, Format, Measured, Profiler, ProfilerBuilder,
};
use memprof::{Attached, Context, External, FutureExt as _, external, thread};
use memprof::{ProfilerError, Stats, measure};
use std::alloc::System;
use std::path::Path;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator::system();
static OVER: Allocator<System> = Allocator::new(System);
static COUNTING: CountingAllocator = CountingAllocator::system();
static COUNTING_OVER: CountingAllocator<System> = CountingAllocator::new(System);
static OVER_DHAT: Allocator<memprof::dhat::Alloc> = Allocator::new(memprof::dhat::Alloc);

#[memprof::track]
fn plain(bytes: usize) -> Vec<u8> {
    vec![0; bytes]
}

#[memprof::track("Named")]
fn named<T: Clone>(value: &T) -> T {
    value.clone()
}

#[memprof::track(name = "Also Named")]
async fn waits(bytes: usize) -> usize {
    memprof::future!("fetch", async move { plain(bytes).len() }).await
}

#[memprof::track]
fn returns(bytes: usize) -> impl Future<Output = usize> + Send {
    let kept = plain(bytes);
    async move { kept.len() }
}

/// Whatever it is: the standard library has no stream.
fn stream(bytes: usize) -> usize {
    let stream = memprof::stream!("stream", plain(bytes));
    size_of_val(&stream)
}

struct Index(Vec<u8>);

#[memprof::track_all]
impl Index {
    fn push(&mut self, byte: u8) {
        self.0.push(byte);
    }

    #[memprof::skip]
    fn len(&self) -> usize {
        self.0.len()
    }
}

#[memprof::track(
    "Limited",
    budget(peak = "1 MiB", per_call_allocated = 100),
    growth = "O(n)"
)]
fn limited(bytes: usize) -> Vec<u8> {
    memprof::size(bytes);
    plain(bytes)
}

#[memprof::budget(allocations == 1, retained = 0)]
fn held_to_it() -> usize {
    limited(5).len()
}

#[memprof::budget(peak = ..="1 KB")]
async fn held_to_it_later() -> Result<usize, String> {
    Ok(limited(6).len())
}

fn asserts() -> usize {
    let limit = 2;
    let length = memprof::assert_allocations!(limit, || plain(1).len());
    let length = length + memprof::assert_allocations!(== 1, || plain(1).len());
    let length = length + memprof::assert_no_allocations!(|| 1);
    let length = length + memprof::assert_peak!("1 KiB", || plain(1).len());
    length + memprof::assert_retained!(0..=1, || plain(1)).len()
}

#[memprof::bench(args = [1, 10], setup = plain, growth = "O(n)", budget(peak = 10))]
fn benched(bytes: Vec<u8>) -> usize {
    bytes.len()
}

#[memprof::bench("by hand", args = [1, 10])]
fn benched_by_hand(bencher: &mut memprof::Bencher, bytes: usize) {
    bencher.iter(|| plain(bytes));
    bencher.iter_with_setup(|| plain(bytes), |bytes| bytes.len());
    bencher.iter_with_setup_ref(|| plain(bytes), |bytes| bytes.len());
}

#[memprof::track("Tracked And Benched", bench(name = "both", budget(allocations == 1)))]
fn tracked_and_benched() -> Vec<u8> {
    plain(1)
}

/// The `main` of a bench target.
#[cfg(not(feature = "on"))]
mod target {
    memprof::bench_main!();

    pub(crate) fn runs() {
        main();
    }
}

fn block() -> usize {
    let scope = memprof::scope!("block");
    let length = plain(3).len();
    drop(scope);
    length
}

fn carries() -> usize {
    let context = Context::current();
    let attached: Attached = context.attach();
    let on_this_thread = context.run(|| plain(1).len());
    drop(attached);
    let on_another = thread::spawn(context.wrap(|| plain(2).len())).join();
    let scoped = thread::scope(|scope| {
        let named = thread::Builder::new()
            .name("named".into())
            .stack_size(1 << 16);
        let named = named.spawn_scoped(scope, || plain(3).len());
        scope.spawn(move || drop(scope.spawn(|| plain(4))));
        named.expect("a thread").join()
    });
    on_this_thread + on_another.unwrap_or(0) + scoped.unwrap_or(0)
}

fn declares() -> u64 {
    let mut ring: External = external("ring", 10);
    ring.resize(30);
    let bytes = ring.bytes();
    drop(ring);
    external(String::from("for good"), 1).leak();
    bytes
}

fn build(builder: ProfilerBuilder) -> Result<Profiler, ConfigError> {
    let builder = builder.whole_process(true);
    let builder = builder.format(vec![Format::Json]).heap_analysis(true);
    let builder = builder.track_allocations(true).track_deallocations(true);
    let builder = builder
        .measure_time(false)
        .stack_trace_depth(16)
        .sample_rate(0);
    let builder = builder
        .detect_leaks(true)
        .track_peak_usage(true)
        .block_sizes(true)
        .flow(true)
        .include_call_stacks(true);
    let builder = builder
        .fragmentation_analysis(true)
        .max_allocation_size_bytes(1 << 40);
    let builder = builder
        .max_peak_usage_bytes(1 << 40)
        .leak_detection_threshold_bytes(1 << 40);
    builder.build()
}

/// dhat underneath: its file, which is there when on and only then.
fn runs_dhat(directory: &Path) -> bool {
    let file = directory.join("dhat.json");
    let builder: memprof::dhat::ProfilerBuilder = memprof::dhat::Profiler::builder();
    let profiler: memprof::dhat::Profiler =
        builder.file_name(&file).trim_backtraces(Some(4)).build();
    // While one runs a second does nothing.
    drop(memprof::dhat::Profiler::new_heap());
    drop(profiler);
    file.exists()
}

fn end(profiler: Profiler) -> Result<(), ProfilerError> {
    profiler.finish().map(drop)
}

fn main() {
    let directory = std::env::temp_dir().join(format!("memprof-names-{}", std::process::id()));
    let profiler = build(
        Profiler::builder()
            .name("names")
            .output_directory(&directory),
    )
    .expect("the settings are right");
    let _interval = Profiler::builder().sample_interval(512 << 10);
    let Measured { value, stats } = measure(|| plain(10).len() + block());
    let is_on: bool = cfg!(feature = "on");
    let allocated = if is_on { 13 } else { 0 };
    assert_eq!(
        (value, stats.allocated_bytes, stats.net_bytes),
        (13, allocated, 0)
    );
    assert!(is_on || stats == Stats::default());

    let mut index = Index(named(&vec![1]));
    index.push(2);
    assert_eq!(index.len(), 2);
    assert_eq!(carries(), 6);
    assert_eq!(declares(), 30);
    assert_eq!(asserts(), 5);
    assert_eq!(tracked_and_benched().len() + benched(vec![1]), 2);
    #[cfg(not(feature = "on"))]
    target::runs();
    assert_eq!(held_to_it(), 5);
    let mut later = std::pin::pin!(held_to_it_later());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(Future::poll(later.as_mut(), &mut context).is_ready());
    let mut future = std::pin::pin!(waits(7).in_context(Context::current()));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(Future::poll(future.as_mut(), &mut context).is_ready());
    let mut future = std::pin::pin!(returns(7));
    assert!(Future::poll(future.as_mut(), &mut context).is_ready());
    assert_eq!(stream(7) > size_of::<Vec<u8>>(), is_on);
    let of_dhat = directory.with_extension("dhat");
    std::fs::create_dir_all(&of_dhat).expect("a directory");
    assert_eq!(runs_dhat(&of_dhat), is_on);
    std::fs::remove_dir_all(&of_dhat).expect("it was made");
    println!("{OVER:?} {OVER_DHAT:?} {COUNTING:?} {COUNTING_OVER:?} {stats}");
    let format = Format::Json;
    assert_eq!(
        (format.name(), format.to_string().as_str()),
        ("json", "json")
    );
    assert_eq!(format.is_effective(), is_on);
    end(profiler).expect("the report is written");
    assert_eq!(
        directory.exists(),
        is_on,
        "a report is written when on, and only then"
    );
    std::fs::remove_dir_all(&directory).ok();
}
