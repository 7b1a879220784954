//! `#[track_all]`: puts `#[track]` on each function of an impl, a trait or an inline module.
//!
//! It writes attributes and never bodies, so that a function is expanded in one place only. The attributes
//! that it adds stand, for the compiler, where the function begins: that is the place in the report.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, Path, Result};

use crate::check;
use crate::expand::beside;
use crate::item::{self, Attribute, Item, Items, Kind};
use crate::parse::TrackAll;

/// On an error the item is given back as it came, beside the error.
pub(crate) fn track_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_track_all(arguments, item.clone()).unwrap_or_else(|error| beside(&error, item))
}

fn try_track_all(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut items = Items::new(item);
    let mut item = items.next().ok_or_else(|| {
        Error::new(
            Span::call_site(),
            "`#[memprof::track_all]` needs an impl, a trait or a module",
        )
    })?;
    check::container(&item)?;
    let all: TrackAll = syn::parse2(arguments)?;
    Spread::new(all.memprof).over(&mut item);
    Ok(quote!(#item))
}

/// What is put on each function, and the names that memprof's attributes may bear.
struct Spread {
    memprof: Option<Path>,
    prefixes: Vec<String>,
}

impl Spread {
    fn new(memprof: Option<Path>) -> Self {
        let mut prefixes = vec![String::new(), "memprof::".into(), "::memprof::".into()];
        if let Some(path) = &memprof {
            prefixes.push(item::path(quote!(#path::)));
        }
        Spread { memprof, prefixes }
    }

    fn over(&self, item: &mut Item) {
        let Some(body) = &item.body else { return };
        let mut tokens = TokenStream::new();
        for mut item in Items::new(body.stream()) {
            let attribute = self.visit(&mut item);
            tokens.extend(quote!(#attribute #item));
        }
        let mut spread = Group::new(body.delimiter(), tokens);
        spread.set_span(body.span());
        item.body = Some(spread);
    }

    /// The attribute that the item gets, if any.
    fn visit(&self, item: &mut Item) -> Option<TokenStream> {
        let written = item.attributes.len();
        item.attributes
            .retain(|attribute| !self.is(attribute, "skip"));
        if item.attributes.len() < written {
            return None;
        }
        let marked = |name| {
            item.attributes
                .iter()
                .any(|attribute| self.is(attribute, name))
        };
        match &item.kind {
            Kind::Function { constness: None } if item.body.is_some() && !marked("track") => {
                Some(self.track(item))
            }
            Kind::Container(_) if !marked("track_all") => {
                self.over(item);
                None
            }
            _ => None,
        }
    }

    fn is(&self, attribute: &Attribute, name: &str) -> bool {
        let prefix = attribute.path.strip_suffix(name);
        prefix.is_some_and(|prefix| self.prefixes.iter().any(|known| known == prefix))
    }

    fn track(&self, item: &Item) -> TokenStream {
        let span = item
            .head
            .first()
            .map_or_else(Span::call_site, TokenTree::span);
        match &self.memprof {
            Some(path) => quote_spanned!(span=> #[#path::track(crate = #path)]),
            None => quote_spanned!(span=> #[::memprof::track]),
        }
    }
}
