//! The budget: reads the limits that a user declares, and writes the function that is held to them.
//!
//! `#[budget]` makes a function an operation whose calls are checked where the program is built for tests;
//! elsewhere, as with `#[track(budget(…))]`, its limits go into the report. What is checked and what is said
//! is the runtime's business.

mod limits;

pub(crate) use limits::Limits;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Path, Result, ReturnType, Type};

use crate::check;
use crate::expand::{self, Opaque, Ours, beside, rebind};
use crate::item::Items;
use crate::parse::{self, Function, Moved, Track};

/// Arguments of `#[budget]`.
struct Budget {
    limits: Limits,
    memprof: Option<Path>,
    moved: Moved,
}

impl Parse for Budget {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let moved = Moved::read(input, "budget")?;
        let mut limits = Limits::default();
        let mut memprof = None;
        while !input.is_empty() {
            let key = parse::key(input, "budget", &limits::keys(&["crate"]))?;
            if key == "crate" {
                parse::value(input, &key, "budget")?;
                parse::set_path(&mut memprof, input, &key, "budget")?;
            } else {
                limits.add(&key, input)?;
            }
            parse::comma(input, "budget")?;
        }
        limits.require(Span::call_site())?;
        Ok(Self {
            limits,
            memprof,
            moved,
        })
    }
}

/// `#[budget]`. On an error the item is given back as it came, beside the error.
pub(crate) fn budget(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_budget(arguments, item.clone()).unwrap_or_else(|error| beside(&error, item))
}

fn try_budget(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut item = Items::new(item)
        .next()
        .ok_or_else(|| Error::new(Span::call_site(), "`#[memprof::budget]` needs a function"))?;
    check::function(&item, "budget")?;
    let Budget {
        limits,
        memprof,
        moved,
    } = syn::parse2(arguments.clone())?;
    let ours = Ours {
        name: "budget",
        arguments: &arguments,
        memprof: memprof.as_ref(),
        moved: &moved,
    };
    if let Some(elsewhere) = ours.elsewhere(&mut item) {
        return Ok(elsewhere);
    }
    let mut function = Function::new(item, "budget")?;

    let track = Track {
        memprof,
        ..Track::default()
    };
    let private = expand::private(&track);
    let site = expand::site(&track, &private);
    let declared = limits.declare(&crate::bench::growth(None, &private)?, &private);
    let light = light(function.clone(), &private);
    let body = if function.signature.asyncness.is_some() {
        future(&mut function, &private)
    } else {
        sync(&mut function, &private)
    };
    Ok(function.with_body(quote_spanned! {Span::mixed_site()=>
        #site
        #private::reported! {
            {
                #declared
                #[cfg(not(test))]
                #private::inventory::submit! { #private::DeclaredEntry(&__MEMPROF_DECLARED) }
            }
            {}
        }
        #private::reported!(({ #body }) ({ #light }))
    }))
}

/// The body where there are no reports: an operation as others, and a failure where its calls are judged.
fn light(mut function: Function, private: &TokenStream) -> TokenStream {
    let body = expand::body(&mut function, private);
    quote_spanned! {Span::mixed_site()=>
        #private::cannot_judge(::core::cfg!(test));
        #body
    }
}

/// The arguments that begin a check: only where the program is built for tests a limit that is passed
/// panics.
fn begin() -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        &__MEMPROF_SITE, __MEMPROF_LIMITS, ::core::cfg!(test)
    }
}

fn sync(function: &mut Function, private: &TokenStream) -> TokenStream {
    let begin = begin();
    // The panic of a limit that is passed is at the attribute.
    let call = quote_spanned! {Span::mixed_site()=>
        #private::Budgeted::enter(#begin, |__memprof_message| #private::exceeded(__memprof_message))
    };
    let output = match &function.signature.output {
        ReturnType::Default => Some(quote!(())),
        ReturnType::Type(_, ty) if Opaque::is_in(ty) => {
            let body = expand::generated(&function.body);
            return quote_spanned!(Span::mixed_site()=> let __memprof_call = #call; #body);
        }
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => None,
        ReturnType::Type(_, ty) => Some(quote!(#ty)),
    };
    match output.filter(|_| function.signature.inputs.is_empty()) {
        // Tests, above all. A closure sees also what `?` and `return` give; with arguments it would change
        // what may be borrowed.
        Some(output) => {
            let body = &function.body;
            let failed = failed(private);
            quote_spanned! {Span::mixed_site()=>
                match #call { mut __memprof_call => match (|| -> #output #body)() {
                    __memprof_value => {
                        __memprof_call.gave(#failed);
                        __memprof_value
                    }
                }}
            }
        }
        None => {
            let body = rebind(function, private);
            quote_spanned!(Span::mixed_site()=> match #call { __memprof_call => #body })
        }
    }
}

fn future(function: &mut Function, private: &TokenStream) -> TokenStream {
    let begin = begin();
    let failed = failed(private);
    let inner = expand::async_block(function, private);
    quote_spanned! {Span::mixed_site()=>
        let mut __memprof_check = #private::Check::begin(#begin);
        let (__memprof_value, __memprof_own) = #private::tracked(
            __memprof_check.site(),
            #private::Polls::new(#inner),
        ).await;
        __memprof_check.end(&__memprof_own, #failed);
        __memprof_value
    }
}

/// Whether the value is an error.
fn failed(private: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=> {
        #[allow(unused_imports)]
        use #private::{OutcomeOfAny as _, OutcomeOfResult as _};
        (&#private::Outcome(&__memprof_value)).failed()
    }}
}
