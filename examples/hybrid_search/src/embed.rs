//! An embedding is a unit vector of [`DIMENSIONS`] numbers, near to those of texts with like words.
//!
//! It is made without a model: each word and each run of 3 to 5 letters in it is hashed to a dimension
//! and a sign, and what meets there is added up. So `allocate`, `allocator` and `preallocated` are near
//! to each other, as is a word to its misspelling. The same text gives the same vector in every run:
//! the hash has no seed, and words are added in sorted order.

use std::collections::BTreeMap;

/// The length of every embedding.
pub const DIMENSIONS: usize = 384;

/// Words that tell nothing about a text.
const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "for", "from", "how", "if", "in",
    "is", "it", "of", "on", "or", "pub", "that", "the", "this", "to", "with", "you",
];

const GRAM_CHARS: std::ops::RangeInclusive<usize> = 3..=5;

/// The embedding of a text: of length 1, or all zero when there is no word in the text.
#[memprof::track("Embed")]
pub fn embed(text: &str) -> Vec<f32> {
    let mut counts = BTreeMap::<String, u32>::new();
    for_each_word(text, |word| match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => drop(counts.insert(word.to_owned(), 1)),
    });
    let mut vector = vec![0.0; DIMENSIONS];
    let mut marked = String::new();
    for (word, count) in &counts {
        // The square root damps a word that is repeated all over a text.
        add_word(&mut vector, word, (*count as f32).sqrt(), &mut marked);
    }
    normalise(&mut vector);
    vector
}

/// Calls `each` with the words of `text` in lower case, `camelCase` and `snake_case` taken apart.
fn for_each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    let mut was_lowercase = false;
    for c in text.chars().chain([' ']) {
        if !c.is_alphanumeric() || (was_lowercase && c.is_uppercase()) {
            if word.len() > 1 && !STOP_WORDS.contains(&word.as_str()) {
                each(&word);
            }
            word.clear();
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lowercase = c.is_lowercase();
    }
}

/// Adds the word as a whole and, with the same total weight, its n-grams; `<` and `>` mark where it
/// begins and ends.
fn add_word(vector: &mut [f32], word: &str, weight: f32, marked: &mut String) {
    marked.clear();
    marked.push('<');
    marked.push_str(word);
    marked.push('>');
    add_feature(vector, marked, weight);

    let chars = marked.chars().count();
    let grams = GRAM_CHARS
        .map(|n| (chars + 1).saturating_sub(n))
        .sum::<usize>();
    let gram_weight = weight / (grams.max(1) as f32).sqrt();
    for n in GRAM_CHARS {
        // The end of each window runs `n` characters ahead of its start.
        let starts = marked.char_indices().map(|(at, _)| at);
        let ends = marked
            .char_indices()
            .map(|(at, _)| at)
            .chain([marked.len()])
            .skip(n);
        for (start, end) in starts.zip(ends) {
            add_feature(vector, &marked[start..end], gram_weight);
        }
    }
}

/// Signed feature hashing: half of the features count negative, so what shares a dimension by chance
/// cancels out.
fn add_feature(vector: &mut [f32], feature: &str, weight: f32) {
    let hash = hash(feature.as_bytes());
    let dimension = ((hash & 0xffff_ffff) * vector.len() as u64) >> 32;
    let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
    vector[dimension as usize] += sign * weight;
}

/// FNV-1a, and a final mix because its high bits alone are poor on short inputs.
fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

fn normalise(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > 0.0 {
        for x in vector {
            *x /= norm;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::similarity;

    fn likeness(a: &str, b: &str) -> f32 {
        similarity(&embed(a), &embed(b))
    }

    #[test]
    fn the_same_text_gives_the_same_vector() {
        let text = "Lock-free hash maps, and how to grow them.";
        assert_eq!(embed(text), embed(text));
        // Fixed for ever: a hash that changed would silently make stored vectors useless.
        assert_eq!(hash(b"memory"), 0x3b50_a3d0_60fd_94d2);
    }

    #[test]
    fn every_vector_with_a_word_in_it_has_length_one() {
        for text in [
            "x86",
            "memory",
            "Größe in Zeichen",
            "日本語のテキスト",
            "a very long text ".repeat(500).as_str(),
        ] {
            let norm = embed(text).iter().map(|x| x * x).sum::<f32>().sqrt();
            assert!((norm - 1.0).abs() < 1e-5, "{text}: {norm}");
        }
        for text in ["", "   ", "the of and", "-- !?"] {
            assert_eq!(embed(text), vec![0.0; DIMENSIONS], "{text}");
        }
    }

    #[test]
    fn like_texts_are_nearer_than_different_ones() {
        for (text, like, different) in [
            (
                "memory allocator",
                "allocating memory",
                "regular expressions",
            ),
            ("hash map", "HashMap", "command line arguments"),
            (
                "serialization",
                "serialisation of structs",
                "atomic counters",
            ),
        ] {
            let (near, far) = (likeness(text, like), likeness(text, different));
            assert!(near > far + 0.2, "{text}: {near} {far}");
        }
    }

    #[test]
    fn words_are_taken_apart_at_case_and_punctuation() {
        let mut words = Vec::new();
        for_each_word("HashMap::with_capacity(TLS) the end", |word| {
            words.push(word.to_owned())
        });
        assert_eq!(words, ["hash", "map", "capacity", "tls", "end"]);
    }
}
