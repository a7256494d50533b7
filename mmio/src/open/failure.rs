// SPDX-License-Identifier: MIT OR Apache-2.0

//! The failures of opening a device.

use rustix::io::Errno;

use crate::table::{Identity, Instance};

/// The version of the interface that this crate understands.
pub(super) const ABI: u32 = 2;

/// Why opening failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    Open(Errno),
    NotADevice,
    /// The driver did not report its windows.
    Ask(Errno),
    /// The driver has another version of the interface than this crate.
    OtherAbi(u32),
    /// The driver was generated from another map.
    OtherMap {
        expected: u64,
        found: u64,
        /// The version of the map that it was generated from.
        version: [u32; 3],
    },
    /// The node in the device tree was generated from another map.
    OtherTree {
        expected: u64,
        found: u64,
    },
    Map(Errno),
    /// The address of the block, in memory or in its page, is misaligned.
    Misaligned(u64),
    /// The map has only these instances.
    NoSuchInstance(&'static [Instance]),
    /// There is no `/sys`, where instances are found.
    NoSys,
    /// No node belongs to a device at this address.
    NoNodeAt(u64),
    /// No UIO device has this name.
    NoUio,
    /// There is no such node, and no UIO device in its place.
    NeitherNodeNorUio,
    /// Only this many bytes are mapped.
    TooSmall(u64),
    /// An identity register has another value than the map.
    OtherHardware {
        part: &'static Identity,
        found: u64,
    },
}
