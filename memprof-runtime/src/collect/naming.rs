//! Naming makes the compiler's type name of a place readable: `index::Index::insert`, `Wrapper<_>::get`,
//! `<Circle as Shape>::area`.
//!
//! The crate's own prefix goes, and so do closures; generic arguments become `_`, because the one site of a
//! generic function stands for all of its instances.

use crate::record::site::{Function, Site};

/// The item that generated code puts beside each site; the last segment of its type name.
const MARK: &str = "::__memprof_site";

impl Site {
    /// What the operation is called in reports: the given name, else the readable name of the function.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # memprof::__private::site!(SITE, "Search");
    /// # let site = &SITE;
    /// // Of `#[memprof::track("Search")]`:
    /// assert_eq!(site.name(), "Search");
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        match self.given_name() {
            Some(name) => name.to_owned(),
            None => self.function(),
        }
    }

    /// The function that the site stands in, readable: without the crate's own prefix, generics as `_`.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # fn search() -> &'static memprof::Site {
    /// #     memprof::__private::site!(SITE, "Search");
    /// #     &SITE
    /// # }
    /// # let site = search();
    /// // Of `#[memprof::track("Search")] fn search() { … }`:
    /// assert!(site.function().ends_with("search"));
    /// ```
    #[must_use]
    pub fn function(&self) -> String {
        match self.raw_function() {
            Function::OfItem(type_name) => readable(type_name(), crate_of(self.module())),
            #[cfg(feature = "tracing")]
            Function::Named(name) => name.to_owned(),
        }
    }
}

fn crate_of(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

fn readable(raw: &str, own_crate: &str) -> String {
    let mut path = raw;
    while let Some(shorter) = path
        .strip_suffix(MARK)
        .or_else(|| path.strip_suffix("::{{closure}}"))
    {
        path = shorter;
    }
    let without_closures = path.replace("::{{closure}}", "");
    without_prefix(&without_generics(&without_closures), own_crate)
}

/// Every list of generic arguments as `_`s. A `<` after a name opens such a list; elsewhere it opens a
/// qualified path (`<Circle as Shape>`).
fn without_generics(path: &str) -> String {
    let mut readable = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        readable.push_str(before);
        let follows_name = before.chars().next_back().is_some_and(is_name)
            || (before.is_empty() && readable.chars().next_back().is_some_and(is_name));
        if follows_name {
            let (arguments, after) = skip_list(from);
            readable.push('<');
            readable.push_str(&vec!["_"; arguments].join(", "));
            readable.push('>');
            rest = after;
        } else {
            readable.push('<');
            rest = &from[1..];
        }
    }
    readable.push_str(rest);
    readable
}

/// The number of arguments in the list that `text` begins with, and what follows it.
fn skip_list(text: &str) -> (usize, &str) {
    let mut depth = 0_usize;
    let mut arguments = 1;
    let mut previous = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            // Not the end of an arrow.
            '>' if previous == '-' => {}
            '>' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (arguments, &text[at + 1..]);
                }
            }
            ',' if depth == 1 => arguments += 1,
            _ => {}
        }
        previous = character;
    }
    (arguments, "")
}

fn without_prefix(path: &str, own_crate: &str) -> String {
    let prefix = format!("{own_crate}::");
    let mut readable = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(&prefix) {
        let (before, from) = rest.split_at(at);
        readable.push_str(before);
        let begins = !readable
            .chars()
            .next_back()
            .is_some_and(|last| is_name(last) || last == ':')
            || readable.ends_with("::<");
        if !begins {
            readable.push_str(&prefix);
        }
        rest = &from[prefix.len()..];
    }
    readable.push_str(rest);
    readable
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn names_are_readable() {
        for (raw, expected) in [
            (
                "app::index::Index::insert::__memprof_site",
                "index::Index::insert",
            ),
            ("app::Wrapper<T>::get::__memprof_site", "Wrapper<_>::get"),
            (
                "app::Map<K, alloc::vec::Vec<(V, V)>>::get::__memprof_site",
                "Map<_, _>::get",
            ),
            (
                "app::Call<fn(u8) -> u8>::get::__memprof_site",
                "Call<_>::get",
            ),
            (
                "<app::Circle as app::Shape>::area::__memprof_site",
                "<Circle as Shape>::area",
            ),
            (
                "<app::a::X<T> as core::ops::Add<U>>::add::__memprof_site",
                "<a::X<_> as core::ops::Add<_>>::add",
            ),
            ("app::Shape::area::__memprof_site", "Shape::area"),
            ("app::outer::inner::__memprof_site", "outer::inner"),
            ("app::fetch::{{closure}}::__memprof_site", "fetch"),
            (
                "app::fetch::{{closure}}::{{closure}}::__memprof_site",
                "fetch",
            ),
            (
                "app::other::<impl app::index::Index>::insert::__memprof_site",
                "other::<impl index::Index>::insert",
            ),
            ("app::my_app::run::__memprof_site", "my_app::run"),
        ] {
            assert_eq!(readable(raw, "app"), expected);
        }
    }
}
