//! The churn under dhat, with stacks of the same depth.
#![forbid(unsafe_code)]

#[global_allocator]
static ALLOC: dhat::Alloc = dhat::Alloc;

fn main() {
    let profiler = dhat::Profiler::builder()
        .trim_backtraces(Some(16))
        .testing();
    let profiler = profiler.build();
    stacks::run();
    drop(profiler);
}
