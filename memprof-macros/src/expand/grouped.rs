//! What a `macro_rules!` macro was given as an expression or a block, and passed on.
//!
//! The compiler sees where such a piece comes from, and spares its braces and parentheses the lint for
//! unnecessary ones. A body that has been read and written again has lost that: this marks them as
//! generated instead.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprGroup, token};

pub(crate) fn spare(body: &mut Block) {
    Grouped.visit_block_mut(body);
}

struct Grouped;

impl VisitMut for Grouped {
    fn visit_expr_group_mut(&mut self, node: &mut ExprGroup) {
        visit_mut::visit_expr_group_mut(self, node);
        match &mut *node.expr {
            Expr::Block(inner) => {
                let braces = &mut inner.block.brace_token;
                *braces = token::Brace(generated(braces.span.join()));
            }
            Expr::Paren(inner) => {
                let parentheses = &mut inner.paren_token;
                *parentheses = token::Paren(generated(parentheses.span.join()));
            }
            _ => {}
        }
    }
}

fn generated(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}
