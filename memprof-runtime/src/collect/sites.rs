//! All sites of the program: those that `inventory` collected and those met at run time, in the order of
//! their places.

use crate::record::site::{Site, SiteEntry};

/// Every registered site of the program, called or not, sorted by file, line and column.
///
/// Of the spans that the `tracing` layer sees those are known whose line was reached, entered or not.
///
/// A dependency that no source line names is not linked and so registers nothing (`use dependency as _;`).
/// Allocates the list; blocks on nothing.
///
/// ```
/// # use memprof_runtime as memprof;
/// # memprof::__private::site!(SITE, "Search");
/// # let _ = &SITE;
/// // The program has a `#[memprof::track("Search")]`, which was never called.
/// let search = memprof::sites().into_iter().find(|site| site.name() == "Search");
/// assert!(search.is_some());
/// ```
#[must_use]
pub fn sites() -> Vec<&'static Site> {
    let mut sites: Vec<&'static Site> = inventory::iter::<SiteEntry>()
        .map(|entry| entry.0)
        .collect();
    #[cfg(feature = "tracing")]
    crate::record::met::each(|site| sites.push(site));
    sites.sort_by_cached_key(|site| place(site));
    sites
}

/// What rows are sorted by. The name is last: sites out of one macro may share a place.
pub(super) fn place(site: &Site) -> (&'static str, u32, u32, String) {
    (site.file(), site.line(), site.column(), site.name())
}
