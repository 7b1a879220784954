//! Promise: where much of the work of an operation lands outside any, because it was handed to a pool without the context, the
//! report names the operation and the remedy; with the context it does not.
#![forbid(unsafe_code)]

use memprof::rayon::ParallelIteratorExt as _;
use rayon::prelude::*;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("Batch")]
fn batch(context: Option<memprof::Context>) -> usize {
    let items = (0..43_usize).into_par_iter();
    match context {
        Some(context) => items
            .in_context(context)
            .map(|_| buffer(1 << 20).capacity())
            .sum(),
        None => items.map(|_| buffer(1 << 20).capacity()).sum(),
    }
}

#[memprof::track("Carried")]
fn carried() -> usize {
    batch(Some(memprof::Context::current()))
}

/// What the report says of it.
fn told() -> Option<String> {
    let report = memprof::snapshot();
    let warning = report
        .warnings
        .iter()
        .find(|warning| warning.code == "work-outside");
    warning.map(|warning| warning.message.clone())
}

#[test]
fn a_batch_without_its_context_is_told() {
    let workers = rayon::ThreadPoolBuilder::new().num_threads(2);
    assert_eq!(workers.build().expect("a pool").install(carried), 43 << 20);
    assert_eq!(told(), None);

    // Starts the global pool, whose threads free what they were started with.
    assert_eq!(batch(None), 43 << 20);
    let message = told().expect("a warning");
    assert!(message.starts_with("45"), "{message}");
    let told = " bytes were allocated outside any operation by ";
    assert!(message.contains(told), "{message}");
    assert!(
        message.contains("that freed blocks of operations, most of \"Batch\": "),
        "{message}"
    );
    assert!(
        message.ends_with("memprof::rayon (feature rayon) or memprof::Context"),
        "{message}"
    );
}
