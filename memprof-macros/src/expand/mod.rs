//! Writes the instrumented function: same signature, with the site and the measured body inside.
//!
//! What it emits names nothing but `::memprof::__private` (or the path given by `crate = …`),
//! `::core` and the user's own words, so no import or item of the user can get in between. The
//! user's tokens keep their spans; ours are hygienic and marked as generated, which keeps lints out of
//! them without an `#[allow]` that would reach into the user's code.

mod args;
mod diverge;
mod foreign;
mod future;
mod grouped;
mod rest;
mod returned;
mod sync;
#[cfg(test)]
mod tests;

pub(crate) use args::{Opaque, frees_nothing, rebind};
pub(crate) use foreign::Ours;
pub(crate) use future::block as async_block;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, Result};

use crate::bench;
use crate::check;
use crate::item::Items;
use crate::parse::{Function, Track};

/// `#[track]`. On an error the item is given back as it came, beside the error.
pub(crate) fn track(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_track(arguments, item.clone()).unwrap_or_else(|error| beside(&error, item))
}

/// Without the item, its absence would bury this error under a hundred others.
pub(crate) fn beside(error: &Error, item: TokenStream) -> TokenStream {
    // By its name alone: in edition 2015 `::core` is something of the user's crate.
    let is_of_path = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ':',
        TokenTree::Ident(word) => word == "core",
        _ => false,
    };
    let error = error.to_compile_error().into_iter();
    let error = error.filter(|token| !is_of_path(token));
    quote!(#item #(#error)*)
}

fn try_track(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut items = Items::new(item);
    let mut item = items
        .next()
        .ok_or_else(|| Error::new(Span::call_site(), "`#[memprof::track]` needs a function"))?;
    check::function(&item, "track")?;
    let track: Track = syn::parse2(arguments.clone())?;
    let ours = Ours {
        name: "track",
        arguments: &arguments,
        memprof: track.memprof.as_ref(),
        moved: &track.moved,
    };
    if let Some(elsewhere) = ours.elsewhere(&mut item) {
        return Ok(elsewhere);
    }
    let mut function = Function::new(item, "track")?;

    let private = private(&track);
    // As written: patterns move from it into the body.
    let signature = track.bench.as_ref().map(|_| function.signature.clone());
    let site = site(&track, &private);
    let body = body(&mut function, &private);
    let budget = match (&track.budget, &track.growth) {
        (None, None) => None,
        (_, growth) => {
            let growth = bench::growth(growth.as_ref(), &private)?;
            Some(track.budget.unwrap_or_default().submit(&growth, &private))
        }
    };
    let bench = track.bench.as_ref().zip(signature.as_ref());
    let bench = bench.map(|(bench, signature)| bench.register(signature, &private));
    let bench = bench.transpose()?;
    let function = function.with_body(quote_spanned! {Span::mixed_site()=>
        #site
        #budget
        #body
    });
    Ok(quote!(#function #bench))
}

/// The measured body.
pub(crate) fn body(function: &mut Function, private: &TokenStream) -> TokenStream {
    match function.signature.asyncness {
        Some(_) => future::body(function, private),
        None => sync::body(function, private),
    }
}

/// The body behind statements of ours: marked as generated, or its braces would be called unnecessary where it is a
/// single expression.
pub(crate) fn generated(body: &Group) -> Group {
    let mut body = body.clone();
    body.set_span(body.span().resolved_at(Span::mixed_site()));
    body
}

impl Function {
    /// The function as it was, with a body in place of its own.
    ///
    /// Its braces are the user's. The compiler takes a function whose braces are generated for generated as a whole, and
    /// keeps its lints to itself.
    pub(crate) fn with_body(self, body: TokenStream) -> TokenStream {
        let Function {
            attributes,
            visibility,
            defaultness,
            signature,
            inner_attributes,
            braces,
            ..
        } = self;
        let mut block = Group::new(Delimiter::Brace, quote!(#inner_attributes #body));
        block.set_span(braces);
        quote!(#(#attributes)* #visibility #defaultness #signature #block)
    }
}

/// The path of the items that only generated code may name.
pub(crate) fn private(track: &Track) -> TokenStream {
    match &track.memprof {
        Some(path) => quote_spanned!(Span::mixed_site()=> #path::__private),
        None => quote_spanned!(Span::mixed_site()=> ::memprof::__private),
    }
}

/// The static behind the function, and its registration.
///
/// A static cannot name `Self` or a type parameter, so the function's path is read off the type of a
/// function inside it, when a report asks for it.
pub(crate) fn site(track: &Track, private: &TokenStream) -> TokenStream {
    match &track.name {
        Some(name) => {
            quote_spanned!(Span::mixed_site()=> #private::site! { __MEMPROF_SITE, #name })
        }
        None => quote_spanned!(Span::mixed_site()=> #private::site! { __MEMPROF_SITE }),
    }
}
