// SPDX-License-Identifier: MIT OR Apache-2.0

//! Values fit the bits they are for.

use std::ops::RangeInclusive;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Enumeration, Register, WriteConstraint};
use crate::units::{fits_in, low_ones, numbers_of};

/// A reset has no bits beyond its register.
pub(crate) fn the_reset_fits(register: &Register, diagnostics: &mut Diagnostics) {
    let width = register.width.value;
    if fits_in(register.reset.value, width) {
        return;
    }
    diagnostics.push(
        Diagnostic::new(
            Code::ResetTooLarge,
            register.reset.span,
            format!(
                "the reset {:#x} does not fit into the {width} bits of `{}`",
                register.reset.value, register.name.value
            ),
            format!("at most {:#x}", low_ones(width)),
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
        for value in ids.flat_map(|id| &block.enumeration(id).values) {
            if fits_in(value.value.value, field.bits.len) {
                continue;
            }
            diagnostics.push(
                Diagnostic::new(
                    Code::EnumeratedValueTooLarge,
                    value.value.span,
                    format!(
                        "`{}` is {}, which does not fit into `{}`",
                        value.name.value, value.value.value, field.name.value
                    ),
                    "here",
                )
                .related(
                    field.bits.span,
                    format!("at most {}", low_ones(field.bits.len)),
                )
                .help("make the value smaller or the field wider"),
            );
        }
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

/// No two names of an enumeration stand for one number.
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
