//! The vector index: embeddings in an HNSW graph, asked for the nearest.
//!
//! Points are inserted one by one on the calling thread. The order of insertion decides the graph, and
//! its levels are drawn from a fixed seed, so the same corpus gives the same graph and the same answers.

use fast_hnsw::distance::Distance;
use fast_hnsw::{Builder, Hnsw, PruneStrategy};

use crate::fuse::DocumentId;

/// Neighbours kept for each point; 16 to 32 is usual for some hundred dimensions.
const CONNECTIONS: usize = 16;
/// How many candidates are looked at for each insertion, and at least for each search.
const INSERT_BREADTH: usize = 200;
const SEARCH_BREADTH: usize = 100;
/// Any number would do, as long as it stays the same.
const SEED: u64 = 1;

/// Embeddings in an HNSW graph.
pub struct VectorIndex {
    graph: Hnsw<Chord>,
    /// Whose vector each point of the graph is.
    documents: Vec<DocumentId>,
}

impl VectorIndex {
    /// An empty index with room for `capacity` vectors.
    pub fn new(capacity: usize) -> Self {
        let graph = Builder::new()
            .m(CONNECTIONS)
            .ef_construction(INSERT_BREADTH)
            // The default drops the farthest neighbour of a full point, and loses points that way.
            .prune_strategy(PruneStrategy::Heuristic)
            .capacity(capacity)
            .seed(SEED)
            .build(Chord);
        Self {
            graph,
            documents: Vec::with_capacity(capacity),
        }
    }

    /// Adds a vector. One of all zeros is like nothing and is left out.
    #[memprof::track("Insert Vector")]
    pub fn insert(&mut self, id: DocumentId, vector: Vec<f32>) {
        if !is_zero(&vector) {
            self.graph.insert(vector);
            self.documents.push(id);
        }
    }

    /// The `count` nearest documents, nearest first.
    #[memprof::track("Vector Search")]
    pub fn search(&self, vector: &[f32], count: usize) -> Vec<DocumentId> {
        if is_zero(vector) {
            return Vec::new();
        }
        let breadth = SEARCH_BREADTH.max(count);
        let nearest = self.graph.search(vector, count, breadth).into_iter();
        nearest.map(|point| self.documents[point.id]).collect()
    }
}

fn is_zero(vector: &[f32]) -> bool {
    vector.iter().all(|x| *x == 0.0)
}

/// The straight line between two unit vectors. It orders them as the cosine does, and keeps the triangle
/// inequality, by which the graph saves itself comparisons.
struct Chord;

impl Distance for Chord {
    fn distance(&self, a: &[f32], b: &[f32]) -> f32 {
        // Rounding may pass 1 by a hair.
        (2.0 - 2.0 * similarity(a, b)).max(0.0).sqrt()
    }
}

/// The dot product of two vectors: for unit vectors 1 when they are the same and about 0 when they are
/// unrelated.
pub fn similarity(a: &[f32], b: &[f32]) -> f32 {
    // Sixteen sums that do not wait for each other are what the compiler turns into vector
    // instructions.
    const LANES: usize = 16;
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::embed;

    #[test]
    fn the_dot_product_covers_lanes_and_rest() {
        let a = (0..37).map(|x| x as f32).collect::<Vec<_>>();
        assert_eq!(
            similarity(&a, &a),
            (0..37).map(|x| (x * x) as f32).sum::<f32>()
        );
    }

    #[test]
    fn a_text_is_nearest_to_itself_among_many() {
        let texts = (0..200)
            .map(|n| format!("document{n} about{}", n * 7919))
            .collect::<Vec<_>>();
        let mut index = VectorIndex::new(texts.len());
        for (id, text) in (0..).zip(&texts) {
            index.insert(id, embed(text));
        }
        for id in [0, 1, 100, 199] {
            assert_eq!(index.search(&embed(&texts[id as usize]), 5)[0], id);
        }
    }

    #[test]
    fn nothing_is_like_an_empty_text() {
        let mut index = VectorIndex::new(2);
        index.insert(0, embed(""));
        assert!(index.search(&embed("memory"), 5).is_empty());
        index.insert(1, embed("memory"));
        assert_eq!(index.search(&embed("memory"), 5), [1]);
        assert!(index.search(&embed(""), 5).is_empty());
    }
}
