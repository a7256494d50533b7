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
use crate::diagnostic::Diagnostics;
use crate::number::{Bits, MAX_WIDTH};
use crate::source::{Sources, Span, Spanned};
use crate::units::low_ones;
pub use crate::units::{BitRange, ByteRange};

/// A device whose description passed every check.
///
/// There is no way to make one but through the checks, so code that holds
/// one may rely on what the checks establish: every item is within its block,
/// nothing overlaps that was not declared an alternate, every reset and
/// enumerated value fits, every name is unique in its scope.
#[derive(Debug, Clone)]
pub struct RegisterMap {
    device: Device,
    sources: Sources,
    notices: Diagnostics,
}

impl RegisterMap {
    pub(crate) fn new(device: Device, sources: Sources, notices: Diagnostics) -> Self {
        RegisterMap {
            device,
            sources,
            notices,
        }
    }

    /// What is to be reported although it refuses nothing: lints that were not
    /// allowed, and the repairs of a lenient reading.
    #[must_use]
    pub fn notices(&self) -> &Diagnostics {
        &self.notices
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
    /// Which byte of an access has the lowest address.
    pub endian: Order,
    /// Which beat of a register wider than the bus has the lowest address.
    pub word_order: Order,
}

impl Bus {
    /// A bus of that many bits, little-endian throughout.
    #[must_use]
    pub const fn of_width(width: u32) -> Self {
        Bus {
            width,
            endian: Order::Little,
            word_order: Order::Little,
        }
    }

    /// Bytes of the widest single access.
    #[must_use]
    pub fn bytes(self) -> u64 {
        u64::from(self.width / 8)
    }
}

/// Which end of a number comes first, at the lower address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The least significant.
    #[default]
    Little,
    /// The most significant.
    Big,
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
    /// Who named its registers.
    pub origin: Origin,
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
    /// Something in it was refused and reported: what is not here may have been
    /// that.
    pub(crate) incomplete: bool,
    /// It reads or writes memory by itself, at addresses that software gives it.
    pub bus_master: bool,
    /// What user space may map, by ascending offset; empty: the whole block,
    /// read-write.
    pub windows: Vec<Window>,
    /// The lines it interrupts by, in the order written.
    pub interrupts: Vec<Interrupt>,
    /// How hardware and software know that they belong together.
    pub identity: Identity,
    /// Where the block is, in the order written.
    pub instances: Vec<Instance>,
}

/// Who named a block's registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The author of a description, who is reported names that are a nuisance.
    Author,
    /// A vendor, in an SVD: what is legal there is taken as it is.
    Vendor,
}

/// Part of a block that user space may map.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Name.
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Which bytes of the block: whole pages.
    pub range: ByteRange,
    /// User space may write.
    pub write: bool,
    /// What accesses to it may do.
    pub kind: WindowKind,
}

/// What accesses to a window may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WindowKind {
    /// Each access may have an effect: none is merged, repeated or reordered.
    #[default]
    Device,
    /// It is memory: writes may be combined, and accesses may have any width.
    Memory,
}

/// A line that a block interrupts by.
#[derive(Debug, Clone, PartialEq)]
pub struct Interrupt {
    /// Name; an instance gives the specifier under it.
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// What the line does when it interrupts, where the author says so.
    pub trigger: Option<Spanned<Trigger>>,
    /// Whether the source is latched.
    pub source: InterruptSource,
    /// The register that reports what happened, and acknowledges it.
    pub status: Option<RegisterPath>,
    /// The register that acknowledges by a write, where that is another one.
    pub acknowledge: Option<RegisterPath>,
    /// The register that lets the line through, a bit for each of the status.
    pub enable: Option<RegisterPath>,
    /// What the line reports, each by its own bits; `status`, `acknowledge` and
    /// `enable` are empty then.
    pub events: Vec<InterruptEvent>,
    /// The number that a chip's SVD gives the line.
    pub number: Option<u32>,
}

/// Something that an interrupt reports, by bits of any registers of the block.
#[derive(Debug, Clone, PartialEq)]
pub struct InterruptEvent {
    /// Name.
    pub name: Spanned<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// The bit that reports it, and acknowledges it unless `acknowledge` does.
    pub status: BitPath,
    /// The bit that enables it; beside a pair, what reads back.
    pub enable: Option<BitPath>,
    /// The bit that enables it when a 1 is written.
    pub enable_set: Option<BitPath>,
    /// The bit that disables it when a 1 is written.
    pub enable_clear: Option<BitPath>,
    /// The bit that acknowledges it by a write, where that is another one.
    pub acknowledge: Option<BitPath>,
}

impl InterruptEvent {
    /// Its bits by the keys of a description.
    pub fn bits(&self) -> impl Iterator<Item = (&'static str, &BitPath)> {
        let others = [
            ("enable", &self.enable),
            ("enable-set", &self.enable_set),
            ("enable-clear", &self.enable_clear),
            ("acknowledge", &self.acknowledge),
        ];
        let others = others.into_iter();
        let others = others.filter_map(|(key, path)| Some((key, path.as_ref()?)));
        std::iter::once(("status", &self.status)).chain(others)
    }
}

impl Interrupt {
    /// The register that acknowledges, where it is another than the status.
    #[must_use]
    pub fn separate_acknowledge(&self) -> Option<&RegisterPath> {
        let status = self.status.as_ref().map(|path| &path.names);
        let acknowledge = self.acknowledge.as_ref();
        acknowledge.filter(|path| Some(&path.names) != status)
    }

    /// The bits of its status register that report it: those that an access
    /// clears, unless the register follows the source or is cleared by another.
    #[must_use]
    pub fn events(&self, status: &Register) -> u64 {
        match self.source {
            InterruptSource::Event if self.separate_acknowledge().is_none() => {
                status.bits_of(|access| access.read && access.clears())
            }
            _ => status.bits_of(|access| access.read),
        }
    }
}

/// What an interrupt line does (Devicetree bindings, `interrupts`, second cell
/// of two).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// `IRQ_TYPE_EDGE_RISING`
    EdgeRising,
    /// `IRQ_TYPE_EDGE_FALLING`
    EdgeFalling,
    /// `IRQ_TYPE_EDGE_BOTH`
    EdgeBoth,
    /// `IRQ_TYPE_LEVEL_HIGH`
    LevelHigh,
    /// `IRQ_TYPE_LEVEL_LOW`
    LevelLow,
}

/// What an interrupt's status bits report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InterruptSource {
    /// That something happened: they stay set until they are acknowledged.
    #[default]
    Event,
    /// That something is so: they follow the source, and only a mask silences
    /// the line.
    Level,
}

/// The place of a register in its block: the names of the clusters around it,
/// outermost first, and its own. An element of an array has its index behind the
/// name: `CH[2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterPath {
    /// The names, at least one.
    pub names: Vec<String>,
    /// Where it was written.
    pub span: Span,
}

/// The place of a field in its block: the names of a [`RegisterPath`], and its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BitPath {
    /// The names, at least one.
    pub names: Vec<String>,
    /// Where it was written.
    pub span: Span,
}

impl BitPath {
    /// The path of the register.
    #[must_use]
    pub fn register(&self) -> RegisterPath {
        let register = self.names.split_last().map_or(&[][..], |(_, names)| names);
        RegisterPath {
            names: register.to_vec(),
            span: self.span,
        }
    }
}

impl fmt::Display for BitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join("."))
    }
}

/// A name of a path, and the index behind it: `CH[2]` is `CH` and `2`.
#[must_use]
pub(crate) fn indexed(name: &str) -> (&str, Option<&str>) {
    let parts = name.strip_suffix(']').and_then(|name| name.split_once('['));
    parts.map_or((name, None), |(name, index)| (name, Some(index)))
}

impl fmt::Display for RegisterPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join("."))
    }
}

/// What a block carries so that software finds out which block it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// A number that no other block has.
    pub magic: Option<Magic>,
    /// The version of the map: fields `MAJOR`, `MINOR` and `PATCH`, or a plain
    /// number, which is the major part.
    pub version: Option<RegisterPath>,
    /// The low bits of [`RegisterMap::block_hash`].
    pub hash: Option<RegisterPath>,
}

impl Identity {
    /// Nothing distinguishes the block from another.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.magic.is_none() && self.version.is_none() && self.hash.is_none()
    }
}

/// A register that always reads one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Magic {
    /// Which register.
    pub register: RegisterPath,
    /// What it reads.
    pub value: Spanned<u64>,
}

impl Block {
    /// The register of that path.
    #[must_use]
    pub fn register(&self, path: &RegisterPath) -> Option<Located<'_>> {
        self.located(&path.names)
    }

    /// The field of that path.
    #[must_use]
    pub fn bit(&self, path: &BitPath) -> Option<LocatedField<'_>> {
        let (name, register) = path.names.split_last()?;
        let register = self.located(register)?;
        let mut fields = register.register.fields.iter();
        let field = fields.find(|field| field.name.value == *name)?;
        Some(LocatedField { register, field })
    }

    fn located(&self, names: &[String]) -> Option<Located<'_>> {
        let (last, clusters) = names.split_last()?;
        let mut items = &self.items;
        let (mut single, mut outer) = (true, 0_u64);
        for name in clusters {
            let (name, index) = indexed(name);
            let cluster = items.iter().find_map(|item| match item {
                Item::Cluster(cluster) if cluster.name.value == name => Some(cluster),
                _ => None,
            })?;
            let element = Element::of(cluster.array, index)?;
            single &= element.single;
            outer = outer.saturating_add(cluster.offset.value.saturating_add(element.offset));
            items = &cluster.items;
        }
        let (last, index) = indexed(last);
        let register = items.iter().find_map(|item| match item {
            Item::Register(register) if register.name.value == last => Some(register),
            _ => None,
        })?;
        let element = Element::of(register.array, index)?;
        Some(Located {
            register,
            offset: outer.saturating_add(register.offset.value.saturating_add(element.offset)),
            single: single && element.single,
            is_element: names.iter().any(|name| indexed(name).1.is_some()),
        })
    }

    /// The enumeration behind a field's id.
    #[must_use]
    pub fn enumeration(&self, id: EnumId) -> &Enumeration {
        &self.enums[id.0]
    }
}

/// A register, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Located<'m> {
    /// The register.
    pub register: &'m Register,
    /// Byte offset from the block; of an array's, that of the first.
    pub offset: u64,
    /// It is one register: it is in no array of which the path names no element.
    pub single: bool,
    /// The path names an element of an array.
    pub is_element: bool,
}

/// Which of an item a path names.
struct Element {
    /// Bytes from the first.
    offset: u64,
    single: bool,
}

impl Element {
    /// The element of that index; `None` where there is none.
    fn of(array: Option<Array>, index: Option<&str>) -> Option<Self> {
        let (array, index) = match (array, index) {
            (None, None) => {
                return Some(Element {
                    offset: 0,
                    single: true,
                });
            }
            (Some(_), None) => {
                return Some(Element {
                    offset: 0,
                    single: false,
                });
            }
            (None, Some(_)) => return None,
            (Some(array), Some(index)) => (array, index.parse::<u64>().ok()?),
        };
        (index < array.count.value).then_some(Element {
            offset: index.saturating_mul(array.stride.value),
            single: true,
        })
    }
}

/// A field, and the register that it is in.
#[derive(Debug, Clone, Copy)]
pub struct LocatedField<'m> {
    /// The register.
    pub register: Located<'m>,
    /// The field.
    pub field: &'m Field,
}

/// The device-tree part of a block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeviceTree {
    /// `compatible`, most specific first; empty where the author left the
    /// default.
    pub compatible: Vec<Spanned<String>>,
    /// Names of the clocks.
    pub clocks: Vec<Spanned<String>>,
    /// The resets.
    pub resets: Vec<Reset>,
    /// Any other properties, in the order written.
    pub properties: Vec<(Spanned<String>, PropertyValue)>,
    /// Whether the nodes have the hash of the map that they were generated from.
    pub map_hash: bool,
    /// The bus of the board's tree that the nodes go below; one of their own
    /// where there is none.
    pub parent: Option<ParentNode>,
    /// Who takes the interrupts, as `&label`; the parent's controller where there
    /// is none.
    pub interrupt_parent: Option<Spanned<String>>,
    /// The region of the FPGA that an overlay configures.
    pub fpga_region: Option<FpgaRegion>,
    /// Who looks after the binding, as `Name <address>`.
    pub maintainers: Vec<Spanned<String>>,
}

/// A reset that holds a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    /// Its name.
    pub name: Spanned<String>,
    /// No other device has it: the driver asserts it for its own alone.
    pub exclusive: bool,
}

/// A node of the board's tree, and how those below it count (Devicetree
/// Specification v0.4, §2.3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentNode {
    /// `&label`, or the path from the root on.
    pub node: Spanned<String>,
    /// Its `#address-cells`.
    pub address_cells: Spanned<u64>,
    /// Its `#size-cells`.
    pub size_cells: Spanned<u64>,
}

/// What is configured before the nodes are there (the kernel's binding
/// `fpga/fpga-region.yaml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FpgaRegion {
    /// The region's node.
    pub parent: ParentNode,
    /// The bitstream, below `/lib/firmware`.
    pub firmware_name: Option<Spanned<String>>,
    /// Bridges to close meanwhile, as `&label`.
    pub bridges: Vec<Spanned<String>>,
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

/// An address on a bus whose addresses have two cells, the first of them a chip select, as
/// in the kernel's binding `memory-controllers/mc-peripheral-props.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChipSelect {
    /// The chip select.
    pub number: Spanned<u64>,
    /// Bytes from the start of what it has.
    pub offset: Spanned<u64>,
}

/// One place a block is located at.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Name; becomes the device-tree label.
    pub name: Spanned<String>,
    /// Physical address of the first byte.
    pub base: Spanned<u64>,
    /// Its address on a bus with chip selects, which `base` is the translation of.
    pub chip_select: Option<ChipSelect>,
    /// The number in the name of its driver's node, where no alias of the tree gives
    /// one.
    pub number: Option<Spanned<u64>>,
    /// The specifier of each interrupt by its name, in cells; in the order of the
    /// block's interrupts.
    pub interrupts: Vec<(Spanned<String>, Vec<u32>)>,
    /// Clock specifiers, one per [`DeviceTree::clocks`].
    pub clocks: Vec<Spanned<String>>,
    /// Reset specifiers, one per [`DeviceTree::resets`].
    pub resets: Vec<Spanned<String>>,
}

/// What a block contains or cluster.
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

    /// Its bytes in what contains it, those of a whole array for an array.
    #[must_use]
    pub fn range(&self) -> ByteRange {
        ByteRange {
            start: self.offset().value,
            len: self.size(),
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
    /// Whether it was declared to share its place with another.
    pub alternate: Alternate,
    /// Its content by ascending offset.
    pub items: Vec<Item>,
    /// Ranges declared to hold nothing.
    pub reserved: Vec<Reserved>,
}

impl Cluster {
    /// Bytes of one element from its first item to its last: the elements of an
    /// array lie apart when they are as many bytes apart as this.
    #[must_use]
    pub fn used(&self) -> u64 {
        let starts = self.items.iter().map(|item| item.offset().value);
        self.size.saturating_sub(starts.min().unwrap_or(0))
    }
}

/// What a register or cluster was declared to share its place with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Alternate {
    /// Nothing.
    #[default]
    None,
    /// Whatever is there (`alternate: true`; CMSIS-SVD `alternateGroup`).
    Any,
    /// The item of that name, and what is declared to share its place with that
    /// (CMSIS-SVD `alternateRegister`, `alternateCluster`).
    Of(String),
}

impl Alternate {
    /// It shares its place with whatever is there, or with nothing.
    #[must_use]
    pub fn any(any: bool) -> Self {
        if any { Alternate::Any } else { Alternate::None }
    }

    /// It shares its place: of what, only the checks ask.
    #[must_use]
    pub fn is_declared(&self) -> bool {
        *self != Alternate::None
    }
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
    /// Width in bits: 8, 16, 32 or 64, or wider by whole beats of the bus.
    pub width: Spanned<u32>,
    /// Set for an array.
    pub array: Option<Array>,
    /// The array is a memory: words without fields, one behind the other.
    pub memory: bool,
    /// Its access, and that of the bits no field covers.
    pub access: Spanned<Access>,
    /// Value after reset, fields' own resets included.
    pub reset: Spanned<Bits>,
    /// Which bits of `reset` are known.
    pub reset_mask: Bits,
    /// Which beat is to be read first, where it takes several: hardware latches
    /// the others then.
    pub read_order: Option<Order>,
    /// Which values may be written.
    pub write_constraint: Option<WriteConstraint>,
    /// Who may access it; for people (CMSIS-SVD `protection`).
    pub protection: Option<Protection>,
    /// Whether it was declared to share its place with another.
    pub alternate: Alternate,
    /// Its fields by ascending bit; empty: the register is one number.
    pub fields: Vec<Field>,
}

/// Which values may be written (CMSIS-SVD `writeConstraint`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteConstraint {
    /// Only what was read before.
    AsRead,
    /// Only what has a name.
    Enumerated,
    /// Only these, both ends included; negative ones in signed fields.
    Range {
        /// The smallest.
        minimum: i128,
        /// The largest.
        maximum: i128,
    },
}

/// A privilege that an access needs (CMSIS-SVD `protection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Secure.
    Secure,
    /// Non-secure.
    NonSecure,
    /// Privileged.
    Privileged,
}

impl Register {
    /// Bytes of one element.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::from(self.width.value.div_ceil(8))
    }

    /// Bytes that its address is a multiple of: of one beat, which is as much of
    /// it as the bus carries at once.
    #[must_use]
    pub fn alignment(&self, bus: Bus) -> u64 {
        match self.size() {
            size @ (1 | 2 | 4 | 8) => size.min(bus.bytes()),
            _ => bus.bytes(),
        }
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

    /// The words that a register wider than 64 bits is accessed in, from the lowest
    /// bits on: of 64 bits, and what is left over of 32, 16 and 8. They are the same
    /// on every bus, and each field is in one of them. A width beyond every
    /// register's, which the checks refuse, has none instead of millions.
    #[must_use]
    pub fn words(&self) -> Vec<BitRange> {
        let mut words = Vec::new();
        if self.width.value > MAX_WIDTH {
            return words;
        }
        let mut low = 0;
        for len in [64, 32, 16, 8] {
            while self.width.value.saturating_sub(low) >= len {
                words.push(BitRange { low, len });
                low += len;
            }
        }
        words
    }

    /// The bits, of the lowest 64, that have such an access: those of its fields,
    /// or all of them when it has none.
    #[must_use]
    pub fn bits_of(&self, such: impl Fn(Access) -> bool) -> u64 {
        if self.fields.is_empty() {
            return if such(self.access.value) {
                low_ones(self.width.value)
            } else {
                0
            };
        }
        let fields = self.fields.iter();
        fields
            .filter(|field| such(field.access.value))
            .fold(0, |bits, field| bits | field.bits.mask())
    }

    /// The field that is the register, where one has no use for two names: its only
    /// field, of its own name, a number from bit 0 on that takes the value written.
    /// A register of several [words](Self::words) is no number.
    ///
    /// The other bits hold nothing: what `reserved` puts there is 0.
    #[must_use]
    pub fn sole_number(&self, reserved: ReservedBits) -> Option<&Field> {
        let [field] = self.fields.as_slice() else {
            return None;
        };
        let has_values = field.values.is_some() || field.write_values.is_some();
        let acts = |access: Access| access.write && access.on_write != WriteEffect::Modify;
        let others = low_ones(self.width.value) & !field.bits.mask();
        let others_are_zero = match reserved {
            ReservedBits::Zero => true,
            ReservedBits::Preserve => false,
            ReservedBits::Reset => others & self.reset.low() == 0,
        };
        let is_number = field.name.eq_ignore_ascii_case(&self.name)
            && self.width.value <= u64::BITS
            && field.bits.low == 0
            && !(has_values || field.self_clearing || acts(field.access.value))
            && (others == 0 || (others_are_zero && !acts(self.access.value)));
        is_number.then_some(field)
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
    /// Value after reset.
    pub reset: u64,
    /// How its bits are a number.
    pub format: Spanned<Format>,
    /// Hardware clears the bits after a write has set them.
    pub self_clearing: bool,
    /// What its values mean: those read, and those written too unless
    /// `write_values` says else.
    pub values: Option<EnumId>,
    /// What the values written mean, where that is something else.
    pub write_values: Option<EnumId>,
    /// Which values may be written.
    pub write_constraint: Option<WriteConstraint>,
    /// It shares bits with another field: both are views of them.
    pub alternate: bool,
}

/// How a field's bits are a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// A count from 0.
    #[default]
    Unsigned,
    /// Two's complement.
    Signed,
    /// Fixed point; a sign counts to the integer bits (`s3.13` has 16 bits).
    Fixed {
        /// Two's complement.
        signed: bool,
        /// Bits before the point, a sign included.
        integer: u32,
        /// Bits behind the point.
        fraction: u32,
    },
}

impl Format {
    /// Two's complement.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(self, Format::Signed | Format::Fixed { signed: true, .. })
    }
}

impl fmt::Display for Format {
    /// As a description has it: `signed`, `s3.13`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Format::Unsigned => f.write_str("unsigned"),
            Format::Signed => f.write_str("signed"),
            Format::Fixed {
                signed,
                integer,
                fraction,
            } => {
                let sign = if *signed { 's' } else { 'u' };
                write!(f, "{sign}{integer}.{fraction}")
            }
        }
    }
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
    /// Its name. One written at a field is named after it: `REGISTER_FIELD`,
    /// so that a change elsewhere never renames it.
    pub name: Spanned<String>,
    /// The names of the clusters around the field it was written at, outermost
    /// first; empty for one that belongs to nothing else.
    pub scope: Vec<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// Its values by ascending number; no two are equal.
    pub values: Vec<EnumeratedValue>,
    /// What every other value means (CMSIS-SVD `isDefault`).
    pub default: Option<DefaultValue>,
}

/// The meaning of all values without a name of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultValue {
    /// Name.
    pub name: Spanned<String>,
    /// What it means, for people.
    pub description: Option<String>,
}

impl Enumeration {
    /// Some of its values are below 0: then the numbers of its fields are signed.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.values.iter().any(|value| value.value.value < 0)
    }

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
    /// The number, as written: one below 0 is for signed fields, of any width.
    pub value: Spanned<i128>,
    /// What it means, for people.
    pub description: Option<String>,
}
