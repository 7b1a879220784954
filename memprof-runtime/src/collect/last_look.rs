//! The last look at the peak: what one thread at a time writes, inside the allocator, and any may read.
//!
//! No lock, since whoever writes may be in the middle of `fork`, and a child may be forked while somebody
//! writes: its readers then find nothing, instead of waiting.

use super::fragmentation::Counted;
use crate::os::heap::HeapFigures;
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// How the heap was at a peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AtPeak {
    pub(super) counted: Counted,
    pub(super) heap: HeapFigures,
}

pub(super) struct LastLook {
    /// Odd while somebody writes, 0 before anybody did.
    version: AtomicU64,
    words: [AtomicU64; WORDS],
}

const WORDS: usize = 6;

/// Stands for figures that are not known.
const UNTOLD: u64 = u64::MAX;

impl LastLook {
    pub(super) const fn new() -> Self {
        Self {
            version: AtomicU64::new(0),
            words: [const { AtomicU64::new(0) }; WORDS],
        }
    }

    /// The caller sees to it that nobody else writes.
    pub(super) fn set(&self, look: AtPeak) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        // Pairs with the acquire fence in `get`: who read one of the words below reads the odd version too.
        fence(Ordering::Release);
        let AtPeak { counted, heap } = look;
        let values: [u64; WORDS] = [
            counted.live,
            counted.own,
            counted.most_rounding.unwrap_or(UNTOLD),
            heap.held,
            heap.in_blocks.unwrap_or(UNTOLD),
            heap.mapped_blocks,
        ];
        for (word, value) in self.words.iter().zip(values) {
            word.store(value, Ordering::Relaxed);
        }
        // Pairs with the acquire load in `get`.
        self.version.store(version + 2, Ordering::Release);
    }

    /// `None` before the first look, and in a child that was forked during one.
    pub(super) fn get(&self) -> Option<AtPeak> {
        const TRIES: usize = 1_000;
        (0..TRIES).find_map(|_| self.try_get()).flatten()
    }

    /// `None` when somebody wrote meanwhile.
    fn try_get(&self) -> Option<Option<AtPeak>> {
        let version = self.version.load(Ordering::Acquire);
        let [live, own, most_rounding, held, in_blocks, mapped_blocks] = self
            .words
            .each_ref()
            .map(|word| word.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let is_whole = version.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == version;
        let told = |figure| (figure != UNTOLD).then_some(figure);
        let look = AtPeak {
            counted: Counted {
                live,
                own,
                most_rounding: told(most_rounding),
            },
            heap: HeapFigures {
                held,
                in_blocks: told(in_blocks),
                mapped_blocks,
            },
        };
        is_whole.then_some((version > 0).then_some(look))
    }
}

#[cfg(test)]
mod tests {
    use super::{AtPeak, Counted, LastLook};
    use crate::os::heap::HeapFigures;
    use std::sync::atomic::Ordering;

    fn of(number: u64) -> AtPeak {
        AtPeak {
            counted: Counted {
                live: number,
                own: number + 1,
                most_rounding: number.is_multiple_of(3).then_some(number + 4),
            },
            heap: HeapFigures {
                held: number + 2,
                in_blocks: number.is_multiple_of(2).then_some(number + 3),
                mapped_blocks: number + 5,
            },
        }
    }

    #[test]
    fn is_read_whole_while_it_is_written() {
        static LAST: LastLook = LastLook::new();
        assert_eq!(LAST.get(), None);
        std::thread::scope(|threads| {
            threads.spawn(|| (1..=20_000).for_each(|number| LAST.set(of(number))));
            let mut seen = 0;
            while seen < 20_000 {
                if let Some(look) = LAST.get() {
                    assert_eq!(look, of(look.counted.live));
                    assert!(look.counted.live >= seen);
                    seen = look.counted.live;
                }
            }
        });
    }

    #[test]
    fn nobody_waits_for_a_writer_that_is_gone() {
        let last = LastLook::new();
        last.set(of(4));
        last.version.fetch_add(1, Ordering::Relaxed);
        assert_eq!(last.get(), None);
    }
}
