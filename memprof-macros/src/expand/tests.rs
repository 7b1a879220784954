//! Half-typed code: an editor expands it at every key, and has to find the item and its body in the output.

use super::track;
use crate::all::track_all;
use proc_macro2::TokenStream;
use quote::quote;

fn expanded(item: &TokenStream) -> String {
    track(TokenStream::new(), item.clone()).to_string()
}

/// Whether there is one error, and beside it the item as it came.
fn is_error_beside(item: &TokenStream, output: &str) -> bool {
    let error = output.strip_prefix(&item.to_string());
    error.is_some_and(|error| error.matches("compile_error").count() == 1)
}

#[test]
fn a_body_is_passed_on_however_far_it_is_typed() {
    let bodies = [
        quote!({ self. }),
        quote!({ let length = }),
        quote!({ if query.len() == }),
        quote!({ match query { Some(hit) => hit. } }),
        quote!({ async move { query. } }),
        quote!({ Box::pin(async { query. }) }),
        quote!({ return }),
        quote!({}),
    ];
    let heads = [
        quote!(fn search(&self, query: Query) -> usize),
        quote!(async fn search(&self, query: Query) -> usize),
        quote!(fn search(&self, (query, _): (Query, u8))),
        quote!(fn search(query: Query) -> impl Iterator<Item = u8>),
        quote!(fn search(query: Query) -> impl Future<Output = usize>),
        quote!(fn search(query: Query) -> Pin<Box<dyn Future<Output = usize>>>),
        quote!(fn search(query: Query) -> BoxStream<'static, usize>),
    ];
    for head in &heads {
        for body in &bodies {
            let output = expanded(&quote!(#head #body));
            assert!(!output.contains("compile_error"), "{output}");
            // A future that is complete is wrapped, all else stands as it was typed.
            let inside = body.to_string();
            let inside = inside.trim_matches(['{', '}', ' ']);
            assert!(output.contains(inside), "{inside} in {output}");
            assert!(output.contains("__MEMPROF_SITE"), "{output}");
        }
    }
}

#[test]
fn a_head_that_cannot_be_read_is_an_error_beside_the_item() {
    for item in [
        quote!(fn search(query: ) -> usize { query.len() }),
        quote!(fn search(query) { query.len() }),
        quote!(fn search<T: (query: T) {}),
        quote!(async fn search(query: &str) -> { query.len() }),
        quote!(fn (query: &str) {}),
        quote!(fn search(query: &str) where Query { query.len() }),
    ] {
        let output = expanded(&item);
        assert!(is_error_beside(&item, &output), "{output}");
    }
}

#[test]
fn an_item_that_ends_early_is_an_error_beside_the_item() {
    for item in [
        quote!(fn),
        quote!(
            fn search
        ),
        quote!(fn search(query: &str)),
        quote!(
            fn search(query: &str) -> usize;
        ),
        quote!(pub async),
        quote!(impl Index),
        quote!(),
    ] {
        let output = expanded(&item);
        assert!(is_error_beside(&item, &output), "{output}");
    }
}

#[test]
fn arguments_that_cannot_be_read_leave_the_item() {
    let item = quote!(fn search(&self) { self. });
    for arguments in [
        quote!("Search" name),
        quote!(name =),
        quote!(nam = "x"),
        quote!(,),
    ] {
        let output = track(arguments, item.clone()).to_string();
        assert!(is_error_beside(&item, &output), "{output}");
    }
}

#[test]
fn a_container_is_passed_on_however_far_it_is_typed() {
    let item = quote! {
        impl Index {
            fn insert(&mut self) { self. }
            fn remove(&mut self, entry: ) {}
            pub fn
        }
    };
    let output = track_all(TokenStream::new(), item.clone()).to_string();
    assert!(!output.contains("compile_error"), "{output}");
    // What it adds are attributes, which may be taken out again.
    let attribute = quote!(#[::memprof::track]).to_string();
    assert_eq!(output.matches(&attribute).count(), 2, "{output}");
    let given_back = output.replace(&attribute, "");
    let words = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(words(&given_back), words(&item.to_string()));
    for item in [quote!(impl Index), quote!(mod), quote!()] {
        let output = track_all(TokenStream::new(), item.clone()).to_string();
        assert!(is_error_beside(&item, &output), "{output}");
    }
}
