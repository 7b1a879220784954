//! Documents that are the same on every machine, so that the figures of the benches are; and the indexes of them.
//!
//! The words are invented: syllables by the digits of a number. Which come next is drawn by a generator with a fixed
//! seed, small numbers more often than large ones, as in real texts.

use hybrid_search::Document;
use hybrid_search::fulltext::{TextIndex, TextWriter};
use hybrid_search::vector::VectorIndex;

/// Words that all documents together may have.
const VOCABULARY: u64 = 4_000;
/// Words of a document.
const WORDS: usize = 120;

/// The first documents of the corpus: those of a smaller number are always among those of a larger one.
pub(crate) fn documents(count: usize) -> Vec<Document> {
    (0..count)
        .map(|number| {
            let text = format!(
                "# About {}\n\n{}.\n",
                word(number as u64),
                text(number, WORDS)
            );
            Document::new(format!("part{}/{number}.md", number % 7), text)
        })
        .collect()
}

/// The words of documents in an index.
pub(crate) fn index_texts(documents: &[Document]) -> TextIndex {
    let mut writer = TextWriter::new().expect("an index in memory");
    for document in documents {
        writer.add(document).expect("a document of the schema");
    }
    writer.finish().expect("a segment in memory")
}

/// Vectors in a graph with room for `count`.
pub(crate) fn index_vectors(
    vectors: impl IntoIterator<Item = Vec<f32>>,
    count: usize,
) -> VectorIndex {
    let mut index = VectorIndex::new(count);
    for (id, vector) in (0..).zip(vectors) {
        index.insert(id, vector);
    }
    index
}

/// A text of so many words, of its own for each `seed`.
pub(crate) fn text(seed: usize, words: usize) -> String {
    let mut state = seed as u64;
    let mut next = || {
        // Knuth's constants for 64 bits; the high bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % VOCABULARY
    };
    // The lesser of two draws: word 0 is the most frequent, and few are rare.
    let words = (0..words).map(|_| word(next().min(next())));
    words.collect::<Vec<_>>().join(" ")
}

/// The invented word of a number.
pub(crate) fn word(mut number: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu",
        "za",
    ];
    let mut word = String::from("x");
    loop {
        word.push_str(SYLLABLES[(number % 16) as usize]);
        number /= 16;
        if number == 0 {
            return word;
        }
    }
}
