//! Judges whether an attribute stands on an item that it can do something for.
//!
//! An error points at the token that is in the way, names the attribute and says what to write
//! instead. Nothing is expanded before this has passed.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{Error, Result};

use crate::item::{Item, Kind};

/// `#[track]`, `#[budget]`: a function that has a body and runs in the program.
pub(crate) fn function(item: &Item, attribute: &str) -> Result<()> {
    match &item.kind {
        Kind::Function {
            constness: Some(span),
        } => Err(Error::new(
            *span,
            format!(
                "`#[memprof::{attribute}]` cannot measure a `const fn`, which may run in the \
                 compiler: remove the attribute, or put it on the function that calls this one"
            ),
        )),
        Kind::Function { constness: None } if item.body.is_none() => Err(Error::new(
            name(item),
            format!(
                "`#[memprof::{attribute}]` needs a function body: put it on the implementations of \
                 this function, or give it a default body"
            ),
        )),
        Kind::Function { constness: None } => Ok(()),
        Kind::Container(keyword) if attribute != "track" => Err(Error::new(
            keyword.span(),
            format!("`#[memprof::{attribute}]` is for one function: put it on each that needs one"),
        )),
        Kind::Container(keyword) => Err(Error::new(
            keyword.span(),
            format!(
                "`#[memprof::track]` measures one function: use `#[memprof::track_all]` for each \
                 function of {} `{keyword}`",
                article(keyword == "impl"),
            ),
        )),
        Kind::Other => Err(Error::new(
            first(item),
            format!(
                "`#[memprof::{attribute}]` measures a function: put it on an `fn` with a body, or \
                 wrap a part of one in `memprof::scope!(\"…\")`"
            ),
        )),
    }
}

/// `#[track_all]`: an impl, a trait, or a module whose functions stand there.
pub(crate) fn container(item: &Item) -> Result<()> {
    match &item.kind {
        Kind::Container(_) if item.body.is_some() => Ok(()),
        Kind::Container(keyword) => Err(Error::new(
            keyword.span(),
            "`#[memprof::track_all]` sees only functions that stand between these braces: put it \
             on an inline `mod … { … }`, or on the impls in the module's own file",
        )),
        Kind::Function { .. } => Err(Error::new(
            name(item),
            "`#[memprof::track_all]` is for an impl, a trait or an inline module: use \
             `#[memprof::track]` on a single function",
        )),
        Kind::Other => Err(Error::new(
            first(item),
            "`#[memprof::track_all]` is for an impl, a trait or an inline module",
        )),
    }
}

fn article(vowel: bool) -> &'static str {
    if vowel { "an" } else { "a" }
}

/// Where the function's name is.
fn name(item: &Item) -> Span {
    item.name().map_or_else(Span::call_site, Ident::span)
}

fn first(item: &Item) -> Span {
    item.head
        .first()
        .map_or_else(Span::call_site, TokenTree::span)
}
