//! Empty: the tests are in `tests/`, and the README's examples with those of the guides, in `tests/docs`.
#![forbid(unsafe_code)]
