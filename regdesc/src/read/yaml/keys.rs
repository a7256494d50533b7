// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keys of the YAML format, as serde and schemars see them: what is said of
//! a key here is what an editor shows as its help.
//!
//! Where a key holds a mapping of names to further mappings, the value is
//! [`Nested`]: those are read one by one, each with its own diagnostics.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, IntoDeserializer, SeqAccess, Unexpected, Visitor};
use serde_json::json;

use super::scalar::{
    BeatOrder, NUMBER, Number, NumberOrDefault, NumberOrName, OneOrMany, Scalar, Signed, Writable,
    parse_integer,
};
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::model::{Format, InterruptSource, Order, ReservedBits, Trigger, Version, WindowKind};
use crate::number::Bits;
use crate::units::BitRange;

/// A mapping that is read entry by entry.
pub(super) type Nested = IgnoredAny;

/// A block of registers, from which regloom generates a device-tree node, a kernel
/// driver and an accessor crate.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(title = "regloom register description")]
pub(super) struct Top {
    /// The version of this format: 1.
    #[schemars(required, with = "One")]
    pub(super) schema: Option<Number>,
    /// The block's name in kebab-case, such as `adc-capture`: its module, crate
    /// and device node are named after it.
    #[schemars(required, regex(pattern = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"))]
    pub(super) name: Option<String>,
    /// The vendor, as in the kernel's vendor-prefixes.yaml; with the name it is
    /// the node's `compatible`.
    #[schemars(with = "Option<String>", regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub(super) vendor: Option<String>,
    /// What the block is, for people.
    pub(super) description: Option<String>,
    /// Semantic version of the map, such as `2.1.0`; the major part must match
    /// the hardware's when the driver probes and a program opens the device.
    pub(super) version: Option<Scalar<Version>>,
    /// Bytes the block decodes, such as `0x1000`; required unless an SVD states it.
    pub(super) size: Option<Number>,
    /// The bus between processor and block.
    #[serde(rename = "bus")]
    #[schemars(with = "Option<BusKeys>")]
    pub(super) _bus: Option<Nested>,
    /// What a write puts in bits that no field covers; the default is zero.
    pub(super) reserved_bits: Option<Scalar<ReservedBits>>,
    /// The device-tree node's name without the unit address; the default is
    /// `registers`.
    pub(super) node_name: Option<String>,
    /// What the device tree says beyond name and address.
    #[serde(rename = "device-tree")]
    #[schemars(with = "Option<DeviceTreeKeys>")]
    pub(super) _device_tree: Option<Nested>,
    /// How software finds out that the hardware has this map.
    #[serde(rename = "identity")]
    #[schemars(with = "Option<IdentityKeys>")]
    pub(super) _identity: Option<Nested>,
    /// Whether the block reads or writes memory by itself, as a DMA engine does; the
    /// default is false. Opening a bus master takes the privilege of raw I/O.
    pub(super) bus_master: Option<bool>,
    /// The parts that user space may map, each by its name; the default is the whole
    /// block, read-write.
    #[serde(rename = "windows")]
    #[schemars(with = "Option<BTreeMap<String, WindowKeys>>")]
    pub(super) _windows: Option<Nested>,
    /// The lines it interrupts by, each by its name.
    #[serde(rename = "interrupts")]
    #[schemars(with = "Option<BTreeMap<String, InterruptForm>>")]
    pub(super) _interrupts: Option<Nested>,
    /// Enumerations that fields refer to by name.
    #[serde(rename = "enums")]
    #[schemars(with = "Option<BTreeMap<String, Values>>")]
    pub(super) _enums: Option<Nested>,
    /// The registers in order, each by its name, or the SVD peripheral that has
    /// them.
    #[serde(rename = "registers")]
    #[schemars(required, with = "RegistersOrSvd")]
    pub(super) _registers: Option<Nested>,
    /// Where the block is located, each by its name, which becomes the device-tree
    /// label.
    #[serde(rename = "instances")]
    #[schemars(with = "Option<BTreeMap<String, InstanceKeys>>")]
    pub(super) _instances: Option<Nested>,
    /// Lints to allow, by name, such as `no-identity`.
    #[schemars(with = "Option<Vec<Lint>>")]
    pub(super) allow: Option<OneOrMany>,
}

/// The bus between processor and block.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct BusKeys {
    /// Widest single access in bits: 8, 16, 32 or 64; the default is 32.
    #[schemars(with = "Option<AccessWidth>")]
    pub(super) width: Option<Number>,
    /// Which byte of an access has the lowest address: the least significant
    /// (little, the default) or the most significant (big).
    pub(super) endian: Option<Scalar<Order>>,
    /// Which beat of a register wider than the bus has the lowest address.
    pub(super) word_order: Option<Scalar<Order>>,
}

/// What the device tree says beyond name and address.
#[derive(Deserialize, JsonSchema)]
pub(super) struct DeviceTreeKeys {
    /// What a driver binds to, most specific first; the default is
    /// `vendor,name`.
    pub(super) compatible: Option<OneOrMany>,
    /// Names of the clocks; each instance gives one specifier for each.
    pub(super) clocks: Option<OneOrMany>,
    /// The resets: a name for each, or a mapping that says more; each instance gives one
    /// specifier for each.
    #[serde(rename = "resets")]
    #[schemars(with = "Option<ResetList>")]
    pub(super) _resets: Option<Nested>,
    /// Any other properties: true for one without a value, a number or a list of
    /// numbers for cells, a string or a list of strings.
    #[serde(rename = "properties")]
    #[schemars(with = "Option<BTreeMap<String, Property>>")]
    pub(super) _properties: Option<Nested>,
    /// Whether the nodes have the hash of their map, as `regloom,map-hash`, which
    /// the driver and the accessor then compare with their own: for hardware that
    /// has no register for it, and a tree that comes with the bitstream.
    #[serde(rename = "map-hash")]
    pub(super) map_hash: Option<bool>,
    /// The bus of the board's tree that the nodes go below; the default is one of
    /// their own below the root.
    #[serde(rename = "parent")]
    #[schemars(with = "Option<ParentNodeKeys>")]
    pub(super) _parent: Option<Nested>,
    /// The interrupt controller, such as `"&intc"`; the default is the one of the
    /// board's tree.
    #[serde(rename = "interrupt-parent")]
    pub(super) interrupt_parent: Option<String>,
    /// The region of the FPGA that the overlay configures. An overlay is generated
    /// where this or `parent` is stated.
    #[serde(rename = "fpga-region")]
    #[schemars(with = "Option<FpgaRegionKeys>")]
    pub(super) _fpga_region: Option<Nested>,
    /// The maintainers of the binding: `Name <address>`, one or more.
    pub(super) maintainers: Option<OneOrMany>,
}

/// A reset that holds the block.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ResetKeys {
    /// Its name.
    #[schemars(required, with = "String")]
    pub(super) name: Option<String>,
    /// Whether it resets this block alone; the default is that other devices may have it
    /// too.
    pub(super) exclusive: Option<bool>,
}

/// A node of the board's tree.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ParentNodeKeys {
    /// Its label, such as `"&amba"`, or its path from the root on.
    #[schemars(required, with = "String")]
    pub(super) node: Option<String>,
    /// Its `#address-cells`: 1 or 2.
    #[schemars(required, with = "Number")]
    pub(super) address_cells: Option<Number>,
    /// Its `#size-cells`: 1 or 2.
    #[schemars(required, with = "Number")]
    pub(super) size_cells: Option<Number>,
}

/// A region of an FPGA, as the kernel's binding `fpga/fpga-region.yaml` has it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct FpgaRegionKeys {
    /// Its label, such as `"&fpga_full"`, or its path from the root on.
    #[schemars(required, with = "String")]
    pub(super) node: Option<String>,
    /// Its `#address-cells`: 1 or 2.
    #[schemars(required, with = "Number")]
    pub(super) address_cells: Option<Number>,
    /// Its `#size-cells`: 1 or 2.
    #[schemars(required, with = "Number")]
    pub(super) size_cells: Option<Number>,
    /// The bitstream to load, below `/lib/firmware`; none if it is already
    /// loaded.
    pub(super) firmware_name: Option<String>,
    /// Bridges to close while it is loaded, such as `"&fpga_bridge0"`.
    pub(super) bridges: Option<OneOrMany>,
}

/// How software finds out that the hardware has this map.
#[derive(Deserialize, JsonSchema)]
pub(super) struct IdentityKeys {
    /// A register that always reads one number that no other block has.
    #[serde(rename = "magic")]
    #[schemars(with = "Option<MagicKeys>")]
    pub(super) _magic: Option<Nested>,
    /// A register that holds the map's version, in fields MAJOR, MINOR and PATCH
    /// or as a plain number, the major part.
    #[serde(rename = "version")]
    #[schemars(with = "Option<IdentityRegisterKeys>")]
    pub(super) _version: Option<Nested>,
    /// A register that holds the low bits of the hash that `regloom hash` prints.
    #[serde(rename = "hash")]
    #[schemars(with = "Option<IdentityRegisterKeys>")]
    pub(super) _hash: Option<Nested>,
}

/// A register that always reads one number.
#[derive(Deserialize, JsonSchema)]
pub(super) struct MagicKeys {
    /// Its name, after those of the clusters around it: `ID` or `SYS.ID`.
    #[schemars(required, with = "String")]
    pub(super) register: Option<String>,
    /// The number it reads.
    #[schemars(required, with = "Number")]
    pub(super) value: Option<Number>,
}

/// A register of the identity.
#[derive(Deserialize, JsonSchema)]
pub(super) struct IdentityRegisterKeys {
    /// Its name, after those of the clusters around it: `ID` or `SYS.ID`.
    #[schemars(required, with = "String")]
    pub(super) register: Option<String>,
}

/// Part of the block that user space may map, in pages of 0x1000 bytes.
#[derive(Deserialize, JsonSchema)]
pub(super) struct WindowKeys {
    /// Its first byte, a multiple of 0x1000.
    #[schemars(required, with = "Number")]
    pub(super) at: Option<Number>,
    /// How many bytes, a multiple of 0x1000.
    #[schemars(required, with = "Number")]
    pub(super) size: Option<Number>,
    /// Whether a program may write (rw, the default) or only read (ro).
    pub(super) access: Option<Scalar<Writable>>,
    /// Whether it holds registers (device, the default) or memory, in which writes may be
    /// combined and accesses may have any width.
    #[serde(rename = "type")]
    #[schemars(rename = "type")]
    pub(super) kind: Option<Scalar<WindowKind>>,
    /// Description of its content, for people.
    pub(super) description: Option<String>,
}

/// A line the block interrupts by.
#[derive(Deserialize, JsonSchema)]
pub(super) struct InterruptKeys {
    /// What the line does when it interrupts.
    pub(super) trigger: Option<Scalar<Trigger>>,
    /// Whether the status bits stay set until they are acknowledged (event, the
    /// default) or follow the source (level).
    #[serde(rename = "type")]
    #[schemars(rename = "type")]
    pub(super) source: Option<Scalar<InterruptSource>>,
    /// The register that reports what happened, and acknowledges it unless
    /// `acknowledge` names another.
    pub(super) status: Option<String>,
    /// The register that acknowledges by a write, if it is another one; with the bits of
    /// the status.
    pub(super) acknowledge: Option<String>,
    /// The register that enables the interrupt, with the bits of the status.
    pub(super) enable: Option<String>,
    /// What the line reports, each by its own bits, where the registers' bits do not line
    /// up or are in several registers; in place of `status`, `acknowledge` and `enable`.
    #[serde(rename = "events")]
    #[schemars(with = "Option<BTreeMap<String, EventKeys>>")]
    pub(super) _events: Option<Nested>,
    /// What it means, for people.
    pub(super) description: Option<String>,
}

/// Something that an interrupt reports. Each bit is the path of a field of one bit, such as
/// `ISR.DONE`, `SYS.ISR.DONE` or `"CH[1].ISR.DONE"`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct EventKeys {
    /// The bit that reports it, and acknowledges it unless `acknowledge` names another.
    #[schemars(required, with = "String")]
    pub(super) status: Option<String>,
    /// The bit that enables it; beside `enable-set` and `enable-clear`, the bit that says
    /// whether it is enabled.
    pub(super) enable: Option<String>,
    /// The bit that enables it when a 1 is written.
    pub(super) enable_set: Option<String>,
    /// The bit that disables it when a 1 is written.
    pub(super) enable_clear: Option<String>,
    /// The bit that acknowledges it by a write, if it is another one.
    pub(super) acknowledge: Option<String>,
    /// What it means, for people.
    pub(super) description: Option<String>,
}

/// One place the block is located at.
#[derive(Deserialize, JsonSchema)]
pub(super) struct InstanceKeys {
    /// Physical address of its first byte.
    #[schemars(required, with = "Number")]
    pub(super) base: Option<Number>,
    /// The chip select that it is at, where the bus of `parent` has them, as EIM and
    /// GPMC do: the first cell of its address in the device tree.
    #[serde(rename = "chip-select")]
    pub(super) chip_select: Option<Number>,
    /// Bytes from the start of what the chip select has, the second cell; the default
    /// is 0.
    pub(super) offset: Option<Number>,
    /// The number in the name of the driver's node, at most 4095, where no alias of the
    /// device tree gives one; the default counts the instances by their addresses.
    pub(super) number: Option<Number>,
    /// The device tree's specifier of each interrupt by its name, in cells, such
    /// as `{irq: [0, 89, 4]}`.
    #[serde(rename = "interrupts")]
    #[schemars(with = "Option<BTreeMap<String, Cells>>")]
    pub(super) _interrupts: Option<Nested>,
    /// Clock specifiers, such as `"&clkc 71"`, one for each of the block's clocks.
    pub(super) clocks: Option<OneOrMany>,
    /// Reset specifiers, such as `"&rst 3"`, one for each of the block's resets.
    pub(super) resets: Option<OneOrMany>,
}

/// The registers of a peripheral in an SVD file.
#[derive(Deserialize, JsonSchema)]
pub(super) struct SvdKeys {
    /// The file, from this description's folder.
    #[schemars(required, with = "String")]
    pub(super) svd: Option<String>,
    /// The peripheral's name in it.
    #[schemars(required, with = "String")]
    pub(super) peripheral: Option<String>,
}

/// A register.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RegisterKeys {
    /// Byte offset from what contains it, or a list of one for each element of an
    /// irregular array; the default is the next aligned one.
    #[schemars(with = "Option<Places>")]
    pub(super) at: Option<Offsets>,
    /// What it is, for people.
    pub(super) description: Option<String>,
    /// Width in bits: 8, 16, 32, 64, or a larger multiple of the bus's width; the
    /// default is the bus's width.
    pub(super) width: Option<Number>,
    /// Who may read and write, and what that does, as UVM calls it: rw, ro, wo,
    /// w1c …; its fields inherit it.
    pub(super) access: Option<Scalar<Access>>,
    /// What a write does to the bits it reaches, where `access` has no name for it.
    pub(super) on_write: Option<Scalar<WriteEffect>>,
    /// What a read does, where `access` has no name for it; `pop` for the port of
    /// a FIFO.
    pub(super) on_read: Option<Scalar<ReadEffect>>,
    /// Value after reset, of as many bits as the register, or `unknown`; the default
    /// is 0.
    #[schemars(with = "Option<RegisterReset>")]
    pub(super) reset: Option<Scalar<NumberOrName>>,
    /// Which bits of the reset are known; the default is all.
    pub(super) reset_mask: Option<Scalar<Bits>>,
    /// Makes it an array of this many elements.
    pub(super) count: Option<Number>,
    /// Bytes from one element to the next; the default is the size of the register.
    pub(super) stride: Option<Number>,
    /// Names of the elements, which then are registers of their own.
    pub(super) index: Option<Vec<String>>,
    /// Makes it a memory: words, one after the other.
    #[serde(rename = "memory")]
    #[schemars(with = "Option<MemoryKeys>")]
    pub(super) _memory: Option<Nested>,
    /// Which beat of a wide register to read first: low-first or high-first;
    /// hardware latches the others then.
    pub(super) read_order: Option<Scalar<BeatOrder>>,
    /// Which values may be written.
    #[serde(rename = "write-constraint")]
    #[schemars(with = "Option<Constraint>")]
    pub(super) _write_constraint: Option<Nested>,
    /// It may share its place with another register.
    pub(super) alternate: Option<bool>,
    /// Its bits by name: a bit such as 3, bits such as "7:4", or a mapping that
    /// says more.
    #[serde(rename = "fields")]
    #[schemars(with = "Option<BTreeMap<String, FieldForm>>")]
    pub(super) _fields: Option<Nested>,
}

/// A memory's shape.
#[derive(Deserialize, JsonSchema)]
pub(super) struct MemoryKeys {
    /// How many words.
    #[schemars(required, with = "Number")]
    pub(super) depth: Option<Number>,
    /// Bits of a word; the default is the bus's width.
    #[schemars(with = "Option<AccessWidth>")]
    pub(super) width: Option<Number>,
}

/// A group of registers; its own `registers` distinguish it from a register.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ClusterKeys {
    /// Byte offset from what contains it, or a list of one for each element of an
    /// irregular array; the default is the next aligned one.
    #[schemars(with = "Option<Places>")]
    pub(super) at: Option<Offsets>,
    /// What it is, for people.
    pub(super) description: Option<String>,
    /// Width of its registers in bits, if they state no other.
    pub(super) width: Option<Number>,
    /// Access of its registers, if they state no other.
    pub(super) access: Option<Scalar<Access>>,
    /// Makes it an array of this many elements.
    pub(super) count: Option<Number>,
    /// Bytes from one element to the next; the default is the end of the last
    /// register.
    pub(super) stride: Option<Number>,
    /// Names of the elements, which then are clusters of their own.
    pub(super) index: Option<Vec<String>>,
    /// It may share its place with another.
    pub(super) alternate: Option<bool>,
    /// Its registers in order, each by its name.
    #[serde(rename = "registers")]
    #[schemars(required, with = "Registers")]
    pub(super) _registers: Option<Nested>,
}

/// Bytes that hold nothing; no register may be there.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ReservedKeys {
    /// Byte offset from what contains it; the default is the next byte.
    pub(super) at: Option<Number>,
    /// How many bytes.
    #[schemars(required, with = "Number")]
    pub(super) reserved: Option<Number>,
    /// Why, for people.
    pub(super) description: Option<String>,
}

/// Bits of a register.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct FieldKeys {
    /// A bit such as 3, or bits such as "7:4", the higher one first.
    #[schemars(required, with = "Scalar<BitRange>")]
    pub(super) bits: Option<Scalar<BitRange>>,
    /// What it is, for people.
    pub(super) description: Option<String>,
    /// Who may read and write, and what that does, as UVM calls it; the
    /// default is the register's.
    pub(super) access: Option<Scalar<Access>>,
    /// What a write does to the bits, where `access` has no name for it.
    pub(super) on_write: Option<Scalar<WriteEffect>>,
    /// What a read does, where `access` has no name for it.
    pub(super) on_read: Option<Scalar<ReadEffect>>,
    /// Value after reset: a number, below 0 too where the field is signed, or the name
    /// of one of its values.
    pub(super) reset: Option<Scalar<NumberOrName>>,
    /// What its values mean: the name of one of `enums`, or names and numbers.
    #[serde(rename = "enum")]
    #[schemars(with = "Option<EnumForm>")]
    pub(super) _enum: Option<Nested>,
    /// What written values mean, if that differs.
    #[serde(rename = "write-enum")]
    #[schemars(with = "Option<EnumForm>")]
    pub(super) _write_enum: Option<Nested>,
    /// How its bits are a number: unsigned (the default), signed, or fixed
    /// point such as u4.12 or s3.13, whose sign counts to the 3.
    pub(super) format: Option<Scalar<Format>>,
    /// Hardware clears the bits after a write has set them.
    pub(super) self_clearing: Option<bool>,
    /// Which values may be written.
    #[serde(rename = "write-constraint")]
    #[schemars(with = "Option<Constraint>")]
    pub(super) _write_constraint: Option<Nested>,
    /// This many fields, one after the other, with numbered names.
    pub(super) count: Option<Number>,
    /// Bits from one of them to the next; the default is the field's width.
    pub(super) stride: Option<Number>,
}

/// One value of an enumeration, written out.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ValueKeys {
    /// The number, or `default` for every number without a name.
    #[schemars(required, with = "Scalar<NumberOrDefault>")]
    pub(super) value: Option<Scalar<NumberOrDefault>>,
    /// What it means, for people.
    pub(super) description: Option<String>,
}

/// The smallest and largest value that may be written.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ConstraintKeys {
    /// The smallest.
    #[schemars(required, with = "Scalar<Signed>")]
    pub(super) min: Option<Scalar<Signed>>,
    /// The largest.
    #[schemars(required, with = "Scalar<Signed>")]
    pub(super) max: Option<Scalar<Signed>>,
}

/// One byte offset, or several.
pub(super) enum Offsets {
    One(Number),
    Many(Vec<Number>),
}

impl<'de> Deserialize<'de> for Offsets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlacesVisitor)
    }
}

struct PlacesVisitor;

impl<'de> Visitor<'de> for PlacesVisitor {
    type Value = Offsets;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a byte offset such as 0x10, or a list of them")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Offsets, E> {
        Ok(Offsets::One(Scalar(number)))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Offsets, E> {
        Number::deserialize(number.into_deserializer()).map(Offsets::One)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Offsets, E> {
        Number::deserialize(number.into_deserializer()).map(Offsets::One)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Offsets, E> {
        match parse_integer(text) {
            Some(_) => Number::deserialize(text.into_deserializer()).map(Offsets::One),
            None => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Offsets, A::Error> {
        let mut places = Vec::new();
        while let Some(place) = seq.next_element()? {
            places.push(place);
        }
        Ok(Offsets::Many(places))
    }
}

// What the reader takes entry by entry has a type for its schema alone; none of
// them is ever made.

/// Types that have a schema and nothing else.
macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $name:ident: |$generator:ident| $schema:expr;)*) => {$(
        $(#[doc = $doc])*
        enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

shapes! {
    /// The version of the format.
    One: |_generator| json_schema!({"const": 1});
    /// The name of a lint.
    Lint: |_generator| json_schema!({"enum": crate::lint::names().collect::<Vec<_>>()});
    /// The width of one access.
    AccessWidth: |_generator| json_schema!({"enum": [8, 16, 32, 64]});
    /// One byte offset, or one for each element.
    Places: |generator| any_of(&[
        generator.subschema_for::<Number>(),
        generator.subschema_for::<Vec<Number>>(),
    ]);
    /// One reset, or several.
    ResetList: |generator| {
        let reset = any_of(&[
            generator.subschema_for::<String>(),
            generator.subschema_for::<ResetKeys>(),
        ]);
        let several = json!({"type": "array", "items": reset, "minItems": 1});
        json_schema!({"anyOf": [reset, several]})
    };
    /// What a register holds after reset.
    RegisterReset: |_generator| json_schema!({"anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string"},
    ]});
    /// A device-tree property's value.
    Property: |_generator| json_schema!({"anyOf": [
        {"const": true},
        {"type": "integer", "minimum": 0, "maximum": u32::MAX},
        {"type": "string"},
        {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": NUMBER}]}},
        {"type": "array", "items": {"type": "string"}},
    ]});
    /// The cells of a specifier.
    Cells: |_generator| {
        let cell = json!({"anyOf": [
            {"type": "integer", "minimum": 0, "maximum": u32::MAX},
            {"type": "string", "pattern": NUMBER},
        ]});
        let several = json!({"type": "array", "items": cell, "minItems": 1});
        json_schema!({"anyOf": [cell, several]})
    };
    /// Names and numbers of an enumeration.
    Values: |generator| {
        let value = any_of(&[
            generator.subschema_for::<Scalar<NumberOrDefault>>(),
            generator.subschema_for::<ValueKeys>(),
        ]);
        json_schema!({"type": "object", "additionalProperties": value})
    };
    /// An enumeration by its name, or in place.
    EnumForm: |generator| any_of(&[
        generator.subschema_for::<String>(),
        generator.subschema_for::<Values>(),
    ]);
    /// A bit, bits, or all that can be said of a field.
    FieldForm: |generator| any_of(&[
        generator.subschema_for::<Scalar<BitRange>>(),
        generator.subschema_for::<FieldKeys>(),
    ]);
    /// Which values may be written.
    Constraint: |generator| any_of(&[
        json_schema!({"enum": ["as-read", "enumerated"]}),
        generator.subschema_for::<ConstraintKeys>(),
    ]);
    /// What may be among registers.
    Entry: |generator| {
        let forms = vec![
            generator.subschema_for::<RegisterKeys>(),
            generator.subschema_for::<ClusterKeys>(),
            generator.subschema_for::<ReservedKeys>(),
            json_schema!({"type": "null"}),
        ];
        json_schema!({"oneOf": forms})
    };
    /// An interrupt may have nothing to say.
    InterruptForm: |generator| json_schema!({"oneOf": [
        generator.subschema_for::<InterruptKeys>(),
        {"type": "null"},
    ]});
    /// Registers, clusters and reserved ranges by name.
    Registers: |generator| generator.subschema_for::<BTreeMap<String, Entry>>();
    /// The registers themselves, or where an SVD has them.
    RegistersOrSvd: |generator| any_of(&[
        generator.subschema_for::<SvdKeys>(),
        generator.subschema_for::<Registers>(),
    ]);
}

fn any_of(forms: &[Schema]) -> Schema {
    json_schema!({"anyOf": forms})
}
