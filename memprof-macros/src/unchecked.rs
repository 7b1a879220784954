//! `#[budget]` where memprof is switched off: the function as it was, and where it is built for tests a statement before its
//! body that has the test's output say once that nothing is checked.
//!
//! Without a parser: the body is the last group in braces, and a `const fn` is left alone.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// The item with that statement in its body.
pub(crate) fn budget(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_const = tokens
        .windows(2)
        .any(|pair| is(&pair[0], "const") && is(&pair[1], "fn"));
    let path = path(arguments);
    let statement = format!("#[cfg(test)] {path}::__private::not_checked();");
    if let (Some(TokenTree::Group(body)), Ok(statement)) =
        (tokens.last(), statement.parse::<TokenStream>())
        && body.delimiter() == Delimiter::Brace
        && !is_const
    {
        let (inner, rest) = inner_attributes(body.stream());
        let stream = inner.into_iter().chain(statement).chain(rest).collect();
        let mut group = Group::new(Delimiter::Brace, stream);
        group.set_span(body.span());
        tokens.pop();
        tokens.push(group.into());
    }
    tokens.into_iter().collect()
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Where memprof is: `crate = …` of the arguments, else `::memprof`.
fn path(arguments: TokenStream) -> String {
    let arguments: Vec<TokenTree> = arguments.into_iter().collect();
    let given = arguments.split(|token| is_punct(Some(token), ','));
    let mut given = given.filter(|argument| argument.len() > 2 && is(&argument[0], "crate"));
    match given.next() {
        Some([_, _, path @ ..]) => path.iter().cloned().collect::<TokenStream>().to_string(),
        _ => "::memprof".to_owned(),
    }
}

/// The attributes that a body begins with, which have to stay first, and the rest of it.
fn inner_attributes(body: TokenStream) -> (Vec<TokenTree>, Vec<TokenTree>) {
    let mut inner: Vec<TokenTree> = body.into_iter().collect();
    let mut at = 0;
    while is_punct(inner.get(at), '#') && is_punct(inner.get(at + 1), '!') {
        at += 3;
    }
    let rest = inner.split_off(at.min(inner.len()));
    (inner, rest)
}
