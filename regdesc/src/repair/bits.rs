// SPDX-License-Identifier: MIT OR Apache-2.0

//! Widths, and the bits of fields.

use super::found::{found, report};
use crate::check::bits;
use crate::diagnostic::Diagnostics;
use crate::model::{Bus, Field, Format, Register};
use crate::number::MAX_WIDTH;
use crate::units::{BitRange, low_ones};

const ROUNDED_UP: &str = "a width is rounded up to the next that an access has";
const NO_NUMBER: &str = "a field of more than 64 bits is left out";
const CUT: &str = "a field ends with its register: its bits beyond are left out";
const BEYOND: &str = "a field that begins beyond its register is left out";
const SPLIT: &str = "a field that is in two words of its register is two numbers, one in each";
const VIEWS: &str = "fields on the same bits are views of them, and each is kept";

pub(super) fn the_width_is_an_access(
    bus: Bus,
    register: &mut Register,
    diagnostics: &mut Diagnostics,
) {
    let mistakes = found(|reported| bits::the_width_is_an_access(bus, register, reported));
    if !mistakes.is_empty() && register.width.value <= MAX_WIDTH {
        register.width.value = rounded_up(register.width.value, bus);
        report(mistakes, ROUNDED_UP, diagnostics);
    }
}

fn rounded_up(width: u32, bus: Bus) -> u32 {
    match width {
        0..=64 => width.next_power_of_two().max(8),
        _ => width.next_multiple_of(bus.width),
    }
}

pub(super) fn fields_are_numbers(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| bits::fields_are_numbers(register, reported));
    if !mistakes.is_empty() {
        register.fields.retain(|field| field.bits.len <= 64);
        report(mistakes, NO_NUMBER, diagnostics);
    }
}

pub(super) fn fields_lie_in_the_register(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| bits::fields_lie_in_the_register(register, reported));
    if mistakes.is_empty() {
        return;
    }
    let width = register.width.value;
    let outside = register.fields.iter().filter(|it| !it.bits.fits(width));
    for (field, mistake) in outside.zip(mistakes) {
        let rule = if field.bits.low < width { CUT } else { BEYOND };
        diagnostics.push(mistake.repaired(rule));
    }
    register.fields.retain(|field| field.bits.low < width);
    for field in &mut register.fields {
        field.bits.value = cut(field.bits.value, width);
    }
}

fn cut(bits: BitRange, width: u32) -> BitRange {
    BitRange {
        len: bits.len.min(width - bits.low),
        ..bits
    }
}

pub(super) fn fields_lie_in_words(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| bits::fields_lie_in_words(register, reported));
    if mistakes.is_empty() {
        return;
    }
    // A half may be in two words again where the last are short.
    while let Some((field, boundary)) = bits::crossing(register).first() {
        let halves = halves(field, *boundary);
        let name = field.name.value.clone();
        let whole = field.bits.value;
        let fields = register.fields.iter();
        let at = fields
            .clone()
            .position(|it| it.name.value == name && it.bits.value == whole);
        let Some(at) = at else {
            break;
        };
        register.fields.splice(at..=at, halves);
    }
    register.fields.sort_by_key(|field| field.bits.low);
    report(mistakes, SPLIT, diagnostics);
}

/// The parts of a field below and above a bit.
fn halves(field: &Field, boundary: u32) -> [Field; 2] {
    let bits = field.bits.value;
    let below = boundary - bits.low;
    let half = |suffix: &str, half: BitRange, reset: u64| Field {
        name: field.name.clone().map(|name| format!("{name}{suffix}")),
        bits: field.bits.map(|_| half),
        reset,
        format: field.format.map(|_| Format::Unsigned),
        values: None,
        write_values: None,
        write_constraint: None,
        ..field.clone()
    };
    let (low, high) = (
        BitRange { len: below, ..bits },
        BitRange {
            low: boundary,
            len: bits.len - below,
        },
    );
    let above = field.reset.checked_shr(below).unwrap_or(0);
    [
        half("_LOW", low, field.reset & low_ones(below)),
        half("_HIGH", high, above),
    ]
}

pub(super) fn fields_do_not_overlap(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| bits::fields_do_not_overlap(register, reported));
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
    report(mistakes, VIEWS, diagnostics);
}
