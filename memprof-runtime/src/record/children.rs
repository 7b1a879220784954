//! The children of a thread's rows: which row a site leads to from a chain, found without the registry's lock.

use super::memory::Array;
use super::paths::hash;
use super::row::Row;
use super::site::Site;
use super::thread::{Child, Owned};

impl Owned {
    pub(super) fn child(&self, chain: u32, site: *const Site) -> Option<*mut Row> {
        let children = self.children.as_slice();
        let mask = children.len().checked_sub(1)?;
        let mut slot = hash(chain, site) as usize & mask;
        loop {
            let child = children[slot];
            if child.row.is_null() {
                return None;
            }
            if child.chain == chain && std::ptr::eq(child.site, site) {
                return Some(child.row);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Without memory the next entry looks the child up under the lock again.
    pub(super) fn add_child(&mut self, child: Child) {
        let slots = self.children.as_slice().len();
        if (self.children_used + 1) * 4 > slots * 3 {
            let mut wider = Array::new();
            if !wider.grow_to((slots * 2).max(16)) {
                return;
            }
            for old in self
                .children
                .as_slice()
                .iter()
                .filter(|child| !child.row.is_null())
            {
                place(wider.as_mut_slice(), *old);
            }
            self.children = wider;
        }
        place(self.children.as_mut_slice(), child);
        self.children_used += 1;
    }
}

fn place(children: &mut [Child], child: Child) {
    let mask = children.len() - 1;
    let mut slot = hash(child.chain, child.site) as usize & mask;
    while !children[slot].row.is_null() {
        slot = (slot + 1) & mask;
    }
    children[slot] = child;
}
