//! The layout says where in the memory everything is. It is written down at the beginning of the memory, so that
//! another process can check that it understands what it opens.
//!
//! ```text
//! word 0  magic  version  slots  stride         8: next to put      16: next to take
//!     24  index: a power of two of words        then slots, `stride` words each:
//!                                               state, lengths (key << 32 | value), key, value
//! ```
//! The two counters have a cache line each.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;
use crate::shared::WORD_BYTES;

const MAGIC: u64 = u64::from_le_bytes(*b"kv-ring\0");
const VERSION: u64 = 1;
const HEAD_WORDS: usize = 24;
/// Before the key of a slot.
const SLOT_HEAD_WORDS: usize = 2;

/// Where in the memory everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// A power of two.
    slots: usize,
    /// The words of a slot.
    stride: usize,
}

impl Layout {
    /// Room for at least that many entries, whose key and value have up to `entry_bytes` together.
    ///
    /// # Errors
    /// When there is no slot or no byte, or the memory would be larger than can be addressed.
    pub fn new(slots: usize, entry_bytes: usize) -> Result<Self, Error> {
        let too_large = Error::Size { slots, entry_bytes };
        if slots == 0 || entry_bytes == 0 || slots > 1 << 32 || entry_bytes > 1 << 30 {
            return Err(too_large);
        }
        let layout = Self {
            slots: slots.next_power_of_two().max(2),
            stride: SLOT_HEAD_WORDS + entry_bytes.div_ceil(WORD_BYTES),
        };
        match layout.checked_words() {
            Some(_) => Ok(layout),
            None => Err(too_large),
        }
    }

    fn checked_words(self) -> Option<usize> {
        let slots = self.slots.checked_mul(self.stride)?;
        let words = slots
            .checked_add(HEAD_WORDS)?
            .checked_add(self.index_words())?;
        words.checked_mul(WORD_BYTES)?;
        Some(words)
    }

    /// The bytes of the whole memory.
    pub fn bytes(self) -> usize {
        (HEAD_WORDS + self.index_words() + self.slots * self.stride) * WORD_BYTES
    }

    /// How many entries there is room for.
    pub fn slots(self) -> usize {
        self.slots
    }

    /// How many bytes a key and its value have room for.
    pub fn entry_bytes(self) -> usize {
        (self.stride - SLOT_HEAD_WORDS) * WORD_BYTES
    }

    pub(crate) fn index_words(self) -> usize {
        self.slots * 2
    }

    /// Writes the layout down, the magic last: who sees it sees the rest.
    pub(crate) fn write(self, words: &[AtomicU64]) {
        words[1].store(VERSION, Ordering::Relaxed);
        words[2].store(self.slots as u64, Ordering::Relaxed);
        words[3].store(self.stride as u64, Ordering::Relaxed);
        // Release: with the Acquire of `read`.
        words[0].store(MAGIC, Ordering::Release);
    }

    /// The layout of a memory that another process made.
    pub(crate) fn read(words: &[AtomicU64]) -> Result<Self, &'static str> {
        if words.len() < HEAD_WORDS {
            return Err("it is too short");
        }
        // Acquire: with the Release of `write`.
        if words[0].load(Ordering::Acquire) != MAGIC {
            return Err("it does not begin as one, or is not ready yet");
        }
        if words[1].load(Ordering::Relaxed) != VERSION {
            return Err("it is of another version");
        }
        let word = |at: usize| usize::try_from(words[at].load(Ordering::Relaxed));
        let (Ok(slots), Ok(stride)) = (word(2), word(3)) else {
            return Err("its sizes are damaged");
        };
        let layout = Self { slots, stride };
        let is_sound = slots.is_power_of_two()
            && (2..=1 << 32).contains(&slots)
            && (SLOT_HEAD_WORDS + 1..1 << 28).contains(&stride);
        if !is_sound {
            return Err("its sizes are damaged");
        }
        match layout.checked_words() {
            Some(needed) if needed <= words.len() => Ok(layout),
            _ => Err("it is shorter than its sizes say"),
        }
    }

    pub(crate) fn next_to_put(self, words: &[AtomicU64]) -> &AtomicU64 {
        &words[8]
    }

    pub(crate) fn next_to_take(self, words: &[AtomicU64]) -> &AtomicU64 {
        &words[16]
    }

    pub(crate) fn index(self, words: &[AtomicU64]) -> &[AtomicU64] {
        &words[HEAD_WORDS..][..self.index_words()]
    }

    /// The words of the slot that the entry of that number has.
    pub(crate) fn slot(self, words: &[AtomicU64], number: u64) -> &[AtomicU64] {
        let slot = number as usize & (self.slots - 1);
        &words[HEAD_WORDS + self.index_words() + slot * self.stride..][..self.stride]
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD_WORDS, Layout};
    use std::sync::atomic::{AtomicU64, Ordering};

    fn memory(words: usize) -> Vec<AtomicU64> {
        (0..words).map(|_| AtomicU64::new(0)).collect()
    }

    #[test]
    fn what_was_written_is_read() {
        let layout = Layout::new(100, 60).unwrap();
        assert_eq!((layout.slots(), layout.entry_bytes()), (128, 64));
        assert_eq!(layout.bytes(), (HEAD_WORDS + 256 + 128 * 10) * 8);
        let words = memory(layout.bytes() / 8);
        assert!(Layout::read(&words).is_err());
        layout.write(&words);
        assert_eq!(Layout::read(&words), Ok(layout));
    }

    #[test]
    fn damage_is_noticed() {
        let layout = Layout::new(4, 8).unwrap();
        let words = memory(layout.bytes() / 8);
        layout.write(&words);
        assert!(Layout::read(&words[..words.len() - 1]).is_err());
        assert!(Layout::read(&words[..3]).is_err());
        for (at, value) in [
            (0, 1),
            (1, 2),
            (2, 3),
            (2, 0),
            (2, u64::MAX),
            (3, 2),
            (3, u64::MAX),
        ] {
            let was = words[at].swap(value, Ordering::Relaxed);
            assert!(Layout::read(&words).is_err(), "word {at} = {value}");
            words[at].store(was, Ordering::Relaxed);
        }
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        for (slots, bytes) in [(0, 8), (8, 0), (usize::MAX, 8), (8, usize::MAX)] {
            assert!(Layout::new(slots, bytes).is_err());
        }
    }
}
