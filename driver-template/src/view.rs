// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a driver is rendered from: finished names and numbers.
//!
//! Names are printed as they are: the caller has given them their case, and has seen that they
//! differ. Descriptions may hold anything: they are wrapped, and made harmless, as they are printed.

use crate::text;

/// A folder of drivers, which are one module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderView {
    /// Name of the module, such as `fpga_mem`. A Rust identifier, at most 55 bytes (the kernel's
    /// `MODULE_NAME_LEN`).
    pub module: String,
    /// Name of the device, which DKMS and the udev rule use.
    pub device: String,
    /// What the device is, in the words of its author. May be empty.
    pub description: String,
    /// Version of the map, for `modinfo` and DKMS.
    pub version: Option<String>,
    /// The tool that generates the drivers, and its version: `regloom 0.1.0`.
    pub tool: String,
    /// The drivers, at least one.
    pub drivers: Vec<DriverView>,
}

/// A driver for one kind of register block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriverView {
    /// Name of its file, without the ending. A Rust identifier.
    pub file: String,
    /// Name of the driver, such as `fpga-mem`. It also begins the names of the
    /// [nodes](node_stem).
    pub name: String,
    /// What the device tree calls the block in `compatible`; at least one, each at most 127 bytes.
    pub compatibles: Vec<String>,
    /// Bytes that the register map covers, from the start of the block; more than 0.
    pub size: u64,
    /// What the block does, in the words of its author. May be empty.
    pub description: String,
    /// The registers, by ascending offset.
    pub registers: Vec<RegisterView>,
    /// What the driver reads before it makes a node, to know the hardware for the map's.
    pub identity: Vec<IdentityView>,
    /// Major, minor and patch of the map's version; zeros where it has none.
    pub version_numbers: [u32; 3],
    /// Hash of the map.
    pub hash: u64,
    /// The block writes memory by itself.
    pub bus_master: bool,
    /// What programs may map; none: the whole block, to read and write.
    pub windows: Vec<WindowView>,
    /// The lines that the block interrupts by, in the order of the device tree's.
    pub interrupts: Vec<InterruptView>,
    /// Names of the clocks that the block runs on.
    pub clocks: Vec<String>,
    /// The resets that hold the block.
    pub resets: Vec<ResetView>,
}

/// A reset that holds a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResetView {
    /// What the device tree calls it.
    pub name: String,
    /// No other device has it.
    pub exclusive: bool,
}

/// A register, or an array of registers that are alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterView {
    /// Name of the register, in capitals.
    pub name: String,
    /// Bytes from the start of the block, for an array those of its first register.
    pub offset: u64,
    /// Bits: 8, 16, 32 or 64.
    pub width: u32,
    /// The array, when there is one.
    pub array: Option<ArrayView>,
    /// The fields, in the order in which they are printed.
    pub fields: Vec<FieldView>,
    /// Why debugfs does not show what the register holds, if it does not.
    pub unseen: Option<String>,
    /// It is a memory, which the driver does not access.
    pub memory: bool,
}

/// How often a register is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayView {
    /// Number of registers, at least 1.
    pub count: u64,
    /// Bytes from one register to the next, at least the bytes of the register.
    pub stride: u64,
}

/// Bits of a register that mean something together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldView {
    /// Name of the field, in lower case.
    pub name: String,
    /// Highest bit of the field, below the width of the register.
    pub high: u32,
    /// Lowest bit of the field.
    pub low: u32,
}

/// Bits of a register that distinguish the hardware from other hardware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityView {
    /// What the bits say, such as `magic`.
    pub what: String,
    /// Name of the register, for people.
    pub name: String,
    /// What is read, in this order.
    pub parts: Vec<PartView>,
    /// Lowest of the bits.
    pub low: u32,
    /// Number of the bits, 1 to 64.
    pub bits: u32,
    /// What they read as.
    pub value: u64,
}

/// A word of a larger number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartView {
    /// Where it is read.
    pub port: PortView,
    /// Its lowest bit in the number.
    pub shift: u32,
}

/// A register that one load or store moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortView {
    /// Bytes from the start of the block.
    pub offset: u64,
    /// Bits: 8, 16 or 32.
    pub width: u32,
}

/// What programs may map of the block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowView {
    /// Bytes from the start of the block.
    pub offset: u64,
    /// Bytes, at least 1.
    pub size: u64,
    /// Programs may write.
    pub write: bool,
    /// It is memory, which is mapped write-combining.
    pub memory: bool,
}

/// A line that the block interrupts by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterruptView {
    /// What the device tree calls it.
    pub name: String,
    /// The line reports by an edge, which is there once.
    pub edge: bool,
    /// How the line falls silent.
    pub silence: SilenceView,
    /// The status registers; none: only the line reports the interrupt.
    pub sources: Vec<SourceView>,
}

/// How a line falls silent. The names are those of the driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SilenceView {
    /// By the acknowledgement of its events, or by itself.
    #[default]
    Acknowledged,
    /// By its enable bits.
    Masked,
    /// At the interrupt controller.
    Line,
}

/// A status register of a line, and what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceView {
    /// The register that reports what happened.
    pub status: PortView,
    /// The bits of it that interrupt by this line.
    pub bits: u32,
    /// From these bits to the events that programs read.
    pub reported: Vec<MoveView>,
    /// Where the events are let through.
    pub enable: Option<EnableView>,
    /// How they are acknowledged, if by a write.
    pub acknowledge: Option<AcknowledgeView>,
}

/// Where events are let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnableView {
    /// In a register that is changed and written back.
    Register {
        /// The register.
        bits: BitsView,
        /// It can be read.
        readable: bool,
        /// Bits that are written back as they were read, or written last.
        kept: u32,
        /// Bits that are always written as 1.
        ones: u32,
    },
    /// In two registers where a 1 sets or clears.
    Pair {
        /// Where a 1 sets.
        set: BitsView,
        /// Where a 1 clears.
        clear: BitsView,
        /// Where the bits can be read.
        read: Option<BitsView>,
    },
}

/// A register that has bits for those of a status register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BitsView {
    /// The register.
    pub port: PortView,
    /// From status bits to bits of this register.
    pub moves: Vec<MoveView>,
}

/// How events are acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcknowledgeView {
    /// The register that is written.
    pub bits: BitsView,
    /// Bits that a 1 clears.
    pub ones: u32,
    /// Bits that a 0 clears, or that a 0 would change.
    pub zeros: u32,
    /// Bits that are written back as they were read.
    pub kept: u32,
}

/// The bits of `mask`, moved up by `shift`, or down where it is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveView {
    /// The bits before they are moved.
    pub mask: u32,
    /// How far.
    pub shift: i8,
}

impl FolderView {
    /// The name of the option that chooses the drivers in the kernel's configuration.
    pub(crate) fn option_name(&self) -> String {
        format!("REGLOOM_{}", self.module.to_ascii_uppercase())
    }

    /// The option as makefiles have it.
    pub(crate) fn option(&self) -> String {
        format!("CONFIG_{}", self.option_name())
    }

    /// What the option is for.
    pub(crate) fn prompt(&self) -> String {
        match self.drivers.as_slice() {
            [only] => format!("Register block {}", only.name),
            _ => format!("Register blocks of {}", self.device),
        }
    }

    /// The options of the kernel's that some driver needs, besides those that all need.
    pub(crate) fn needs(&self) -> Vec<&'static str> {
        let clocks = self.drivers.iter().any(|it| !it.clocks.is_empty());
        let resets = self.drivers.iter().any(|it| !it.resets.is_empty());
        // Such a block has addresses that a pointer of 32 bits does not.
        let wide = self.drivers.iter().any(|it| it.size > u64::from(u32::MAX));
        let needs = [
            (clocks, "COMMON_CLK"),
            (resets, "RESET_CONTROLLER"),
            (wide, "64BIT"),
        ];
        let needs = needs.into_iter().filter(|(needed, _)| *needed);
        needs.map(|(_, option)| option).collect()
    }

    /// What the module says it is, as the inside of a string literal.
    pub(crate) fn summary(&self) -> String {
        text::first_paragraph(&self.description)
            .unwrap_or_else(|| text::literal(&format!("Driver of {}", self.device)))
    }
}

impl DriverView {
    /// The windows, at least one.
    pub(crate) fn mapped(&self) -> Vec<WindowView> {
        match self.windows.as_slice() {
            [] => vec![WindowView {
                offset: 0,
                size: self.size,
                write: true,
                memory: false,
            }],
            windows => windows.to_vec(),
        }
    }

    /// See [`node_stem`].
    pub(crate) fn node_stem(&self) -> String {
        node_stem(&self.name)
    }

    /// What the option's help says of the block, in lines.
    pub(crate) fn help(&self) -> Vec<String> {
        match text::plain(72, &self.description) {
            lines if lines.is_empty() => vec![format!("The register block {}.", self.name)],
            lines => lines,
        }
    }
}

/// What the nodes of a driver are called before their number, and what the device-tree alias
/// that asks for a number is called before it: the name, and a hyphen where that ends in a digit,
/// so that name and number stay apart (the kernel takes all digits at the end of an alias for the
/// number).
#[must_use]
pub fn node_stem(name: &str) -> String {
    let hyphen = if name.ends_with(|last: char| last.is_ascii_digit()) {
        "-"
    } else {
        ""
    };
    format!("{name}{hyphen}")
}
