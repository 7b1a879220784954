//! Two tests, which run in one process or in two.

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

#[test]
fn a_hundred() {
    assert_eq!(demo::work(100).len(), 100);
}

#[test]
fn ten() {
    assert_eq!(demo::work(10).len(), 10);
}
