//! The attribute macros of memprof. Use them through the `memprof` crate, which re-exports them:
//! what they expand to names its hidden items.
//!
//! A pipeline of one-word files: this one dispatches, `parse` reads the attribute's arguments and
//! the function, `item` sees any item as tokens, `check` says what cannot be tracked and what to do
//! instead, `expand` writes the instrumented function, `all` spreads `track` over an impl or module.
//!
//! Without the feature `enabled`, each attribute gives back its input token for token and the
//! crate has no dependency.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

#[cfg(feature = "enabled")]
mod all;
#[cfg(feature = "enabled")]
mod check;
#[cfg(feature = "enabled")]
mod expand;
#[cfg(feature = "enabled")]
mod item;
#[cfg(feature = "enabled")]
mod parse;

/// Makes a function an operation: its calls, and the bytes allocated and freed while it runs, become
/// a row of the report.
///
/// ```text
/// #[memprof::track]                            // named by module path, type and function
/// #[memprof::track("Hybrid Search")]           // named by you
/// #[memprof::track(name = "Hybrid Search")]    // the same
/// #[memprof::track(crate = my::memprof)]       // where memprof is re-exported under another path
/// ```
///
/// It works on every function with a body: free ones, methods, a trait's default methods, generic,
/// `unsafe`, `extern` and `async` ones. Signature, result, drop order and `#[track_caller]` stay
/// those of plain Rust. Owned arguments are freed inside the operation, as the function's own.
///
/// An `async fn` is measured as the future that it is: each poll counts, wherever it runs, and so
/// does dropping the future. A function that returns a future, in a box or not, is one call with it:
/// what it does itself, each poll, and the drop; so is, with the feature `stream`, one that returns a
/// stream.
///
/// # What it cannot see
/// - A `const fn`, or a method without a body, is an error: nothing of it runs here.
/// - A by-value `self` of a sync method is freed on the caller. So are the owned arguments of a
///   sync function that returns `impl Trait`, a parameter that bears an attribute of its own, and,
///   when a foreign attribute stands below this one, what a pattern leaves unnamed.
/// - The box that a future is returned in is freed on the caller. What is a future must be seen from the
///   return type (`impl Future`, `Pin<Box<dyn Future>>`, `BoxFuture`, `LocalBoxFuture`) or from a
///   `Box::pin(async …)` at the end. Of a function whose future cannot be seen, or is passed on in a box
///   from elsewhere, the part before the return is measured.
/// - An `async fn` that returns `impl Fn(&str) -> &str` does not compile under the attribute, and
///   the arguments of one that is never polled are freed outside.
#[proc_macro_attribute]
pub fn track(arguments: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::track(arguments, item)
}

/// Puts [`macro@track`] on every function of an impl, a trait or an inline module, nested modules and
/// impls included.
///
/// ```text
/// #[memprof::track_all]
/// impl Index {
///     pub fn insert(&mut self, document: Document) { … }   // the operation `Index::insert`
///
///     #[memprof::track("Search")]                          // keeps the name that it has
///     pub fn search(&self, query: &str) -> Vec<Hit> { … }
///
///     #[memprof::skip]                                     // left out
///     fn len(&self) -> usize { … }
/// }
/// ```
///
/// Left out, too, are `const fn` and methods without a body. Each function's row stands at the
/// function, not at this attribute. `#[memprof::track_all(crate = my::memprof)]` hands the path on;
/// write it so that it resolves in nested modules as well (`crate::…`, `::…`).
#[proc_macro_attribute]
pub fn track_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::track_all(arguments, item)
}

/// Leaves a function, an impl or a module out of the [`macro@track_all`] around it. Elsewhere it does
/// nothing.
///
/// ```text
/// #[memprof::skip]
/// fn len(&self) -> usize { self.entries.len() }
/// ```
#[proc_macro_attribute]
pub fn skip(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

#[cfg(feature = "enabled")]
mod dispatch {
    use super::{TokenStream, all, expand};

    pub(crate) fn track(arguments: TokenStream, item: TokenStream) -> TokenStream {
        expand::track(arguments.into(), item.into()).into()
    }

    pub(crate) fn track_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
        all::track_all(arguments.into(), item.into()).into()
    }
}

#[cfg(not(feature = "enabled"))]
mod dispatch {
    use super::TokenStream;

    pub(crate) fn track(_arguments: TokenStream, item: TokenStream) -> TokenStream {
        item
    }

    pub(crate) fn track_all(_arguments: TokenStream, item: TokenStream) -> TokenStream {
        item
    }
}
