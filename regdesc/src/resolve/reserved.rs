// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a vendor calls reserved, as often as it is.
//!
//! A name means reserved when it is `RESERVED`, `RSVD` or `RSRVD` in any case,
//! with or without underscores before it and digits and underscores behind it.
//! One thing of such a name is kept as any other: it may be looked at. When
//! several in one scope have the same name, the name distinguishes nothing, and
//! they are what it says: of fields and registers nothing is left but the bits
//! and bytes, and an enumerated value has its number behind its name.

use std::collections::{HashMap, HashSet};

use crate::description as written;
use crate::model::{Array, Field, Item, Register, Reserved};
use crate::units::ByteRange;

/// Whether a vendor's name plainly means that there is nothing.
fn is_reserved(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    let name = name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '_');
    let words = ["reserved", "rsvd", "rsrvd"];
    words.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// The reserved names that several things have.
fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> HashSet<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in names.filter(|name| is_reserved(name)) {
        *counts.entry(name).or_insert(0) += 1;
    }
    let several = counts.into_iter().filter(|(_, count)| *count > 1);
    several.map(|(name, _)| name.to_owned()).collect()
}

/// Leaves out the fields of a repeated reserved name: their bits are reserved, as
/// all that no field covers.
pub(super) fn without_repeated_fields(fields: &mut Vec<Field>) {
    let repeated = repeated(fields.iter().map(|field| field.name.as_str()));
    fields.retain(|field| !repeated.contains(&field.name.value));
}

/// Makes reserved ranges of the registers of a repeated reserved name. One that
/// was declared to share its place reserves nothing.
pub(super) fn without_repeated_registers(items: &mut Vec<Item>, reserved: &mut Vec<Reserved>) {
    let names = items.iter().filter_map(|item| match item {
        Item::Register(register) => Some(register.name.as_str()),
        Item::Cluster(_) => None,
    });
    let repeated = repeated(names);
    items.retain(|item| match item {
        Item::Register(register) if repeated.contains(&register.name.value) => {
            reserved.extend(range(register).map(|range| Reserved {
                name: register.name.clone(),
                range,
            }));
            false
        }
        _ => true,
    });
}

/// The bytes that a register has to itself: those of an array at once where
/// nothing lies between its elements, else of its first element alone.
fn range(register: &Register) -> Option<ByteRange> {
    let size = register.size();
    let whole = |array: Array| array.stride.value <= size;
    let len = match register.array {
        Some(array) if whole(array) => array.extent(size),
        _ => size,
    };
    let start = register.offset.value;
    (!register.alternate.is_declared()).then_some(ByteRange { start, len })
}

/// Puts the number behind the name of every enumerated value of a repeated
/// reserved name but the first, unless something has that name already.
pub(super) fn number_repeated_values(enumeration: &mut written::Enumeration) {
    let default = enumeration.default.iter().map(|it| it.name.as_str());
    let values = enumeration.values.iter().map(|it| it.name.as_str());
    let repeated = repeated(default.clone().chain(values.clone()));
    if repeated.is_empty() {
        return;
    }
    let mut taken: HashSet<String> = values.map(str::to_owned).collect();
    let mut seen: HashSet<String> = default.map(str::to_owned).collect();
    for value in &mut enumeration.values {
        let is_first = seen.insert(value.name.value.clone());
        if is_first || !repeated.contains(&value.name.value) {
            continue;
        }
        let numbered = format!("{}_{}", value.name.value, value.value.value);
        if taken.insert(numbered.clone()) {
            value.name.value = numbered;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_name_says_nothing_else() {
        for name in [
            "RESERVED",
            "reserved",
            "Reserved",
            "RESERVED0",
            "RESERVED_31_16",
            "_RESERVED",
            "RSVD",
            "rsvd_2",
            "RSRVD1",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in [
            "RES",
            "RES0",
            "RESET",
            "RESERVED_BITS",
            "RSV",
            "UNUSED",
            "RESERVE_SLOT",
            "NOT_RESERVED",
            "_",
            "",
        ] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
