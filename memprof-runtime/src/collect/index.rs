//! An index into a list by what its entries are known by.
//!
//! Maps of the standard library would do, but the code and debug information of one type of map is as much as a tenth of all
//! that memprof adds to a debug binary, whether the program declares external memory or not.

/// Open addressing: places in the list plus 1, or 0.
pub(super) struct Index {
    slots: Vec<u32>,
    used: usize,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            used: 0,
        }
    }

    /// The place of the entry of that hash for which `is_it` holds.
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(usize) -> bool) -> Option<u32> {
        let mut slot = hash as usize;
        while !self.slots.is_empty() {
            slot &= self.slots.len() - 1;
            let place = self.slots[slot].checked_sub(1)?;
            if is_it(place as usize) {
                return Some(place);
            }
            slot += 1;
        }
        None
    }

    /// Adds the next entry of the list, by the hashes of all; its place.
    pub(super) fn add(&mut self, hash: impl Fn(usize) -> u32) -> u32 {
        let place = self.used;
        self.used += 1;
        // At least a half is free.
        if self.used * 2 > self.slots.len() {
            self.slots = vec![0; (self.slots.len() * 2).max(16)];
            for earlier in 0..place {
                self.put(earlier, hash(earlier));
            }
        }
        self.put(place, hash(place));
        place as u32
    }

    fn put(&mut self, place: usize, hash: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = place as u32 + 1;
    }
}

pub(super) fn hash_of_name(name: &str) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in name.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

pub(super) fn hash_of_path(path: u32, name: u32) -> u32 {
    let mixed = path.wrapping_mul(0x9e37_79b1) ^ name.wrapping_mul(0x85eb_ca6b);
    mixed ^ (mixed >> 15)
}

#[cfg(test)]
mod tests {
    use super::{Index, hash_of_name};

    #[test]
    fn every_entry_is_found_and_no_other() {
        let names: Vec<String> = (0..1_000).map(|number| format!("name {number}")).collect();
        let mut index = Index::new();
        for place in 0..500 {
            assert_eq!(index.add(|at| hash_of_name(&names[at])), place);
        }
        for (place, name) in names.iter().enumerate() {
            let found = index.find(hash_of_name(name), |at| names[at] == *name);
            assert_eq!(found, (place < 500).then_some(place as u32));
        }
    }

    #[test]
    fn entries_of_one_hash_are_told_apart() {
        let mut index = Index::new();
        for _ in 0..20 {
            index.add(|_| u32::MAX);
        }
        assert_eq!(index.find(u32::MAX, |at| at == 19), Some(19));
        assert_eq!(index.find(u32::MAX, |_| false), None);
    }
}
