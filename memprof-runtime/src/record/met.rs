//! Sites that are met at run time rather than emitted by a macro: one for each key, kept for good.
//!
//! Found without a lock and without a wait, so a child of `fork` never waits for one that does not run. The
//! table is as large as the program has such places; it only grows.

use super::memory::{give_back, take_zeroed};
use super::site::Site;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering};

const SLOTS: usize = 512;

static TABLE: [AtomicPtr<Met>; SLOTS] = [const { AtomicPtr::new(std::ptr::null_mut()) }; SLOTS];

struct Met {
    key: usize,
    site: Site,
    /// The next one of the same slot.
    next: AtomicPtr<Met>,
}

/// The site of `key`, made the first time; `None` when there is no memory. Blocks on nothing.
pub(crate) fn site(key: usize, make: impl FnOnce() -> Site) -> Option<&'static Site> {
    let mut link = first(key);
    let mut make = Some(make);
    let mut made: Option<NonNull<Met>> = None;
    let found = loop {
        // Acquire: partner of the release below; what is linked is written.
        let mut next = link.load(Ordering::Acquire);
        if next.is_null() {
            let new = match made {
                Some(new) => new,
                None => write(key, make.take()?())?,
            };
            made = Some(new);
            // Release: partner of both acquires.
            match link.compare_exchange(next, new.as_ptr(), Ordering::Release, Ordering::Acquire) {
                Ok(_) => {
                    made = None;
                    next = new.as_ptr();
                }
                Err(other) => next = other,
            }
        }
        // SAFETY: linked, so written and never given back.
        let met: &'static Met = unsafe { &*next };
        if met.key == key {
            break &met.site;
        }
        link = &met.next;
    };
    if let Some(spare) = made {
        // SAFETY: another thread was first, so this one was never linked.
        unsafe { give_back(spare.as_ptr(), 1) };
    }
    Some(found)
}

/// Calls `each` with every site.
pub(crate) fn each(mut each: impl FnMut(&'static Site)) {
    for link in &TABLE {
        let mut link = link;
        // Acquire: as in `site`.
        // SAFETY: linked, so written and never given back.
        while let Some(met) = unsafe { link.load(Ordering::Acquire).as_ref() } {
            each(&met.site);
            link = &met.next;
        }
    }
}

fn write(key: usize, site: Site) -> Option<NonNull<Met>> {
    let new = take_zeroed::<Met>(1)?;
    let met = Met {
        key,
        site,
        next: AtomicPtr::default(),
    };
    // SAFETY: just taken for one; nobody else knows it.
    unsafe { new.write(met) };
    Some(new)
}

/// Fibonacci hashing: keys are addresses, so their last bits say little.
fn first(key: usize) -> &'static AtomicPtr<Met> {
    let hash = (key as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    &TABLE[(hash >> 32) as usize % SLOTS]
}

#[cfg(test)]
mod tests {
    use super::{SLOTS, each, site};
    use crate::record::site::Site;

    #[test]
    fn one_site_a_key() {
        let keys = 1..=4 * SLOTS;
        let site_of = |key: usize| {
            let made = site(key, || Site::named("met", "m", "f", key as u32));
            std::ptr::from_ref(made.unwrap()).addr()
        };
        let find_all = || keys.clone().map(site_of).collect::<Vec<_>>();
        let (here, there) = std::thread::scope(|threads| {
            let other = threads.spawn(find_all);
            (find_all(), other.join().unwrap())
        });
        assert_eq!(here, there);
        let mut lines = Vec::new();
        each(|site| lines.push(site.line() as usize));
        lines.sort_unstable();
        assert_eq!(lines, keys.collect::<Vec<_>>());
    }
}
