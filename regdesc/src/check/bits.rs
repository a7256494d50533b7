// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bits: fields lie in their register and apart from each other.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Field, Register};

/// A register is as wide as an access that processors have.
pub(super) fn the_width_is_an_access(register: &Register, diagnostics: &mut Diagnostics) {
    if matches!(register.width.value, 8 | 16 | 32 | 64) {
        return;
    }
    diagnostics.push(
        Diagnostic::new(
            Code::BadWidth,
            register.width.span,
            format!(
                "`{}` is {} bits wide, which is no width of an access",
                register.name.value, register.width.value
            ),
            "here",
        )
        .help("a width is 8, 16, 32 or 64 bits"),
    );
}

/// No field reaches beyond its register.
pub(super) fn fields_lie_in_the_register(register: &Register, diagnostics: &mut Diagnostics) {
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

/// Fields share a bit only where one is only read and the other only written.
pub(super) fn fields_do_not_overlap(register: &Register, diagnostics: &mut Diagnostics) {
    for (index, field) in register.fields.iter().enumerate() {
        let other = register.fields[..index]
            .iter()
            .find(|other| other.bits.overlaps(field.bits.value) && !may_share(other, field));
        if let Some(other) = other {
            diagnostics.push(
                Diagnostic::new(
                    Code::FieldOverlap,
                    field.bits.span,
                    format!(
                        "`{}` and `{}` of `{}` use the same bits",
                        other.name.value, field.name.value, register.name.value
                    ),
                    format!("bits {}", field.bits.value),
                )
                .related(other.bits.span, format!("bits {}", other.bits.value))
                .help("move one of them, or make it narrower"),
            );
        }
    }
}

fn may_share(a: &Field, b: &Field) -> bool {
    let opposed = |a: &Field, b: &Field| {
        let (a, b) = (a.access, b.access);
        a.read && !a.write && b.write && !b.read
    };
    opposed(a, b) || opposed(b, a)
}
