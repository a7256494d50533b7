// SPDX-License-Identifier: MIT OR Apache-2.0

//! The failures of opening a device.

use std::path::PathBuf;
use std::vec::Vec;

use rustix::io::Errno;

use crate::table::{Identity, Instance};

/// The version of the interface that this crate understands.
pub(super) const ABI: u32 = 2;

/// Why opening failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    Open(Errno),
    NotADevice,
    /// A descriptor that was passed is not for reading and writing.
    NotForBoth,
    /// The driver did not report its windows.
    Ask(Errno),
    /// It is the node of a UIO device.
    IsUio,
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
    /// Physical memory could not be opened.
    OpenMemory(Errno),
    /// Physical memory could not be mapped.
    MapMemory(Errno),
    /// The address of the block is misaligned for its accesses.
    Misaligned(u64),
    /// The map has only these instances.
    NoSuchInstance(&'static [Instance]),
    /// There is no `/sys`, where instances are found.
    NoSys,
    /// No node belongs to a device at this address.
    NoNodeAt(u64),
    /// No UIO device has this name.
    NoUio,
    /// Each of these UIO devices has this name.
    SameName(Vec<Located>),
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

/// The node of a device, and the device's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) node: PathBuf,
    pub(super) base: u64,
}
