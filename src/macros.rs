//! The function-like macros. They name `$crate::__private` only, so they are the same on and off.

/// Measures a block: everything until the guard is dropped counts for the named operation.
///
/// The guard stays on its thread and must not live across an `.await`; for code that awaits use
/// [`future!`](crate::future!). Neither allocates nor blocks.
///
/// ```
/// fn load(text: &str) -> Vec<u32> {
///     let _scope = memprof::scope!("parse");
///     text.split(',').filter_map(|number| number.parse().ok()).collect()
/// }
/// assert_eq!(load("1,2"), [1, 2]);
/// ```
#[macro_export]
macro_rules! scope {
    ($name:literal $(,)?) => {{
        $crate::__private::site!(SITE, $name);
        $crate::__private::enter(&SITE)
    }};
}

/// Measures an `async` block: every poll and the drop count for the named operation, wherever they happen.
///
/// ```
/// async fn load() -> usize {
///     memprof::future!("fetch", async { vec![1_u8; 100].len() }).await
/// }
/// # drop(load());
/// ```
#[macro_export]
macro_rules! future {
    ($name:literal, $future:expr $(,)?) => {{
        $crate::__private::site!(SITE, $name);
        $crate::__private::tracked(&SITE, $future)
    }};
}

/// Measures a stream: every poll and the drop count for the named operation, wherever they happen. With the
/// feature `stream`.
///
/// One stream is one call, from its first poll until it ends or is dropped.
///
/// ```
/// use futures::{Stream, StreamExt, executor::block_on, stream};
///
/// fn lines(text: &str) -> impl Stream<Item = String> {
///     memprof::stream!("lines", stream::iter(text.lines().map(str::to_owned)))
/// }
/// assert_eq!(block_on(lines("a\nb").count()), 2);
/// ```
#[cfg(feature = "stream")]
#[macro_export]
macro_rules! stream {
    ($name:literal, $stream:expr $(,)?) => {{
        $crate::__private::site!(SITE, $name);
        $crate::__private::tracked(&SITE, $stream)
    }};
}

/// The `main` of a bench target: runs every function of `#[memprof::bench]`, with time by criterion and exact
/// memory.
///
/// ```toml
/// [dev-dependencies]
/// memprof = { version = "…", features = ["bench"] }
///
/// [[bench]]
/// name = "suite"          # benches/suite.rs
/// harness = false
/// ```
#[cfg_attr(feature = "bench", doc = "```")]
#[cfg_attr(not(feature = "bench"), doc = "```text")]
/// #[global_allocator]
/// static ALLOC: memprof::Allocator = memprof::Allocator::system();
///
/// #[memprof::bench(args = [10, 100, 1000])]
/// fn build(n: usize) -> Vec<u64> { (0..n as u64).collect() }
///
/// memprof::bench_main!();
/// ```
///
/// Arguments are criterion's: a filter, `--list`, `--exact`, `--test`, `--save-baseline NAME`, `--baseline NAME`,
/// which keep and compare the memory figures too. Without a name a run is compared with the one before, and with
/// the `memprof.baseline.json` beside the manifest, if there is one; `MEMPROF_BASELINE=accept` takes the figures of
/// this run into both. It exits with 3 where a figure is worse, or a budget or growth was exceeded.
#[macro_export]
macro_rules! bench_main {
    () => {
        $crate::__bench_main!();
    };
}

/// Used by `bench_main!`.
#[cfg(all(feature = "enabled", feature = "bench"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __bench_main {
    () => {
        fn main() {
            $crate::__private::bench_main(::core::env!("CARGO_MANIFEST_DIR"));
        }
    };
}

/// Used by `bench_main!`.
#[cfg(all(feature = "enabled", not(feature = "bench")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __bench_main {
    () => {
        ::core::compile_error!(
            "`bench_main!` needs memprof's feature `bench`: \
             `cargo add --dev memprof --features bench`"
        );
        fn main() {}
    };
}

/// Used by `bench_main!`: nothing is measured when switched off.
#[cfg(not(feature = "enabled"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __bench_main {
    () => {
        fn main() {}
    };
}
