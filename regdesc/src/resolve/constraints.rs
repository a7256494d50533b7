// SPDX-License-Identifier: MIT OR Apache-2.0

//! Resets that a write constraint forbids to write.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Field, WriteConstraint};
use crate::number::Bits;
use crate::source::Spanned;
use crate::units::BitRange;

/// A reset that somebody states.
pub(super) struct Stated<'r> {
    /// Of the whole register, where the register has one of its own.
    pub(super) whole: Option<&'r Spanned<Bits>>,
    /// Of the register with those of its fields, and which bits of it are known.
    pub(super) reset: &'r Bits,
    pub(super) known: &'r Bits,
    /// The bits whose fields state their own.
    pub(super) fields: &'r [(BitRange, u64)],
}

impl Stated<'_> {
    /// What constraints forbid of it: to write the reset is what `reset()` does.
    pub(super) fn forbidden(
        &self,
        name: &Spanned<String>,
        constraint: Option<WriteConstraint>,
        fields: &[Field],
    ) -> Vec<Diagnostic> {
        if fields.is_empty() {
            let whole = self.whole.filter(|whole| whole.fits(u64::BITS));
            let number = whole.map(|whole| i128::from(whole.low()));
            return number
                .and_then(|number| forbidden(name, constraint, number))
                .into_iter()
                .collect();
        }
        let of_field = |field: &Field| {
            let bits = field.bits.value;
            let stated = self.whole.is_some() || self.fields.iter().any(|(own, _)| *own == bits);
            let known = self.known.extract(bits).count_ones() == bits.len;
            (stated && known)
                .then(|| number_of(field, self.reset.extract(bits)))
                .and_then(|number| forbidden(&field.name, field.write_constraint, number))
        };
        let writable = fields.iter().filter(|field| field.access.write);
        writable.filter_map(of_field).collect()
    }
}

/// The number that a field's bits are.
fn number_of(field: &Field, bits: u64) -> i128 {
    let len = field.bits.len;
    let negative = field.format.value.is_signed() && len > 0 && bits >> (len - 1) & 1 == 1;
    match negative {
        true => i128::from(bits) - (1_i128 << len),
        false => bits.into(),
    }
}

fn forbidden(
    name: &Spanned<String>,
    constraint: Option<WriteConstraint>,
    reset: i128,
) -> Option<Diagnostic> {
    let WriteConstraint::Range { minimum, maximum } = constraint? else {
        return None;
    };
    // A range of nothing is reported as that.
    let outside = minimum <= maximum && !(minimum..=maximum).contains(&reset);
    outside.then(|| {
        Diagnostic::new(
            Code::RegisterConstraint,
            name.span,
            format!(
                "the reset of `{}` is {reset}, and its write constraint allows only {minimum} to \
                 {maximum}",
                name.value
            ),
            "software cannot write its reset",
        )
        .help("correct the constraint or the reset")
    })
}
