// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a driver is rendered from: finished names and numbers.
//!
//! Names are printed as they are. Whoever fills a view in has given them their case, has dodged
//! the keywords of Rust and the [reserved](crate::RESERVED_FIELD_NAMES) names, and has seen that
//! they differ. Descriptions may hold anything: they are wrapped, and made harmless, as they are
//! printed.

use crate::text;

/// A driver for one kind of register block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriverView {
    /// Name of the module and of its file, such as `fpga_mem`. A Rust identifier, at most 55
    /// bytes (the kernel's `MODULE_NAME_LEN`).
    pub module: String,
    /// Name of the driver, such as `fpga-mem`. It also begins the names of the
    /// [nodes](DriverView::node_stem).
    pub name: String,
    /// What the device tree calls the block in `compatible`; at least one, each at most 127 bytes.
    pub compatibles: Vec<String>,
    /// Bytes that the register map covers, from the start of the block; more than 0.
    pub size: u64,
    /// What the block does, in the words of its author. May be empty.
    pub description: String,
    /// Version of the map, for `modinfo`.
    pub version: Option<String>,
    /// The tool that generates the driver, and its version: `regloom 0.1.0`.
    pub tool: String,
    /// The registers, in the order in which they are printed.
    pub registers: Vec<RegisterView>,
    /// What the driver reads before it makes a node, to know the hardware for the map's.
    pub identity: Vec<IdentityView>,
}

/// A register, or an array of registers that are alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterView {
    /// Name of the register's type, in capitals.
    pub name: String,
    /// Bytes from the start of the block, for an array those of its first register.
    pub offset: u64,
    /// Bits: 8, 16, 32 or 64.
    pub width: u32,
    /// What the register does. May be empty.
    pub description: String,
    /// The array, when there is one.
    pub array: Option<ArrayView>,
    /// The fields, in the order in which they are printed.
    pub fields: Vec<FieldView>,
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
    /// Name of the method that gets the field, in lower case.
    pub name: String,
    /// Highest bit of the field, below the width of the register.
    pub high: u32,
    /// Lowest bit of the field.
    pub low: u32,
    /// What the field does. May be empty.
    pub description: String,
}

/// A register that tells the hardware from other hardware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityView {
    /// Name of a register of 32 bits that is not in an array.
    pub register: String,
    /// What it reads as.
    pub value: u32,
}

impl DriverView {
    /// What the nodes are called before their number, and what the device-tree alias that asks
    /// for a number is called before it: the name, and a hyphen where that ends in a digit, so
    /// that name and number stay apart (the kernel takes all digits at the end of an alias for
    /// the number).
    #[must_use]
    pub fn node_stem(&self) -> String {
        let hyphen = if self.name.ends_with(|last: char| last.is_ascii_digit()) {
            "-"
        } else {
            ""
        };
        format!("{}{hyphen}", self.name)
    }

    /// What the module says it is, as the inside of a string literal.
    pub(crate) fn summary(&self) -> String {
        text::first_paragraph(&self.description)
            .unwrap_or_else(|| text::literal(&format!("Register block {}", self.name)))
    }
}

impl RegisterView {
    /// What stands in brackets behind the type: the number of registers, and the stride unless
    /// they follow each other without a gap.
    pub(crate) fn dimensions(&self) -> String {
        match self.array {
            Some(ArrayView { count, stride }) if stride == u64::from(self.width / 8) => {
                format!("[{count}]")
            }
            Some(ArrayView { count, stride }) => format!("[{count}, stride = {stride:#x}]"),
            None => String::new(),
        }
    }
}
