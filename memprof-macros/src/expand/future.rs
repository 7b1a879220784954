//! The body of an `async fn`: wrapped in the future that enters the site at each poll and on drop.
//!
//! The function stays an `async fn`, and the wrapper is awaited in it, not handed to a helper `async
//! fn`: that would double the size of the future at each level. No guard lives across an `.await`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{ReturnType, Signature, Type};

use super::args::{self, Opaque};
use crate::parse::Function;

pub(crate) fn body(function: &mut Function, private: &TokenStream) -> TokenStream {
    let block = block(function, private);
    quote_spanned! {Span::mixed_site()=>
        #private::tracked(&__MEMPROF_SITE, #block).await
    }
}

/// The function's body as a future.
pub(crate) fn block(function: &mut Function, private: &TokenStream) -> TokenStream {
    let receiver = function.signature.receiver().map(|receiver| {
        // Named, so that the future owns all of it, as it would without the attribute.
        let this = receiver.self_token;
        quote_spanned!(Span::mixed_site()=> let _ = &#this;)
    });
    let hint = hint(&function.signature, private);
    let body = args::rebind(function, private);
    quote_spanned! {Span::mixed_site()=>
        async move {
            #receiver
            #hint
            match () { () => #body }
        }
    }
}

/// Tells the inner block what it returns, which the outer signature does not: without it, `?`, `None`
/// or `Box::new(…)` in the body would have nothing to go by. Spanned at the return type, where a
/// type error then points.
fn hint(signature: &Signature, private: &TokenStream) -> TokenStream {
    let (ty, span) = match &signature.output {
        ReturnType::Default => (quote!(()), signature.ident.span()),
        // No value of `!` can be written on stable, and no hint is needed.
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => return TokenStream::new(),
        ReturnType::Type(_, ty) => {
            let mut hint = Type::clone(ty);
            Opaque::infer(&mut hint);
            (quote!(#hint), ty.span())
        }
    };
    // The type is the user's, and was linted where it was written. The `allow` covers this statement alone.
    quote_spanned! {span.resolved_at(Span::mixed_site())=>
        #[allow(clippy::all, clippy::pedantic)]
        if false {
            let __memprof_return: #ty = #private::never();
            return __memprof_return;
        }
    }
}
