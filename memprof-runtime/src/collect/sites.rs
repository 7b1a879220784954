//! All sites of the program: those that the macros made and those met at run time, in the order of their places.

use crate::record::registration;
use crate::record::site::{Function, Site};

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
    let mut sites = Vec::new();
    registration::each(|site| sites.push(site));
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

/// Whether it has the given name and the module of `original` and stands deeper, under the same name or in an unnamed constant.
fn is_copy_of(site: &Site, original: &Site) -> bool {
    let (Some(path), Some(of)) = (path(site), path(original)) else {
        return false;
    };
    let Some((around, name)) = of.rsplit_once("::") else {
        return false;
    };
    let whose = |site: &Site| (site.given_name(), site.module());
    let inside = path
        .strip_prefix(around)
        .and_then(|it| it.strip_prefix("::"));
    let is_deeper = inside.is_some_and(|inside| {
        let before = inside.strip_suffix(name);
        before.is_some_and(|it| it.ends_with("::"))
            || inside.starts_with("_::")
            || inside.contains("::_::")
    });
    is_deeper && whose(site) == whose(original)
}

/// The path of the site's function.
fn path(site: &Site) -> Option<&'static str> {
    match site.raw_function() {
        Function::OfItem(item) => {
            let mut path = item().strip_suffix("::__memprof_site")?;
            // An `async fn` is a closure in a function.
            while let Some(around) = path.strip_suffix("::{{closure}}") {
                path = around;
            }
            Some(path)
        }
        #[cfg(feature = "tracing")]
        Function::Named(_) => None,
    }
}

/// What rows are sorted by. The name is last: sites out of one macro may share a place.
pub(super) fn place(site: &Site) -> (&'static str, u32, u32, String) {
    (site.file(), site.line(), site.column(), site.name())
}

#[cfg(test)]
mod tests {
    use super::is_copy_of;
    use crate::record::site::Site;

    /// Whether the site of the first path is a copy of that of the second.
    macro_rules! is_copy {
        ($path:literal, $of:literal) => {{
            is_copy_of(
                &Site::of_path(|| concat!($path, "::__memprof_site")),
                &Site::of_path(|| concat!($of, "::__memprof_site")),
            )
        }};
    }

    #[test]
    fn copies_stand_deeper() {
        assert!(is_copy!("app::check::search", "app::search"));
        assert!(is_copy!("app::_::search", "app::search"));
        assert!(is_copy!(
            "app::check::search::{{closure}}",
            "app::search::{{closure}}"
        ));
        assert!(is_copy!("app::_::generated_find", "app::search"));
        assert!(is_copy!(
            "app::Index::search::_::generated_find",
            "app::Index::search"
        ));
    }

    #[test]
    fn what_shares_a_place_is_no_copy_for_that() {
        assert!(!is_copy!("app::search", "app::search"));
        assert!(!is_copy!("app::search", "app::check::search"));
        assert!(!is_copy!("app::research", "app::search"));
        assert!(!is_copy!("app::Index::find", "app::search"));
        assert!(!is_copy!("app::Indexes::search", "app::Index::search"));
        assert!(!is_copy!(
            "app::search_all::{{closure}}",
            "app::search::{{closure}}"
        ));
    }
}
