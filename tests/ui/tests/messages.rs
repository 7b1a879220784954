//! What the attributes say to a user who got something wrong: every message, word for word.
//!
//! `TRYBUILD=overwrite cargo test -p ui` writes the `.stderr` files anew.
#![forbid(unsafe_code)]

#[test]
fn messages() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
