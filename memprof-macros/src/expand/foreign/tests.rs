//! Where the attribute goes when others stand below it.

use super::super::track;
use crate::budget::budget;
use proc_macro2::TokenStream;
use quote::quote;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    track(arguments, item).to_string()
}

#[test]
fn it_goes_below_the_last_of_the_others() {
    let item =
        quote! { #[instrument] #[inline] #[other::attribute(1)] #[must_use] pub fn search() {} };
    let below = quote! {
        #[instrument] #[inline] #[other::attribute(1)] #[::memprof::track(__last, "Search")] #[must_use] pub fn search() {}
    };
    assert_eq!(expanded(quote!("Search"), item), below.to_string());
    let here = expanded(
        quote!(__last, "Search"),
        quote!(
            #[must_use]
            pub fn search() {}
        ),
    );
    assert!(here.contains("__MEMPROF_SITE"), "{here}");
}

#[test]
fn it_is_for_one_function_where_others_put_it_on_more() {
    for other in [
        quote!(cached),
        quote!(rstest::fixture),
        quote!(wasm_bindgen(js_name = "other")),
    ] {
        let item = quote! { #[#other] pub async fn r#type() {} };
        let below =
            quote! { #[#other] #[::memprof::track(__last = r#type)] pub async fn r#type() {} };
        assert_eq!(expanded(TokenStream::new(), item), below.to_string());
    }
    let companion = quote!(
        #[allow(unused)]
        fn type_no_cache() {}
    );
    let arguments = quote!(__last = r#type, "Type");
    assert_eq!(
        expanded(arguments.clone(), companion.clone()),
        companion.to_string()
    );
    let here = expanded(
        arguments,
        quote!(
            fn r#type() {}
        ),
    );
    assert!(here.contains("__MEMPROF_SITE"), "{here}");
}

#[test]
fn it_stays_where_another_runs_the_function() {
    for other in [
        quote!(tokio::test),
        quote!(tokio::main(flavor = "current_thread")),
        quote!(test_case::test_matrix([1, 2])),
        quote!(proptest::property_test),
        quote!(rstest),
        quote!(wasm_bindgen_test),
    ] {
        let here = expanded(TokenStream::new(), quote!(#[#other] async fn search() {}));
        assert!(here.contains("__MEMPROF_SITE"), "{here}");
    }
    // A part of a word is another word.
    let item = quote!(
        #[attested]
        fn search() {}
    );
    assert!(!expanded(TokenStream::new(), item).contains("__MEMPROF_SITE"));
}

#[test]
fn a_budget_goes_below_them_as_well() {
    let arguments = quote!(allocations = 1);
    let item = quote! { #[instrument] fn search() {} };
    let below =
        quote! { #[instrument] #[::memprof::budget(__last, allocations = 1)] fn search() {} };
    let moved = budget(arguments.clone(), item).to_string();
    assert_eq!(moved, below.to_string());
    // The operation is around it, in whichever order the two go there.
    let item = quote! { #[::memprof::track(__last)] fn search() {} };
    let here = budget(arguments, item).to_string();
    assert!(here.contains("__MEMPROF_LIMITS"), "{here}");
}
