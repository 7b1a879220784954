//! The ring: a bounded queue for many writers and many readers, without a lock.
//!
//! Entries are numbered in the order in which they are put. A slot's state says for which entry it is ready
//! (after D. Vyukov's bounded MPMC queue), counted from the slot's first turn: entry `n` finds its slot
//! - at `turn * 2`, when it may be put;
//! - at `turn * 2 + 1`, when it is there;
//!
//! where `turn` is how often the ring went round before. So a new memory, all zero, is an empty ring.

use std::sync::atomic::{AtomicU64, Ordering, fence};

use crate::shared::WORD_BYTES;
use crate::{Layout, PutError};

/// A queue in shared memory.
#[derive(Clone, Copy)]
pub(crate) struct Ring<'a> {
    words: &'a [AtomicU64],
    layout: Layout,
}

const STATE: usize = 0;
const LENGTHS: usize = 1;
const TEXT: usize = 2;

impl<'a> Ring<'a> {
    pub(crate) fn new(words: &'a [AtomicU64], layout: Layout) -> Self {
        Self { words, layout }
    }

    /// Appends an entry and gives its number.
    pub(crate) fn push(self, key: &[u8], value: &[u8]) -> Result<u64, PutError> {
        if key.len() + value.len() > self.layout.entry_bytes() {
            return Err(PutError::TooLong);
        }
        let next = self.layout.next_to_put(self.words);
        let number = self.claim(next, self.turned(0)).ok_or(PutError::Full)?;
        let slot = self.slot(number);
        // Release fence: whoever reads one of the words below, and then looks at the state after an Acquire
        // fence (`read_if_there`), sees that the former entry had been taken.
        fence(Ordering::Release);
        let lengths = (key.len() as u64) << 32 | value.len() as u64;
        slot[LENGTHS].store(lengths, Ordering::Relaxed);
        let mut words = slot[TEXT..].iter();
        store(key.iter().chain(value), &mut words);
        // Release: with the Acquire of `claim` by a reader, and of `read_if_there`.
        slot[STATE].store(self.turned(1)(number), Ordering::Release);
        Ok(number)
    }

    /// Takes the oldest entry out: `with` gets the lengths of its key and value and its words, once.
    pub(crate) fn pop<T>(self, with: impl FnOnce(Entry<'a>) -> T) -> Option<T> {
        let next = self.layout.next_to_take(self.words);
        let number = self.claim(next, self.turned(1))?;
        let slot = self.slot(number);
        let taken = with(self.entry(slot));
        // Release: with the Acquire of `claim` by the writer of the next turn, which so comes after the reads.
        slot[STATE].store(self.turned(2)(number), Ordering::Release);
        Some(taken)
    }

    /// What `read` makes of an entry, if it was there all the while. `read` may see a mixture of entries
    /// before that is known.
    pub(crate) fn read_if_there<T>(
        self,
        number: u64,
        read: impl FnOnce(Entry<'a>) -> T,
    ) -> Option<T> {
        let slot = self.slot(number);
        let there = self.turned(1)(number);
        // Acquire: with the Release of `push`.
        if slot[STATE].load(Ordering::Acquire) != there {
            return None;
        }
        let result = read(self.entry(slot));
        // Acquire fence: with the Release fence of the next `push` into this slot.
        fence(Ordering::Acquire);
        (slot[STATE].load(Ordering::Relaxed) == there).then_some(result)
    }

    /// Moves a counter on, once the slot of its entry is in the state that is asked for.
    fn claim(self, counter: &AtomicU64, ready: impl Fn(u64) -> u64) -> Option<u64> {
        let mut number = counter.load(Ordering::Relaxed);
        loop {
            // Acquire: with the Release of whoever brought the slot into this state.
            let state = self.slot(number)[STATE].load(Ordering::Acquire);
            let ahead = state.wrapping_sub(ready(number)).cast_signed();
            if ahead < 0 {
                // Full for a writer, empty for a reader.
                return None;
            }
            if ahead > 0 {
                number = counter.load(Ordering::Relaxed);
                continue;
            }
            // Relaxed: the counter only tells entries apart, what is in them goes by the states.
            match counter.compare_exchange_weak(
                number,
                number.wrapping_add(1),
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Some(number),
                Err(current) => number = current,
            }
        }
    }

    /// The state of an entry's slot, `steps` after the one in which it can be put.
    fn turned(self, steps: u64) -> impl Fn(u64) -> u64 + Copy {
        let turn_bits = self.layout.slots().trailing_zeros();
        move |number| (number >> turn_bits).wrapping_mul(2).wrapping_add(steps)
    }

    fn slot(self, number: u64) -> &'a [AtomicU64] {
        self.layout.slot(self.words, number)
    }

    /// Lengths are cut to the slot, as another process may have damaged them.
    fn entry(self, slot: &'a [AtomicU64]) -> Entry<'a> {
        let lengths = slot[LENGTHS].load(Ordering::Relaxed);
        let key = ((lengths >> 32) as usize).min(self.layout.entry_bytes());
        let value = (lengths as u32 as usize).min(self.layout.entry_bytes() - key);
        Entry {
            key,
            value,
            words: &slot[TEXT..],
        }
    }
}

/// An entry as it stands in its slot.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    key: usize,
    value: usize,
    words: &'a [AtomicU64],
}

impl Entry<'_> {
    pub(crate) fn has_key(self, key: &[u8]) -> bool {
        self.key == key.len() && self.bytes(0, self.key).eq(key.iter().copied())
    }

    /// Appends the key to `to` as far as it has room without growing.
    pub(crate) fn copy_key(self, to: &mut Vec<u8>) {
        to.clear();
        to.extend(self.bytes(0, self.key));
    }

    pub(crate) fn copy_value(self, to: &mut Vec<u8>) {
        to.clear();
        to.extend(self.bytes(self.key, self.value));
    }

    fn bytes(self, from: usize, length: usize) -> impl ExactSizeIterator<Item = u8> {
        (from..from + length).map(move |at| {
            let word = self.words[at / WORD_BYTES].load(Ordering::Relaxed);
            word.to_le_bytes()[at % WORD_BYTES]
        })
    }
}

/// Packs bytes into words.
fn store<'b>(mut bytes: impl Iterator<Item = &'b u8>, words: &mut dyn Iterator<Item = &AtomicU64>) {
    loop {
        let mut word = [0; WORD_BYTES];
        let mut used = 0;
        for (to, from) in word.iter_mut().zip(&mut bytes) {
            *to = *from;
            used += 1;
        }
        if used == 0 {
            return;
        }
        if let Some(place) = words.next() {
            place.store(u64::from_le_bytes(word), Ordering::Relaxed);
        }
        if used < WORD_BYTES {
            return;
        }
    }
}
