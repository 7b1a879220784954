//! How the harness calls a function that is benched: with which argument, on which input.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::{Error, FnArg, Path, Result, Signature, Type};

use super::Bench;
use crate::expand::frees_nothing;

/// The body of `__memprof_run`.
pub(super) fn write(bench: &Bench, signature: &Signature) -> Result<TokenStream> {
    let takes = Takes::read(signature)?;
    let name = &signature.ident;
    if bench.setup.is_some() && takes.bencher {
        return Err(Error::new(
            bench.setup.span(),
            "a function that takes a `Bencher` sets up by itself: leave `setup` out",
        ));
    }
    let argument = bench.arguments.as_ref().map(|arguments| {
        quote_spanned! {Span::mixed_site()=>
            let ::core::option::Option::Some(__memprof_argument) =
                ::core::iter::Iterator::nth(
                    &mut ::core::iter::IntoIterator::into_iter(#arguments),
                    __memprof_index,
                )
            else {
                return;
            };
            if __memprof_bencher.takes_label(&__memprof_argument) {
                return;
            }
        }
    });
    let cloned =
        quote_spanned!(Span::mixed_site()=> ::core::clone::Clone::clone(&__memprof_argument));
    let given = argument.is_some().then_some(&cloned);
    let call = match (&bench.setup, &takes.input) {
        (None, None) if takes.bencher => {
            require_none(bench)?;
            quote_spanned!(Span::mixed_site()=> #name(__memprof_bencher))
        }
        (None, Some(_)) if takes.bencher && argument.is_some() => {
            quote_spanned!(Span::mixed_site()=> #name(__memprof_bencher, #cloned))
        }
        (None, None) => {
            require_none(bench)?;
            quote_spanned!(Span::mixed_site()=> __memprof_bencher.iter(|| #name()))
        }
        (None, Some(input)) if argument.is_none() => {
            return Err(Error::new(
                input.span,
                "where does this argument come from? Give `args = [10, 100, 1000]` or `setup = function`",
            ));
        }
        (None, Some(input)) if input.is_borrowed => {
            quote_spanned!(Span::mixed_site()=> __memprof_bencher.iter(|| #name(&__memprof_argument)))
        }
        (None, Some(input)) if input.is_plain => {
            quote_spanned!(Span::mixed_site()=> __memprof_bencher.iter(|| #name(#cloned)))
        }
        // A clone that takes memory is neither timed nor measured.
        (None, Some(_)) => {
            quote_spanned! {Span::mixed_site()=>
                __memprof_bencher.iter_with_setup(|| #cloned, |__memprof_input| #name(__memprof_input))
            }
        }
        (Some(setup), Some(input)) => set_up(name, setup, input, given),
        (Some(setup), None) => {
            return Err(Error::new(
                setup.span(),
                "what `setup` gives is the argument of the function, which takes none",
            ));
        }
    };
    Ok(quote_spanned! {Span::mixed_site()=>
        let _ = __memprof_index;
        #argument
        #call;
    })
}

fn set_up(
    name: &syn::Ident,
    setup: &Path,
    input: &Input,
    given: Option<&TokenStream>,
) -> TokenStream {
    if input.is_borrowed {
        // What it returns may borrow from the input.
        return quote_spanned! {Span::mixed_site()=>
            __memprof_bencher.iter_with_setup_ref(|| #setup(#given), |__memprof_input| {
                ::core::mem::drop(::core::hint::black_box(#name(__memprof_input)));
            })
        };
    }
    quote_spanned! {Span::mixed_site()=>
        __memprof_bencher.iter_with_setup(|| #setup(#given), |__memprof_input| #name(__memprof_input))
    }
}

fn require_none(bench: &Bench) -> Result<()> {
    match &bench.arguments {
        Some(arguments) => Err(Error::new(
            arguments.span(),
            "the function takes no argument: give it a parameter for `args`",
        )),
        None => Ok(()),
    }
}

/// What a function takes.
struct Takes {
    /// `&mut Bencher` first.
    bencher: bool,
    /// One more, or one alone.
    input: Option<Input>,
}

struct Input {
    span: Span,
    is_borrowed: bool,
    /// Seen to own no memory.
    is_plain: bool,
}

impl Takes {
    fn read(signature: &Signature) -> Result<Self> {
        if let Some(asyncness) = &signature.asyncness {
            return Err(Error::new(
                asyncness.span(),
                "a bench is no `async fn`: have a plain function block on the future",
            ));
        }
        if let Some(parameter) = signature.generics.type_params().next() {
            return Err(Error::new(
                parameter.span(),
                "a bench has no type parameters: bench a function that calls this one with its types",
            ));
        }
        let mut types = Vec::new();
        for input in &signature.inputs {
            match input {
                FnArg::Typed(argument) => types.push(&*argument.ty),
                FnArg::Receiver(receiver) => {
                    return Err(Error::new(
                        receiver.span(),
                        "a bench is a free function: have one call this method",
                    ));
                }
            }
        }
        let bencher = types.first().is_some_and(|ty| is_bencher(ty));
        let rest = &types[usize::from(bencher)..];
        if let Some(second) = rest.get(1) {
            return Err(Error::new(
                second.span(),
                "a bench takes one argument: make a tuple of several, or have `setup` make them",
            ));
        }
        let input = rest.first().map(|ty| Input {
            span: ty.span(),
            is_borrowed: matches!(ty, Type::Reference(_)),
            is_plain: frees_nothing(ty),
        });
        Ok(Self { bencher, input })
    }
}

/// `&mut Bencher`, under whatever path.
fn is_bencher(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else {
        return false;
    };
    match &*reference.elem {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Bencher"),
        _ => false,
    }
}
