// SPDX-License-Identifier: MIT OR Apache-2.0

//! The common accesses, by their names in data sheets.

use crate::access::{Access, Clear, Pop, Read, Reset, Set, Take, Update, Write};

macro_rules! markers {
    ($($(#[$doc:meta])* $marker:ident: $($access:ident)*;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $marker {}

        impl Access for $marker {}
        // Then the compiler prints the trait's message, not a list of accesses.
        $(#[diagnostic::do_not_recommend]
        impl $access for $marker {})*
    )*};
}

markers! {
    /// No access.
    NoAccess: ;
    /// Plain read-write.
    Rw: Read Write Update Reset;
    /// Read-only.
    Ro: Read;
    /// Write-only.
    Wo: Write;
    /// Read; write to clear chosen bits, whichever value clears (`w1c`, `w0c`).
    W1c: Read Clear;
    /// Read; write to set chosen bits, whichever value sets (`w1s`, `w0s`).
    W1s: Read Set;
    /// A read clears the bits, or sets them (`rc`, `rs`).
    Rc: ;
    /// A read consumes the value.
    Fifo: Pop;
}

#[diagnostic::do_not_recommend]
impl Take for W1c {
    const BY_READING: bool = false;
}

#[diagnostic::do_not_recommend]
impl Take for Rc {
    const BY_READING: bool = true;
}
