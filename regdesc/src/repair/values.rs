// SPDX-License-Identifier: MIT OR Apache-2.0

//! Resets, enumerated values and constraints.

use std::collections::{HashMap, HashSet};

use super::found::{found, report};
use super::walk;
use crate::check::values;
use crate::check::walk::each_register;
use crate::diagnostic::Diagnostics;
use crate::model::{Block, Enumeration, Register};
use crate::units::fits_in;

const CUT: &str = "the bits of a reset beyond its register are left out";
const TOO_LARGE: &str = "an enumerated value that does not fit into its field is left out";
const EQUAL: &str =
    "of enumerated values with one number the first is kept, and the others are left out";
const ANY_VALUE: &str =
    "a write constraint that cannot be met is left out: any value may be written";

pub(super) fn the_reset_fits(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| values::the_reset_fits(register, reported));
    if !mistakes.is_empty() {
        register.reset.value = register.reset.cut(register.width.value);
        report(mistakes, CUT, diagnostics);
    }
}

/// A vendor's enumeration belongs to one field, or to those of an array.
pub(super) fn enumerated_values_fit(block: &mut Block, diagnostics: &mut Diagnostics) {
    let mut mistakes = Vec::new();
    let mut widths = HashMap::new();
    each_register(&block.items, &mut |register| {
        mistakes.extend(found(|reported| {
            values::enumerated_values_fit(block, register, reported);
        }));
        for field in &register.fields {
            for id in field.values.into_iter().chain(field.write_values) {
                widths.insert(id, field.bits.len);
            }
        }
    });
    if mistakes.is_empty() {
        return;
    }
    for (id, width) in widths {
        if let Some(enumeration) = block.enums.get_mut(id.index()) {
            enumeration.values.retain(|value| {
                u64::try_from(value.value.value).is_ok_and(|it| fits_in(it, width))
            });
        }
    }
    report(mistakes, TOO_LARGE, diagnostics);
}

pub(super) fn enumerated_values_differ(
    enumeration: &mut Enumeration,
    diagnostics: &mut Diagnostics,
) {
    let mistakes = found(|reported| values::enumerated_values_differ(enumeration, reported));
    if !mistakes.is_empty() {
        enumeration.values.dedup_by_key(|value| value.value.value);
        report(mistakes, EQUAL, diagnostics);
    }
}

pub(super) fn constraints_can_be_met(register: &mut Register, diagnostics: &mut Diagnostics) {
    let mistakes = found(|reported| values::constraints_can_be_met(register, reported));
    for mistake in &mistakes {
        let at = mistake.primary.span;
        let fields = register.fields.iter_mut();
        for field in fields.filter(|field| field.name.span == at) {
            field.write_constraint = None;
        }
        if register.name.span == at {
            register.write_constraint = None;
        }
    }
    report(mistakes, ANY_VALUE, diagnostics);
}

pub(super) fn named_values_may_be_written(block: &mut Block, diagnostics: &mut Diagnostics) {
    let mut mistakes = Vec::new();
    each_register(&block.items, &mut |register| {
        let wrong = found(|told| values::named_values_may_be_written(block, register, told));
        mistakes.extend(wrong);
    });
    if mistakes.is_empty() {
        return;
    }
    let places: HashSet<_> = mistakes.iter().map(|it| it.primary.span).collect();
    walk::each_register(&mut block.items, &mut |register| {
        let fields = register.fields.iter_mut();
        for field in fields.filter(|field| places.contains(&field.name.span)) {
            field.write_constraint = None;
        }
    });
    report(mistakes, ANY_VALUE, diagnostics);
}
