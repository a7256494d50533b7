// SPDX-License-Identifier: MIT OR Apache-2.0

//! Values fit the bits they are for.

use std::ops::RangeInclusive;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, EnumeratedValue, Enumeration, Field, Register, WriteConstraint};
use crate::number::{Bits, Integer, MAX_WIDTH};
use crate::units::numbers_of;

/// A reset has no bits beyond its register.
pub(crate) fn the_reset_fits(register: &Register, diagnostics: &mut Diagnostics) {
    let width = register.width.value;
    if register.reset.fits(width) {
        return;
    }
    diagnostics.push(
        Diagnostic::new(
            Code::ResetTooLarge,
            register.reset.span,
            format!(
                "the reset {:#x} has {} bits, and `{}` has {width}",
                register.reset.value,
                register.reset.bit_length(),
                register.name.value
            ),
            format!("at most {:#x}", Bits::ones(width.min(MAX_WIDTH))),
        )
        .help("make the reset smaller or the register wider"),
    );
}

/// Every value of a field's enumeration fits into the field.
pub(crate) fn enumerated_values_fit(
    block: &Block,
    register: &Register,
    diagnostics: &mut Diagnostics,
) {
    for field in &register.fields {
        let ids = field.values.into_iter().chain(field.write_values);
        for enumeration in ids.map(|id| block.enumeration(id)) {
            let values = enumeration.values.iter();
            for value in values.filter(|value| !holds(field, enumeration, value)) {
                diagnostics.push(no_room(field, enumeration, value));
            }
        }
    }
}

/// Whether the field has room for a value of an enumeration.
pub(crate) fn holds(field: &Field, enumeration: &Enumeration, value: &EnumeratedValue) -> bool {
    let signed = field.format.value.is_signed();
    let number = value.value.value;
    match enumeration.is_signed() {
        true => numbers_of(field.bits.len, signed).contains(&number),
        // Without a sign they are the field's bits, whatever these are as a number.
        false => Integer::from(number)
            .in_bits(field.bits.len, signed)
            .is_some(),
    }
}

fn no_room(field: &Field, enumeration: &Enumeration, value: &EnumeratedValue) -> Diagnostic {
    let (name, number) = (&value.name.value, value.value.value);
    let signed = field.format.value.is_signed();
    if number < 0 && !signed {
        return Diagnostic::new(
            Code::EnumeratedValueTooLarge,
            value.value.span,
            format!(
                "`{name}` is {number}, and the bits of `{}` are unsigned",
                field.name.value
            ),
            "below 0",
        )
        .related(field.name.span, "unsigned")
        .help("add `format: signed` to the field, or write the bits as a number such as 0xff");
    }
    let numbers = numbers_of(field.bits.len, signed && enumeration.is_signed());
    let (limit, help) = match number < 0 {
        true => (
            format!("at least {}", numbers.start()),
            "make the value larger or the field wider",
        ),
        false => (
            format!("at most {}", numbers.end()),
            "make the value smaller or the field wider",
        ),
    };
    Diagnostic::new(
        Code::EnumeratedValueTooLarge,
        value.value.span,
        format!(
            "`{name}` is {number}, which does not fit into `{}`",
            field.name.value
        ),
        "here",
    )
    .related(field.bits.span, limit)
    .help(help)
}

/// Beside a negative value there is none beyond the numbers of 64 signed bits.
pub(crate) fn enumerated_values_have_one_sign(
    enumeration: &Enumeration,
    diagnostics: &mut Diagnostics,
) {
    let negative = enumeration.values.iter().find(|it| it.value.value < 0);
    let Some(negative) = negative else {
        return;
    };
    let numbers = numbers_of(u64::BITS, true);
    for value in &enumeration.values {
        if !numbers.contains(&value.value.value) {
            diagnostics.push(
                Diagnostic::new(
                    Code::EnumeratedValueTooLarge,
                    value.value.span,
                    format!(
                        "`{}` is {}, which no signed number of 64 bits is",
                        value.name.value, value.value.value
                    ),
                    "here",
                )
                .related(negative.value.span, "negative, so all are signed")
                .help("write all of them signed, or none"),
            );
        }
    }
}

/// Each value with a name that may be written is within the constraint's range.
pub(crate) fn named_values_may_be_written(
    block: &Block,
    register: &Register,
    diagnostics: &mut Diagnostics,
) {
    let writable = register.fields.iter().filter(|field| field.access.write);
    for field in writable {
        let Some(WriteConstraint::Range { minimum, maximum }) = field.write_constraint else {
            continue;
        };
        let values = field.write_values.or(field.values);
        let mut values = values
            .iter()
            .flat_map(|id| &block.enumeration(*id).values)
            .filter(|value| !(minimum..=maximum).contains(&value.value.value));
        let Some(value) = values.next().filter(|_| minimum <= maximum) else {
            continue;
        };
        diagnostics.push(
            Diagnostic::new(
                Code::BadConstraint,
                field.name.span,
                format!(
                    "the write constraint of `{}` forbids its value `{}`, {}",
                    field.name.value, value.name.value, value.value.value
                ),
                format!("only {minimum} to {maximum} may be written"),
            )
            .related(value.value.span, "cannot be written")
            .help("correct the constraint, or give what may be written a `write-enum` of its own"),
        );
    }
}

/// What may be written fits into the field, and has a name where names alone
/// may be written.
pub(crate) fn constraints_can_be_met(register: &Register, diagnostics: &mut Diagnostics) {
    let whole = (
        &register.name,
        register.write_constraint,
        numbers_of(register.width.value, false),
        register.width.value,
        false,
    );
    let fields = register.fields.iter().map(|field| {
        let named = field.values.or(field.write_values).is_some();
        let bits = field.bits.len;
        let numbers = numbers_of(bits, field.format.value.is_signed());
        (&field.name, field.write_constraint, numbers, bits, named)
    });
    for (name, constraint, numbers, bits, named) in fields.chain([whole]) {
        let wrong = match constraint {
            Some(WriteConstraint::Range { minimum, maximum }) if minimum > maximum => {
                format!("no number lies between {minimum} and {maximum}")
            }
            Some(WriteConstraint::Range { minimum, .. })
                if minimum < 0 && *numbers.start() == 0 =>
            {
                format!("{minimum} is negative, and its bits are unsigned")
            }
            Some(WriteConstraint::Range { maximum, .. }) if !numbers.contains(&maximum) => {
                does_not_fit(maximum, bits, &numbers)
            }
            Some(WriteConstraint::Range { minimum, .. }) if !numbers.contains(&minimum) => {
                does_not_fit(minimum, bits, &numbers)
            }
            Some(WriteConstraint::Enumerated) if !named => {
                "only what has a name may be written, and nothing has".to_owned()
            }
            _ => continue,
        };
        diagnostics.push(
            Diagnostic::new(
                Code::BadConstraint,
                name.span,
                format!(
                    "the write constraint of `{}` cannot be met: {wrong}",
                    name.value
                ),
                "constrained",
            )
            .help("correct the constraint or remove it"),
        );
    }
}

fn does_not_fit(number: i128, bits: u32, numbers: &RangeInclusive<i128>) -> String {
    match numbers.start() {
        0 => format!("{number} does not fit into {bits} bits"),
        min => format!(
            "{number} does not fit into {bits} signed bits, which hold {min} to {}",
            numbers.end()
        ),
    }
}

/// No two names of an enumeration represent one number.
pub(crate) fn enumerated_values_differ(enumeration: &Enumeration, diagnostics: &mut Diagnostics) {
    for pair in enumeration.values.windows(2) {
        let [first, second] = pair else {
            continue;
        };
        if first.value == second.value {
            diagnostics.push(
                Diagnostic::new(
                    Code::EnumeratedValuesEqual,
                    second.value.span,
                    format!(
                        "`{}` and `{}` are both {}",
                        first.name.value, second.name.value, second.value.value
                    ),
                    "here",
                )
                .related(first.value.span, "and here")
                .help("a field's value has one name: remove or change one"),
            );
        }
    }
}
