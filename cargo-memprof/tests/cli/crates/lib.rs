//! A library with two operations, one of which is never called.

#[cfg(test)]
#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

/// ```
/// #[global_allocator]
/// static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// assert_eq!(demo::work(1), [7]);
/// ```
#[memprof::track("Work")]
pub fn work(size: usize) -> Vec<u8> {
    vec![7; size]
}

/// Nobody calls it.
#[memprof::track("Idle")]
pub fn idle() {}

#[test]
fn unit() {
    assert_eq!(work(1_000).len(), 1_000);
}
