// SPDX-License-Identifier: MIT OR Apache-2.0

//! The value type of a register.

use std::collections::BTreeSet;

use askama::Template;
use regdesc::model::Register;
use regdesc::number::Bits;

use super::doc::{Doc, code};
use super::group::Printer;
use super::lower::{Beat, RegisterKind, RegisterMember};
use super::text::{Hex, literal, path_between, rendered};
use super::{access, field, table, uint};
use crate::names::identifier;

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

/// A kind of register that is one number, of which bits act on a write.
#[derive(Template)]
#[template(path = "accessor/number.rs.j2", escape = "none")]
struct Number {
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
            name: identifier(name),
            word: word(member),
            beat: beat(member),
            reset: Hex(register.reset.low()),
            masks: member.masks.in_code(width),
            called: literal(&register.name),
            width,
        }
    }
}

/// The type of a register's value, or what stands for it; nothing for a plain
/// number.
pub(super) fn render(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    path: &[String],
) -> Option<String> {
    match &member.kind {
        RegisterKind::Number | RegisterKind::Sole(_) => None,
        RegisterKind::Own(name) if member.fields.is_empty() => Some(rendered(&Number {
            doc: doc(printer, member, name).at(0),
            kind: Kind::of(member, name),
        })),
        RegisterKind::Own(name) => Some(rendered(&value(printer, member, name, path))),
        RegisterKind::Same { name, of } => {
            let doc = doc_of_same(printer, member, name, of.register).at(0);
            let (name, of) = (identifier(name), path_between(path, &of.path, &of.name));
            Some(format!("{doc}pub type {name} = {of};"))
        }
    }
}

fn value(printer: &Printer<'_>, member: &RegisterMember<'_>, name: &str, path: &[String]) -> Value {
    let fields = member.fields.iter();
    Value {
        doc: doc(printer, member, name).at(1),
        kind: Kind::of(member, name),
        fields: table::fields(printer, member.register, path),
        members: fields
            .flat_map(|names| field::render(printer, member, names, path))
            .collect(),
        actions: actions(member.register),
    }
}

/// What the bits do that are named, by the runtime's types.
fn actions(register: &Register) -> BTreeSet<&'static str> {
    let fields = register.fields.iter();
    fields
        .filter_map(|field| Some(access::action(field)?.marker))
        .collect()
}

/// The register's type, as seen from a handle in its own module.
pub(super) fn kind(member: &RegisterMember<'_>) -> String {
    let number = match &member.kind {
        // The handle has a parameter of that name.
        RegisterKind::Own(name) | RegisterKind::Same { name, .. } if name == "Via" => {
            return format!("self::{name}");
        }
        RegisterKind::Own(name) | RegisterKind::Same { name, .. } => return identifier(name),
        RegisterKind::Number => word(member).to_owned(),
        RegisterKind::Sole(field) => field::number(field),
    };
    let (word, beat) = (word(member), beat(member));
    let reset = Hex(member.register.reset.low());
    match field::constrained(member) {
        Some(written) => {
            format!("mmio::Constrained<{number}, {written}, {word}, {beat}, {reset}>")
        }
        None if number == word => format!("mmio::Number<{word}, {beat}, {reset}>"),
        None => format!("mmio::Sole<{number}, {word}, {beat}, {reset}>"),
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

fn doc(printer: &Printer<'_>, member: &RegisterMember<'_>, name: &str) -> Doc {
    let register = member.register;
    let width = register.width.value;
    let reset = reset_of(member);
    let place = printer.lines.place(register.name.span);
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
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    name: &str,
    first: &Register,
) -> Doc {
    let doc = doc(printer, member, name);
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
        doc.and(field::in_words(printer, register, field))
            .and_author(field.description.as_deref())
    })
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
pub(super) fn reset_of(member: &RegisterMember<'_>) -> String {
    let whole = member.whole.as_ref().map(|whole| whole.register);
    let of = whole.unwrap_or(member.register);
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
