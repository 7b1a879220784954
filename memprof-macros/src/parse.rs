//! Reads what the user wrote: the arguments of an attribute, and a function's signature.
//!
//! Arguments are all optional, in any order, each at most once. An error names the argument, and
//! what to write. A function's body stays tokens: to read it is the compiler's business.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Error, Lit, LitStr, Path, Result, Signature, Token, Visibility};

use crate::bare::WithDyn;
use crate::bench::{Bench, set_growth};
use crate::budget::Limits;
use crate::item::{self, Item, is_punct};

/// Arguments of `#[track]`.
#[derive(Default)]
pub(crate) struct Track {
    /// The operation's name; without one it is derived from the function's path.
    pub(crate) name: Option<LitStr>,
    /// Where memprof is, if not at `::memprof`.
    pub(crate) memprof: Option<Path>,
    /// The limits that its figures are held to.
    pub(crate) budget: Option<Limits>,
    /// How its figures may grow with the size of its input.
    pub(crate) growth: Option<LitStr>,
    /// How it is benched.
    pub(crate) bench: Option<Bench>,
    pub(crate) moved: Moved,
}

impl Parse for Track {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut track = Track {
            moved: Moved::read(input, "track")?,
            ..Track::default()
        };
        while !input.is_empty() {
            if input.peek(Lit) {
                set_name(&mut track.name, input, "track")?;
            } else {
                let key = key(
                    input,
                    "track",
                    &["name", "crate", "budget", "growth", "bench"],
                )?;
                if key == "budget" {
                    set_budget(&mut track.budget, input, &key)?;
                } else if key == "bench" {
                    set_bench(&mut track.bench, input, &key)?;
                } else if key == "growth" {
                    value(input, &key, "track")?;
                    set_growth(&mut track.growth, input, &key)?;
                } else if key == "name" {
                    value(input, &key, "track")?;
                    set_name(&mut track.name, input, "track")?;
                } else {
                    value(input, &key, "track")?;
                    set_path(&mut track.memprof, input, &key, "track")?;
                }
            }
            comma(input, "track")?;
        }
        Ok(track)
    }
}

/// What an attribute says of having been put below those of others; written by us alone.
#[derive(Default)]
pub(crate) struct Moved {
    pub(crate) is_last: bool,
    /// The one function that it is for, where others put it on more.
    pub(crate) only: Option<Ident>,
}

impl Moved {
    /// `__last,` or `__last = function,` at the beginning.
    pub(crate) fn read(input: ParseStream<'_>, attribute: &str) -> Result<Self> {
        let mut moved = Self::default();
        let is_last = |word: Ident| word == "__last";
        if input.fork().call(Ident::parse_any).is_ok_and(is_last) {
            input.call(Ident::parse_any)?;
            moved.is_last = true;
            if input.parse::<Option<Token![=]>>()?.is_some() {
                moved.only = Some(input.call(Ident::parse_any)?);
            }
            comma(input, attribute)?;
        }
        Ok(moved)
    }
}

/// Arguments of `#[track_all]`.
#[derive(Default)]
pub(crate) struct TrackAll {
    pub(crate) memprof: Option<Path>,
}

impl Parse for TrackAll {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut all = TrackAll::default();
        while !input.is_empty() {
            if input.peek(Lit) {
                return Err(input.error(
                    "`#[memprof::track_all]` takes no name, as each function is an operation of \
                     its own: name one with `#[memprof::track(\"…\")]`",
                ));
            }
            let key = key(input, "track_all", &["crate"])?;
            value(input, &key, "track_all")?;
            set_path(&mut all.memprof, input, &key, "track_all")?;
            comma(input, "track_all")?;
        }
        Ok(all)
    }
}

pub(crate) fn key(input: ParseStream<'_>, attribute: &str, valid: &[&str]) -> Result<Ident> {
    let key = Ident::parse_any(input)
        .map_err(|error| Error::new(error.span(), usage(attribute, valid)))?;
    let written = key.to_string();
    if valid.contains(&written.as_str()) {
        return Ok(key);
    }
    let listed: Vec<String> = valid.iter().map(|valid| format!("`{valid}`")).collect();
    let mut message = format!(
        "unknown key `{written}` in `#[memprof::{attribute}]`: valid is {}",
        listed.join(" or ")
    );
    let nearest = valid.iter().min_by_key(|valid| distance(&written, valid));
    if let Some(nearest) = nearest.filter(|nearest| distance(&written, nearest) <= 2) {
        message.push_str(&format!("; did you mean `{nearest}`?"));
    }
    Err(Error::new(key.span(), message))
}

fn usage(attribute: &str, valid: &[&str]) -> String {
    let forms: &[&str] = if valid.contains(&"peak") {
        &["(peak = \"2 MiB\")", "(allocations == 12)"]
    } else if valid.contains(&"name") {
        &["(\"…\")", "(name = \"…\")", "(crate = …)"]
    } else {
        &["", "(crate = …)"]
    };
    let forms: Vec<String> = forms
        .iter()
        .map(|form| format!("`#[memprof::{attribute}{form}]`"))
        .collect();
    format!("expected one of {}", forms.join(", "))
}

pub(crate) fn value(input: ParseStream<'_>, key: &Ident, attribute: &str) -> Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_some() && !input.is_empty() {
        return Ok(());
    }
    let example = match key.to_string().as_str() {
        "name" => "\"…\"",
        "args" => "[10, 100, 1000]",
        "setup" => "path::to::function",
        "growth" => "\"O(n)\"",
        _ => "path::to::memprof",
    };
    Err(Error::new(
        key.span(),
        format!("`{key}` needs a value: `#[memprof::{attribute}({key} = {example})]`"),
    ))
}

pub(crate) fn set_name(
    name: &mut Option<LitStr>,
    input: ParseStream<'_>,
    attribute: &str,
) -> Result<()> {
    let given = match input.fork().parse() {
        Ok(Lit::Str(_)) => input.parse::<LitStr>()?,
        _ => {
            return Err(input.error(format!(
                "the name must be a string literal, as in `#[memprof::{attribute}(\"Hybrid Search\")]`",
            )));
        }
    };
    if given.value().trim().is_empty() {
        let message = format!(
            "the name must not be empty: write `#[memprof::{attribute}]` without one to have the \
             function's own path as the name",
        );
        return Err(Error::new(given.span(), message));
    }
    if name.is_some() {
        let message = format!("`#[memprof::{attribute}]` is given a second name: keep one");
        return Err(Error::new(given.span(), message));
    }
    *name = Some(given);
    Ok(())
}

pub(crate) fn set_path(
    path: &mut Option<Path>,
    input: ParseStream<'_>,
    key: &Ident,
    attribute: &str,
) -> Result<()> {
    let Ok(given) = input.call(Path::parse_mod_style) else {
        return Err(input.error(format!(
            "`crate` must be the path under which memprof is found, as in \
             `#[memprof::{attribute}(crate = my::memprof)]`",
        )));
    };
    if path.is_some() {
        let message = format!("`#[memprof::{attribute}]` is given a second `crate`: keep one");
        return Err(Error::new(key.span(), message));
    }
    *path = Some(given);
    Ok(())
}

/// `budget(…)`
pub(crate) fn set_budget(
    budget: &mut Option<Limits>,
    input: ParseStream<'_>,
    key: &Ident,
) -> Result<()> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(
            key.span(),
            "`budget` needs its limits: `budget(peak = \"2 MiB\", allocations = 12)`",
        ));
    }
    let inner;
    syn::parenthesized!(inner in input);
    let limits = inner.parse()?;
    if budget.is_some() {
        return Err(Error::new(key.span(), "`budget` is given twice: keep one"));
    }
    *budget = Some(limits);
    Ok(())
}

/// `bench` or `bench(…)`
fn set_bench(bench: &mut Option<Bench>, input: ParseStream<'_>, key: &Ident) -> Result<()> {
    let given = if input.peek(syn::token::Paren) {
        let inner;
        syn::parenthesized!(inner in input);
        inner.parse::<Bench>()?
    } else {
        Bench::default()
    };
    if let Some(path) = &given.memprof {
        let message = "`crate` belongs to `track`: `#[memprof::track(crate = …, bench(…))]`";
        return Err(Error::new(path.span(), message));
    }
    if bench.replace(given).is_some() {
        return Err(Error::new(key.span(), "`bench` is given twice: keep one"));
    }
    Ok(())
}

pub(crate) fn comma(input: ParseStream<'_>, attribute: &str) -> Result<()> {
    if input.is_empty() || input.parse::<Option<Token![,]>>()?.is_some() {
        return Ok(());
    }
    Err(input.error(format!(
        "expected `,` between the arguments of `#[memprof::{attribute}]`"
    )))
}

/// How many letters have to be changed, added or left out to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &against) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != against);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// A function with a body, ready to be expanded.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<item::Attribute>,
    pub(crate) visibility: Visibility,
    /// The `default` of a specialised method.
    pub(crate) defaultness: Option<Ident>,
    pub(crate) signature: Signature,
    /// `#![…]` at the beginning of the body: they have to stay first.
    pub(crate) inner_attributes: TokenStream,
    pub(crate) body: Group,
    /// Where the user's braces are.
    pub(crate) braces: Span,
}

impl Function {
    /// `item` is a function with a body, as `check` has seen.
    pub(crate) fn new(item: Item, attribute: &str) -> Result<Self> {
        let head = |input: ParseStream<'_>| -> Result<(Visibility, Option<Ident>, Signature)> {
            let visibility = input.parse()?;
            let is_default = input
                .fork()
                .call(Ident::parse_any)
                .is_ok_and(|word| word == "default");
            let defaultness = if is_default {
                Some(input.call(Ident::parse_any)?)
            } else {
                None
            };
            Ok((visibility, defaultness, input.parse()?))
        };
        let error = |error: Error| {
            let message = format!("`#[memprof::{attribute}]` cannot read this signature: {error}");
            Error::new(error.span(), message)
        };
        let tokens = || item.head.iter().cloned();
        let (visibility, defaultness, signature) = match head.parse2(tokens().collect()) {
            Ok(read) => read,
            Err(first) => {
                let with = WithDyn::new(tokens());
                let again = with.is_any().then(|| head.parse2(with.tokens.clone()).ok());
                let Some((visibility, defaultness, mut signature)) = again.flatten() else {
                    return Err(error(first));
                };
                with.take_out(&mut signature);
                (visibility, defaultness, signature)
            }
        };
        let body = item
            .body
            .ok_or_else(|| Error::new(Span::call_site(), "expected a body"))?;
        let braces = body.span();
        let (inner_attributes, body) = split(body);
        let attributes = item.attributes;
        Ok(Function {
            attributes,
            visibility,
            defaultness,
            signature,
            inner_attributes,
            body,
            braces,
        })
    }
}

/// The inner attributes of a body, and the body without them.
fn split(body: Group) -> (TokenStream, Group) {
    let mut tokens = body.stream().into_iter().peekable();
    if !tokens.peek().is_some_and(|first| is_punct(first, '#')) {
        // Untouched, so that the braces keep their own places in the compiler's messages.
        return (TokenStream::new(), body);
    }
    let tokens: Vec<TokenTree> = tokens.collect();
    let inner = tokens
        .chunks(3)
        .take_while(|chunk| match chunk {
            [pound, bang, TokenTree::Group(group)] => {
                is_punct(pound, '#')
                    && is_punct(bang, '!')
                    && group.delimiter() == Delimiter::Bracket
            }
            _ => false,
        })
        .count();
    if inner == 0 {
        return (TokenStream::new(), body);
    }
    let (attributes, rest) = tokens.split_at(inner * 3);
    let mut remaining = Group::new(Delimiter::Brace, rest.iter().cloned().collect());
    remaining.set_span(body.span());
    (attributes.iter().cloned().collect(), remaining)
}
