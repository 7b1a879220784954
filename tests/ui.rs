//! What the attributes say to a user who got something wrong: every message, word for word.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the `.stderr` files anew.

#[test]
fn messages() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
