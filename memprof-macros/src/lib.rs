//! The attribute macros of memprof. Use them through the `memprof` crate, which re-exports them:
//! what they expand to names its hidden items.
//!
//! A pipeline of one-word files: this one dispatches, `parse` reads the attribute's arguments and
//! the function, `item` sees any item as tokens, `check` says what cannot be tracked and what to do
//! instead, `expand` writes the instrumented function, `all` spreads `track` over an impl or module,
//! `budget` holds calls to limits (`size` reads those in bytes), `bench` registers what the harness runs.
//!
//! Without the feature `enabled`, each attribute gives back its input token for token, but for `bench`, which
//! allows the function to be unused, and `budget`, which says in tests that nothing is checked; and the crate has no
//! dependency.
#![forbid(unsafe_code)]
// The examples are doc tests of the package `docs`. Cargo's `--doc` asks for them here whatever the manifest says.
#![cfg(not(doctest))]

use proc_macro::TokenStream;

#[cfg(feature = "enabled")]
mod all;
#[cfg(feature = "enabled")]
mod bare;
#[cfg(feature = "enabled")]
mod bench;
#[cfg(feature = "enabled")]
mod budget;
#[cfg(feature = "enabled")]
mod check;
#[cfg(feature = "enabled")]
mod expand;
#[cfg(feature = "enabled")]
mod item;
#[cfg(feature = "enabled")]
mod parse;
#[cfg(feature = "enabled")]
mod size;
#[cfg(not(feature = "enabled"))]
mod unchecked;

/// Makes a function an operation: its calls, and the bytes allocated and freed while it runs, become
/// a row of the report.
///
/// ```
/// #[memprof::track("Hybrid Search")]
/// fn search(query: &str) -> Vec<String> {
///     query.split(' ').map(str::to_lowercase).collect()
/// }
///
/// #[memprof::track]
/// async fn fetch(name: &str) -> String {
///     name.to_owned()
/// }
///
/// assert_eq!(search("Red Green"), ["red", "green"]);
/// # drop(fetch("red"));
/// ```
///
/// What it may be told:
///
/// ```text
/// #[memprof::track]                            // named by module path, type and function
/// #[memprof::track("Hybrid Search")]           // named by you
/// #[memprof::track(name = "Hybrid Search")]    // the same
/// #[memprof::track(crate = my::memprof)]       // where memprof is re-exported under another path
/// #[memprof::track("Search", budget(peak = "2 MiB", per_call_allocated = 4096))]
/// #[memprof::track("Search", growth = "O(n)")] // over the sizes that its calls tell by `memprof::size(n)`
/// ```
///
/// A budget has the limits of [`macro@budget`], held against the operation's row in each report, that is
/// against all of its calls together; a peak and `per_call_…` against each. What is not kept is one of the
/// report's violations.
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
///   sync function that returns `impl Trait`, and a parameter that bears an attribute of its own with those before it,
///   which plain Rust frees after it.
/// - Attributes of other crates below this one see the function as it was written; what they make of it is measured. If they
///   generate further functions (`#[cached]`, `#[fixture]`), only the one of that name is. Above one that runs the function
///   (`#[tokio::test]`, `#[rstest]`, …) the function's body is measured.
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
/// ```
/// struct Index(Vec<String>);
///
/// #[memprof::track_all]
/// impl Index {
///     pub fn insert(&mut self, document: &str) {           // the operation `Index::insert`
///         self.0.push(document.to_owned());
///     }
///
///     #[memprof::track("Search")]                          // keeps the name that it has
///     pub fn search(&self, word: &str) -> Vec<&String> {
///         self.0.iter().filter(|document| document.contains(word)).collect()
///     }
///
///     #[memprof::skip]                                     // left out
///     fn len(&self) -> usize {
///         self.0.len()
///     }
/// }
///
/// let mut index = Index(Vec::new());
/// index.insert("red green");
/// assert_eq!((index.search("red").len(), index.len()), (1, 1));
/// ```
///
/// Left out, too, are `const fn` and methods without a body. Each function's row stands at the
/// function, not at this attribute. `#[memprof::track_all(crate = my::memprof)]` hands the path on;
/// write it so that it resolves in nested modules as well (`crate::…`, `::…`).
#[proc_macro_attribute]
pub fn track_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::track_all(arguments, item)
}

/// Declares what a test or a function may allocate: a call that takes more fails the test, and says why.
///
/// ```
/// #[test]
/// #[memprof::budget(peak = "24 MB", allocations = 100, retained = 0)]
/// fn search_stays_small() {
///     assert_eq!(search("red").len(), 1);
/// }
///
/// #[memprof::budget(allocations == 1)]
/// fn search(query: &str) -> Vec<&str> {
///     vec![query]
/// }
/// # assert_eq!(search("red"), ["red"]);
/// ```
///
/// What is said when it is not kept:
///
/// ```text
/// peak 25.1 MiB > 22.9 MiB (+9.7 %) in "tests::search_stays_small" (src/search.rs:41); largest part:
/// "Merge" +2.3 MiB (src/merge.rs:9)
/// ```
///
/// | key | limits |
/// |---|---|
/// | `allocated`, `deallocated`, `net` | bytes allocated, given back, and their difference |
/// | `allocations` | how many; a reallocation is one |
/// | `peak` | bytes that the call rises above its beginning |
/// | `retained` | bytes that it allocated and that live when it ends, whoever holds them |
/// | `per_call_allocated`, `per_call_peak` | the same of each single call |
///
/// `peak = "2 MiB"` and `allocations = 12` are the most, `allocations == 12` is just that, `net = 0..=4096`
/// what is between. Sizes are integers or text, KB, MB, GB of 1000 and KiB, MiB, GiB of 1024.
///
/// What counts is what the call does on its own thread, or wherever its future is polled, and what is done
/// elsewhere under its `Context`; peaks are those of the call itself. So figures are exact however many
/// tests run at a time. What a test prints is captured in memory that counts for it.
///
/// # Threads
/// A thread that the call starts and that ends before it does (`std::thread::spawn` and `join`, `std::thread::scope`) is the
/// call's own, also without the context: if a limit is passed with what it allocated, the call fails. Threads that live on,
/// such as those of a pool, may work for other tests too: if a limit may be passed with what they allocated, the call passes,
/// and a line on stderr and the report (`budget-incomplete`) say so. Under nextest, which runs each test in a process of its
/// own, they are counted too. To have all of it counted exactly, carry the context: `memprof::thread`, `memprof::tokio`,
/// `memprof::rayon` or `Context`.
///
/// The start-up of a pool counts for the test that uses it first, which may be another one in each run. Use the pool once
/// before the budget begins.
///
/// It may stand above or below `#[test]`, `#[tokio::test]` and the like. Below `#[tokio::test]` it sees the
/// runtime made and dropped, above it the test's own body alone. A call that panics is not judged, nor
/// one of an `async` function or of one without arguments that returns an error: that failure is the one to tell.
///
/// On a function that is no test, calls are judged wherever its crate is built for tests (`cfg(test)`);
/// elsewhere its limits are those of an operation, as of [`macro@track`]. Without memprof's allocator a
/// budget that is judged fails: nothing would be counted. `retained` needs `Allocator`. Where memprof is switched off a line
/// on stderr says once that budgets are not checked.
// What it is for is tests, so its example has one.
#[allow(clippy::test_attr_in_doctest)]
#[proc_macro_attribute]
pub fn budget(arguments: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::budget(arguments, item)
}

/// Makes a function a bench of `memprof::bench_main!`: its time is measured by criterion, its memory exactly by
/// a pass of its own, in one run.
///
/// ```
/// #[memprof::bench]
/// fn parses() -> u64 { "42".parse().unwrap() }
///
/// #[memprof::bench(args = [10, 100, 1000, 10_000], growth = "O(n)", budget(allocations = 1))]
/// fn build(n: usize) -> Vec<u64> { (0..n as u64).collect() }
///
/// #[memprof::bench(args = [10, 100], setup = build, name = "sort")]
/// fn sorts(mut numbers: Vec<u64>) -> Vec<u64> {            // build(10), build(100): not measured
///     numbers.sort();
///     numbers
/// }
///
/// #[memprof::bench(args = [10, 100])]
/// fn by_hand(bencher: &mut memprof::Bencher, n: usize) {
///     let numbers = build(n);
///     bencher.iter(|| numbers.iter().sum::<u64>());
/// }
///
/// assert_eq!(sorts(build(3)), [0, 1, 2]);
/// ```
///
/// `budget(…)` has the limits of [`macro@budget`], of one iteration. `growth` is how its figures may grow with
/// `args`: allocated bytes, allocations and peak, told from four sizes over a decade. What is not kept makes the
/// harness exit with 3, also when `cargo test --benches` runs each bench once.
///
/// On a tracked function the same stands in `#[memprof::track("Index", bench(args = [10, 100]))]`, or just
/// `bench`. Without memprof's feature `bench` nothing is registered, and the function is as it was.
#[proc_macro_attribute]
pub fn bench(arguments: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::bench(arguments, item)
}

/// Leaves a function, an impl or a module out of the [`macro@track_all`] around it. Elsewhere it does
/// nothing.
///
/// ```
/// struct Index(Vec<String>);
///
/// #[memprof::track_all]
/// impl Index {
///     #[memprof::skip]
///     fn len(&self) -> usize { self.0.len() }
/// }
/// assert_eq!(Index(Vec::new()).len(), 0);
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

    pub(crate) fn bench(arguments: TokenStream, item: TokenStream) -> TokenStream {
        super::bench::bench(arguments.into(), item.into()).into()
    }

    pub(crate) fn budget(arguments: TokenStream, item: TokenStream) -> TokenStream {
        super::budget::budget(arguments.into(), item.into()).into()
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

    pub(crate) fn budget(arguments: TokenStream, item: TokenStream) -> TokenStream {
        super::unchecked::budget(arguments, item)
    }

    /// Nobody calls it then.
    pub(crate) fn bench(_arguments: TokenStream, item: TokenStream) -> TokenStream {
        let allowed = "#[allow(dead_code)]".parse::<TokenStream>();
        allowed.into_iter().flatten().chain(item).collect()
    }
}
