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
        $crate::__private::Tracked::new(&SITE, $future)
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
        $crate::__private::Tracked::new(&SITE, $stream)
    }};
}
