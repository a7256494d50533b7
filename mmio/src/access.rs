// SPDX-License-Identifier: MIT OR Apache-2.0

//! What software may do to a register, as types: a [`Reg`](crate::Reg) has the
//! methods that its access has the traits for, and no others.
//!
//! [`Rw`](crate::Rw), [`Ro`](crate::Ro) and so on are the common accesses. A
//! generated crate declares one of its own where a register's fields differ so
//! much that none of those fits.

/// A register's access.
pub trait Access {}

/// A read returns the value and changes nothing.
pub trait Read: Access {}

/// Some bits take the value written.
pub trait Write: Access {}

/// Writing back what was read leaves every bit as it is, once the bits on which
/// a write acts are given the value that does nothing.
pub trait Update: Read + Write {}

/// Bits can be cleared by name.
pub trait Clear: Access {}

/// Bits can be set by name.
pub trait Set: Access {}

/// Bits can be inverted by name.
pub trait Toggle: Access {}

/// Bits start something by name, and are clear again by themselves.
pub trait Trigger: Access {}

/// Some bits take the value written and others act on it.
pub trait WriteActing: Access {}

/// Any write clears every bit.
pub trait ClearAll: Access {}

/// Any write sets every bit.
pub trait SetAll: Access {}

/// What is seen can be cleared at once.
pub trait Take: Access {
    /// The read itself does it (clears the bits, or sets them); otherwise a
    /// write of what was seen.
    const BY_READING: bool;
}

/// A read consumes the value, or changes something elsewhere.
pub trait Pop: Access {}
