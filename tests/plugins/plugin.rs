//! A plugin with a tracked function. Built by `tests/plugins.rs` as a library that is loaded and unloaded.

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

#[memprof::track("Plugin Work")]
fn work(bytes: usize) -> usize {
    std::hint::black_box(vec![1_u8; bytes]).len()
}

/// Allocates and frees so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_work(bytes: usize) -> usize {
    work(bytes)
}

/// How often it did so since the library was loaded for the first time.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_calls() -> u64 {
    let report = memprof::snapshot();
    assert_eq!(report.warnings, []);
    report.operation("Plugin Work").map_or(0, |row| row.calls)
}
