//! What each operation of the engine allocates, and in the same run how long it takes.
//!
//! ```sh
//! cargo bench -p hybrid_search --bench allocation_benchmark
//! ```
//!
//! Under each `time:` line stands the `memory:` line of the same call. The owners of the engine ask for less than 5 ms
//! for a phase that allocates: `time:` is what that is held against, by eye. Bytes and counts are what is held to a
//! budget, since they are the same on every machine: those with `==` to the number, those over sizes to the figure
//! of the largest. `cargo test --benches` judges them too, without the time.
#![forbid(unsafe_code)]

mod corpus;

use std::sync::LazyLock;

use corpus::{documents, index_texts, index_vectors, text, word};
use hybrid_search::Document;
use hybrid_search::allocator::{INNER, Inner};
use hybrid_search::embed::embed;
use hybrid_search::fulltext::TextIndex;
use hybrid_search::fuse::{DocumentId, Fused, fuse};
use hybrid_search::vector::VectorIndex;

#[global_allocator]
static ALLOC: memprof::Allocator<Inner> = memprof::Allocator::new(INNER);

/// How many documents the searches are over.
const DOCUMENTS: usize = 256;
/// As deep as the engine looks into each ranking.
const CANDIDATES: usize = 50;

static TEXTS: LazyLock<TextIndex> = LazyLock::new(|| index_texts(&documents(DOCUMENTS)));
static VECTORS: LazyLock<VectorIndex> =
    LazyLock::new(|| index_vectors(vectors(DOCUMENTS), DOCUMENTS));

/// An allocation phase: all buffers of a batch that waits for the writer. That is four blocks a document, one of which
/// its iterator frees, and the list.
#[memprof::bench(args = [8, 16, 32, 64, 128], setup = texts_of, growth = "O(n)", budget(allocations = 513))]
fn batch_buffers(texts: Vec<(String, String)>) -> Vec<Document> {
    let documents = texts.into_iter();
    documents
        .map(|(path, text)| Document::new(path, text))
        .collect()
}

/// An allocation phase: the vector of a text, over its number of words.
#[memprof::bench(args = [16, 64, 256, 1_024], setup = words, growth = "O(n)", budget(allocations = 994, net = 0))]
fn embedding(text: &str) -> Vec<f32> {
    embed(text)
}

/// The words of a batch, into an index of their own. tantivy's tables are nearly all of it.
#[memprof::bench(args = [4, 8, 16, 32, 64], setup = documents, growth = "O(n)", budget(peak = "15 MiB"))]
fn batch_texts(documents: &[Document]) -> TextIndex {
    index_texts(documents)
}

/// The vectors of a batch, into a graph of their own, which copies them. A point's list of neighbours grows
/// once, when there is a 33rd.
#[memprof::bench(args = [4, 8, 16, 32, 64], setup = vectors, growth = "O(n log n)", budget(peak = "82 KiB"))]
fn batch_vectors(vectors: Vec<Vec<f32>>) -> VectorIndex {
    let count = vectors.len();
    index_vectors(vectors, count)
}

/// An allocation phase: the candidates of a query by its words.
#[memprof::bench(setup = query, budget(allocations == 213, net = 0))]
fn full_text_search(query: &str) -> Vec<DocumentId> {
    TEXTS.search(query, CANDIDATES).expect("an index in memory")
}

/// An allocation phase: the candidates of a query by its likeness.
#[memprof::bench(setup = query_vector, budget(allocations == 7, net = 0))]
fn vector_search(vector: &[f32]) -> Vec<DocumentId> {
    VECTORS.search(vector, CANDIDATES)
}

/// An allocation phase: two rankings into one, over how deep they are looked into. Sorting takes a buffer of its own
/// from some length on.
#[memprof::bench(args = [50, 100, 200, 400, 800], setup = rankings, growth = "O(n log n)", budget(allocations = 201))]
fn fusion(rankings: &(Vec<DocumentId>, Vec<DocumentId>)) -> Vec<Fused> {
    fuse(&rankings.0, &rankings.1, 10)
}

/// A whole search, as the engine makes it.
#[memprof::bench(setup = query, budget(allocations == 240, net = 0, peak = "34 KiB"))]
fn hybrid_search(query: &str) -> Vec<Fused> {
    let by_text = full_text_search(query);
    let by_vector = vector_search(&embed(query));
    fuse(&by_text, &by_vector, 10)
}

fn texts_of(count: usize) -> Vec<(String, String)> {
    let documents = documents(count).into_iter();
    documents.map(|it| (it.path, it.text)).collect()
}

fn words(count: usize) -> String {
    text(1, count)
}

fn vectors(count: usize) -> Vec<Vec<f32>> {
    let documents = documents(count).into_iter();
    documents.map(|it| embed(&it.digest)).collect()
}

/// A frequent word, two rarer ones, and one that is nowhere.
fn query() -> String {
    [word(3), word(150), word(900), word(99_999)].join(" ")
}

fn query_vector() -> Vec<f32> {
    LazyLock::force(&VECTORS);
    embed(&query())
}

/// Every second document is in both.
fn rankings(depth: usize) -> (Vec<DocumentId>, Vec<DocumentId>) {
    let depth = depth as DocumentId;
    ((0..depth).collect(), (0..depth).map(|id| id * 2).collect())
}

memprof::bench_main!();
