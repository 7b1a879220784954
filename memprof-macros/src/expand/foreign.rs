//! Attributes of others below ours.
//!
//! They have to see the function as the user wrote it: `#[instrument]` looks for the `async` block in its end, others read
//! the names of arguments. So ours goes below them. It is expanded when they are, and what they made of the function is
//! measured as a whole, as the order of the attributes says.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::item::{Attribute, Item};
use crate::parse::Track;

/// The item with `#[track]` below the last attribute of another crate; `None` where that is not to be done: there is none, it
/// was done, or one of them runs the function. Above a `#[tokio::test]` the body alone is measured, and not the runtime.
pub(super) fn below(
    arguments: &TokenStream,
    track: &Track,
    item: &mut Item,
) -> Option<TokenStream> {
    let attributes = &mut item.attributes;
    let last = attributes.iter().rposition(|it| !is_builtin(it))?;
    if track.is_last || attributes.iter().any(runs) {
        return None;
    }
    let comma = (!arguments.is_empty()).then(|| quote!(,));
    let path = match &track.memprof {
        Some(path) => quote!(#path::track),
        None => quote_spanned!(Span::call_site()=> ::memprof::track),
    };
    let ours = quote!(#path(__last #comma #arguments));
    attributes.insert(
        last + 1,
        Attribute::new(Group::new(Delimiter::Bracket, ours)),
    );
    Some(quote!(#item))
}

/// Whether it makes a test or a program of the function.
fn runs(attribute: &Attribute) -> bool {
    const RUNNERS: [&str; 9] = [
        "bench",
        "case",
        "main",
        "quickcheck",
        "rstest",
        "test",
        "test_case",
        "test_matrix",
        "wasm_bindgen_test",
    ];
    let name = attribute.path.rsplit("::").next();
    name.is_some_and(|name| RUNNERS.contains(&name))
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
