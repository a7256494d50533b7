// SPDX-License-Identifier: MIT OR Apache-2.0

//! Values fit the bits they are for.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Enumeration, Register};
use crate::units::{fits_in, low_ones};

/// A reset has no bits beyond its register.
pub(super) fn the_reset_fits(register: &Register, diagnostics: &mut Diagnostics) {
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
pub(super) fn enumerated_values_fit(
    block: &Block,
    register: &Register,
    diagnostics: &mut Diagnostics,
) {
    for field in &register.fields {
        let Some(id) = field.values else {
            continue;
        };
        for value in &block.enumeration(id).values {
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

/// No two names of an enumeration stand for one number.
pub(super) fn enumerated_values_differ(enumeration: &Enumeration, diagnostics: &mut Diagnostics) {
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
