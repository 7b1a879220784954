//! All sites of the program: those that `inventory` collected and those met at run time, in the order of
//! their places.

use crate::record::site::{Function, Site, SiteEntry};

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
    without_copies(&sites)
}

/// Leaves out the copies that other attributes made of a function, to compile them somewhere in a block. One that is called
/// nevertheless is in the report all the same.
fn without_copies(sites: &[&'static Site]) -> Vec<&'static Site> {
    let place = |site: &Site| (site.file(), site.line(), site.column());
    let of_places = sites.chunk_by(|one, other| place(one) == place(other));
    let originals = of_places.flat_map(|sites| {
        let is_copy = |site: &Site| sites.iter().any(|original| is_copy_of(site, original));
        sites.iter().filter(move |site| !is_copy(site))
    });
    originals.copied().collect()
}

/// Whether it has the name and the module of `original`, and stands deeper.
fn is_copy_of(site: &Site, original: &Site) -> bool {
    let (Some(path), Some(of)) = (path(site), path(original)) else {
        return false;
    };
    let Some((around, name)) = of.rsplit_once("::") else {
        return false;
    };
    let inside = path.strip_prefix(around);
    let is_deeper = inside
        .and_then(|it| it.strip_suffix(name))
        .is_some_and(|it| it.len() > 2);
    let whose = |site: &Site| (site.given_name(), site.module());
    is_deeper && whose(site) == whose(original)
}

/// The path of the site's function.
fn path(site: &Site) -> Option<&'static str> {
    match site.raw_function() {
        Function::OfItem(item) => item().strip_suffix("::__memprof_site"),
        #[cfg(feature = "tracing")]
        Function::Named(_) => None,
    }
}

/// What rows are sorted by. The name is last: sites out of one macro may share a place.
pub(super) fn place(site: &Site) -> (&'static str, u32, u32, String) {
    (site.file(), site.line(), site.column(), site.name())
}
