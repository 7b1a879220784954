//! The function's arguments, bound anew inside the operation so that they are freed inside it.
//!
//! Parameters outlive every local, hence also the guard. A nested `match x { x => … }` moves each into
//! the measured part and leaves the drop order that of plain Rust: what a pattern binds, then the rest
//! of that argument, last argument first. `let x = x;` would not do: in edition 2021 the temporaries
//! of the body's last expression may borrow from `x`, and outlive it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Pat, PatIdent, PatType, Token, Type, TypeImplTrait, TypeInfer};

use super::foreign;
use crate::parse::Function;

/// The body with the owned arguments bound anew around it. Patterns move from the signature into
/// the body.
///
/// Where one cannot be, those before it are not either: they would be freed before it, and not after.
pub(crate) fn rebind(function: &mut Function, private: &TokenStream) -> TokenStream {
    let how = How {
        rename: function.attributes.iter().all(foreign::is_builtin),
        is_async: function.signature.asyncness.is_some(),
    };
    let inputs = function.signature.inputs.iter_mut();
    let mut body = function.body.to_token_stream();
    for (index, argument) in inputs.enumerate().rev() {
        let taken = match argument {
            FnArg::Typed(argument) => Binding::take(argument, index, how),
            // `self` cannot be bound anew, and comes first.
            FnArg::Receiver(_) => Taken::Free,
        };
        match taken {
            Taken::Bound(binding) => body = binding.around(&body, private),
            Taken::Free => {}
            Taken::Kept => break,
        }
    }
    body
}

#[derive(Clone, Copy)]
struct How {
    /// Whether nothing but the language reads the names of arguments.
    rename: bool,
    is_async: bool,
}

/// What became of an argument.
enum Taken {
    Bound(Binding),
    /// There is nothing in it that is freed.
    Free,
    /// It stays the function's.
    Kept,
}

/// An owned argument.
struct Binding {
    /// What stands for it in the signature.
    name: Ident,
    /// What the user wrote.
    pattern: Box<Pat>,
    /// Whether its type may have no values, for all that is seen of it.
    may_be_empty: bool,
}

impl Binding {
    fn take(argument: &mut PatType, index: usize, how: How) -> Taken {
        // In the future the variable has a type of its own, so that what it is made to point to may live shorter.
        let is_set = how.is_async && is_mutable(&argument.pat);
        if frees_nothing(&argument.ty) && !is_set {
            return Taken::Free;
        }
        // One with an attribute may be configured away, or have its warnings allowed there only.
        if !argument.attrs.is_empty() {
            return Taken::Kept;
        }
        let name = match variable(&argument.pat) {
            // Its twin: same text and place, but ours, so that no lint sees a variable shadowed by
            // itself, or one that begins with `_` used.
            Some(word) if how.rename => {
                let mut twin = word.clone();
                twin.set_span(word.span().resolved_at(Span::mixed_site()));
                twin
            }
            Some(word) => word.clone(),
            // The user's documentation will show this name; hygiene keeps it apart from others.
            None if how.rename => format_ident!("argument_{index}", span = Span::mixed_site()),
            // The attribute below this one may speak of the names in the pattern.
            None => return Taken::Kept,
        };
        let plain = Box::new(Pat::Verbatim(quote!(#name)));
        let pattern = std::mem::replace(&mut argument.pat, plain);
        Taken::Bound(Binding {
            name,
            pattern,
            may_be_empty: may_be_empty(&argument.ty),
        })
    }

    fn around(self, body: &TokenStream, private: &TokenStream) -> TokenStream {
        let Binding {
            name,
            pattern,
            may_be_empty,
        } = self;
        if variable(&pattern).is_some() {
            return match may_be_empty {
                // To the compiler there is always a value of what holds one.
                true => quote_spanned! {Span::mixed_site()=>
                    match #private::hold(#name) { #private::Held { value: #pattern, .. } => #body }
                },
                false => quote_spanned!(Span::mixed_site()=> match #name { #pattern => #body }),
            };
        }
        // The outer arm owns what the pattern leaves unnamed.
        let inner = match *pattern {
            Pat::Wild(_) => body.clone(),
            _ => quote_spanned!(Span::mixed_site()=> match #name { #pattern => #body }),
        };
        quote_spanned!(Span::mixed_site()=> match #name { #name => #inner })
    }
}

fn is_mutable(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(pattern) if pattern.mutability.is_some())
}

/// Whether a type may be one without values: a word of its own, and none of those that all know. Of those the compiler would
/// call the arm that binds one unreachable.
fn may_be_empty(ty: &Type) -> bool {
    const KNOWN: [&str; 6] = ["Bytes", "CString", "OsString", "PathBuf", "Self", "String"];
    match ty {
        Type::Paren(inner) => may_be_empty(&inner.elem),
        Type::Group(inner) => may_be_empty(&inner.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.arguments.is_none() && KNOWN.iter().all(|known| last.ident != known)
        }),
        _ => false,
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

/// `impl Trait` in a return type.
#[derive(Default)]
pub(crate) struct Opaque {
    found: bool,
}

impl Opaque {
    pub(crate) fn is_in(ty: &Type) -> bool {
        let mut opaque = Opaque::default();
        opaque.visit_type(ty);
        opaque.found
    }

    /// Puts `_` where `impl Trait` stands, as a variable's type needs it; whether there was any.
    pub(crate) fn infer(ty: &mut Type) -> bool {
        let mut opaque = Opaque::default();
        opaque.visit_type_mut(ty);
        opaque.found
    }
}

impl Visit<'_> for Opaque {
    fn visit_type_impl_trait(&mut self, _: &TypeImplTrait) {
        self.found = true;
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
