// SPDX-License-Identifier: MIT OR Apache-2.0

//! The value type of a register.

use std::collections::BTreeSet;

use askama::Template;
use regdesc::model::Register;

use super::context::Context;
use super::doc::{Doc, code};
use super::named::RegisterMember;
use super::text::{Hex, literal, number, rendered, uint};
use super::{field, marker, policy, words};
use crate::lowered::Shared;
use crate::lowered::access::action;
use crate::lowered::beat::Beat;
use crate::lowered::number::Number;
use crate::lowered::types::Kind as TypeKind;
use crate::names::{Language, identifier};

/// A value with fields.
#[derive(Template)]
#[template(path = "accessor/value.rs.j2", escape = "none")]
struct Value {
    doc: String,
    kind: Kind,
    fields: Vec<String>,
    members: Vec<field::Member>,
    /// What bits of it do that are named.
    actions: BTreeSet<&'static str>,
}

/// A kind of register that is one number with bits that act on a write.
#[derive(Template)]
#[template(path = "accessor/number.rs.j2", escape = "none")]
struct Whole {
    doc: String,
    kind: Kind,
}

/// What the runtime knows of either.
struct Kind {
    name: String,
    word: &'static str,
    beat: String,
    reset: Hex,
    masks: String,
    /// The author's name, as a literal.
    called: String,
    width: u32,
}

impl Kind {
    fn of(member: &RegisterMember<'_>, name: &str) -> Self {
        let register = member.register;
        let width = register.width.value;
        Kind {
            name: identifier(Language::Rust, name),
            word: word(member),
            beat: beat(member),
            reset: Hex(register.reset.low()),
            masks: marker::masks(member.masks, width),
            called: literal(&register.name),
            width,
        }
    }
}

/// The type of a register's value, or a name for the type of another; nothing for a
/// plain number.
pub(super) fn render(
    context: &Context<'_>,
    member: &RegisterMember<'_>,
    path: &[String],
) -> Option<String> {
    let TypeKind::Fields(shared) = member.kind else {
        return None;
    };
    let name = member.type_name.as_deref()?;
    Some(match shared {
        Shared::First(_) if member.register.fields.is_empty() => rendered(&Whole {
            doc: doc(context, member, name).at(0),
            kind: Kind::of(member, name),
        }),
        Shared::First(_) => rendered(&value(context, member, name, path)),
        Shared::Again(number) => {
            let of = context.named.definitions.get(number)?;
            let doc = doc_of_same(context, member, name, of.register).at(0);
            let name = identifier(Language::Rust, name);
            format!("{doc}pub type {name} = {};", of.seen_from(path))
        }
    })
}

fn value(context: &Context<'_>, member: &RegisterMember<'_>, name: &str, path: &[String]) -> Value {
    let fields = member.fields.iter();
    Value {
        doc: doc(context, member, name).at(1),
        kind: Kind::of(member, name),
        fields: policy::fields(context, member.register, path),
        members: fields
            .flat_map(|names| field::render(context, member, names, path))
            .collect(),
        actions: actions(member.register),
    }
}

/// What the bits do that are named, by the runtime's types.
fn actions(register: &Register) -> BTreeSet<&'static str> {
    let fields = register.fields.iter();
    fields
        .filter_map(|field| Some(marker::action(action(field)?)))
        .collect()
}

/// The register's type, as seen from a handle in its own module.
pub(super) fn kind(member: &RegisterMember<'_>) -> String {
    match &member.type_name {
        // The handle has a parameter of that name.
        Some(name) if name == "Via" => return format!("self::{name}"),
        Some(name) => return identifier(Language::Rust, name),
        None => {}
    }
    let (word, beat) = (word(member), beat(member));
    let held = match &member.kind {
        TypeKind::Sole(field) => number(Number::of_field(field)),
        TypeKind::Number | TypeKind::Fields(_) => word.to_owned(),
    };
    let reset = Hex(member.register.reset.low());
    match member.constrained.map(number) {
        Some(written) => {
            format!("mmio::Constrained<{held}, {written}, {word}, {beat}, {reset}>")
        }
        None if held == word => format!("mmio::Number<{word}, {beat}, {reset}>"),
        None => format!("mmio::Sole<{held}, {word}, {beat}, {reset}>"),
    }
}

/// The register as a number.
pub(super) fn word(member: &RegisterMember<'_>) -> &'static str {
    uint(member.register.width.value)
}

/// How the bus moves it.
pub(super) fn beat(member: &RegisterMember<'_>) -> String {
    let (beat, unit) = (member.beat, uint(member.beat.width));
    if beat.is_plain() {
        return unit.to_owned();
    }
    let Beat {
        high_at_start,
        high_first,
        swapped,
        ..
    } = beat;
    format!("mmio::InOrder<{unit}, {high_at_start}, {high_first}, {swapped}>")
}

fn doc(context: &Context<'_>, member: &RegisterMember<'_>, name: &str) -> Doc {
    let register = member.register;
    let width = register.width.value;
    let reset = words::reset_of(member);
    let place = context.lines.place(register.name.span);
    Doc::line(format!(
        "What {} holds: {width} bits, {reset}; {place}.",
        code(&register.name)
    ))
    .and_author(register.description.as_deref())
    .alias(&register.name, name)
}

/// The same of one that has the type of `first`, whose methods do not say what is
/// described otherwise here.
fn doc_of_same(
    context: &Context<'_>,
    member: &RegisterMember<'_>,
    name: &str,
    first: &Register,
) -> Doc {
    let doc = doc(context, member, name);
    let register = member.register;
    let pairs = register.fields.iter().zip(&first.fields);
    let mut differing = pairs
        .filter(|(own, first)| own.description != first.description)
        .map(|(own, _)| own)
        .peekable();
    if differing.peek().is_none() {
        return doc;
    }
    let doc = doc.and(format!("As {}, but for:", code(&first.name)));
    differing.fold(doc, |doc, field| {
        doc.and(words::field(context.lines, register, field))
            .and_author(field.description.as_deref())
    })
}
