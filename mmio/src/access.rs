// SPDX-License-Identifier: MIT OR Apache-2.0

//! The access of a register, as a type. A [`Reg`](crate::Reg) has exactly the
//! methods that its access has the traits for.
//!
//! [`Rw`](crate::Rw), [`Ro`](crate::Ro) and so on are the common accesses. A
//! generated crate declares an access of its own where none of these fits the
//! fields of a register.

/// A register's access.
pub trait Access {}

/// A read returns the value and changes nothing.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` cannot be read",
    label = "this access has no plain read",
    note = "a read of such a register would have an effect (`take` or `pop` says so), or return nothing"
)]
pub trait Read: Access {}

/// Some bits take the value written.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` cannot be written",
    label = "this access has no plain write",
    note = "nothing in the register takes the value written; bits that act on a write are given by name: `clear`, `set`, `toggle`, `trigger`"
)]
pub trait Write: Access {}

/// Writing back what was read changes no bit, provided that the bits that act on a
/// write are written with the value that does nothing.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` cannot be read, modified and written back",
    label = "this access has no `update`",
    note = "writing back what was read would lose or start something: a flag that came up since, a value that a read consumes; `write` the whole register, or `clear`, `set`, `toggle` bits by name"
)]
pub trait Update: Read + Write {}

/// The value after reset is known, and can be written.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` cannot be given its value after reset",
    label = "this access has no `reset`",
    note = "a beat of a wide register has no such value of its own; `write` it"
)]
pub trait Reset: Update {}

/// Bits can be cleared by name.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` has no bits to clear by name",
    label = "this access has no `clear`"
)]
pub trait Clear: Access {}

/// Bits can be set by name.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` has no bits to set by name",
    label = "this access has no `set`"
)]
pub trait Set: Access {}

/// Bits can be inverted by name.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` has no bits to invert by name",
    label = "this access has no `toggle`"
)]
pub trait Toggle: Access {}

/// Bits can be started by name, and clear themselves.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` has no bits that start something",
    label = "this access has no `trigger`"
)]
pub trait Trigger: Access {}

/// Some bits take the value written and others act on it.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` does not both take a value and act on it",
    label = "this access has no `write_acting`",
    note = "`write` gives the values, `clear`, `set`, `toggle` and `trigger` the bits that act"
)]
pub trait WriteActing: Access {}

/// Any write clears every bit.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` is not cleared by any write",
    label = "this access has no `clear_all`"
)]
pub trait ClearAll: Access {}

/// Any write sets every bit.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` is not set by any write",
    label = "this access has no `set_all`"
)]
pub trait SetAll: Access {}

/// The bits that were read can be cleared at once.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` has nothing to take",
    label = "this access has no `take`",
    note = "`take` clears what it has seen; `read` only looks"
)]
pub trait Take: Access {
    /// The read itself clears (or sets) the bits. Otherwise a write of the bits
    /// that were read does it.
    const BY_READING: bool;
}

/// A read consumes the value, or changes something elsewhere.
#[diagnostic::on_unimplemented(
    message = "a register of access `{Self}` is not read by consuming",
    label = "this access has no `pop`",
    note = "`read` returns the value and changes nothing"
)]
pub trait Pop: Access {}
