//! An item, seen as tokens: its attributes, its head and its body in braces.
//!
//! Nothing here looks into a body or fails: code that is half typed comes through as it went in, so
//! the editor keeps working, and syntax newer than the parser does too. `check` judges an item's
//! kind, `all` walks the items of a body, `parse` reads the head of a function.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) kind: Kind,
    /// All between the attributes and the body; with the semicolon, where that ends the item.
    pub(crate) head: Vec<TokenTree>,
    pub(crate) body: Option<Group>,
}

pub(crate) enum Kind {
    /// With the `const` of a `const fn`.
    Function {
        constness: Option<Span>,
    },
    /// An `impl`, `trait` or `mod`: the keyword.
    Container(Ident),
    Other,
}

impl Item {
    /// The name of a function.
    pub(crate) fn name(&self) -> Option<&Ident> {
        let mut words = self.head.iter().filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word),
            _ => None,
        });
        words.find(|word| *word == "fn")?;
        words.next()
    }
}

#[derive(Clone)]
pub(crate) struct Attribute {
    /// As written, without spaces: `memprof::skip`.
    pub(crate) path: String,
    tokens: [TokenTree; 2],
}

impl Attribute {
    /// `#[…]`, of what is given with its brackets.
    pub(crate) fn new(inner: Group) -> Self {
        Self {
            path: path(inner.stream()),
            tokens: [Punct::new('#', Spacing::Alone).into(), inner.into()],
        }
    }
}

/// The items that a stream of tokens holds, from the first to the last.
pub(crate) struct Items {
    /// The next token is the last one, so that a group can be opened in place.
    rest: Vec<TokenTree>,
}

impl Items {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        let mut items = Items { rest: Vec::new() };
        items.open(tokens);
        items
    }

    fn open(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        self.rest.extend(tokens.into_iter().rev());
    }

    fn ahead(&self, distance: usize) -> Option<&TokenTree> {
        self.rest
            .len()
            .checked_sub(distance + 1)
            .map(|index| &self.rest[index])
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        loop {
            // What `macro_rules!` passes on as `$item:item` or `$vis:vis` is wrapped in a group.
            if let Some(TokenTree::Group(group)) = self.ahead(0)
                && group.delimiter() == Delimiter::None
            {
                let inner = group.stream();
                self.rest.pop();
                self.open(inner);
                continue;
            }
            let (Some(pound), Some(TokenTree::Group(group))) = (self.ahead(0), self.ahead(1))
            else {
                return attributes;
            };
            if !is_punct(pound, '#') || group.delimiter() != Delimiter::Bracket {
                return attributes;
            }
            let tokens = [pound.clone(), TokenTree::Group(group.clone())];
            attributes.push(Attribute {
                path: path(group.stream()),
                tokens,
            });
            self.rest.truncate(self.rest.len() - 2);
        }
    }

    /// Takes the words that may stand before the keyword, and says what the keyword makes of it.
    fn kind(&mut self, head: &mut Vec<TokenTree>) -> (Kind, End) {
        let mut constness = None;
        loop {
            let Some(TokenTree::Ident(word)) = self.ahead(0) else {
                return (Kind::Other, End::after(constness));
            };
            match word.to_string().as_str() {
                "fn" => return (Kind::Function { constness }, End::Body),
                "impl" | "trait" | "mod" => return (Kind::Container(word.clone()), End::Body),
                "use" | "static" | "type" => return (Kind::Other, End::Semicolon),
                "const" => constness = Some(word.span()),
                "pub" | "default" | "async" | "unsafe" | "safe" | "auto" | "extern" => {}
                _ => return (Kind::Other, End::after(constness)),
            }
            head.extend(self.rest.pop());
            // `pub(crate)`, `extern "C"`.
            if let Some(TokenTree::Group(_) | TokenTree::Literal(_)) = self.ahead(0) {
                head.extend(self.rest.pop());
            }
        }
    }

    /// Takes the rest of the head, and the body where there is one.
    fn body(&mut self, head: &mut Vec<TokenTree>, end: &End) -> Option<Group> {
        let mut angles = 0_usize;
        let mut arrow = false;
        while let Some(token) = self.rest.pop() {
            match &token {
                // The braces in `Grid<{ N + 1 }>` are no body.
                TokenTree::Group(group) if angles == 0 && matches!(end, End::Body) => {
                    if let Some(body) = braces(group) {
                        return Some(body);
                    }
                }
                TokenTree::Punct(punct) => match punct.as_char() {
                    ';' => {
                        head.push(token);
                        return None;
                    }
                    '<' => angles += 1,
                    '>' if !arrow => angles = angles.saturating_sub(1),
                    _ => {}
                },
                _ => {}
            }
            arrow = matches!(&token, TokenTree::Punct(punct)
                if punct.as_char() == '-' && punct.spacing() == Spacing::Joint);
            head.push(token);
        }
        None
    }
}

impl Iterator for Items {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let attributes = self.attributes();
        if attributes.is_empty() && self.rest.is_empty() {
            return None;
        }
        let mut head = Vec::new();
        if let (Some(pound), Some(bang)) = (self.ahead(0), self.ahead(1))
            && is_punct(pound, '#')
            && is_punct(bang, '!')
        {
            // An inner attribute of what is around: no item, but it keeps its place.
            let from = self.rest.len().saturating_sub(3);
            head.extend(self.rest.drain(from..).rev());
            return Some(Item {
                attributes,
                kind: Kind::Other,
                head,
                body: None,
            });
        }
        let (kind, end) = self.kind(&mut head);
        let body = self.body(&mut head, &end);
        Some(Item {
            attributes,
            kind,
            head,
            body,
        })
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        tokens.append_all(&self.head);
        self.body.to_tokens(tokens);
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.tokens);
    }
}

/// What an item ends with.
enum End {
    Body,
    /// Braces before it are part of a value or a list.
    Semicolon,
}

impl End {
    /// What is neither a `const fn` nor a `const` block, but begins so, is a constant.
    fn after(constness: Option<Span>) -> End {
        if constness.is_some() {
            End::Semicolon
        } else {
            End::Body
        }
    }
}

/// The path that begins an attribute or is one, without spaces.
pub(crate) fn path(tokens: TokenStream) -> String {
    let mut path = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => path.push_str(&ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == ':' => path.push(':'),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                path.push_str(&self::path(group.stream()));
            }
            _ => break,
        }
    }
    path
}

/// The group, if it is in braces; `macro_rules!` wraps what it passes on as `$body:block`.
fn braces(group: &Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => {
            let mut tokens = group.stream().into_iter();
            match (tokens.next(), tokens.next()) {
                (Some(TokenTree::Group(inner)), None) => braces(&inner),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(crate) fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

#[cfg(test)]
mod tests;
