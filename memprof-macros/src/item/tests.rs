//! Items of every kind, told apart by the words in their heads, and given back as they came.

use super::{Items, Kind};
use proc_macro2::TokenStream;
use quote::quote;

fn kinds(tokens: &TokenStream) -> String {
    let mut kinds = String::new();
    let mut again = TokenStream::new();
    for item in Items::new(tokens.clone()) {
        kinds.push(match (&item.kind, &item.body) {
            (Kind::Function { constness: Some(_) }, _) => 'c',
            (Kind::Function { constness: None }, Some(_)) => 'f',
            (Kind::Function { constness: None }, None) => ';',
            (Kind::Container(_), _) => 'm',
            (Kind::Other, _) => '-',
        });
        again.extend(quote!(#item));
    }
    assert_eq!(
        again.to_string(),
        tokens.to_string(),
        "what goes in comes out"
    );
    kinds
}

#[test]
fn braces_in_a_head_are_no_body() {
    let tokens = quote! {
        fn grid<const N: usize>() -> Grid<{ N + 1 }> where [(); { N }]: Sized {}
        fn call(f: impl Fn(u8) -> u8) -> impl Fn(u8) -> Vec<Vec<{ 1 }>> {}
        impl Shape<{ 3 }> for Circle where Self: Sized, {}
        const LESS: bool = 1 < 2;
        const POINT: Point = Point { x: 1 };
        static TABLE: [u8; 2] = { [1, 2] };
        use a::{b, c};
        type Of<T> = Grid<{ 1 }>;
        fn last() {}
    };
    assert_eq!(kinds(&tokens), "ffm-----f");
}

#[test]
fn words_before_the_keyword() {
    let tokens = quote! {
        #![inner]
        #[attribute] pub(crate) const unsafe extern "C" fn constant() {}
        pub async unsafe fn awaited() {}
        default fn specialised() {}
        fn bodiless(&self) -> Option<u8>;
        unsafe extern "C" { fn foreign(); }
        extern crate other;
        pub unsafe auto trait Marker {}
        macro_rules! made { () => { fn hidden() {} } }
        default!();
        made! {}
        struct Unit;
        enum Choice { One }
    };
    assert_eq!(kinds(&tokens), "-cff;--m-----");
}

#[test]
fn half_typed_code_comes_through() {
    assert_eq!(
        kinds(&quote! { fn typing(&self) { self. } fn next() {} }),
        "ff"
    );
    assert_eq!(kinds(&quote! { fn typing(&self) -> fn next() {} }), "f");
    assert_eq!(kinds(&quote! { #[track] }), "-");
    assert_eq!(kinds(&quote! { pub # }), "-");
}
