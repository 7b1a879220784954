//! A model turns a skill's name into a unit vector, near to those of names with like words.
//!
//! It has a vector of its own for each of `ROWS` hashes; a name's vector is the sum of those of its words
//! and of the runs of three letters in them, so `Postgres` is near to `PostgreSQL`. Made once a process and
//! cached. It is the same in every run: nothing in it has a seed.

use std::sync::OnceLock;

use crate::stage;

/// The length of a vector.
pub const DIMENSIONS: usize = 64;

/// How many vectors the model has.
const ROWS: usize = 4096;

/// The model: about 1 MiB.
pub struct Model {
    weights: Vec<f32>,
}

/// The model, made when first asked for.
pub fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| stage::load_model(Model::new))
}

impl Model {
    fn new() -> Self {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            // xorshift64*
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            let bits = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40;
            bits as f32 / (1 << 23) as f32 - 1.0
        };
        Self {
            weights: (0..ROWS * DIMENSIONS).map(|_| next()).collect(),
        }
    }

    /// The vector of one word or run of letters.
    pub fn feature(&self, text: &str) -> &[f32] {
        let row = hash(text) as usize % ROWS;
        &self.weights[row * DIMENSIONS..][..DIMENSIONS]
    }
}

/// The words of a skill's name, and the runs of three letters in each.
pub fn features(skill: &str) -> impl Iterator<Item = &str> {
    let words = skill
        .split(|c: char| !(c.is_alphanumeric() || c == '+' || c == '#'))
        .filter(|word| !word.is_empty());
    words.flat_map(|word| std::iter::once(word).chain(runs(word)))
}

fn runs(word: &str) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    let starts = word.char_indices().map(|(at, _)| at);
    starts
        .zip(ends.skip(2))
        .map(|(start, end)| &word[start..end])
}

/// Makes a vector's length 1, unless it is zero.
pub fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
}

/// How alike two unit vectors are, from -1 to 1.
pub fn likeness(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// FNV-1a, letters in lower case.
fn hash(text: &str) -> u64 {
    let lower = text.chars().flat_map(char::to_lowercase);
    let mix = |hash: u64, c: char| (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01B3);
    let hash = lower.fold(0xCBF2_9CE4_8422_2325, mix);
    // The last bits choose the row, and the first ones are better.
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::{DIMENSIONS, features, likeness, model, normalise};

    fn embed(skill: &str) -> Vec<f32> {
        let mut vector = vec![0.0; DIMENSIONS];
        for feature in features(skill) {
            let rows = model().feature(feature);
            vector.iter_mut().zip(rows).for_each(|(x, y)| *x += y);
        }
        normalise(&mut vector);
        vector
    }

    #[test]
    fn features_are_words_and_their_runs() {
        let found: Vec<_> = features("Go, C++ größe").collect();
        assert_eq!(found, ["Go", "C++", "C++", "größe", "grö", "röß", "öße"]);
    }

    #[test]
    fn like_names_have_like_vectors() {
        let [postgres, postgresql, design] = ["postgres", "PostgreSQL", "UI design"].map(embed);
        assert!(likeness(&postgres, &postgresql) > 0.6);
        assert!(likeness(&postgres, &design) < 0.4);
        assert!((likeness(&postgres, &postgres) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_name_without_words_is_like_nothing() {
        assert_eq!(likeness(&embed("—"), &embed("Rust")), 0.0);
    }
}
