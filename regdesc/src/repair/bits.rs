// SPDX-License-Identifier: MIT OR Apache-2.0

//! Widths, and the bits of fields.

use super::{found, tell};
use crate::check::bits;
use crate::diagnostic::Diagnostics;
use crate::model::{Bus, Field, Register};
use crate::units::BitRange;

const ROUNDED_UP: &str = "a width is rounded up to the next that an access has";
const NO_NUMBER: &str = "a field of more than 64 bits is left out";
const CUT: &str = "a field ends with its register, and one that begins beyond it is left out";
const VIEWS: &str = "fields on the same bits are views of them, and each is kept";

/// No register is wider than this; what needs more is no width but a mistake.
const MAX_WIDTH: u32 = 1 << 16;

pub(super) fn the_width_is_an_access(
    bus: Bus,
    register: &mut Register,
    diagnostics: &mut Diagnostics,
) {
    let mistakes = found(|told| bits::the_width_is_an_access(bus, register, told));
    if !mistakes.is_empty() && register.width.value <= MAX_WIDTH {
        register.width.value = rounded_up(register.width.value, bus);
        tell(mistakes, ROUNDED_UP, diagnostics);
    }
}

fn rounded_up(width: u32, bus: Bus) -> u32 {
    match width {
        0..=64 => width.next_power_of_two().max(8),
        _ => width.next_multiple_of(bus.width),
    }
}

pub(super) fn fields_are_numbers(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|told| bits::fields_are_numbers(register, told));
    if !mistakes.is_empty() {
        register.fields.retain(|field| field.bits.len <= 64);
        tell(mistakes, NO_NUMBER, diagnostics);
    }
}

pub(super) fn fields_lie_in_the_register(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|told| bits::fields_lie_in_the_register(register, told));
    if mistakes.is_empty() {
        return;
    }
    let width = register.width.value;
    register.fields.retain(|field| field.bits.low < width);
    for field in &mut register.fields {
        field.bits.value = cut(field.bits.value, width);
    }
    tell(mistakes, CUT, diagnostics);
}

fn cut(bits: BitRange, width: u32) -> BitRange {
    BitRange {
        len: bits.len.min(width - bits.low),
        ..bits
    }
}

pub(super) fn fields_do_not_overlap(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|told| bits::fields_do_not_overlap(register, told));
    if mistakes.is_empty() {
        return;
    }
    let is_told = |field: &Field| {
        let mut places = mistakes.iter().flat_map(|mistake| {
            let related = mistake.related.iter().chain([&mistake.primary]);
            related.map(|label| label.span)
        });
        places.any(|span| span == field.bits.span)
    };
    for field in &mut register.fields {
        field.alternate |= is_told(field);
    }
    tell(mistakes, VIEWS, diagnostics);
}
