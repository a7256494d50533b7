// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the author wrote, before defaults: the one form that both readers make
//! and that `resolve` turns into the model.

use crate::access::{Access, ReadEffect, WriteEffect};
use crate::diagnostic::Diagnostic;
use crate::model::{Bus, Format, Kind, Order, Protection, ReservedBits, Version, WriteConstraint};
// What needs no resolving is the model's from the start.
pub use crate::model::{
    Alternate, DefaultValue, DeviceTree, EnumeratedValue, Identity, Instance, Interrupt,
    InterruptEvent, Origin, Reset, Window,
};
use crate::number::{Bits, Integer};
use crate::source::{Span, Spanned};
use crate::units::BitRange;

/// A whole input.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Whether the input describes one block or a chip of several.
    pub kind: Kind,
    /// The device's name, as written.
    pub name: Spanned<String>,
    /// The vendor, as written.
    pub vendor: Option<Spanned<String>>,
    /// What the device is, for people.
    pub description: Option<String>,
    /// Version of the map.
    pub version: Option<Spanned<Version>>,
    /// The bus the blocks hang on.
    pub bus: Bus,
    /// Lints that the author has seen and allows, by name.
    pub allow: Vec<Spanned<String>>,
    /// What registers inherit when nothing nearer says otherwise.
    pub properties: Properties,
    /// One block (YAML) or a chip's peripherals (SVD), in the order written.
    pub blocks: Vec<Block>,
}

/// What a register may inherit from what contains it (CMSIS-SVD
/// `registerPropertiesGroup`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties {
    /// Width in bits.
    pub width: Option<Spanned<u32>>,
    /// Who may read and write, before the effects below are laid over it.
    pub access: Option<Spanned<Access>>,
    /// What a write does, where it is said apart from `access`.
    pub on_write: Option<Spanned<WriteEffect>>,
    /// What a read does, where it is said apart from `access`.
    pub on_read: Option<Spanned<ReadEffect>>,
    /// Value after reset; below 0 for signed fields alone.
    pub reset: Option<Spanned<Integer>>,
    /// Which bits of the reset value are known.
    pub reset_mask: Option<Spanned<Bits>>,
    /// Who may access it.
    pub protection: Option<Protection>,
}

/// A block of registers with its own base addresses (CMSIS-SVD `peripheral`).
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Name; the description's own for YAML.
    pub name: Spanned<String>,
    /// The block this one copies and then changes.
    pub derived_from: Option<Spanned<String>>,
    /// What the block is, for people.
    pub description: Option<String>,
    /// Bytes the block decodes.
    pub size: Option<Spanned<u64>>,
    /// What its registers inherit.
    pub properties: Properties,
    /// What a write puts in bits that no field covers.
    pub reserved_bits: Option<Spanned<ReservedBits>>,
    /// Name of the device-tree node, without the unit address.
    pub node_name: Option<Spanned<String>>,
    /// What the device tree says beyond name and address.
    pub device_tree: DeviceTree,
    /// Enumerations that fields refer to by name.
    pub enums: Vec<Enumeration>,
    /// Registers, clusters and reserved ranges, in the order written.
    pub items: Vec<Item>,
    /// Who named its registers.
    pub origin: Origin,
    /// Where its registers are described, when that is another file.
    pub svd: Option<SvdSource>,
    /// It reads or writes memory by itself.
    pub bus_master: bool,
    /// What user space may map.
    pub windows: Vec<Window>,
    /// The lines it interrupts by.
    pub interrupts: Vec<Interrupt>,
    /// How hardware and software know that they belong together.
    pub identity: Identity,
    /// Where the block is.
    pub instances: Vec<Instance>,
    /// What is suspicious about its lines, said where the block is used.
    pub notices: Vec<Diagnostic>,
}

/// A peripheral in an SVD file.
#[derive(Debug, Clone, PartialEq)]
pub struct SvdSource {
    /// The file, from the folder of the file that names it.
    pub file: Spanned<String>,
    /// Which peripheral.
    pub peripheral: SvdPeripheral,
}

/// The peripheral that a description takes from an SVD file.
#[derive(Debug, Clone, PartialEq)]
pub enum SvdPeripheral {
    /// The one of that name.
    Named(Spanned<String>),
    /// None is named where it should be.
    Missing(Span),
    /// The name was refused and reported.
    Refused,
}

/// What may be among registers.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A register or an array of them.
    Register(Register),
    /// A group of registers or an array of groups.
    Cluster(Cluster),
    /// Bytes that hold nothing; they move the next automatic offset and may
    /// not be used by another item.
    Reserved(Reserved),
    /// Something that was reported already: what follows it by an automatic
    /// offset has an unknown place.
    Refused(Spanned<String>),
}

/// How many there are of an item, and how far apart (CMSIS-SVD `dimElementGroup`).
///
/// A `%s` in the item's name is where the index goes: `CH[%s]` names an array
/// `CH`, `CH%s_CFG` a list `CH0_CFG`, `CH1_CFG` …. A name without it is an
/// array's.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// How many.
    pub count: Spanned<u64>,
    /// Bytes (for fields: bits) from one to the next; the element's own size
    /// by default.
    pub stride: Option<Spanned<u64>>,
    /// The names that represent `%s`; `0`, `1` … by default.
    pub index: Option<Vec<String>>,
    /// The byte offset of each element of an irregular array; else empty.
    pub places: Vec<Spanned<u64>>,
}

/// A group of registers.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Name, perhaps with `%s`.
    pub name: Spanned<String>,
    /// The cluster this one copies and then changes.
    pub derived_from: Option<Spanned<String>>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Byte offset from what contains it.
    pub at: Option<Spanned<u64>>,
    /// Set for an array.
    pub array: Option<Array>,
    /// What its registers inherit.
    pub properties: Properties,
    /// What it may share its place with.
    pub alternate: Alternate,
    /// Its content, in the order written.
    pub items: Vec<Item>,
}

/// A register.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// Name, perhaps with `%s`.
    pub name: Spanned<String>,
    /// The register this one copies and then changes.
    pub derived_from: Option<Spanned<String>>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Byte offset from what contains it.
    pub at: Option<Spanned<u64>>,
    /// Set for an array.
    pub array: Option<Array>,
    /// The array is a memory.
    pub memory: bool,
    /// Which beat is to be read first.
    pub read_order: Option<Order>,
    /// Which values may be written.
    pub write_constraint: Option<WriteConstraint>,
    /// Its own properties.
    pub properties: Properties,
    /// What it may share its place with.
    pub alternate: Alternate,
    /// Its fields, in the order written.
    pub fields: Vec<Field>,
}

/// Bytes that hold nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserved {
    /// Name; for people only.
    pub name: Spanned<String>,
    /// Byte offset from what contains it.
    pub at: Option<Spanned<u64>>,
    /// How many bytes.
    pub size: Spanned<u64>,
}

/// Bits of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name, perhaps with `%s`.
    pub name: Spanned<String>,
    /// The field this one copies and then changes.
    pub derived_from: Option<Spanned<String>>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Which bits; absent only where it is derived.
    pub bits: Option<Spanned<BitRange>>,
    /// Set for an array; the stride is in bits.
    pub array: Option<Array>,
    /// Access and effects; by default the register's. Width is unused.
    pub properties: Properties,
    /// The value after reset by the name of an enumerated value.
    pub reset_name: Option<Spanned<String>>,
    /// How its bits are a number; unsigned by default.
    pub format: Option<Spanned<Format>>,
    /// Hardware clears the bits after a write has set them.
    pub self_clearing: Option<Spanned<bool>>,
    /// Which values may be written.
    pub write_constraint: Option<WriteConstraint>,
    /// What its values mean.
    pub values: Option<FieldValues>,
    /// What the values written mean, where that is something else.
    pub write_values: Option<FieldValues>,
}

/// Where a field's enumeration comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValues {
    /// One of [`Block::enums`], or for SVD the dotted path of another field's.
    Named(Spanned<String>),
    /// Written at the field.
    InPlace(Enumeration),
}

/// Names for a field's values (CMSIS-SVD `enumeratedValues`).
#[derive(Debug, Clone, PartialEq)]
pub struct Enumeration {
    /// Name; `None` when it was written at a field without one.
    pub name: Option<Spanned<String>>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Its values, in the order written.
    pub values: Vec<EnumeratedValue>,
    /// What every other value means.
    pub default: Option<DefaultValue>,
    /// What is suspicious about it, said where it is used.
    pub notices: Vec<Diagnostic>,
}
