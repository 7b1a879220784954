//! The slot: an operation that one checked call has for itself, so that what is done and held under it is
//! that call's alone.
//!
//! Calls of one function may overlap, and what an earlier call made may still live. So a checked call takes
//! an operation in which no other checked call is and under which nothing is held: the function's own if it
//! can be had, else a twin of it. Twins are kept and used again; in reports they are one with it.

use crate::record::copy::{Copied, copy};
use crate::record::lock::Lock;
use crate::record::paths::ROOT;
use crate::record::registry::is_owning;
use crate::record::site::Site;
use std::collections::HashSet;

/// So many calls of one function can be told apart at a time.
const MOST_TWINS: usize = 256;

/// The sites that were ever taken.
static KNOWN: Lock<Vec<Known>> = Lock::new(Vec::new());

struct Known {
    site: &'static Site,
    is_taken: bool,
}

/// Given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) site: &'static Site,
    /// Whether nothing else is done or held under the site; not so when there are too many calls.
    pub(super) is_alone: bool,
}

impl Slot {
    /// The site itself, for a call that is not checked.
    pub(super) fn unchecked(site: &'static Site) -> Self {
        Self {
            site,
            is_alone: false,
        }
    }

    /// Takes a slot in which no other call is; if it has to be empty, one under which nothing is held. With
    /// it come the figures before the call. Allocates, so the caller is paused.
    pub(super) fn take(original: &'static Site, has_to_be_empty: bool) -> (Self, Copied) {
        // Copied under the lock: else a call on another thread could come and go in between.
        let mut known = KNOWN.lock();
        let copied = copy();
        let holding = if has_to_be_empty {
            copied.holding()
        } else {
            HashSet::new()
        };
        let is_fit = |site| !holding.contains(&std::ptr::from_ref::<Site>(site));
        let slot = Self::choose(&mut known, original, is_fit);
        drop(known);
        (slot, copied)
    }

    fn choose(
        known: &mut Vec<Known>,
        original: &'static Site,
        is_fit: impl Fn(&'static Site) -> bool,
    ) -> Self {
        let mut twins = 0;
        for known in known.iter_mut() {
            if std::ptr::eq(known.site.original(), original) {
                twins += 1;
                if !known.is_taken && is_fit(known.site) {
                    known.is_taken = true;
                    return Self {
                        site: known.site,
                        is_alone: true,
                    };
                }
            }
        }
        if twins > MOST_TWINS {
            return Self::unchecked(original);
        }
        // Calls that are not checked, of a `#[track]` that has the site too, do not take it.
        let site = if twins == 0 && is_fit(original) {
            original
        } else {
            Box::leak(Box::new(original.twin()))
        };
        if twins == 0 && !std::ptr::eq(site, original) {
            known.push(Known {
                site: original,
                is_taken: false,
            });
        }
        known.push(Known {
            site,
            is_taken: true,
        });
        Self {
            site,
            is_alone: true,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if self.is_alone {
            let mut known = KNOWN.lock();
            let own = known
                .iter_mut()
                .find(|known| std::ptr::eq(known.site, self.site));
            if let Some(own) = own {
                own.is_taken = false;
            }
        }
    }
}

/// No call takes or gives back a slot while the process forks. Taking one takes the registry's lock, which is
/// taken after this one.
pub(in crate::collect) fn before_fork() {
    KNOWN.acquire();
}

pub(in crate::collect) fn after_fork() {
    KNOWN.release();
}

/// Makes what was done under twins that of the sites that they are of.
pub(in crate::collect) fn fold_twins(copied: &mut Copied) {
    for known in KNOWN.lock().iter() {
        if !std::ptr::eq(known.site, known.site.original()) {
            copied.fold(known.site, known.site.original());
        }
    }
}

impl Copied {
    /// The sites under which something was allocated that lives; none where nobody knows.
    fn holding(&self) -> HashSet<*const Site> {
        let mut holding = HashSet::new();
        let paths = self.nodes.iter().zip(&self.figures);
        let held = paths.filter(|(_, figures)| is_owning() && figures.retained_bytes() > 0);
        for (node, _) in held {
            let mut chain = node.chain;
            while chain != ROOT {
                let at = &self.nodes[chain as usize];
                holding.insert(at.site);
                chain = at.parent;
            }
        }
        holding
    }

    /// Makes one site of two.
    fn fold(&mut self, twin: &'static Site, original: &'static Site) {
        for point in &mut self.points {
            point.belong(twin, original);
        }
        for node in &mut self.nodes {
            if std::ptr::eq(node.site, twin) {
                node.site = original;
            }
        }
        let at =
            |sites: &[&'static Site], site| sites.iter().position(|&at| std::ptr::eq(at, site));
        match (at(&self.sites, twin), at(&self.sites, original)) {
            (Some(twin), Some(original)) => {
                let figures = std::mem::take(&mut self.per_call[twin]);
                self.per_call[original].merge(&figures);
                self.sites.remove(twin);
                self.per_call.remove(twin);
            }
            (Some(twin), None) => self.sites[twin] = original,
            (None, _) => {}
        }
    }
}
