// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bits: fields are in their register and apart from each other.

use crate::access::{ReadEffect, WriteEffect};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Bus, Field, Format, Register};
use crate::number::MAX_WIDTH;

/// The words of a memory are read and written as they are: nothing happens when
/// they are.
pub(super) fn memories_are_plain(register: &Register, diagnostics: &mut Diagnostics) {
    let access = register.access;
    let is_plain = access.on_read == ReadEffect::None
        && access.on_write == WriteEffect::Modify
        && !access.write_once;
    if register.memory && !is_plain {
        diagnostics.push(
            Diagnostic::new(
                Code::BadValue,
                access.span,
                format!(
                    "the words of the memory `{}` have an effect: their access is {}",
                    register.name.value, access.value
                ),
                "a memory has none",
            )
            .help("describe a register with `count:` in place of `memory:`"),
        );
    }
}

/// A register is as wide as an access that processors have, or takes whole
/// beats of the bus.
pub(crate) fn the_width_is_an_access(bus: Bus, register: &Register, diagnostics: &mut Diagnostics) {
    let width = register.width.value;
    let in_beats = width > 64 && width <= MAX_WIDTH && width.is_multiple_of(bus.width);
    if matches!(width, 8 | 16 | 32 | 64) || in_beats {
        return;
    }
    diagnostics.push(
        Diagnostic::new(
            Code::BadWidth,
            register.width.span,
            format!(
                "`{}` is {width} bits wide, which is not a width of an access",
                register.name.value
            ),
            "here",
        )
        .help(format!(
            "a width is 8, 16, 32 or 64 bits, or more in beats of the bus's {}",
            bus.width
        )),
    );
}

/// No field reaches beyond its register.
pub(crate) fn fields_lie_in_the_register(register: &Register, diagnostics: &mut Diagnostics) {
    for field in &register.fields {
        if !field.bits.fits(register.width.value) {
            diagnostics.push(
                Diagnostic::new(
                    Code::OutsideRegister,
                    field.bits.span,
                    format!(
                        "`{}` reaches beyond `{}`",
                        field.name.value, register.name.value
                    ),
                    format!("bits {}", field.bits.value),
                )
                .related(
                    register.name.span,
                    format!("{} bits wide", register.width.value),
                )
                .help("move the field, or make the register wider"),
            );
        }
    }
}

/// A field's value fits into an integer of 64 bits.
pub(crate) fn fields_are_numbers(register: &Register, diagnostics: &mut Diagnostics) {
    for field in register.fields.iter().filter(|field| field.bits.len > 64) {
        diagnostics.push(
            Diagnostic::new(
                Code::BadWidth,
                field.bits.span,
                format!("`{}` has {} bits", field.name.value, field.bits.len),
                "more than a number has",
            )
            .help("split it into fields of at most 64 bits"),
        );
    }
}

/// A register wider than 64 bits is accessed word by word: each field is in one.
pub(crate) fn fields_lie_in_words(register: &Register, diagnostics: &mut Diagnostics) {
    for (field, boundary) in crossing(register) {
        let (name, bits) = (&field.name.value, field.bits.value);
        let width = register.width.value;
        diagnostics.push(
            Diagnostic::new(
                Code::OutsideRegister,
                field.bits.span,
                format!(
                    "`{name}` is in two words of `{}`, which is accessed word by word",
                    register.name.value
                ),
                format!("bits {bits} cross bit {boundary}"),
            )
            .related(register.name.span, format!("{width} bits wide"))
            .help(format!(
                "split it: `{name}_LOW: \"{}:{}\"`, `{name}_HIGH: \"{}:{boundary}\"`",
                boundary - 1,
                bits.low,
                bits.high()
            )),
        );
    }
}

/// The fields that are in two words, and the lowest bit of the second. Those of
/// more than 64 bits are no numbers in any case.
pub(crate) fn crossing(register: &Register) -> Vec<(&Field, u32)> {
    if register.width.value <= u64::BITS {
        return Vec::new();
    }
    let words = register.words();
    let fields = register.fields.iter();
    let crossing = fields.filter_map(|field| {
        let bits = field.bits.value;
        let mut words = words.iter();
        let word = words.find(|word| (word.low..word.end()).contains(&bits.low))?;
        let crosses = bits.end() > word.end() && bits.len <= u64::BITS;
        (crosses && bits.fits(register.width.value)).then_some((field, word.end()))
    });
    crossing.collect()
}

/// A fixed-point format has as many bits as its field.
pub(super) fn formats_fill_their_fields(register: &Register, diagnostics: &mut Diagnostics) {
    for field in &register.fields {
        let Format::Fixed {
            integer, fraction, ..
        } = field.format.value
        else {
            continue;
        };
        let bits = integer.saturating_add(fraction);
        if bits == field.bits.len {
            continue;
        }
        diagnostics.push(
            Diagnostic::new(
                Code::BadFormat,
                field.format.span,
                format!(
                    "`{}` has {} bits, and {} has {bits}",
                    field.name.value, field.bits.len, field.format.value
                ),
                format!("{bits} bits, a sign included"),
            )
            .related(field.bits.span, format!("{} bits", field.bits.len))
            .help("make the bits before and behind the point as many as the field's"),
        );
    }
}

/// Hardware clears only what software can set.
pub(super) fn what_clears_itself_can_be_set(register: &Register, diagnostics: &mut Diagnostics) {
    for field in &register.fields {
        if field.self_clearing && !field.access.write {
            diagnostics.push(
                Diagnostic::new(
                    Code::EffectWithoutAccess,
                    field.name.span,
                    format!(
                        "`{}` clears itself, and nothing can set it",
                        field.name.value
                    ),
                    "self-clearing",
                )
                .related(
                    field.access.span,
                    format!("the access is {}", field.access.value),
                )
                .help("give it an access that may write, or remove `self-clearing`"),
            );
        }
    }
}

/// Fields share a bit only where both are views of it, or where one is only read
/// and the other only written.
pub(crate) fn fields_do_not_overlap(register: &Register, diagnostics: &mut Diagnostics) {
    // How far the fields before reach: most overlap none of them.
    let mut reach = 0;
    for (index, field) in register.fields.iter().enumerate() {
        let shares = |other: &&Field| other.bits.overlaps(field.bits.value);
        let mut before = register.fields[..index].iter();
        let other = match field.bits.low < reach {
            true => before.find(|other| shares(other) && !may_share(other, field)),
            false => None,
        };
        reach = reach.max(field.bits.end());
        diagnostics.extend(other.map(|other| overlap(register, other, field)));
    }
}

/// Reported at the one that is later in the text.
fn overlap(register: &Register, one: &Field, other: &Field) -> Diagnostic {
    let mut pair = [one, other];
    pair.sort_by_key(|field| field.bits.span);
    let [first, second] = pair;
    Diagnostic::new(
        Code::FieldOverlap,
        second.bits.span,
        format!(
            "`{}` and `{}` of `{}` use the same bits",
            first.name.value, second.name.value, register.name.value
        ),
        format!("bits {}", second.bits.value),
    )
    .related(first.bits.span, format!("bits {}", first.bits.value))
    .help("move one of them, or make it narrower")
}

fn may_share(a: &Field, b: &Field) -> bool {
    let opposed = |a: &Field, b: &Field| {
        let (a, b) = (a.access, b.access);
        a.read && !a.write && b.write && !b.read
    };
    a.alternate || b.alternate || opposed(a, b) || opposed(b, a)
}
