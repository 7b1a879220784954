//! Attributes of others below ours.
//!
//! They have to see the function as the user wrote it: `#[instrument]` looks for the `async` block in its end, others read
//! the names of arguments. So ours goes below them. It is expanded when they are, and what they made of the function is
//! measured as a whole, as the order of the attributes says.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::item::{Attribute, Item};
use crate::parse::Moved;

/// An attribute of ours, as it was written.
pub(crate) struct Ours<'a> {
    pub(crate) name: &'a str,
    pub(crate) arguments: &'a TokenStream,
    /// Where memprof is, if not at `::memprof`.
    pub(crate) memprof: Option<&'a Path>,
    pub(crate) moved: &'a Moved,
}

impl Ours<'_> {
    /// The item with the attribute below the last one of another crate, or without it, where it is another function's; `None`
    /// where it is to be expanded here: there is no other, it was moved, or one of them runs the function. Above a
    /// `#[tokio::test]` the body alone is measured, and not the runtime.
    pub(crate) fn elsewhere(&self, item: &mut Item) -> Option<TokenStream> {
        if self.moved.is_last {
            let only = self.moved.only.as_ref();
            return (only.is_some() && only != item.name()).then(|| quote!(#item));
        }
        let is_other = |it: &Attribute| !is_builtin(it) && !was_moved(it);
        let last = item.attributes.iter().rposition(is_other)?;
        if item.attributes.iter().any(runs) {
            return None;
        }
        let has_companions = item.attributes.iter().any(makes_companions);
        let only = item.name().filter(|_| has_companions);
        let below = Attribute::new(self.below(only));
        item.attributes.insert(last + 1, below);
        Some(quote!(#item))
    }

    fn below(&self, only: Option<&Ident>) -> Group {
        let name = Ident::new(self.name, Span::call_site());
        let arguments = self.arguments;
        let only = only.map(|only| quote!(= #only));
        let comma = (!arguments.is_empty()).then(|| quote!(,));
        let path = match self.memprof {
            Some(path) => quote!(#path::#name),
            None => quote_spanned!(Span::call_site()=> ::memprof::#name),
        };
        let inner = quote!(#path(__last #only #comma #arguments));
        Group::new(Delimiter::Bracket, inner)
    }
}

/// Whether it is one of ours that goes below all others, this one too.
fn was_moved(attribute: &Attribute) -> bool {
    quote!(#attribute).to_string().contains("__last")
}

/// Whether it makes a test or a program of the function.
fn runs(attribute: &Attribute) -> bool {
    const WORDS: [&str; 7] = [
        "bench",
        "case",
        "main",
        "proptest",
        "quickcheck",
        "rstest",
        "test",
    ];
    // `test_case`, `property_test`, `wasm_bindgen_test`.
    name(attribute).split('_').any(|word| WORDS.contains(&word))
}

/// Whether it writes functions beside the one that it stands on, and puts the attributes of that one on them too. They are
/// called by other names, and call it or what it was.
fn makes_companions(attribute: &Attribute) -> bool {
    const MAKERS: [&str; 7] = [
        "__wasm_bindgen_class_marker",
        "cached",
        "concurrent_cached",
        "fixture",
        "io_cached",
        "once",
        "wasm_bindgen",
    ];
    MAKERS.contains(&name(attribute))
}

/// The last word of its path.
fn name(attribute: &Attribute) -> &str {
    let (_, name) = attribute
        .path
        .rsplit_once("::")
        .unwrap_or(("", &attribute.path));
    name
}

/// Attributes of the language itself, which do not read the names of arguments.
pub(super) fn is_builtin(attribute: &Attribute) -> bool {
    const BUILTIN: [&str; 25] = [
        "allow",
        "automatically_derived",
        "cfg",
        "cold",
        "coverage",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "export_name",
        "forbid",
        "ignore",
        "inline",
        "instruction_set",
        "link_section",
        "must_use",
        "no_mangle",
        "optimize",
        "rustc_on_unimplemented",
        "should_panic",
        "target_feature",
        "test",
        "track_caller",
        "unsafe",
        "warn",
    ];
    const TOOLS: [&str; 4] = ["clippy::", "diagnostic::", "rustfmt::", "miri::"];
    let path = attribute.path.as_str();
    BUILTIN.contains(&path) || TOOLS.iter().any(|tool| path.starts_with(tool))
}

#[cfg(test)]
mod tests;
