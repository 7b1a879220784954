//! A library that is instrumented, and asks for no more than that.
#![deny(warnings)]

use memprof::{Context, FutureExt as _};

/// As many bytes as asked for.
#[memprof::track("Parse", budget(peak = "1 MiB"), growth = "O(n)", bench(args = [10, 100]))]
pub fn parse(bytes: usize) -> Vec<u8> {
    memprof::size(bytes);
    let _scope = memprof::scope!("buffer");
    vec![1; bytes]
}

/// As a future, under a context.
#[memprof::track("Fetch")]
pub async fn fetch(bytes: usize) -> Vec<u8> {
    memprof::future!("wait", async { vec![1; bytes] })
        .in_context(Context::current())
        .await
}

/// Limited where calls are judged.
#[memprof::budget(allocations = 1)]
pub fn limited(bytes: usize) -> Vec<u8> {
    vec![1; bytes]
}

/// Limited, as a future.
#[memprof::budget(allocations == 1)]
pub async fn limited_future(bytes: usize) -> Vec<u8> {
    vec![1; bytes]
}

/// A ring that no allocator sees.
pub fn ring() -> memprof::External {
    memprof::external("ring", 4096)
}

#[cfg(test)]
mod tests {
    #[test]
    #[memprof::budget(allocations = 100)]
    fn a_budget_that_is_not_judged_fails() {}
}
