//! A path is an interned call path of operations: a node of the call tree, named by a small integer.
//!
//! Recursion folds. A *chain* is a sequence of distinct sites in their order of entry; a node is a chain and
//! the site of it that is current. Entering a site that the chain lacks makes a longer chain; entering one
//! that is on it stays on the chain with that site current. So the tree is bounded by the program's
//! operations, whatever the depth of its calls.
//!
//! The table lives under the registry's lock and only grows; threads keep what they looked up.

use super::memory::Array;
use super::site::Site;

/// The path of work outside any operation.
pub(crate) const ROOT: u32 = 0;

/// More paths than this are not told apart: work beyond counts for the path that it was entered from.
pub(crate) const MAX_PATHS: usize = 1 << 18;

/// One path. For a node whose current site is the chain's last, `chain` is the node itself.
#[derive(Clone, Copy)]
pub(crate) struct Node {
    /// The node of this chain whose current site is the chain's last.
    pub(crate) chain: u32,
    /// The node of the chain without its last site.
    pub(crate) parent: u32,
    /// The current site; null for the root.
    pub(crate) site: *const Site,
}

// SAFETY: `site` points to a `static Site`, which is `Sync`.
unsafe impl Send for Node {}

impl Node {
    /// The current site; none for the root.
    pub(crate) fn site(&self) -> Option<&'static Site> {
        // SAFETY: null, or made from a `&'static Site`.
        unsafe { self.site.as_ref() }
    }

    /// Whether `site` is on the chain of this node, one of `nodes`.
    pub(crate) fn is_under(&self, nodes: &[Self], site: &Site) -> bool {
        let mut chain = self.chain;
        while chain != ROOT {
            let at = &nodes[chain as usize];
            if std::ptr::eq(at.site, site) {
                return true;
            }
            chain = at.parent;
        }
        false
    }
}

pub(crate) struct PathTable {
    nodes: Array<Node>,
    /// Open addressing: node id, or 0 for an empty slot (the root is never looked up).
    index: Array<u32>,
}

impl PathTable {
    pub(crate) const fn new() -> Self {
        Self {
            nodes: Array::new(),
            index: Array::new(),
        }
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        self.nodes.as_slice()
    }

    /// The path that entering `site` from `from` leads to; `None` when there is no room for a new one.
    pub(crate) fn enter(&mut self, from: u32, site: *const Site) -> Option<u32> {
        self.plant_root();
        let chain = self.node(from)?.chain;
        if chain != ROOT && self.node(chain)?.site == site {
            return Some(chain);
        }
        match self.find(chain, site) {
            Ok(found) => Some(found),
            Err(_) => self.add(chain, site),
        }
    }

    /// The sites on the chain of `path`, innermost first.
    pub(crate) fn sites_on(&self, path: u32) -> impl Iterator<Item = *const Site> {
        let mut at = self.node(path).map_or(ROOT, |node| node.chain);
        std::iter::from_fn(move || {
            let node = self.node(at).filter(|_| at != ROOT)?;
            at = node.parent;
            Some(node.site)
        })
    }

    fn node(&self, path: u32) -> Option<Node> {
        self.nodes.as_slice().get(path as usize).copied()
    }

    /// Makes sure that there is a root; the number of paths.
    pub(crate) fn plant_root(&mut self) -> usize {
        if self.nodes.as_slice().is_empty() && self.index.grow_to(64) {
            self.nodes.push(Node {
                chain: ROOT,
                parent: ROOT,
                site: std::ptr::null(),
            });
        }
        self.nodes.as_slice().len()
    }

    fn add(&mut self, chain: u32, site: *const Site) -> Option<u32> {
        let id = self.nodes.as_slice().len();
        if id >= MAX_PATHS || (id * 4 >= self.index.as_slice().len() * 3 && !self.widen()) {
            return None;
        }
        let is_reentry = self.is_on(chain, site);
        let id = id as u32;
        let node = Node {
            chain: if is_reentry { chain } else { id },
            parent: chain,
            site,
        };
        if !self.nodes.push(node) {
            return None;
        }
        if let Err(slot) = self.find(chain, site) {
            *self.index.as_mut_slice().get_mut(slot)? = id;
        }
        Some(id)
    }

    fn is_on(&self, chain: u32, site: *const Site) -> bool {
        let mut at = chain;
        while let Some(node) = self.node(at)
            && at != ROOT
        {
            if node.site == site {
                return true;
            }
            at = node.parent;
        }
        false
    }

    /// The node that was added for `(chain, site)`, or the slot where it belongs.
    fn find(&self, chain: u32, site: *const Site) -> Result<u32, usize> {
        let index = self.index.as_slice();
        let mask = index.len() - 1;
        let mut slot = hash(chain, site) as usize & mask;
        loop {
            let id = index[slot];
            if id == 0 {
                return Err(slot);
            }
            // Both kinds of node were added with the chain they were entered from as `parent`.
            if let Some(node) = self.node(id)
                && node.parent == chain
                && node.site == site
            {
                return Ok(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn widen(&mut self) -> bool {
        let mut wider = Array::new();
        let slots = self.index.as_slice().len() * 2;
        if !wider.grow_to(slots) {
            return false;
        }
        for (id, node) in self.nodes.as_slice().iter().enumerate().skip(1) {
            let mut slot = hash(node.parent, node.site) as usize & (slots - 1);
            while wider.as_slice()[slot] != 0 {
                slot = (slot + 1) & (slots - 1);
            }
            wider.as_mut_slice()[slot] = id as u32;
        }
        self.index = wider;
        true
    }
}

/// Spreads a chain and a site over the slots (Fibonacci hashing).
pub(crate) fn hash(chain: u32, site: *const Site) -> u64 {
    let key = (site as u64) ^ (u64::from(chain) << 32) ^ u64::from(chain);
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20
}

#[cfg(test)]
mod tests {
    use super::{MAX_PATHS, PathTable, ROOT};
    use crate::record::site::{Site, new_site};

    static A: Site = new_site(["a"], || (), "m");
    static B: Site = new_site(["b"], || (), "m");

    #[test]
    fn recursion_folds() {
        let mut table = PathTable::new();
        let a = table.enter(ROOT, &A).unwrap();
        assert_eq!(table.enter(a, &A), Some(a));
        let ab = table.enter(a, &B).unwrap();
        let ab_in_a = table.enter(ab, &A).unwrap();
        assert_eq!(table.nodes()[ab_in_a as usize].chain, ab);
        assert_eq!(table.enter(ab_in_a, &A), Some(ab_in_a));
        assert_eq!(table.enter(ab_in_a, &B), Some(ab));
        assert_eq!(table.nodes().len(), 4);
    }

    #[test]
    fn keeps_its_bound() {
        let sites: Vec<Site> = (0..MAX_PATHS as u32 + 10)
            .map(|_| new_site([], || (), ""))
            .collect();
        let mut table = PathTable::new();
        let known = sites
            .iter()
            .filter_map(|site| table.enter(ROOT, site))
            .count();
        assert_eq!(known, MAX_PATHS - 1);
        assert_eq!(table.enter(ROOT, &sites[5]), Some(6));
        assert_eq!(table.nodes().len(), MAX_PATHS);
    }
}
