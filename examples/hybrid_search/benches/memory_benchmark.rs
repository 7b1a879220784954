//! What the engine's indexes hold, and how high making them peaks, over the number of documents.
//!
//! ```sh
//! cargo bench -p hybrid_search --bench memory_benchmark
//! ```
//!
//! What is made is what the routine gives back, so `net` is what an index retains, and `peak` how much more the making
//! of it takes. The sizes are small, so that `cargo test --benches` is quick without optimization too.
#![forbid(unsafe_code)]

mod corpus;

use corpus::{documents, index_texts, index_vectors};
use hybrid_search::Document;
use hybrid_search::allocator::{INNER, Inner};
use hybrid_search::embed::embed;
use hybrid_search::fulltext::TextIndex;
use hybrid_search::vector::VectorIndex;
use memprof::Bencher;

#[global_allocator]
static ALLOC: memprof::Allocator<Inner> = memprof::Allocator::new(INNER);

/// The documents themselves: path, title, digest and text.
#[memprof::bench("documents", args = [8, 16, 32, 64, 128], growth = "O(n)")]
fn documents_alone(count: usize) -> Vec<Document> {
    documents(count)
}

/// Words and their postings. Nearly all of the peak is tantivy's tables, which the first document needs as much as the
/// last: it may rise by 1 MiB over these sizes.
#[memprof::bench(args = [8, 16, 32, 64, 128], growth = "O(n)", budget(peak = "15 MiB"))]
fn text_index(bencher: &mut Bencher, count: usize) {
    let documents = documents(count);
    bencher.iter(|| index_texts(&documents));
}

/// The vectors and the graph over them. The graph keeps what it searches with from one insertion to the next, so all
/// that it allocates is of its size.
#[memprof::bench(args = [8, 16, 32, 64, 128], growth = "O(n)", budget(peak = "291 KiB"))]
fn vector_index(bencher: &mut Bencher, count: usize) {
    let documents = documents(count);
    bencher.iter(|| vectors_of(&documents));
}

/// Both.
#[memprof::bench(args = [8, 16, 32, 64, 128], growth = "O(n)", budget(peak = "16 MiB"))]
fn both_indexes(bencher: &mut Bencher, count: usize) {
    let documents = documents(count);
    let both = || -> (TextIndex, VectorIndex) { (index_texts(&documents), vectors_of(&documents)) };
    bencher.iter(both);
}

/// One after the other, as the engine does: each embedding is gone when the graph has it.
fn vectors_of(documents: &[Document]) -> VectorIndex {
    index_vectors(
        documents.iter().map(|it| embed(&it.digest)),
        documents.len(),
    )
}

memprof::bench_main!();
