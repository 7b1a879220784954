//! The last look at the peak: what one thread at a time writes, inside the allocator, and any may read.
//!
//! No lock, since whoever writes may be in the middle of `fork`, and a child may be forked while somebody
//! writes: its readers then find nothing, instead of waiting.

use crate::os::heap::HeapFigures;
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// How the heap was at a peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AtPeak {
    pub(super) live: u64,
    pub(super) overhead: u64,
    pub(super) heap: HeapFigures,
}

pub(super) struct LastLook {
    /// Odd while somebody writes, 0 before anybody did.
    version: AtomicU64,
    words: [AtomicU64; 4],
}

/// Stands for figures that the allocator does not tell.
const UNTOLD: u64 = u64::MAX;

impl LastLook {
    pub(super) const fn new() -> Self {
        Self {
            version: AtomicU64::new(0),
            words: [const { AtomicU64::new(0) }; 4],
        }
    }

    /// The caller sees to it that nobody else writes.
    pub(super) fn set(&self, look: AtPeak) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        // Pairs with the acquire fence in `get`: who read one of the words below reads the odd version too.
        fence(Ordering::Release);
        let untold = look.heap.in_blocks.unwrap_or(UNTOLD);
        let values = [look.live, look.overhead, look.heap.held, untold];
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
        let [live, overhead, held, in_blocks] = self
            .words
            .each_ref()
            .map(|word| word.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let is_whole = version.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == version;
        let heap = HeapFigures {
            held,
            in_blocks: (in_blocks != UNTOLD).then_some(in_blocks),
        };
        let look = AtPeak {
            live,
            overhead,
            heap,
        };
        is_whole.then_some((version > 0).then_some(look))
    }
}

#[cfg(test)]
mod tests {
    use super::{AtPeak, LastLook};
    use crate::os::heap::HeapFigures;
    use std::sync::atomic::Ordering;

    fn of(number: u64) -> AtPeak {
        AtPeak {
            live: number,
            overhead: number + 1,
            heap: HeapFigures {
                held: number + 2,
                in_blocks: number.is_multiple_of(2).then_some(number + 3),
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
                    assert_eq!(look, of(look.live));
                    assert!(look.live >= seen);
                    seen = look.live;
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
