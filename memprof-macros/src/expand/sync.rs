//! The body of a function that is not `async`: entered at the call, left when the guard drops.
//!
//! The guard is bound by a `match`, never by a `let` or a closure: an arm is a temporary scope of its own,
//! so what the body's last expression leaves is freed inside, in edition 2021 too; and unlike a closure
//! it keeps `return`, `?`, `#[track_caller]` and borrows of arguments as they are.
//!
//! Where a future is returned, the guard hands the call over to it: see `rest`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ReturnType;

use super::args::{self, Opaque};
use super::rest;
use super::returned::Returned;
use crate::parse::Function;

pub(crate) fn body(function: &mut Function, private: &TokenStream) -> TokenStream {
    let output = &function.signature.output;
    let opaque = match output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => Opaque::is_in(ty),
    };
    let (import, enter) = match rest::handing_over(&function.body, &Returned::by(output), private) {
        Some(body) => {
            function.body = body;
            (
                quote_spanned! {Span::mixed_site()=>
                    #[allow(unused_imports)]
                    use #private::MayRestOfAny as _;
                },
                quote_spanned!(Span::mixed_site()=> #private::open(&__MEMPROF_SITE)),
            )
        }
        None => (
            TokenStream::new(),
            quote_spanned!(Span::mixed_site()=> #private::enter(&__MEMPROF_SITE)),
        ),
    };
    if opaque {
        // An arm would hide from a closure in the body what the return type says of its arguments.
        // The price: owned arguments stay the function's, and are freed after the guard.
        let body = super::generated(&function.body);
        return quote_spanned! {Span::mixed_site()=>
            #import
            let __memprof_guard = #enter;
            #body
        };
    }
    let body = args::rebind(function, private);
    quote_spanned! {Span::mixed_site()=>
        #import
        match #enter { __memprof_guard => #body }
    }
}
