//! The bench: reads what `#[bench]` says of a function, and registers it for the harness beside the function,
//! which stays as it is.
//!
//! What is emitted goes through `__private::bench!`, which without the harness makes nothing of it.

mod run;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, LitStr, Path, Result, Signature};

use crate::budget::Limits;
use crate::check;
use crate::expand::{self, beside};
use crate::item::Items;
use crate::parse::{self, Function, Track};

/// What may stand in `#[bench(…)]` and in `bench(…)`, but for the budget's own limits.
const KEYS: [&str; 6] = ["name", "args", "setup", "growth", "budget", "crate"];

/// What is said of a bench.
#[derive(Default)]
pub(crate) struct Bench {
    name: Option<LitStr>,
    pub(crate) arguments: Option<Expr>,
    pub(crate) setup: Option<Path>,
    growth: Option<LitStr>,
    budget: Option<Limits>,
    pub(crate) memprof: Option<Path>,
}

impl Parse for Bench {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut bench = Self::default();
        while !input.is_empty() {
            if input.peek(syn::Lit) {
                parse::set_name(&mut bench.name, input, "bench")?;
            } else {
                let key = parse::key(input, "bench", &KEYS)?;
                bench.set(&key, input)?;
            }
            parse::comma(input, "bench")?;
        }
        Ok(bench)
    }
}

impl Bench {
    fn set(&mut self, key: &proc_macro2::Ident, input: ParseStream<'_>) -> Result<()> {
        if key == "budget" {
            return parse::set_budget(&mut self.budget, input, key);
        }
        parse::value(input, key, "bench")?;
        let is_twice = match key.to_string().as_str() {
            "name" => return parse::set_name(&mut self.name, input, "bench"),
            "args" => self.arguments.replace(input.parse()?).is_some(),
            "setup" => self.setup.replace(input.parse()?).is_some(),
            "growth" => return set_growth(&mut self.growth, input, key),
            _ => return parse::set_path(&mut self.memprof, input, key, "bench"),
        };
        if is_twice {
            return Err(Error::new(
                key.span(),
                format!("`{key}` is given twice: keep one"),
            ));
        }
        Ok(())
    }

    /// What registers a function of that signature.
    pub(crate) fn register(
        &self,
        signature: &Signature,
        private: &TokenStream,
    ) -> Result<TokenStream> {
        if let (Some(growth), None) = (&self.growth, &self.arguments) {
            let message = "a growth is over the arguments of a bench: give it `args = [10, 100, 1000, 10000]`";
            return Err(Error::new(growth.span(), message));
        }
        let run = run::write(self, signature)?;
        let ident = &signature.ident;
        let given = option(self.name.as_ref().map(|name| quote!(#name)));
        let growth = growth(self.growth.as_ref(), private)?;
        let limits = self.budget.as_ref().map(|limits| limits.list(private));
        let count = option(self.arguments.as_ref().map(|arguments| match arguments {
            Expr::Array(array) => {
                let count = array.elems.len();
                quote!(#count)
            }
            arguments => quote_spanned!(Span::mixed_site()=> #arguments.len()),
        }));
        Ok(quote_spanned! {Span::mixed_site()=>
            #private::bench! {
                const _: () = {
                    fn __memprof_run(__memprof_bencher: &mut #private::Bencher, __memprof_index: ::core::primitive::usize) {
                        #run
                    }
                    static __MEMPROF_BENCH: #private::Bench = #private::Bench {
                        given: #given,
                        path: ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#ident)),
                        file: ::core::file!(),
                        line: ::core::line!(),
                        column: ::core::column!(),
                        arguments: #count,
                        run: __memprof_run,
                        limits: &[#limits],
                        growth: #growth,
                    };
                    #private::inventory::submit! { #private::BenchEntry(&__MEMPROF_BENCH) }
                };
            }
        })
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#value)),
        None => quote_spanned!(Span::mixed_site()=> ::core::option::Option::None),
    }
}

/// `growth = "O(n)"`
pub(crate) fn set_growth(
    growth: &mut Option<LitStr>,
    input: ParseStream<'_>,
    key: &proc_macro2::Ident,
) -> Result<()> {
    let given: LitStr = input
        .parse()
        .map_err(|error| Error::new(error.span(), "the growth is text: `growth = \"O(n)\"`"))?;
    class(&given)?;
    if growth.replace(given).is_some() {
        return Err(Error::new(key.span(), "`growth` is given twice: keep one"));
    }
    Ok(())
}

/// A declared growth as an `Option<GrowthClass>`.
pub(crate) fn growth(growth: Option<&LitStr>, private: &TokenStream) -> Result<TokenStream> {
    let class = growth.map(class).transpose()?;
    Ok(option(class.map(|class| {
        let class = format_ident!("{class}");
        quote_spanned!(Span::mixed_site()=> #private::GrowthClass::#class)
    })))
}

/// The variant of `GrowthClass` that a notation stands for.
pub(crate) fn class(growth: &LitStr) -> Result<&'static str> {
    let written = growth.value().to_lowercase();
    let plain: String = written
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    Ok(match plain.as_str() {
        "o(1)" => "Constant",
        "o(logn)" | "o(log(n))" => "Logarithmic",
        "o(n)" => "Linear",
        "o(nlogn)" | "o(nlog(n))" | "o(n*logn)" | "o(n*log(n))" => "Linearithmic",
        "o(n²)" | "o(n^2)" | "o(n*n)" => "Quadratic",
        "o(n³)" | "o(n^3)" | "o(n*n*n)" => "Cubic",
        _ => {
            return Err(Error::new(
                growth.span(),
                "no growth class: use one of \"O(1)\", \"O(log n)\", \"O(n)\", \"O(n log n)\", \"O(n^2)\", \"O(n^3)\"",
            ));
        }
    })
}

/// `#[bench]`. On an error the item is given back as it came, beside the error.
pub(crate) fn bench(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_bench(arguments, item.clone()).unwrap_or_else(|error| beside(&error, item))
}

fn try_bench(arguments: TokenStream, tokens: TokenStream) -> Result<TokenStream> {
    let item = Items::new(tokens.clone())
        .next()
        .ok_or_else(|| Error::new(Span::call_site(), "`#[memprof::bench]` needs a function"))?;
    check::function(&item, "bench")?;
    let mut bench: Bench = syn::parse2(arguments)?;
    let function = Function::new(item, "bench")?;
    let track = Track {
        memprof: bench.memprof.take(),
        ..Track::default()
    };
    let registration = bench.register(&function.signature, &expand::private(&track))?;
    // Without the harness nobody calls it.
    Ok(quote_spanned! {Span::mixed_site()=>
        #[allow(dead_code)]
        #tokens
        #registration
    })
}
