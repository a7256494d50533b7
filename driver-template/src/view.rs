// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a driver is rendered from: finished names and numbers.
//!
//! Names are printed as they are: the caller has given them their case, has dodged
//! the keywords of Rust and the reserved names ([of fields](crate::RESERVED_FIELD_NAMES) and
//! [of registers](crate::RESERVED_REGISTER_NAMES)), and has seen that they differ. Descriptions may
//! hold anything: they are wrapped, and made harmless, as they are printed.

use crate::text;

/// A driver for one kind of register block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriverView {
    /// Name of the module and of its file, such as `fpga_mem`. A Rust identifier, at most 55
    /// bytes (the kernel's `MODULE_NAME_LEN`).
    pub module: String,
    /// Name of the driver, such as `fpga-mem`. It also begins the names of the
    /// [nodes](node_stem).
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
    /// Major, minor and patch of the map's version; zeros where it has none.
    pub version_numbers: [u32; 3],
    /// Hash of the map.
    pub hash: u64,
    /// What programs may map; none: the whole block, to read and write.
    pub windows: Vec<WindowView>,
    /// The lines that the block interrupts by, in the order of the device tree's.
    pub interrupts: Vec<InterruptView>,
    /// Names of the clocks that the block runs on.
    pub clocks: Vec<String>,
    /// Names of the resets that hold the block.
    pub resets: Vec<String>,
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
    /// Why debugfs does not show what the register holds, if it does not.
    pub unseen: Option<String>,
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

/// Bits of a register that distinguish the hardware from other hardware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityView {
    /// What the bits say, such as `magic`.
    pub what: String,
    /// Name of the register, for people.
    pub name: String,
    /// How the register is read: its number, of 64 bits.
    pub read: ReadView,
    /// Lowest of the bits.
    pub low: u32,
    /// Number of the bits, 1 to 64.
    pub bits: u32,
    /// What they read as.
    pub value: u64,
}

/// How a number is read from the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadView {
    /// From a register of at most 32 bits that is not in an array, by its name.
    Register(String),
    /// From two words of 32 bits, by their bytes from the start of the block.
    Words {
        /// The word with the low bits.
        low: u64,
        /// The word with the high bits.
        high: u64,
        /// The low word is read first.
        low_first: bool,
    },
}

impl Default for ReadView {
    fn default() -> Self {
        ReadView::Register(String::new())
    }
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
}

/// A line that the block interrupts by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterruptView {
    /// What the device tree calls it.
    pub name: String,
    /// The register, of at most 32 bits, that reports what happened; none: only the line reports it.
    pub status: Option<StatusView>,
    /// The register that lets the line through, a bit for each of the status.
    pub enable: Option<EnableView>,
    /// How the line falls silent.
    pub silence: SilenceView,
    /// The line reports by an edge, which is there once.
    pub edge: bool,
}

/// A register that reports why the block interrupts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusView {
    /// Name of the register.
    pub register: String,
    /// Bits: 8, 16 or 32.
    pub width: u32,
    /// The bits that interrupt.
    pub events: u32,
}

impl StatusView {
    /// What it holds, as an expression of 32 bits.
    pub(crate) fn read(&self) -> String {
        read(&self.register, self.width)
    }
}

/// A register that reads and is written without an effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnableView {
    /// Name of the register.
    pub register: String,
    /// Bits: 8, 16 or 32.
    pub width: u32,
}

impl EnableView {
    /// What it holds, as an expression of 32 bits.
    pub(crate) fn read(&self) -> String {
        read(&self.register, self.width)
    }

    /// `bits`, a `u32`, as the number that the register holds.
    pub(crate) fn bits(&self) -> String {
        narrowed("bits", self.width)
    }
}

/// How a line falls silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SilenceView {
    /// By itself, or when the status is read.
    #[default]
    OfItself,
    /// By a write to a register.
    Acknowledge {
        /// Name of the register.
        register: String,
        /// Bits: 8, 16 or 32.
        width: u32,
        /// Bits that a 1 clears.
        ones: u32,
        /// Bits that a 0 clears, or that a 0 would change.
        zeros: u32,
        /// Bits of the status that are written back as they were read.
        kept: u32,
    },
    /// By its bits in the enable register.
    Mask,
    /// At the interrupt controller.
    Line,
}

impl DriverView {
    /// Some interrupt is reported or silenced by a register, not only by its line.
    pub(crate) fn interrupts_have_registers(&self) -> bool {
        self.interrupts.iter().any(InterruptView::has_registers)
    }

    /// The windows, at least one.
    pub(crate) fn mapped(&self) -> Vec<WindowView> {
        match self.windows.as_slice() {
            [] => vec![WindowView {
                offset: 0,
                size: self.size,
                write: true,
            }],
            windows => windows.to_vec(),
        }
    }

    /// See [`node_stem`].
    pub(crate) fn node_stem(&self) -> String {
        node_stem(&self.name)
    }

    /// The name of the option that chooses the driver in the kernel's configuration.
    pub(crate) fn option_name(&self) -> String {
        format!("REGLOOM_{}", self.module.to_ascii_uppercase())
    }

    /// The option as makefiles have it.
    pub(crate) fn option(&self) -> String {
        format!("CONFIG_{}", self.option_name())
    }

    /// What the option's help says of the block, in lines.
    pub(crate) fn help(&self) -> Vec<String> {
        match text::plain(72, &self.description) {
            lines if lines.is_empty() => vec![format!("The register block {}.", self.name)],
            lines => lines,
        }
    }

    /// What the module says it is, as the inside of a string literal.
    pub(crate) fn summary(&self) -> String {
        text::first_paragraph(&self.description)
            .unwrap_or_else(|| text::literal(&format!("Register block {}", self.name)))
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

impl IdentityView {
    /// What its bits hold, as an expression of 64 bits.
    pub(crate) fn found(&self) -> String {
        let mut found = self.number();
        if self.low > 0 {
            found = format!("({found}) >> {}", self.low);
        }
        let whole = match self.read {
            ReadView::Register(_) => 32,
            ReadView::Words { .. } => 64,
        };
        if self.bits < whole {
            found = format!("({found}) & {:#x}", self.mask());
        }
        found
    }

    fn number(&self) -> String {
        match &self.read {
            ReadView::Register(name) => format!("u64::from(io.read(regs::{name}).into_raw())"),
            ReadView::Words {
                low,
                high,
                low_first,
            } => {
                let words = if *low_first {
                    [(low, 0), (high, 32)]
                } else {
                    [(high, 32), (low, 0)]
                };
                words
                    .map(|(offset, shift)| {
                        let word = format!("u64::from(io.read32({offset:#x}))");
                        if shift == 0 {
                            word
                        } else {
                            format!("{word} << {shift}")
                        }
                    })
                    .join(" | ")
            }
        }
    }

    /// A 1 for each of its bits, at the bottom.
    fn mask(&self) -> u64 {
        u64::MAX >> (64 - self.bits.clamp(1, 64))
    }
}

impl InterruptView {
    /// A register reports or silences it, not only its line.
    fn has_registers(&self) -> bool {
        self.status.is_some() || self.enable.is_some() || self.acknowledgement().is_some()
    }

    /// Other devices may have the line too: the driver never takes it from them.
    pub(crate) fn shared(&self) -> bool {
        self.status.is_some() && self.enable.is_some()
    }

    /// What is written to acknowledge, as an expression of `status` and `pending`.
    pub(crate) fn acknowledgement(&self) -> Option<(&str, String)> {
        let SilenceView::Acknowledge {
            register,
            width,
            ones,
            zeros,
            kept,
        } = &self.silence
        else {
            return None;
        };
        let events = self
            .status
            .as_ref()
            .map_or(u32::MAX, |status| status.events);
        let mut terms = Vec::new();
        if events & !ones == 0 {
            terms.push("pending".to_owned());
        } else if *ones != 0 {
            terms.push(format!("(pending & {ones:#x})"));
        }
        if *zeros != 0 {
            terms.push(format!("(!pending & {zeros:#x})"));
        }
        if *kept != 0 {
            terms.push(format!("(status & {kept:#x})"));
        }
        let value = match terms.as_slice() {
            [] => "0_u32".to_owned(),
            [term] => term.clone(),
            terms => format!("({})", terms.join(" | ")),
        };
        Some((register, narrowed(&value, *width)))
    }
}

/// What a register of at most 32 bits holds, as an expression of 32 bits.
fn read(register: &str, width: u32) -> String {
    let raw = format!("io.read(regs::{register}).into_raw()");
    match width {
        32 => raw,
        _ => format!("u32::from({raw})"),
    }
}

/// An expression of a `u32` as one of as many bits.
fn narrowed(value: &str, width: u32) -> String {
    match width {
        32 => value.to_owned(),
        narrower => format!("({value} as u{narrower})"),
    }
}

impl RegisterView {
    /// How often it is there.
    pub(crate) fn count(&self) -> u64 {
        self.array.map_or(1, |array| array.count)
    }

    /// Bytes from one to the next.
    pub(crate) fn stride(&self) -> u64 {
        self.array
            .map_or(u64::from(self.width / 8), |array| array.stride)
    }

    /// Why it is not shown, as an expression.
    pub(crate) fn unseen(&self) -> String {
        match &self.unseen {
            Some(why) => format!("Some(\"{}\")", text::literal(why)),
            None => "None".to_owned(),
        }
    }

    /// The text in brackets behind the type: the number of registers, and the stride unless
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
