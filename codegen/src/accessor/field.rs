// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a value type says about a field: its getter, its setters, its mask.

use std::fmt;

use askama::Template;
use regdesc::model::{EnumId, Field, Format, Register, WriteConstraint};
use regdesc::units::low_ones;

use super::access::{self, Action, Method};
use super::doc::{Doc, code};
use super::group::Printer;
use super::lower::{EnumType, FieldNames, RegisterKind, RegisterMember};
use super::text::{Function, Hex};
use super::value::reset_in_words;
use super::{enumeration, uint};
use crate::names::identifier;

/// One of the things that a value type says about a field.
#[derive(Template)]
#[template(path = "accessor/member.rs.j2", escape = "none")]
pub(super) enum Member {
    Mask {
        doc: String,
        name: String,
        action: &'static str,
        mask: Hex,
    },
    Method(Function),
}

pub(super) fn render(
    printer: &Printer<'_>,
    member: &RegisterMember<'_>,
    names: &FieldNames<'_>,
    path: &[String],
) -> impl Iterator<Item = Member> {
    let field = names.field;
    let access = field.access.value;
    let part = Part {
        names,
        word: uint(member.register.width.value),
        width: member.register.width.value,
        kind: Kind::of(printer, field, field.values, path),
        written: Kind::of(printer, field, field.write_values.or(field.values), path)
            .within(Bounds::of_constraint(field.write_constraint)),
    };
    let writable = member.methods.contains(&Method::Write) && access::takes_a_value(field);
    let doc = part.doc(printer, member);
    let mask = access::action(field).map(|action| part.mask(action));
    let getter = access.read.then(|| part.getter(&doc));
    // A field that cannot be read has its story told at the setter.
    let setter_doc = if access.read { part.setter_doc() } else { doc };
    let setter = writable.then(|| part.setter(&setter_doc));
    [mask, getter, setter].into_iter().flatten()
}

/// The type of a field that has no names for its values.
pub(super) fn number(field: &Field) -> String {
    Kind::number(field).written().0
}

/// The type of what may be written to a register that is one number, where that is
/// not every value it can hold.
pub(super) fn constrained(member: &RegisterMember<'_>) -> Option<String> {
    let register = member.register;
    let (kind, of_field) = match member.kind {
        RegisterKind::Number => (Kind::whole(register.width.value), None),
        RegisterKind::Sole(field) => (Kind::number(field), field.write_constraint),
        RegisterKind::Own(_) | RegisterKind::Same { .. } => return None,
    };
    if !member.methods.contains(&Method::Write) {
        return None;
    }
    let (every, _) = kind.written();
    let kind = [register.write_constraint, of_field]
        .map(Bounds::of_constraint)
        .into_iter()
        .fold(kind, Kind::within);
    let (allowed, _) = kind.written();
    (allowed != every).then_some(allowed)
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
    Some(match (constraint?, Bounds::of_constraint(constraint)) {
        (_, Some(Bounds { min, max })) => format!("only {min} to {max}{unit} may be written"),
        (WriteConstraint::AsRead, _) => "only what was read may be written".to_owned(),
        (WriteConstraint::Enumerated | WriteConstraint::Range { .. }, None) => {
            "only what has a name may be written".to_owned()
        }
    })
}

/// Its bits, and what they are and hold.
pub(super) fn in_words(printer: &Printer<'_>, register: &Register, field: &Field) -> String {
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
        printer.lines.place(field.name.span),
    )
}

/// What a field is to a program.
enum Kind<'p> {
    Flag,
    Enum(&'p EnumType, String),
    /// All the numbers of an integer of Rust; signed or not.
    Whole(Bounds, &'static str),
    /// A number between bounds, and the integer that it is read as.
    Bounded(Bounds, &'static str),
    /// A fixed-point number of so many bits behind the point.
    Fixed(Bounds, u32),
}

/// The least and the greatest number of a field, or of what may be written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Bounds {
    min: i128,
    max: i128,
}

impl Bounds {
    /// Of so many bits.
    fn of(bits: u32, signed: bool) -> Self {
        let magnitude = if signed { bits - 1 } else { bits };
        let max = i128::from(low_ones(magnitude));
        let min = if signed { -max - 1 } else { 0 };
        Bounds { min, max }
    }

    /// Of the numbers that a constraint allows, if it says so by a range.
    pub(super) fn of_constraint(constraint: Option<WriteConstraint>) -> Option<Self> {
        match constraint? {
            WriteConstraint::Range { minimum, maximum } => Some(Bounds {
                min: minimum,
                max: maximum,
            }),
            WriteConstraint::AsRead | WriteConstraint::Enumerated => None,
        }
    }

    /// Of the numbers that both have. (They have some: a constraint that no number
    /// of the field meets is refused.)
    fn and(self, other: Bounds) -> Self {
        let both = Bounds {
            min: self.min.max(other.min),
            max: self.max.min(other.max),
        };
        if both.min <= both.max { both } else { self }
    }

    fn is_signed(self) -> bool {
        self.min < 0
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.min, self.max)
    }
}

impl<'p> Kind<'p> {
    fn of(
        printer: &'p Printer<'_>,
        field: &Field,
        values: Option<EnumId>,
        path: &[String],
    ) -> Self {
        match printer.enum_of(values) {
            Some(it) => Kind::Enum(it, enumeration::path_from(path, it)),
            None => Kind::number(field),
        }
    }

    fn number(field: &Field) -> Self {
        let len = field.bits.len;
        let signed = field.format.value.is_signed();
        let bounds = Bounds::of(len, signed);
        match field.format.value {
            Format::Fixed { fraction, .. } => Kind::Fixed(bounds, fraction),
            Format::Unsigned if len == 1 => Kind::Flag,
            _ if matches!(len, 8 | 16 | 32 | 64) => Kind::Whole(bounds, int(len, signed)),
            _ => Kind::Bounded(bounds, int(len, signed)),
        }
    }

    /// A register without fields, of so many bits.
    fn whole(width: u32) -> Self {
        Kind::Whole(Bounds::of(width, false), uint(width))
    }

    /// Of its numbers those within bounds.
    fn within(self, range: Option<Bounds>) -> Self {
        let Some(range) = range else {
            return self;
        };
        match self {
            Kind::Flag if Bounds::of(1, false).and(range) != Bounds::of(1, false) => {
                Kind::Bounded(Bounds::of(1, false).and(range), uint(1))
            }
            Kind::Whole(all, int) if all.and(range) != all => Kind::Bounded(all.and(range), int),
            Kind::Bounded(all, int) => Kind::Bounded(all.and(range), int),
            Kind::Fixed(all, fraction) => Kind::Fixed(all.and(range), fraction),
            Kind::Flag | Kind::Whole(..) | Kind::Enum(..) => self,
        }
    }

    /// What a program gives, and its bits: more of them than the field has if it
    /// may be negative.
    fn written(&self) -> (String, &'static str) {
        match self {
            Kind::Flag => ("bool".to_owned(), "value"),
            Kind::Enum(it, path) if it.signed => (path.clone(), "value.bits().cast_unsigned()"),
            Kind::Enum(_, path) => (path.clone(), "value.bits()"),
            Kind::Whole(bounds, int) if bounds.is_signed() => {
                ((*int).to_owned(), "value.cast_unsigned()")
            }
            Kind::Whole(_, int) => ((*int).to_owned(), "value"),
            Kind::Bounded(bounds, _) => (format!("mmio::Bounded<{bounds}>"), "value.bits()"),
            Kind::Fixed(bounds, fraction) => {
                (format!("mmio::Fixed<{bounds}, {fraction}>"), "value.bits()")
            }
        }
    }

    /// The integer of those bits.
    fn bits(&self) -> &'static str {
        match self {
            Kind::Flag => "bool",
            Kind::Enum(enum_type, _) => unsigned(enum_type.int()),
            Kind::Whole(_, int) => unsigned(int),
            Kind::Bounded(..) | Kind::Fixed(..) => "u64",
        }
    }

    /// Whether a written value may have bits beyond the field's.
    fn overflows(&self) -> bool {
        match self {
            Kind::Flag | Kind::Whole(..) => false,
            Kind::Enum(enum_type, _) => enum_type.signed,
            Kind::Bounded(bounds, _) | Kind::Fixed(bounds, _) => bounds.is_signed(),
        }
    }
}

/// The integer that has room for so many bits.
pub(super) fn int(bits: u32, is_signed: bool) -> &'static str {
    match (uint(bits), is_signed) {
        ("u8", true) => "i8",
        ("u16", true) => "i16",
        ("u32", true) => "i32",
        ("u64", true) => "i64",
        (unsigned, _) => unsigned,
    }
}

/// The unsigned integer of the same bits.
fn unsigned(int: &'static str) -> &'static str {
    match int {
        "i8" => "u8",
        "i16" => "u16",
        "i32" => "u32",
        "i64" => "u64",
        unsigned => unsigned,
    }
}

struct Part<'p> {
    names: &'p FieldNames<'p>,
    /// The register's integer, and its bits.
    word: &'static str,
    width: u32,
    /// To who reads it.
    kind: Kind<'p>,
    /// To who writes it.
    written: Kind<'p>,
}

impl Part<'_> {
    fn doc(&self, printer: &Printer<'_>, member: &RegisterMember<'_>) -> Doc {
        let field = self.names.field;
        Doc::line(in_words(printer, member.register, field))
            .and_author(field.description.as_deref())
            .alias(&field.name, &self.names.method)
    }

    fn setter_doc(&self) -> Doc {
        Doc::line(format!("With {} changed.", code(&self.names.field.name)))
    }

    fn mask(&self, action: Action) -> Member {
        let field = self.names.field;
        let doc = Doc::line(format!("{}, for `{}`.", code(&field.name), action.method))
            .alias(&field.name, &self.names.constant);
        Member::Mask {
            doc: doc.at(1),
            name: identifier(&self.names.constant),
            action: action.marker,
            mask: Hex(field.bits.mask()),
        }
    }

    fn getter(&self, doc: &Doc) -> Member {
        let name = identifier(&self.names.method);
        let (result, body) = self.read();
        Member::Method(Function {
            doc: doc.at(1),
            tracks_caller: false,
            signature: format!("const fn {name}(self) -> {result}"),
            body,
        })
    }

    /// What the getter returns, and how it gets it.
    fn read(&self) -> (String, String) {
        let bits = self.names.field.bits.value;
        match &self.kind {
            Kind::Flag => {
                let mask = Hex(bits.mask());
                ("bool".to_owned(), format!("self.0 & {mask} != 0"))
            }
            Kind::Whole(bounds, int) | Kind::Bounded(bounds, int) if bounds.is_signed() => {
                ((*int).to_owned(), self.sign_extended(int))
            }
            Kind::Whole(_, int) | Kind::Bounded(_, int) => ((*int).to_owned(), self.extracted(int)),
            Kind::Fixed(..) => {
                let (fixed, _) = self.kind.written();
                let wide = self.aligned_low("u64");
                (fixed, format!("mmio::Fixed::from_field({wide})"))
            }
            Kind::Enum(enum_type, path) => {
                let int = enum_type.int();
                let raw = match enum_type.signed {
                    true => self.sign_extended(int),
                    false => self.extracted(int),
                };
                if self.may_have_no_name() {
                    let result = format!("::core::result::Result<{path}, {int}>");
                    (result, format!("{path}::from_bits({raw})"))
                } else {
                    (path.clone(), format!("{path}::from_low_bits({raw})"))
                }
            }
        }
    }

    /// Whether the field is enumerated and the hardware may answer a value that
    /// is not.
    fn may_have_no_name(&self) -> bool {
        let len = self.names.field.bits.len;
        matches!(&self.kind, Kind::Enum(enum_type, _) if enum_type.exhaustive != Some(len))
    }

    fn setter(&self, doc: &Doc) -> Member {
        let name = &self.names.method;
        let (takes, bits) = self.written.written();
        Member::Method(Function {
            doc: doc.at(1),
            tracks_caller: false,
            signature: format!("const fn with_{name}(self, value: {takes}) -> Self"),
            body: self.placed(bits),
        })
    }

    /// The field's bits, as that integer.
    fn extracted(&self, int: &str) -> String {
        let bits = self.names.field.bits.value;
        let (low, mask) = (bits.low, Hex(low_ones(bits.len)));
        let alone = match (low == 0, bits.end() == self.width) {
            (true, true) => "self.0".to_owned(),
            (true, false) => format!("self.0 & {mask}"),
            (false, true) => format!("self.0 >> {low}"),
            (false, false) => format!("(self.0 >> {low}) & {mask}"),
        };
        match self.word == int {
            true => alone,
            false if bits.len == self.width => format!("{alone} as {int}"),
            false => format!("({alone}) as {int}"),
        }
    }

    /// The field's bits from bit 0 on, with others above them.
    fn aligned_low(&self, int: &str) -> String {
        let shifted = match self.names.field.bits.low {
            0 => "self.0".to_owned(),
            low => format!("(self.0 >> {low})"),
        };
        match self.word == int {
            true => shifted,
            false => format!("{shifted} as {int}"),
        }
    }

    /// The field's bits as that signed integer: moved to the top, so that the
    /// highest is a sign, and back.
    fn sign_extended(&self, int: &'static str) -> String {
        let bits = self.names.field.bits.value;
        let moved = match self.width - bits.end() {
            0 => "self.0".to_owned(),
            left => format!("(self.0 << {left})"),
        };
        let signed = format!("{moved}.cast_signed()");
        match (self.width - bits.len, self.word == unsigned(int)) {
            (0, true) => signed,
            (0, false) => format!("{signed} as {int}"),
            (right, true) => format!("{signed} >> {right}"),
            (right, false) => format!("({signed} >> {right}) as {int}"),
        }
    }

    /// The value with the field's bits replaced by those of `value`.
    fn placed(&self, value: &str) -> String {
        let bits = self.names.field.bits.value;
        let word = self.word;
        let is_word = word == self.written.bits();
        if bits.len == self.width {
            return match is_word {
                true => format!("Self({value})"),
                false => format!("Self({value} as {word})"),
            };
        }
        let value = match is_word {
            true => value.to_owned(),
            false => format!("({value} as {word})"),
        };
        let moved = match bits.low {
            0 => value,
            low => format!("({value} << {low})"),
        };
        let mask = Hex(bits.mask());
        let moved = match self.written.overflows() {
            true => format!("({moved} & {mask})"),
            false => moved,
        };
        format!("Self((self.0 & !{mask}) | {moved})")
    }
}

/// `, s3.13` for bits that are no plain count.
fn format_in_words(format: Format) -> String {
    match format {
        Format::Unsigned => String::new(),
        format => format!(", {format}"),
    }
}
