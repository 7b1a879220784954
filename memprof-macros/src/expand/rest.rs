//! A body that hands its call over: the future that it returns becomes the rest of the function's call.
//!
//! This is the one place that reads a body, and only one whose return type is a future's. It puts
//! `rest(&guard, …)` around what is returned and leaves all else as it stands. What cannot be read, or
//! not be told for certain, stays as it is: then the synchronous part alone is the call.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprCall, ExprMacro, ExprReturn, Item, Local, Macro, Pat, Stmt};

use super::returned::{Polled, Returned};
use super::{diverge, grouped};

/// The body with `rest(&__memprof_guard, …)` in it; `None` where there is no future to be seen.
pub(crate) fn handing_over(
    body: &Group,
    returned: &Returned,
    private: &TokenStream,
) -> Option<Group> {
    let (place, polled) = match *returned {
        Returned::Opaque(polled) => (Place::Value, polled),
        Returned::Boxed(polled) => (Place::InBox, polled),
        Returned::Unknown if ends_in_boxed_async(body) => (Place::AsyncInBox, Polled::Future),
        Returned::Unknown => return None,
    };
    let mut block: Block = syn::parse2(TokenTree::Group(body.clone()).into()).ok()?;
    grouped::spare(&mut block);
    let name = match polled {
        Polled::Future => quote_spanned!(Span::mixed_site()=> rest),
        Polled::Stream => quote_spanned!(Span::mixed_site()=> rest_of_stream),
    };
    let mut rest = Rest {
        place,
        function: quote_spanned!(Span::mixed_site()=> #private::#name),
        name,
        may_rest: quote_spanned!(Span::mixed_site()=> #private::MayRest),
        found: false,
        given_up: false,
    };
    rest.visit_block_mut(&mut block);
    rest.tail(&mut block);
    if !rest.found || rest.given_up {
        return None;
    }
    match block.into_token_stream().into_iter().next() {
        Some(TokenTree::Group(body)) => Some(body),
        _ => None,
    }
}

/// `Box::pin(async …)` in the end: whatever the return type is called, this is a future in it.
fn ends_in_boxed_async(body: &Group) -> bool {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let is_word = |token: &TokenTree, word| matches!(token, TokenTree::Ident(it) if it == word);
    match tokens.as_slice() {
        [.., boxed, _, _, pin, TokenTree::Group(argument)] => {
            argument.delimiter() == Delimiter::Parenthesis
                && is_word(boxed, "Box")
                && is_word(pin, "pin")
                && argument
                    .stream()
                    .into_iter()
                    .next()
                    .is_some_and(|first| is_word(&first, "async"))
        }
        _ => false,
    }
}

/// Which part of what is returned is the future.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// All of it. The type of each returned value is the same, so each is wrapped or none.
    Value,
    /// What goes into the box, where that can be seen.
    InBox,
    /// Only an `async` block that goes into a box.
    AsyncInBox,
}

struct Rest {
    place: Place,
    /// The name of `rest`, its path, and the path of what has a method of that name.
    name: TokenStream,
    function: TokenStream,
    may_rest: TokenStream,
    found: bool,
    /// There is a returned value that cannot be wrapped, and must.
    given_up: bool,
}

/// Finds each `return` of the function itself.
impl VisitMut for Rest {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        // What is returned in these is not returned from the function.
        if !matches!(expr, Expr::Async(_) | Expr::Closure(_) | Expr::Const(_)) {
            visit_mut::visit_expr_mut(self, expr);
        }
    }

    fn visit_expr_return_mut(&mut self, node: &mut ExprReturn) {
        visit_mut::visit_expr_return_mut(self, node);
        if let Some(value) = &mut node.expr {
            self.returned(value);
        }
    }

    fn visit_macro_mut(&mut self, node: &mut Macro) {
        if self.place == Place::Value && returns(node.tokens.clone()) {
            self.given_up = true;
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

impl Rest {
    /// The value of a block that is the function's value.
    fn tail(&mut self, block: &mut Block) {
        let mut after = block.stmts.len();
        while let Some((last, before)) = block.stmts[..after].split_last_mut() {
            after = before.len();
            if let Stmt::Macro(node) = last
                && node.semi_token.is_none()
            {
                // Not in the place of a statement any more, it is an expression as others.
                let attrs = std::mem::take(&mut node.attrs);
                let mac = node.mac.clone();
                *last = Stmt::Expr(Expr::Macro(ExprMacro { attrs, mac }), None);
            }
            let Stmt::Expr(value, None) = last else {
                return;
            };
            if self.place != Place::Value
                && let Expr::Path(path) = &*value
            {
                if let Some(name) = path.path.get_ident()
                    && let Some(init) = before.iter_mut().rev().find_map(|it| bound(it, name))
                {
                    self.bound(init);
                }
                return;
            }
            self.returned(value);
            // One that may be configured away leaves its place to the one before.
            if !attributes(value).iter().any(|it| it.path().is_ident("cfg")) {
                return;
            }
        }
    }

    fn returned(&mut self, value: &mut Expr) {
        if self.place == Place::Value {
            self.value(value);
        } else {
            self.boxed(value);
        }
    }

    fn value(&mut self, value: &mut Expr) {
        if diverge::always(value) {
            return;
        }
        if attributes(value).is_empty() {
            return self.wrap(value);
        }
        // An attribute may stand on a block, not on an argument.
        match value {
            Expr::Block(node) if node.label.is_none() => self.tail(&mut node.block),
            _ => self.given_up = true,
        }
    }

    /// Looks for the box in an expression that gives one.
    fn boxed(&mut self, value: &mut Expr) {
        match value {
            Expr::Paren(node) => self.boxed(&mut node.expr),
            Expr::Group(node) => self.boxed(&mut node.expr),
            Expr::Cast(node) => self.boxed(&mut node.expr),
            Expr::Block(node) => self.tail(&mut node.block),
            Expr::Unsafe(node) => self.tail(&mut node.block),
            Expr::If(node) => {
                self.tail(&mut node.then_branch);
                if let Some((_, otherwise)) = &mut node.else_branch {
                    self.boxed(otherwise);
                }
            }
            Expr::Match(node) => {
                for arm in &mut node.arms {
                    self.boxed(&mut arm.body);
                }
            }
            Expr::Call(node) if is_box_pin(node) => {
                if let Some(inner) = node.args.first_mut()
                    && (self.place == Place::InBox || matches!(inner, Expr::Async(_)))
                    && attributes(inner).is_empty()
                {
                    self.wrap(inner);
                }
            }
            Expr::MethodCall(node)
                if self.place == Place::InBox
                    && (node.method == "boxed" || node.method == "boxed_local")
                    && node.args.is_empty()
                    && node.turbofish.is_none() =>
            {
                self.wrap_method(&mut node.receiver);
            }
            _ => {}
        }
    }

    /// A box that was bound to a variable first. The variable's type is that of the box, so only what
    /// nobody can name is wrapped in it.
    fn bound(&mut self, init: &mut Expr) {
        let place = std::mem::replace(&mut self.place, Place::AsyncInBox);
        self.boxed(init);
        self.place = place;
    }

    /// What a method of that name puts into a box may be something else.
    fn wrap_method(&mut self, receiver: &mut Expr) {
        self.found = true;
        let (may_rest, function) = (&self.may_rest, &self.name);
        *receiver = Expr::Verbatim(quote_spanned! {Span::mixed_site()=>
            #may_rest(#receiver).#function(&__memprof_guard)
        });
    }

    fn wrap(&mut self, future: &mut Expr) {
        self.found = true;
        let function = &self.function;
        *future = Expr::Verbatim(
            quote_spanned!(Span::mixed_site()=> #function(&__memprof_guard, #future)),
        );
    }
}

/// The initial value of the variable, if this statement is what binds it.
fn bound<'a>(statement: &'a mut Stmt, name: &syn::Ident) -> Option<&'a mut Expr> {
    let Stmt::Local(Local { pat, init, .. }) = statement else {
        return None;
    };
    let pattern = match pat {
        Pat::Type(typed) => &*typed.pat,
        pattern => pattern,
    };
    match (pattern, init) {
        (Pat::Ident(pattern), Some(init)) if pattern.ident == *name && init.diverge.is_none() => {
            Some(&mut *init.expr)
        }
        _ => None,
    }
}

/// `Box::pin(…)`, by whatever path, of a type that is left to the compiler.
fn is_box_pin(call: &ExprCall) -> bool {
    let Expr::Path(function) = &*call.func else {
        return false;
    };
    let mut segments = function.path.segments.iter().rev();
    let (Some(last), Some(first)) = (segments.next(), segments.next()) else {
        return false;
    };
    let is_inferred = last.arguments.is_none() && first.arguments.is_none();
    function.qself.is_none() && is_inferred && last.ident == "pin" && first.ident == "Box"
}

/// Whether there is a `return` in what a macro is given. It may be the function's.
fn returns(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "return",
        TokenTree::Group(group) => returns(group.stream()),
        _ => false,
    })
}

/// The outer attributes of an expression, of the kinds that stand where something is returned.
fn attributes(expr: &Expr) -> &[syn::Attribute] {
    match expr {
        Expr::Async(node) => &node.attrs,
        Expr::Await(node) => &node.attrs,
        Expr::Block(node) => &node.attrs,
        Expr::Call(node) => &node.attrs,
        Expr::Cast(node) => &node.attrs,
        Expr::Field(node) => &node.attrs,
        Expr::If(node) => &node.attrs,
        Expr::Loop(node) => &node.attrs,
        Expr::Macro(node) => &node.attrs,
        Expr::Match(node) => &node.attrs,
        Expr::MethodCall(node) => &node.attrs,
        Expr::Paren(node) => &node.attrs,
        Expr::Path(node) => &node.attrs,
        Expr::Return(node) => &node.attrs,
        Expr::Struct(node) => &node.attrs,
        Expr::Unsafe(node) => &node.attrs,
        _ => &[],
    }
}
