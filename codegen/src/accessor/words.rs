// SPDX-License-Identifier: MIT OR Apache-2.0

//! Registers and fields in words, for documentation.

use regdesc::model::{Field, Format, Register, WriteConstraint};
use regdesc::number::Bits;

use super::doc::code;
use super::marker::in_code;
use crate::lowered::access::Method;
use crate::lowered::types::RegisterType;
use crate::sources::Lines;

/// The methods of a memory, for its documentation.
pub(super) fn memory_methods_in_words(methods: &[Method]) -> String {
    let reads = methods.contains(&Method::Read);
    let writes = methods.contains(&Method::Write);
    match (reads, writes) {
        (true, true) => "`read`, `copy_to`, `iter`, `write`, `copy_from`",
        (true, false) => "`read`, `copy_to`, `iter`",
        (false, true) => "`write`, `copy_from`",
        (false, false) => "No access",
    }
    .to_owned()
}

/// The methods of a register, for its documentation.
pub(super) fn methods_in_words(methods: &[Method]) -> String {
    let words: Vec<_> = methods.iter().map(|method| in_code(*method)).collect();
    match words.as_slice() {
        [] => "No access".to_owned(),
        _ => words.join(", "),
    }
}

/// Which values may be written, where not all may. A range counts the steps of a
/// fixed-point number.
pub(super) fn constraint_in_words(
    constraint: Option<WriteConstraint>,
    format: Format,
) -> Option<String> {
    let unit = match format {
        Format::Fixed { .. } => " steps",
        Format::Unsigned | Format::Signed => "",
    };
    Some(match constraint? {
        WriteConstraint::Range { minimum, maximum } => {
            format!("only {minimum} to {maximum}{unit} may be written")
        }
        WriteConstraint::AsRead => "only what was read may be written".to_owned(),
        WriteConstraint::Enumerated => "only what has a name may be written".to_owned(),
    })
}

/// Its bits, and what they are and hold.
pub(super) fn field(lines: &Lines<'_>, register: &Register, field: &Field) -> String {
    let bits = field.bits.value;
    let known = register.reset_mask.extract(bits).into();
    let reset = reset_in_words(&register.reset.extract(bits).into(), &known, bits.len);
    let constraint = constraint_in_words(field.write_constraint, field.format.value);
    format!(
        "{}: bit{} {bits}, {}{}, {reset}{}; {}.",
        code(&field.name),
        if bits.len == 1 { "" } else { "s" },
        field.access.value,
        format_in_words(field.format.value),
        constraint.map_or_else(String::new, |it| format!(", {it}")),
        lines.place(field.name.span),
    )
}

/// `rw`, or `rw and w1c` where the fields differ.
pub(super) fn access_in_words(register: &Register) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for access in register.accesses() {
        let kind = access.to_string();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.join(" and ")
}

/// What a register holds after reset; of one that became its beats, all of these.
pub(super) fn reset_of(typed: &RegisterType<'_>) -> String {
    let whole = typed.whole.map(|whole| whole.register);
    let of = whole.unwrap_or(typed.register);
    let reset = reset_in_words(&of.reset, &of.reset_mask, of.width.value);
    match whole {
        Some(_) => format!("{reset} in all"),
        None => reset,
    }
}

/// `reset 0x5`, with what is known of it.
pub(super) fn reset_in_words(reset: &Bits, known: &Bits, width: u32) -> String {
    if known.is_zero() {
        "reset unknown".to_owned()
    } else if *known == Bits::ones(width) {
        format!("reset {reset:#x}")
    } else {
        format!("reset {reset:#x} (known in {known:#x})")
    }
}

/// `, s3.13` for bits that are no plain count.
fn format_in_words(format: Format) -> String {
    match format {
        Format::Unsigned => String::new(),
        format => format!(", {format}"),
    }
}
