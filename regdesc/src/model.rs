// SPDX-License-Identifier: MIT OR Apache-2.0

//! The checked register map: what a generator gets, and the only thing it
//! accepts.
//!
//! Names are the author's; giving them a case and dodging keywords is each
//! output's own affair. Offsets are in bytes from what contains the item,
//! widths in bits.

use std::fmt;
use std::ops::Deref;

pub use crate::access::{Access, ReadEffect, WriteEffect};
use crate::source::{Sources, Spanned};
pub use crate::units::{BitRange, ByteRange};

/// A device whose description passed every check.
///
/// There is no way to make one but through [`crate::check`], so whoever holds
/// one may rely on what the checks establish: every item lies within its block,
/// nothing overlaps that was not declared an alternate, every reset and
/// enumerated value fits, every name is unique in its scope.
#[derive(Debug, Clone)]
pub struct RegisterMap {
    device: Device,
    sources: Sources,
}

impl RegisterMap {
    pub(crate) fn new(device: Device, sources: Sources) -> Self {
        RegisterMap { device, sources }
    }

    /// The texts it was read from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

impl Deref for RegisterMap {
    type Target = Device;

    fn deref(&self) -> &Device {
        &self.device
    }
}

/// Two maps are equal when software cannot tell them apart by what they say,
/// wherever it was written.
impl PartialEq for RegisterMap {
    fn eq(&self, other: &Self) -> bool {
        self.device == other.device
    }
}

/// What an input describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One block; its name is the device's.
    Block,
    /// A chip (CMSIS-SVD `device`): blocks with names of their own.
    Chip,
}

/// The whole input.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// One block or a chip.
    pub kind: Kind,
    /// The device's name.
    pub name: Spanned<String>,
    /// Who makes it.
    pub vendor: Option<Spanned<String>>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Version of the map.
    pub version: Option<Spanned<Version>>,
    /// The bus the blocks hang on.
    pub bus: Bus,
    /// Its blocks: exactly one for [`Kind::Block`]; for a chip one per distinct
    /// layout, in the order of the first peripheral that has it.
    pub blocks: Vec<Block>,
}

/// Semantic version of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Changes when software that worked may stop working.
    pub major: u32,
    /// Changes when something is added.
    pub minor: u32,
    /// Changes otherwise.
    pub patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The bus between processor and block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bus {
    /// Widest single access in bits: 8, 16, 32 or 64.
    pub width: u32,
}

/// What a write puts in bits that no field covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReservedBits {
    /// Zeros.
    #[default]
    Zero,
    /// What a read returned.
    Preserve,
    /// The reset value.
    Reset,
}

/// A block of registers (CMSIS-SVD `peripheral`).
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Name; the device's own for [`Kind::Block`].
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Bytes the block decodes.
    pub size: Spanned<u64>,
    /// What a write puts in bits that no field covers.
    pub reserved_bits: ReservedBits,
    /// Name of the device-tree node, where the author chose one.
    pub node_name: Option<Spanned<String>>,
    /// What the device tree says beyond name and address.
    pub device_tree: DeviceTree,
    /// Enumerations; fields refer to them by [`EnumId`].
    pub enums: Vec<Enumeration>,
    /// Registers and clusters by ascending offset.
    pub items: Vec<Item>,
    /// Ranges declared to hold nothing.
    pub reserved: Vec<Reserved>,
    /// Where the block stands, in the order written.
    pub instances: Vec<Instance>,
}

impl Block {
    /// The enumeration behind a field's id.
    #[must_use]
    pub fn enumeration(&self, id: EnumId) -> &Enumeration {
        &self.enums[id.0]
    }
}

/// The device-tree part of a block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeviceTree {
    /// `compatible`, most specific first; empty where the author left the
    /// default.
    pub compatible: Vec<Spanned<String>>,
    /// Names of the clocks.
    pub clocks: Vec<Spanned<String>>,
    /// Names of the resets.
    pub resets: Vec<Spanned<String>>,
    /// Any other properties, in the order written.
    pub properties: Vec<(Spanned<String>, PropertyValue)>,
}

/// A device-tree property's value (Devicetree Specification v0.4, §2.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyValue {
    /// Present without a value.
    Flag,
    /// 32-bit cells.
    Cells(Vec<u32>),
    /// Strings.
    Strings(Vec<String>),
}

/// One place a block stands at.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Name; becomes the device-tree label.
    pub name: Spanned<String>,
    /// Physical address of the first byte.
    pub base: Spanned<u64>,
    /// Clock specifiers, one per [`DeviceTree::clocks`].
    pub clocks: Vec<Spanned<String>>,
    /// Reset specifiers, one per [`DeviceTree::resets`].
    pub resets: Vec<Spanned<String>>,
}

/// What stands in a block or cluster.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A register or a regular array of them.
    Register(Register),
    /// A cluster or a regular array of them.
    Cluster(Cluster),
}

impl Item {
    /// The author's name for it, without any array mark.
    #[must_use]
    pub fn name(&self) -> &Spanned<String> {
        match self {
            Item::Register(register) => &register.name,
            Item::Cluster(cluster) => &cluster.name,
        }
    }

    /// Byte offset from what contains it.
    #[must_use]
    pub fn offset(&self) -> Spanned<u64> {
        match self {
            Item::Register(register) => register.offset,
            Item::Cluster(cluster) => cluster.offset,
        }
    }

    /// Bytes from its first to its last, a whole array for an array.
    #[must_use]
    pub fn size(&self) -> u64 {
        let (element, array) = match self {
            Item::Register(register) => (register.size(), register.array),
            Item::Cluster(cluster) => (cluster.size, cluster.array),
        };
        array.map_or(element, |array| array.extent(element))
    }
}

/// A regular array: `count` elements, `stride` bytes from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// How many; at least 1.
    pub count: Spanned<u64>,
    /// Bytes from one to the next; at least the element's size.
    pub stride: Spanned<u64>,
}

impl Array {
    /// Bytes from the first element's first byte to the last one's last.
    /// Saturates; the checks refuse what would.
    #[must_use]
    pub fn extent(self, element: u64) -> u64 {
        let before_last = self.count.value.saturating_sub(1);
        before_last
            .saturating_mul(self.stride.value)
            .saturating_add(element)
    }
}

/// A group of registers.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Name.
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Byte offset from what contains it.
    pub offset: Spanned<u64>,
    /// Bytes of one element: to the end of its last item.
    pub size: u64,
    /// Set for an array.
    pub array: Option<Array>,
    /// It was declared to share its place with another.
    pub alternate: bool,
    /// Its content by ascending offset.
    pub items: Vec<Item>,
    /// Ranges declared to hold nothing.
    pub reserved: Vec<Reserved>,
}

/// Bytes that were declared to hold nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserved {
    /// Name; for people only.
    pub name: Spanned<String>,
    /// Which bytes of what contains it.
    pub range: ByteRange,
}

/// A register.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// Name.
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Byte offset from what contains it.
    pub offset: Spanned<u64>,
    /// Width in bits: 8, 16, 32 or 64.
    pub width: Spanned<u32>,
    /// Set for an array.
    pub array: Option<Array>,
    /// Its access, and that of the bits no field covers.
    pub access: Spanned<Access>,
    /// Value after reset, fields' own resets included.
    pub reset: Spanned<u64>,
    /// Which bits of `reset` are known.
    pub reset_mask: u64,
    /// It was declared to share its place with another.
    pub alternate: bool,
    /// Its fields by ascending bit; empty: the register is one number.
    pub fields: Vec<Field>,
}

impl Register {
    /// Bytes of one element.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::from(self.width.value.div_ceil(8))
    }

    /// The accesses that its bits have: its fields', or its own when it has
    /// none.
    pub fn accesses(&self) -> impl Iterator<Item = Access> {
        let own = self.fields.is_empty().then_some(self.access.value);
        self.fields
            .iter()
            .map(|field| field.access.value)
            .chain(own)
    }
}

/// Bits of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name.
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Which bits.
    pub bits: Spanned<BitRange>,
    /// Its access.
    pub access: Spanned<Access>,
    /// What its values mean.
    pub values: Option<EnumId>,
}

/// Which of a block's [`Block::enums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub(crate) usize);

impl EnumId {
    /// Position in [`Block::enums`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// Names for a field's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Enumeration {
    /// Its name. One written at a field is called after it: `REGISTER_FIELD`,
    /// so that a change elsewhere never renames it.
    pub name: Spanned<String>,
    /// The names of the clusters around the field it was written at, outermost
    /// first; empty for one that stands on its own.
    pub scope: Vec<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Its values by ascending number; no two are equal.
    pub values: Vec<EnumeratedValue>,
}

impl Enumeration {
    /// Whether every value of a field of that many bits has a name.
    #[must_use]
    pub fn is_exhaustive(&self, bits: u32) -> bool {
        1u64.checked_shl(bits)
            .is_some_and(|all| self.values.len() as u64 == all)
    }
}

/// One named value.
#[derive(Debug, Clone, PartialEq)]
pub struct EnumeratedValue {
    /// Name.
    pub name: Spanned<String>,
    /// The number.
    pub value: Spanned<u64>,
    /// What it means, for people.
    pub description: Option<String>,
}
