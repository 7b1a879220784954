//! Whether an expression is known by sight to never give a value: then there is none to wrap, and a call
//! around it would be called unreachable.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Block, Expr, Macro, Path, Stmt};

pub(crate) fn always(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(node) => panics(&node.mac),
        Expr::Call(node) => match &*node.func {
            Expr::Path(function) => ends(&function.path),
            _ => false,
        },
        Expr::Loop(node) => !has_break(node.body.to_token_stream()),
        Expr::Paren(node) => always(&node.expr),
        Expr::Group(node) => always(&node.expr),
        Expr::Block(node) => node.label.is_none() && block(&node.block),
        Expr::Unsafe(node) => block(&node.block),
        Expr::If(node) => {
            let otherwise = node.else_branch.as_ref();
            block(&node.then_branch) && otherwise.is_some_and(|(_, expr)| always(expr))
        }
        Expr::Match(node) => node.arms.iter().all(|arm| always(&arm.body)),
        _ => false,
    }
}

fn block(block: &Block) -> bool {
    block.stmts.last().is_some_and(|last| match last {
        Stmt::Expr(expr, _) => always(expr),
        Stmt::Macro(node) => panics(&node.mac),
        _ => false,
    })
}

fn panics(mac: &Macro) -> bool {
    const PANICS: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
    let name = mac.path.segments.last();
    name.is_some_and(|last| PANICS.iter().any(|panics| last.ident == panics))
}

/// The functions of the standard library that do not return, with their module: alone, a name such as
/// `exit` may be anything.
fn ends(function: &Path) -> bool {
    const ENDS: [(&str, &str); 4] = [
        ("process", "exit"),
        ("process", "abort"),
        ("panic", "panic_any"),
        ("panic", "resume_unwind"),
    ];
    let mut segments = function.segments.iter().rev();
    match (segments.next(), segments.next()) {
        (Some(last), Some(module)) => ENDS
            .iter()
            .any(|(within, ends)| module.ident == within && last.ident == ends),
        _ => false,
    }
}

fn has_break(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "break",
        TokenTree::Group(group) => has_break(group.stream()),
        _ => false,
    })
}
