// SPDX-License-Identifier: MIT OR Apache-2.0

//! Misuse of registers does not compile, and the compiler's message explains why.
//! Each case has one mistake; `right.rs` is the same program without mistakes.
//!
//! After a deliberate change, `TRYBUILD=overwrite cargo test -p regloom-mmio --test
//! misuse` writes the messages again.

#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    // A case that passes makes cargo build instead of check: only a build finds
    // constants that are out of bounds.
    cases.pass("tests/misuse/right.rs");
    cases.compile_fail("tests/misuse/wrong/*.rs");
}
