// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is known of an interrupt: registers and masks of its bits.

// Not every output prints all of it.
#![allow(dead_code)]

use regdesc::Spanned;
use regdesc::model::{Register, WriteEffect};
use regdesc::units::low_ones;

use crate::lowered::registers::Port;

/// Something that an interrupt reports.
pub(crate) struct Event<'m> {
    pub(crate) name: &'m Spanned<String>,
    pub(crate) description: Option<&'m str>,
    /// Its event bits: those of the status where the registers' bits line up, else one
    /// for each event in the order of the description.
    pub(crate) bits: u32,
}

/// A status register of an interrupt, and what belongs to it. Events that are enabled or
/// acknowledged by different registers have a source for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) status: Port,
    /// The bits of the status that report the interrupt.
    pub(crate) bits: u32,
    /// From the bits of the status to those of the events.
    pub(crate) reported: Vec<Move>,
    /// What lets them through; none: they always interrupt.
    pub(crate) enable: Option<Enable>,
    /// What is written to acknowledge them; none: a read of the status does, or nothing.
    pub(crate) acknowledge: Option<Acknowledge>,
}

/// What lets events through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Enable {
    /// A register that is read, changed and written back.
    Register {
        port: Port,
        /// From the bits of the status to those of the register.
        moves: Vec<Move>,
        /// A read returns what was written; else the driver keeps that.
        readable: bool,
        /// Bits that are written back as they were read (or written last).
        kept: u32,
        /// Bits that are always written as 1, because a 0 would act.
        ones: u32,
    },
    /// A 1 that is written to one register sets an enable bit, to another clears it.
    Pair {
        set: (Port, Vec<Move>),
        clear: (Port, Vec<Move>),
        /// What reads back, if anything does.
        read: Option<(Port, Vec<Move>)>,
    },
}

/// A write that acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledge {
    pub(crate) port: Port,
    /// From the bits of the status to those of the register.
    pub(crate) moves: Vec<Move>,
    /// Bits that a 1 acknowledges.
    pub(crate) ones: u32,
    /// Bits that a 0 acknowledges, or that a 0 would change.
    pub(crate) zeros: u32,
    /// Bits of the status, where that is the register, that are written back as they were
    /// read.
    pub(crate) kept: u32,
}

/// Bits that are elsewhere in another number: those of `mask`, moved up by `shift`, or down
/// where it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) mask: u32,
    pub(crate) shift: i8,
}

impl Move {
    /// The bits stay where they are.
    pub(super) fn identity(mask: u32) -> Vec<Move> {
        match mask {
            0 => Vec::new(),
            mask => vec![Move { mask, shift: 0 }],
        }
    }

    /// Adds the move of one bit, by the numbers of the bits.
    pub(super) fn add(moves: &mut Vec<Move>, from: u32, to: u32) {
        let place = |bit: u32| i8::try_from(bit).unwrap_or_default();
        let (mask, shift) = (1u32.checked_shl(from).unwrap_or(0), place(to) - place(from));
        match moves.iter_mut().find(|it| it.shift == shift) {
            Some(same) => same.mask |= mask,
            None => moves.push(Move { mask, shift }),
        }
    }
}

/// How a line falls silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// By acknowledging its events; by itself where nothing acknowledges them.
    Acknowledged,
    /// By its enable bits, because it follows what it reports.
    Masked,
    /// At the interrupt controller.
    Line,
}

/// What a write means to the bits of a register that has more than the interrupt's.
pub(super) struct Written {
    /// Bits that a 1 clears or inverts.
    pub(super) ones: u32,
    /// Bits that a 0 would change.
    pub(super) zeros: u32,
    /// Bits that take the value written and keep it.
    pub(super) plain: u32,
}

impl Written {
    pub(super) fn to(register: &Register) -> Self {
        use WriteEffect::{Modify, OneToClear, OneToToggle, ZeroToClear, ZeroToSet, ZeroToToggle};
        let of = |effects: &[WriteEffect]| {
            let such = register.bits_of(|it| it.write && effects.contains(&it.on_write));
            low_word(such)
        };
        let clear_themselves = register.fields.iter().filter(|field| field.self_clearing);
        let clear_themselves = clear_themselves.fold(0, |bits, field| bits | field.bits.mask());
        Written {
            ones: of(&[OneToClear, OneToToggle]),
            zeros: of(&[ZeroToClear, ZeroToSet, ZeroToToggle]),
            plain: of(&[Modify]) & !low_word(clear_themselves),
        }
    }
}

/// All bits of a register at that port.
pub(super) fn whole(port: Port) -> u32 {
    low_word(low_ones(port.width))
}

pub(super) fn low_word(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
