//! Reciprocal-rank fusion: several rankings of the same documents become one.
//!
//! A document scores 1 / (60 + rank) in each ranking it is in. Only ranks count, so scores of different
//! kinds need not be made comparable.

use std::collections::BTreeMap;

/// The number of a document, counted up from 0 in the order of indexing.
pub type DocumentId = u32;

/// Damps the lead of the first ranks; the value of the method's authors.
const K: f32 = 60.0;

/// A document and how it stood in the two rankings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fused {
    /// Which document.
    pub id: DocumentId,
    /// The sum of its reciprocal ranks.
    pub score: f32,
    /// Its rank by words, from 1.
    pub text_rank: Option<u32>,
    /// Its rank by likeness, from 1.
    pub vector_rank: Option<u32>,
}

/// The `count` best of both rankings, best first; among equals the lower number is first.
#[memprof::track("Fuse")]
pub fn fuse(by_text: &[DocumentId], by_vector: &[DocumentId], count: usize) -> Vec<Fused> {
    let mut ranks = BTreeMap::<DocumentId, (Option<u32>, Option<u32>)>::new();
    for (rank, id) in (1..).zip(by_text) {
        ranks.entry(*id).or_default().0 = Some(rank);
    }
    for (rank, id) in (1..).zip(by_vector) {
        ranks.entry(*id).or_default().1 = Some(rank);
    }
    let mut fused = ranks
        .into_iter()
        .map(|(id, (text_rank, vector_rank))| Fused {
            id,
            score: reciprocal(text_rank) + reciprocal(vector_rank),
            text_rank,
            vector_rank,
        })
        .collect::<Vec<_>>();
    fused.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    fused.truncate(count);
    fused
}

fn reciprocal(rank: Option<u32>) -> f32 {
    rank.map_or(0.0, |rank| 1.0 / (K + rank as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(fused: &[Fused]) -> Vec<DocumentId> {
        fused.iter().map(|fused| fused.id).collect()
    }

    #[test]
    fn what_both_rankings_name_comes_before_what_one_does() {
        let fused = fuse(&[7, 1, 2], &[3, 2, 9], 10);
        assert_eq!(ids(&fused), [2, 3, 7, 1, 9]);
        assert_eq!(fused[0].score, 1.0 / 63.0 + 1.0 / 62.0);
        assert_eq!(
            (fused[0].text_rank, fused[0].vector_rank),
            (Some(3), Some(2))
        );
        assert_eq!((fused[1].text_rank, fused[1].vector_rank), (None, Some(1)));
    }

    #[test]
    fn one_ranking_alone_keeps_its_order() {
        assert_eq!(ids(&fuse(&[5, 3, 8], &[], 10)), [5, 3, 8]);
        assert_eq!(ids(&fuse(&[], &[5, 3, 8], 2)), [5, 3]);
        assert_eq!(fuse(&[], &[], 10), []);
    }
}
