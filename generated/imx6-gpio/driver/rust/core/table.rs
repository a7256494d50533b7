// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The tables by which a driver describes its register block.

// A driver does not use every kind of table entry.
#![allow(dead_code)]

use kernel::prelude::*;

/// One kind of register block.
pub(crate) struct Device {
    /// Name of the driver.
    pub(crate) name: &'static CStr,
    /// Name of the nodes, and of their aliases in the device tree, without their number.
    pub(crate) node: &'static CStr,
    /// Index of the driver in its module.
    pub(crate) index: u32,
    /// Bytes that the register map covers.
    pub(crate) size: usize,
    /// Hash of the register map, which programs compare with that of their own.
    pub(crate) hash: u64,
    /// Major, minor and patch of the map's version.
    pub(crate) version: [u32; 3],
    /// The block writes memory by itself.
    pub(crate) bus_master: bool,
    /// What programs may map.
    pub(crate) windows: &'static [Window],
    /// What the registers of the right hardware hold.
    pub(crate) identity: &'static [Identity],
    /// The lines that the block interrupts by, in the order of the device tree's.
    pub(crate) interrupts: &'static [Interrupt],
    /// Names of the clocks that the block runs on.
    pub(crate) clocks: &'static [&'static CStr],
    /// The resets that hold the block.
    pub(crate) resets: &'static [Reset],
    /// All registers, by ascending offset.
    pub(crate) registers: &'static [Register],
}

impl Device {
    /// Whether programs may write a register.
    pub(super) fn is_writable(&self, port: Port) -> bool {
        let end = port.offset + port.width as usize / 8;

        self.windows
            .iter()
            .any(|it| it.write && it.offset <= port.offset && end <= it.offset + it.size)
    }
}

/// Part of the block that programs may map, in bytes from its start.
pub(crate) struct Window {
    pub(crate) offset: usize,
    pub(crate) size: usize,
    pub(crate) write: bool,
    /// It is memory, which is mapped write-combining.
    pub(crate) memory: bool,
}

/// Bits of a register by which the hardware is recognised.
pub(crate) struct Identity {
    /// What the bits are, such as `magic`.
    pub(crate) what: &'static str,
    /// Name of the register.
    pub(crate) register: &'static str,
    /// What is read, in this order.
    pub(crate) parts: &'static [Part],
    /// Lowest of the bits.
    pub(crate) low: u32,
    /// Number of the bits, 1 to 64.
    pub(crate) bits: u32,
    pub(crate) value: u64,
}

/// A word of a larger number.
pub(crate) struct Part {
    pub(crate) port: Port,
    /// Its lowest bit in the number.
    pub(crate) shift: u32,
}

/// A register of 8, 16 or 32 bits, by its bytes from the start of the block.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Port {
    pub(crate) offset: usize,
    pub(crate) width: u32,
}

/// A line that the block interrupts by.
pub(crate) struct Interrupt {
    /// Its name in the device tree.
    pub(crate) name: &'static CStr,
    /// The line reports by an edge, which is there once.
    pub(crate) edge: bool,
    pub(crate) silence: Silence,
    /// The status registers; none: only the line reports the interrupt.
    pub(crate) sources: &'static [Source],
}

/// How a line falls silent.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Silence {
    /// By acknowledging its events, or by itself.
    Acknowledged,
    /// By its enable bits.
    Masked,
    /// At the interrupt controller.
    Line,
}

/// A status register of a line, and what belongs to it.
pub(crate) struct Source {
    pub(crate) status: Port,
    /// The status bits of this line.
    pub(crate) bits: u32,
    /// From status bits to the events that programs read.
    pub(crate) reported: &'static [Move],
    pub(crate) enable: Option<Enable>,
    pub(crate) acknowledge: Option<Acknowledge>,
}

/// Where events are let through.
pub(crate) enum Enable {
    /// In a register that is changed and written back.
    Register {
        bits: Bits,
        /// It can be read; otherwise the driver remembers what it wrote.
        readable: bool,
        /// Bits that are written back as they were read, or written last.
        kept: u32,
        /// Bits that are always written as 1, because a 0 would act.
        ones: u32,
    },
    /// In two registers where a 1 sets or clears.
    Pair {
        set: Bits,
        clear: Bits,
        /// Where the bits can be read.
        read: Option<Bits>,
    },
}

/// A register that has bits for those of a status register.
pub(crate) struct Bits {
    pub(crate) port: Port,
    /// From status bits to bits of this register.
    pub(crate) moves: &'static [Move],
}

/// How the events of a status register are acknowledged.
pub(crate) struct Acknowledge {
    pub(crate) bits: Bits,
    /// Bits that a 1 clears.
    pub(crate) ones: u32,
    /// Bits that a 0 clears, or that a 0 would change.
    pub(crate) zeros: u32,
    /// Bits that are written back as they were read.
    pub(crate) kept: u32,
}

/// The bits of `mask`, moved up by `shift`, or down where it is negative.
pub(crate) struct Move {
    pub(crate) mask: u32,
    pub(crate) shift: i8,
}

/// A reset that holds the block.
pub(crate) struct Reset {
    pub(crate) name: &'static CStr,
    /// No other device has it.
    pub(crate) exclusive: bool,
}

/// A register, or an array of equal registers.
pub(crate) struct Register {
    pub(crate) name: &'static str,
    /// Bytes from the start of the block, in an array those of the first.
    pub(crate) offset: usize,
    /// 8, 16, 32 or 64.
    pub(crate) width: u32,
    pub(crate) count: usize,
    pub(crate) stride: usize,
    /// Why debugfs does not read it.
    pub(crate) hidden: Option<&'static str>,
    /// A memory, which the driver does not access.
    pub(crate) memory: bool,
    pub(crate) fields: &'static [Field],
}

/// Name, highest and lowest bit of a field.
pub(crate) struct Field(pub(crate) &'static str, pub(crate) u32, pub(crate) u32);

/// `bits`, moved as `moves` state.
pub(super) fn moved(moves: &[Move], bits: u32) -> u32 {
    moves
        .iter()
        .fold(0, |all, it| all | shifted(bits & it.mask, it.shift.into()))
}

/// The bits that [`moved`] moves to `bits`.
pub(super) fn moved_back(moves: &[Move], bits: u32) -> u32 {
    moves.iter().fold(0, |all, it| {
        all | shifted(bits, -i32::from(it.shift)) & it.mask
    })
}

/// `bits`, shifted up, or down where `by` is negative.
fn shifted(bits: u32, by: i32) -> u32 {
    let shift = by.unsigned_abs();
    let shifted = if by < 0 {
        bits.checked_shr(shift)
    } else {
        bits.checked_shl(shift)
    };

    shifted.unwrap_or(0)
}
