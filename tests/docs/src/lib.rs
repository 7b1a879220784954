//! Empty but for the guides, whose examples are the tests.
#![forbid(unsafe_code)]

macro_rules! guides {
    ($($name:ident $file:literal)*) => {$(
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../../docs/", $file))]
        struct $name;
    )*};
}

guides! {
    Examples "examples.md"
    Comparison "comparison.md"
    Limits "limits.md"
    Platforms "platforms.md"
}
