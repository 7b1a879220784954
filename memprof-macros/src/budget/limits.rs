//! The limits of a budget, as written: `peak = "2 MiB", allocations == 12, net = 0..=1024`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Lit, Result, Token};

use crate::{parse, size};

/// What can be limited: the key, the metric that it is, and whether that is bytes.
const METRICS: [(&str, &str, bool); 8] = [
    ("allocated", "AllocatedBytes", true),
    ("allocations", "Allocations", false),
    ("deallocated", "DeallocatedBytes", true),
    ("net", "NetBytes", true),
    ("peak", "PeakBytes", true),
    ("retained", "RetainedBytes", true),
    ("per_call_allocated", "MaxCallAllocatedBytes", true),
    ("per_call_peak", "MaxCallPeakBytes", true),
];

/// Every key of a budget, and others.
pub(super) fn keys(others: &[&'static str]) -> Vec<&'static str> {
    let keys = METRICS.iter().map(|metric| metric.0);
    keys.chain(others.iter().copied()).collect()
}

/// The limits of one budget, each metric at most once.
#[derive(Default)]
pub(crate) struct Limits(Vec<Limit>);

struct Limit {
    metric: &'static str,
    bound: Bound,
}

enum Bound {
    AtMost(i64),
    Exactly(i64),
    Between(i64, i64),
}

/// What stands between the parentheses of `budget(…)`.
impl Parse for Limits {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut limits = Self::default();
        let span = input.span();
        while !input.is_empty() {
            let key = parse::key(input, "budget", &keys(&[]))?;
            limits.add(&key, input)?;
            parse::comma(input, "budget")?;
        }
        limits.require(span)?;
        Ok(limits)
    }
}

impl Limits {
    /// Reads what follows `key`, which is one of `keys`.
    pub(super) fn add(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        let Some((name, metric, is_bytes)) = METRICS.into_iter().find(|metric| key == metric.0)
        else {
            return Err(Error::new(key.span(), "no limit"));
        };
        if self.0.iter().any(|limit| limit.metric == metric) {
            let message = format!("`{key}` is limited twice: keep one");
            return Err(Error::new(key.span(), message));
        }
        let figures = Figures { name, is_bytes };
        let bound = figures.bound(key, input)?;
        self.0.push(Limit { metric, bound });
        Ok(())
    }

    pub(super) fn require(&self, span: Span) -> Result<()> {
        if self.0.is_empty() {
            return Err(Error::new(
                span,
                "a budget needs a limit, as in `budget(peak = \"2 MiB\", allocations = 12)`",
            ));
        }
        Ok(())
    }

    /// The limits, with commas between them.
    pub(crate) fn list(&self, private: &TokenStream) -> TokenStream {
        let limits = self.0.iter().map(|limit| limit.write(private));
        quote_spanned!(Span::mixed_site()=> #(#limits),*)
    }

    /// The constant and the static that hold the limits of `__MEMPROF_SITE`.
    pub(crate) fn declare(&self, growth: &TokenStream, private: &TokenStream) -> TokenStream {
        let limits = self.list(private);
        quote_spanned! {Span::mixed_site()=>
            const __MEMPROF_LIMITS: &[#private::Limit] = &[#limits];
            #[allow(dead_code)]
            static __MEMPROF_DECLARED: #private::Declared =
                #private::Declared::new(&__MEMPROF_SITE, __MEMPROF_LIMITS, #growth);
        }
    }
}

impl Limits {
    /// The same, and their registration.
    pub(crate) fn submit(&self, growth: &TokenStream, private: &TokenStream) -> TokenStream {
        let declared = self.declare(growth, private);
        quote_spanned! {Span::mixed_site()=>
            #private::reported! {
                {
                    #declared
                    #private::inventory::submit! { #private::DeclaredEntry(&__MEMPROF_DECLARED) }
                }
                {}
            }
        }
    }
}

impl Limit {
    fn write(&self, private: &TokenStream) -> TokenStream {
        let metric = format_ident!("{}", self.metric);
        let bound = match self.bound {
            Bound::AtMost(most) => quote_spanned!(Span::mixed_site()=> at_most(#most)),
            Bound::Exactly(figure) => quote_spanned!(Span::mixed_site()=> exactly(#figure)),
            Bound::Between(least, most) => {
                quote_spanned!(Span::mixed_site()=> between(#least, #most))
            }
        };
        quote_spanned! {Span::mixed_site()=>
            #private::Limit::new(#private::Metric::#metric, #private::Bound::#bound)
        }
    }
}

/// How the figures of one metric are written.
struct Figures {
    name: &'static str,
    is_bytes: bool,
}

impl Figures {
    /// `= most`, `== figure`, `= least..=most` or `= ..=most`.
    fn bound(&self, key: &Ident, input: ParseStream<'_>) -> Result<Bound> {
        let needs = || {
            Error::new(
                key.span(),
                format!("`{key}` needs a limit: {}", self.examples()),
            )
        };
        if input.parse::<Option<Token![==]>>()?.is_some() {
            return Ok(Bound::Exactly(self.figure(input)?));
        }
        if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
            return Err(needs());
        }
        if input.parse::<Option<Token![..=]>>()?.is_some() {
            return Ok(Bound::AtMost(self.figure(input)?));
        }
        let span = input.span();
        let least = self.figure(input)?;
        if input.parse::<Option<Token![..=]>>()?.is_some() {
            let most = self.figure(input)?;
            if least > most {
                return Err(Error::new(
                    span,
                    "nothing is in this range: the least stands first",
                ));
            }
            return Ok(Bound::Between(least, most));
        }
        if input.peek(Token![..]) {
            return Err(input.error("a range is written with `..=`: both its ends are allowed"));
        }
        Ok(Bound::AtMost(least))
    }

    fn figure(&self, input: ParseStream<'_>) -> Result<i64> {
        let span = input.span();
        let wrong = |problem: &str| {
            let message = format!("{problem}: {}", self.examples());
            Error::new(span, message)
        };
        let is_negative = input.parse::<Option<Token![-]>>()?.is_some();
        if is_negative && self.name != "net" {
            return Err(wrong(&format!("`{}` is never negative", self.name)));
        }
        let literal = input.parse::<Lit>().map_err(|_| wrong("no limit"))?;
        let figure = match &literal {
            Lit::Int(number) => number
                .base10_parse::<i64>()
                .map_err(|error| wrong(&error.to_string()))?,
            Lit::Str(text) if self.is_bytes => size::bytes(&text.value())
                .map_err(|problem| wrong(&format!("{:?} is no size: {problem}", text.value())))?,
            Lit::Str(_) => return Err(wrong(&format!("`{}` is a number, no size", self.name))),
            _ => return Err(wrong("no limit")),
        };
        Ok(if is_negative { -figure } else { figure })
    }

    fn examples(&self) -> String {
        let Self { name, is_bytes } = self;
        if *is_bytes {
            format!(
                "write `{name} = \"2 MiB\"` or `{name} = 4096` for the most, `{name} == 4096` for just that, `{name} = 1..=4096`"
            )
        } else {
            format!(
                "write `{name} = 12` for the most, `{name} == 12` for just that, `{name} = 1..=12`"
            )
        }
    }
}
