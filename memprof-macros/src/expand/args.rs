//! The function's arguments, bound anew inside the operation so that they are freed inside it.
//!
//! Parameters outlive every local, hence also the guard. A nested `match x { x => … }` moves each into
//! the measured part and leaves the drop order that of plain Rust: what a pattern binds, then the rest
//! of that argument, last argument first. `let x = x;` would not do: in edition 2021 the temporaries
//! of the body's last expression may borrow from `x`, and outlive it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Pat, PatIdent, PatType, Token, Type, TypeInfer};

use crate::item;
use crate::parse::Function;

/// The body with the owned arguments bound anew around it. Patterns move from the signature into
/// the body.
pub(crate) fn rebind(function: &mut Function) -> TokenStream {
    let rename = function.attributes.iter().all(is_builtin);
    let inputs = function.signature.inputs.iter_mut();
    let bindings: Vec<Binding> = inputs
        .enumerate()
        .filter_map(|(index, argument)| match argument {
            FnArg::Typed(argument) => Binding::take(argument, index, rename),
            // `self` cannot be bound anew.
            FnArg::Receiver(_) => None,
        })
        .collect();
    let body = &function.body;
    bindings
        .into_iter()
        .rev()
        .fold(quote!(#body), |body, binding| binding.around(&body))
}

/// An owned argument.
struct Binding {
    /// What stands for it in the signature.
    name: Ident,
    /// What the user wrote.
    pattern: Box<Pat>,
}

impl Binding {
    fn take(argument: &mut PatType, index: usize, rename: bool) -> Option<Self> {
        // One with an attribute may be configured away, or have its warnings allowed there only.
        if !argument.attrs.is_empty() || frees_nothing(&argument.ty) {
            return None;
        }
        let name = match variable(&argument.pat) {
            // Its twin: same text and place, but ours, so that no lint sees a variable shadowed by
            // itself, or one that begins with `_` used.
            Some(word) if rename => {
                let mut twin = word.clone();
                twin.set_span(word.span().resolved_at(Span::mixed_site()));
                twin
            }
            Some(word) => word.clone(),
            // The user's documentation will show this name; hygiene keeps it apart from others.
            None if rename => format_ident!("argument_{index}", span = Span::mixed_site()),
            // The attribute below this one may speak of the names in the pattern.
            None => return None,
        };
        let plain = Box::new(Pat::Verbatim(quote!(#name)));
        let pattern = std::mem::replace(&mut argument.pat, plain);
        Some(Binding { name, pattern })
    }

    fn around(self, body: &TokenStream) -> TokenStream {
        let Binding { name, pattern } = self;
        if variable(&pattern).is_some() {
            return quote_spanned!(Span::mixed_site()=> match #name { #pattern => #body });
        }
        // The outer arm owns what the pattern leaves unnamed.
        let inner = match *pattern {
            Pat::Wild(_) => body.clone(),
            _ => quote_spanned!(Span::mixed_site()=> match #name { #pattern => #body }),
        };
        quote_spanned!(Span::mixed_site()=> match #name { #name => #inner })
    }
}

/// The variable that the whole pattern is, `mut` or not.
fn variable(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(PatIdent {
            by_ref: None,
            ident,
            subpat: None,
            ..
        }) if is_variable(ident) => Some(ident),
        _ => None,
    }
}

/// Whether the word binds a variable: with a capital it may be a constant or a unit struct.
fn is_variable(word: &Ident) -> bool {
    word.to_string()
        .starts_with(|first: char| first == '_' || first.is_lowercase())
}

/// Types that are known by sight to own nothing: there is no use in moving them.
pub(crate) fn frees_nothing(ty: &Type) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8",
        "u16", "u32", "u64", "u128", "usize",
    ];
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::Never(_) => true,
        Type::Paren(inner) => frees_nothing(&inner.elem),
        Type::Group(inner) => frees_nothing(&inner.elem),
        Type::Array(array) => frees_nothing(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(frees_nothing),
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|word| PRIMITIVES.iter().any(|primitive| word == primitive)),
        _ => false,
    }
}

/// Attributes of the language itself, which do not read the names of arguments.
fn is_builtin(attribute: &item::Attribute) -> bool {
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

/// `impl Trait` in a return type.
#[derive(Default)]
pub(crate) struct Opaque {
    found: bool,
}

impl Opaque {
    pub(crate) fn is_in(ty: &Type) -> bool {
        Opaque::infer(&mut ty.clone())
    }

    /// Puts `_` where `impl Trait` stands, as a variable's type needs it; whether there was any.
    pub(crate) fn infer(ty: &mut Type) -> bool {
        let mut opaque = Opaque::default();
        opaque.visit_type_mut(ty);
        opaque.found
    }
}

impl VisitMut for Opaque {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(opaque) = ty {
            let underscore_token = Token![_](opaque.impl_token.span);
            *ty = Type::Infer(TypeInfer {
                attrs: Vec::new(),
                underscore_token,
            });
            self.found = true;
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
