// SPDX-License-Identifier: MIT OR Apache-2.0

//! Enumerations as Rust enums.

use askama::Template;
use regdesc::model::Enumeration;
use regdesc::number::low_bits;
use regdesc::units::low_ones;

use super::doc::{Doc, code};
use super::named::EnumName;
use super::text::{Hex, int, literal, rendered};
use crate::lowered::types::EnumType;
use crate::names::{Language, Place, Scope, Use, identifier};
use crate::sources::Lines;

#[derive(Template)]
#[template(path = "accessor/enumeration.rs.j2", escape = "none")]
struct View {
    doc: String,
    name: String,
    int: &'static str,
    signed: bool,
    values: Vec<Variant>,
    /// Every number of the integer has a name.
    all_named: bool,
    /// Bits of the fields in which every number has a name.
    exhaustive: Option<u32>,
    /// The number that these are.
    low_bits: String,
    /// Its values by the numbers of their bits.
    named: Vec<(u64, String)>,
}

struct Variant {
    doc: String,
    ident: String,
    number: i128,
}

pub(super) fn render(
    lines: &Lines<'_>,
    enumeration: &Enumeration,
    enum_name: &EnumName<'_>,
) -> String {
    let enum_type = enum_name.typed;
    let place = lines.place(enumeration.name.span);
    let doc = Doc::line(format!("{}; {place}.", code(&enumeration.name)))
        .and_author(enumeration.description.as_deref())
        .alias(&enumeration.name, &enum_name.name);
    rendered(&View {
        doc: doc.at(0),
        name: identifier(Language::Rust, &enum_name.name),
        int: int(enum_type.int()),
        signed: enum_type.signed,
        values: variants(enumeration),
        all_named: enumeration.is_exhaustive(enum_type.int().bits),
        exhaustive: enum_type.exhaustive,
        low_bits: low_bits_in_code(enum_type),
        named: names_by_bits(enumeration),
    })
}

/// The number that the low bits of `bits` are which fields have in which every
/// number has a name.
fn low_bits_in_code(enum_type: &EnumType) -> String {
    let bits = enum_type.exhaustive.unwrap_or_default();
    match (enum_type.signed, enum_type.int().bits - bits) {
        (false, _) => format!("bits & {}", Hex(low_ones(bits))),
        (true, 0) => "bits".to_owned(),
        // The highest is the sign.
        (true, spare) => format!("(bits << {spare}) >> {spare}"),
    }
}

/// The names in the order in which the runtime looks for them: of their bits.
fn names_by_bits(enumeration: &Enumeration) -> Vec<(u64, String)> {
    let values = enumeration.values.iter();
    let mut named: Vec<_> = values
        .map(|value| {
            let bits = low_bits(value.value.value, u64::BITS);
            (bits, literal(&value.name))
        })
        .collect();
    named.sort_by_key(|(bits, _)| *bits);
    named
}

/// A name for the enum of an enumeration that says the same.
pub(super) fn render_same(
    lines: &Lines<'_>,
    enumeration: &Enumeration,
    enum_name: &EnumName<'_>,
    first: &EnumName<'_>,
) -> String {
    let place = lines.place(enumeration.name.span);
    let doc = Doc::line(format!("{}; {place}.", code(&enumeration.name)))
        .alias(&enumeration.name, &enum_name.name);
    let name = identifier(Language::Rust, &enum_name.name);
    let first = first.seen_from(&enum_name.path);
    format!("{}pub type {name} = {first};", doc.at(0))
}

fn variants(enumeration: &Enumeration) -> Vec<Variant> {
    let mut scope = Scope::of(Language::Rust, Place::Plain);
    let values = enumeration.values.iter().map(|value| {
        let number = value.value.value;
        let name = scope.claim(Use::Type, &value.name);
        let doc = Doc::line(format!("{}, {number}.", code(&value.name)))
            .and_author(value.description.as_deref())
            .alias(&value.name, &name);
        Variant {
            doc: doc.at(1),
            ident: identifier(Language::Rust, &name),
            number,
        }
    });
    values.collect()
}
