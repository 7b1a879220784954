//! Trait objects without `dyn`, as editions before 2021 have them: `&Fn(u8) -> u8`, `Box<FnMut()>`.
//!
//! The parser does not read those with parentheses. So they are read with a `dyn`, which is taken out again.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Signature, TypeTraitObject};

/// Tokens with a `dyn` before each such type, and which of all their `dyn` were put in.
pub(crate) struct WithDyn {
    pub(crate) tokens: TokenStream,
    is_ours: Vec<bool>,
}

impl WithDyn {
    pub(crate) fn new(tokens: impl IntoIterator<Item = TokenTree>) -> Self {
        let mut is_ours = Vec::new();
        let tokens = put_in(tokens, &mut is_ours);
        Self { tokens, is_ours }
    }

    /// Whether there is any.
    pub(crate) fn is_any(&self) -> bool {
        self.is_ours.contains(&true)
    }

    /// Takes out of what was read what was put in.
    pub(crate) fn take_out(self, signature: &mut Signature) {
        let mut without = Without {
            is_ours: self.is_ours.into_iter(),
        };
        without.visit_signature_mut(signature);
    }
}

fn put_in(tokens: impl IntoIterator<Item = TokenTree>, is_ours: &mut Vec<bool>) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), put_in(group.stream(), is_ours));
                inside.set_span(group.span());
                out.push(inside.into());
            }
            TokenTree::Ident(word) if is_closure(&word) && begins_type(&out) => {
                let is_called = tokens.peek().is_some_and(is_parentheses);
                if is_called {
                    is_ours.push(true);
                    out.push(Ident::new("dyn", Span::call_site()).into());
                }
                out.push(word.into());
            }
            token => {
                if matches!(&token, TokenTree::Ident(word) if word == "dyn") {
                    is_ours.push(false);
                }
                out.push(token);
            }
        }
    }
    out.into_iter().collect()
}

/// The traits that have parentheses.
fn is_closure(word: &Ident) -> bool {
    ["Fn", "FnMut", "FnOnce"].iter().any(|name| word == name)
}

fn is_parentheses(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// Whether what comes next is a type, and neither a bound nor the rest of a path.
fn begins_type(before: &[TokenTree]) -> bool {
    match before {
        [] => true,
        [.., TokenTree::Punct(quote), TokenTree::Ident(_)] if quote.as_char() == '\'' => {
            before.len() > 2 && begins_type(&before[..before.len() - 2])
        }
        [.., TokenTree::Ident(word)] => word == "mut" || word == "const",
        [.., TokenTree::Punct(punct)] => matches!(punct.as_char(), '&' | '<'),
        _ => false,
    }
}

struct Without<I> {
    is_ours: I,
}

/// Visits trait objects in the order of their first tokens.
impl<I: Iterator<Item = bool>> VisitMut for Without<I> {
    fn visit_type_trait_object_mut(&mut self, object: &mut TypeTraitObject) {
        if object.dyn_token.is_some() && self.is_ours.next() == Some(true) {
            object.dyn_token = None;
        }
        visit_mut::visit_type_trait_object_mut(self, object);
    }
}

#[cfg(test)]
mod tests {
    use super::WithDyn;
    use quote::{ToTokens as _, quote};

    #[test]
    fn what_is_put_in_is_taken_out() {
        for signature in [
            quote!(fn f(f: &Fn(u8) -> u8) -> u8),
            quote!(fn f(f: Box<FnMut()>, g: Box<dyn FnOnce() + Send>) -> Box<Fn(u8) -> u8>),
            quote!(fn f<'a>(f: &'a mut FnMut(&Fn()), g: &dyn Fn(&'a (Fn(u8) + Send)))),
        ] {
            assert!(syn::parse2::<syn::Signature>(signature.clone()).is_err());
            let with = WithDyn::new(signature.clone());
            assert!(with.is_any());
            let mut read = syn::parse2(with.tokens.clone()).expect("a signature");
            with.take_out(&mut read);
            assert_eq!(read.to_token_stream().to_string(), signature.to_string());
        }
    }

    #[test]
    fn bounds_and_calls_stay_as_they_are() {
        for signature in [
            quote!(fn f<F: Fn(u8) -> u8>(f: F, g: impl FnMut(), h: &dyn Fn()) -> u8),
            quote!(fn f<F>(f: F) where F: FnOnce(), for<'a> F: Fn(&'a u8)),
        ] {
            assert!(!WithDyn::new(signature).is_any());
        }
    }
}
