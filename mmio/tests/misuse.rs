// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must not be done to registers does not compile, and the compiler's words
//! lead to why. Each case is a mistake beside nothing else; `right.rs` is what
//! they would be without it.
//!
//! After a deliberate change, `TRYBUILD=overwrite cargo test -p regloom-mmio
//! --test misuse` writes the words anew.

#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    // One that is right makes cargo build instead of check, which alone finds
    // constants that are out of bounds.
    cases.pass("tests/misuse/right.rs");
    cases.compile_fail("tests/misuse/wrong/*.rs");
}
