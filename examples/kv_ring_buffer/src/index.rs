//! The index leads from the hash of a key to its latest entry. It may forget, and it may point to an entry that
//! is gone or has another key: whoever follows looks whether it is the right one.
//!
//! Each hash has a bucket of four words; a word is the number of an entry, plus one. The new entry of a key takes
//! the place of its old one, else of the oldest in the bucket.

use std::sync::atomic::{AtomicU64, Ordering};

const WAYS: usize = 4;

/// Finds entries by their keys.
#[derive(Clone, Copy)]
pub(crate) struct Index<'a> {
    /// A power of two.
    words: &'a [AtomicU64],
}

impl<'a> Index<'a> {
    pub(crate) fn new(words: &'a [AtomicU64]) -> Self {
        Self { words }
    }

    /// Notes the entry `number` of `key`; `is_same` tells whether an older entry is of this key.
    pub(crate) fn note(self, key: &[u8], number: u64, is_same: impl Fn(u64) -> bool) {
        let bucket = self.bucket(key);
        let mut oldest = &bucket[0];
        for way in bucket {
            let noted = way.load(Ordering::Relaxed);
            if noted == 0 || is_same(noted - 1) {
                oldest = way;
                break;
            }
            if noted < oldest.load(Ordering::Relaxed) {
                oldest = way;
            }
        }
        // Relaxed: it is a hint; the entry's own state says what can be read. Never back to an older one.
        oldest.fetch_max(number.wrapping_add(1), Ordering::Relaxed);
    }

    /// The entries that may be of `key`, from the latest to the oldest.
    pub(crate) fn candidates(self, key: &[u8]) -> impl Iterator<Item = u64> {
        let mut numbers = [0; WAYS];
        let bucket = self.bucket(key);
        for (number, way) in numbers.iter_mut().zip(bucket) {
            *number = way.load(Ordering::Relaxed);
        }
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers
            .into_iter()
            .take_while(|number| *number > 0)
            .map(|number| number - 1)
    }

    fn bucket(self, key: &[u8]) -> &'a [AtomicU64] {
        let buckets = (self.words.len() / WAYS).max(1);
        let bucket = hash(key) as usize & (buckets - 1);
        &self.words[bucket * WAYS..][..WAYS]
    }
}

/// FNV-1a, its better bits at the end.
fn hash(key: &[u8]) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
    let hash = key.iter().fold(0xCBF2_9CE4_8422_2325, mix);
    hash ^ hash >> 32
}
