//! A set of addresses: which threads are on the registry's list.
//!
//! Open addressing with linear probing, in memory of our own. Adding, removing and asking take a few steps however many
//! there are. Removing moves later entries back, so nothing is left behind by any number of threads.

use super::memory::Array;

/// Multiplying by this odd number spreads addresses, whose low bits are alike (Knuth, The Art of Computer Programming 3,
/// 6.4: Fibonacci hashing).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Slots at the beginning, a power of two.
const FIRST_SLOTS: usize = 64;

pub(super) struct Addresses {
    /// The addresses; 0 is a free slot. The length is 0 or a power of two, and at most three quarters are used.
    slots: Array<usize>,
    used: usize,
}

impl Addresses {
    pub(super) const fn new() -> Self {
        Self {
            slots: Array::new(),
            used: 0,
        }
    }

    /// Adds an address that is not 0; `false` if it was there. Without memory it is taken for new and not kept.
    pub(super) fn add(&mut self, address: usize) -> bool {
        if self.find(address).is_some() {
            return false;
        }
        if (self.used + 1) * 4 <= self.slots.as_slice().len() * 3 || self.grow() {
            self.put(address);
            self.used += 1;
        }
        true
    }

    pub(super) fn remove(&mut self, address: usize) {
        let Some(mut free) = self.find(address) else {
            return;
        };
        let slots = self.slots.as_mut_slice();
        let mask = slots.len() - 1;
        let mut at = free;
        loop {
            at = (at + 1) & mask;
            let next = slots[at];
            if next == 0 {
                break;
            }
            // An entry may move back to the free slot unless its search begins behind it.
            let home = home_of(next, mask);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(free) & mask) {
                slots[free] = next;
                free = at;
            }
        }
        slots[free] = 0;
        self.used -= 1;
    }

    fn find(&self, address: usize) -> Option<usize> {
        let slots = self.slots.as_slice();
        let mask = slots.len().checked_sub(1)?;
        let mut at = home_of(address, mask);
        // One slot in four is free, so this ends.
        while slots[at] != 0 {
            if slots[at] == address {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
        None
    }

    fn put(&mut self, address: usize) {
        let slots = self.slots.as_mut_slice();
        let mask = slots.len() - 1;
        let mut at = home_of(address, mask);
        while slots[at] != 0 {
            at = (at + 1) & mask;
        }
        slots[at] = address;
    }

    /// Doubles the slots; `false` without memory.
    fn grow(&mut self) -> bool {
        let length = (self.slots.as_slice().len() * 2).max(FIRST_SLOTS);
        let mut grown = Array::new();
        if !grown.grow_to(length) {
            return false;
        }
        let old = std::mem::replace(&mut self.slots, grown);
        for address in old.as_slice().iter().filter(|address| **address != 0) {
            self.put(*address);
        }
        true
    }
}

fn home_of(address: usize, mask: usize) -> usize {
    ((address as u64).wrapping_mul(SPREAD) >> 32) as usize & mask
}

#[cfg(test)]
mod tests {
    use super::Addresses;
    use std::collections::HashSet;

    #[test]
    fn it_is_the_set_that_the_standard_library_has() {
        let (mut ours, mut theirs) = (Addresses::new(), HashSet::new());
        let mut random = 1_u64;
        for _ in 0..200_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            // Like addresses of threads: far apart, with the same low bits, and few enough to meet again.
            let address = (1 + (random >> 33) as usize % 1_000) << 12;
            if random >> 63 == 0 {
                assert_eq!(ours.add(address), theirs.insert(address));
            } else {
                ours.remove(address);
                theirs.remove(&address);
            }
            assert_eq!(ours.used, theirs.len());
        }
        for address in &theirs {
            assert!(ours.find(*address).is_some());
        }
    }

    #[test]
    fn it_is_no_larger_than_what_was_in_it_at_a_time() {
        let mut set = Addresses::new();
        for address in 1..1_000_000 {
            assert!(set.add(address));
            set.remove(address);
        }
        assert_eq!(set.slots.as_slice().len(), super::FIRST_SLOTS);
    }
}
