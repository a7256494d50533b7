// SPDX-License-Identifier: MIT OR Apache-2.0

//! The fields of a register.

use super::access;
use super::pair::{Pairs, bare, pair};
use super::rules::Rule;
use super::seen::{EnumUse, Seen};
use super::site::Site;
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::model::{EnumId, Field, Register, ReservedBits};

/// Reports what changed among the fields of a register.
pub(super) fn compare(site: &mut Site<'_>, old: &Register, new: &Register, seen: &mut Seen) {
    match (old.fields.is_empty(), new.fields.is_empty()) {
        (true, true) => {}
        (true, false) => {
            site.report(Rule::FieldsGained, format!("got {}", counted(&new.fields)));
            seen.come.extend(new.fields.iter().flat_map(enums));
        }
        (false, true) => {
            site.report(
                Rule::FieldsLost,
                format!("lost its {}", counted(&old.fields)),
            );
            seen.gone.extend(old.fields.iter().flat_map(enums));
        }
        (false, false) => {
            compare_fields(site, old, new, seen);
            compare_values(site, old, new, seen);
        }
    }
}

/// Reports where a register that a program had as one number became one of fields, or
/// the reverse.
fn compare_values(site: &mut Site<'_>, old: &Register, new: &Register, seen: &Seen) {
    let was_number = old.sole_number(seen.policy).is_some();
    let is_number = new.sole_number(seen.new_policy).is_some();
    match (was_number, is_number) {
        (true, false) => site.report(
            Rule::FieldsGained,
            "is no longer one number of its own name".to_owned(),
        ),
        (false, true) => site.report(
            Rule::FieldsLost,
            "became one number of its own name".to_owned(),
        ),
        (true, true) | (false, false) => {}
    }
}

fn counted(fields: &[Field]) -> String {
    match fields.len() {
        1 => "1 field".to_owned(),
        many => format!("{many} fields"),
    }
}

/// The enumerations of a field.
pub(super) fn enums(field: &Field) -> impl Iterator<Item = EnumId> {
    field.values.into_iter().chain(field.write_values)
}

/// Which field of the old register is which of the new.
pub(super) fn paired<'m>(old: &'m Register, new: &'m Register) -> Pairs<'m, Field> {
    pair(&old.fields, &new.fields, |field| field.name.as_str())
        .or_by(|field| bare(&field.name))
        .or_by(|field| (field.bits.low, field.bits.len))
}

fn compare_fields(site: &mut Site<'_>, old: &Register, new: &Register, seen: &mut Seen) {
    let pairs = paired(old, new);
    for (field, new_field) in pairs.both {
        let mut site = site.within("field", &field.name, &new_field.name);
        compare_field(&mut site, (old, field), (new, new_field), seen);
    }
    for field in pairs.removed {
        site.removed(Rule::FieldRemoved, "field", &field.name);
        seen.gone.extend(enums(field));
    }
    for field in pairs.added {
        let rule = rule_of_added(old, field, seen.policy);
        let message = match rule {
            Rule::FieldAddedLimits => "added; the register is no longer read or changed without it",
            Rule::FieldAddedActing => "added; what old software stores in its bits acts on it",
            _ => "added",
        };
        site.added_as(rule, "field", &field.name, message);
        seen.come.extend(enums(field));
    }
}

fn compare_field(
    site: &mut Site<'_>,
    (old_register, old): (&Register, &Field),
    (new_register, new): (&Register, &Field),
    seen: &mut Seen,
) {
    let Field {
        name,
        description,
        bits,
        access,
        reset,
        format,
        self_clearing,
        values,
        write_values,
        write_constraint,
        alternate,
    } = old;
    site.renamed(Rule::FieldRenamed, name, &new.name);
    site.described(description.as_ref(), new.description.as_ref());
    site.became(Rule::FieldMoved, "bits", bits, &new.bits);
    // What a field has from its register is reported there.
    if (access, &new.access) != (&old_register.access, &new_register.access) {
        access::compare(site, access, &new.access);
    }
    let cut = |register: &Register, field: &Field| register.reset.extract(field.bits.value);
    let at_register = (cut(old_register, old), cut(new_register, new));
    if (*reset, new.reset) != at_register {
        site.became(Rule::Reset, "reset", reset, &new.reset);
    }
    site.became(Rule::Format, "format", format, &new.format);
    site.became(
        Rule::SelfClearing,
        "self-clearing",
        self_clearing,
        &new.self_clearing,
    );
    access::constraint(site, *write_constraint, new.write_constraint);
    site.became(Rule::Alternate, "alternate", alternate, &new.alternate);
    for (what, old, new) in [
        ("values", *values, new.values),
        ("written values", *write_values, new.write_values),
    ] {
        if old.is_some() || new.is_some() {
            let field = site.remembered();
            seen.uses.push(EnumUse {
                field,
                what,
                old,
                new,
            });
        }
    }
}

/// What a field means that was added to others of a register.
fn rule_of_added(old: &Register, field: &Field, policy: ReservedBits) -> Rule {
    if limits(old, field.access.value) {
        Rule::FieldAddedLimits
    } else if acts_on_old_writes(old, field, policy) {
        Rule::FieldAddedActing
    } else {
        Rule::FieldAdded
    }
}

/// Whether with a field of that access the register can no longer be read, or no
/// longer be changed by read-modify-write, although it could.
fn limits(register: &Register, access: Access) -> bool {
    let mut accesses = register.accesses();
    if access.on_read != ReadEffect::None {
        accesses.any(Access::reads_plainly)
    } else if access.survives_write_back() || leaves_alone(access.on_write) {
        false
    } else {
        accesses.any(|it| it.read && it.write)
    }
}

/// Whether there is a value whose writing does nothing.
fn leaves_alone(effect: WriteEffect) -> bool {
    use WriteEffect as W;
    match effect {
        W::OneToClear | W::OneToSet | W::OneToToggle => true,
        W::ZeroToClear | W::ZeroToSet | W::ZeroToToggle => true,
        W::Modify | W::Clear | W::Set => false,
    }
}

/// Whether what old software stores in the bits of a new field changes it.
fn acts_on_old_writes(old: &Register, field: &Field, policy: ReservedBits) -> bool {
    use WriteEffect as W;
    if !field.access.write || !old.accesses().any(|access| access.write) {
        return false;
    }
    let stored = match policy {
        ReservedBits::Zero => Some(0),
        ReservedBits::Reset => Some(old.reset.extract(field.bits.value)),
        // What was read: it is not known what that is.
        ReservedBits::Preserve => None,
    };
    match field.access.on_write {
        W::Modify if field.access.write_once => true,
        W::Modify => stored.is_some_and(|it| it != field.reset),
        W::OneToClear | W::OneToSet | W::OneToToggle => stored != Some(0),
        W::ZeroToClear | W::ZeroToSet | W::ZeroToToggle | W::Clear | W::Set => true,
    }
}
