//! What a function's return type says, at sight, of a future or stream in it.
//!
//! A macro sees words, not types: a type that is not one of these by its own words is no future here.
//! A wrong guess would be an error in a program that is right, so what is in doubt counts as unknown.

use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, PathSegment, ReturnType, Token, Type, TypeParamBound};

pub(crate) enum Returned {
    /// `impl Future<…>`, `impl Stream<…>`: the value itself is polled.
    Opaque(Polled),
    /// `Pin<Box<dyn Future<…>>>`, `BoxFuture<…>`, …: what was boxed is polled.
    Boxed(Polled),
    Unknown,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Polled {
    Future,
    Stream,
}

impl Returned {
    pub(crate) fn by(output: &ReturnType) -> Self {
        match output {
            ReturnType::Default => Returned::Unknown,
            ReturnType::Type(_, ty) => Returned::of(ty),
        }
    }

    fn of(ty: &Type) -> Self {
        let found = match bare(ty) {
            Type::ImplTrait(opaque) => polled(&opaque.bounds).map(Returned::Opaque),
            Type::Path(_) => boxed(ty).map(Returned::Boxed),
            _ => None,
        };
        found.unwrap_or(Returned::Unknown)
    }
}

/// Without the parentheses, visible or not, around it.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        _ => ty,
    }
}

fn boxed(ty: &Type) -> Option<Polled> {
    let last = last_segment(ty)?;
    match last.ident.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => Some(Polled::Future),
        "BoxStream" | "LocalBoxStream" => Some(Polled::Stream),
        "Pin" => {
            let inner = last_segment(only_type(last)?)?;
            let object = only_type(inner).filter(|_| inner.ident == "Box")?;
            match bare(object) {
                Type::TraitObject(object) => polled(&object.bounds),
                _ => None,
            }
        }
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The `T` of `Pin<T>` or `Box<T>`; with an allocator, the first.
fn only_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether the bounds are those of a future or stream, and of nothing that the wrapper around one is not.
fn polled(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Polled> {
    // What the wrapper is whenever the future is, or whatever its value is.
    const KEPT: [&str; 7] = [
        "Send",
        "Sync",
        "Unpin",
        "UnwindSafe",
        "RefUnwindSafe",
        "Debug",
        "Captures",
    ];
    let mut found = None;
    for bound in bounds {
        let TypeParamBound::Trait(bound) = bound else {
            continue;
        };
        let last = bound.path.segments.last()?;
        match last.ident.to_string().as_str() {
            // Older crates have a `Future` with an item and an error, which is another trait.
            "Future" if names(last, "Output") && !names(last, "Error") => {
                found = Some(Polled::Future);
            }
            "Stream" if names(last, "Item") && !names(last, "Error") => {
                found = Some(Polled::Stream);
            }
            kept if bound.maybe.is_some() || KEPT.contains(&kept) => {}
            _ => return None,
        }
    }
    found
}

/// Whether `<…>` says something of that associated type, or nothing at all.
fn names(segment: &PathSegment, associated: &str) -> bool {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return associated != "Error";
    };
    arguments.args.iter().any(|argument| match argument {
        GenericArgument::AssocType(binding) => binding.ident == associated,
        GenericArgument::Constraint(constraint) => constraint.ident == associated,
        _ => false,
    })
}
